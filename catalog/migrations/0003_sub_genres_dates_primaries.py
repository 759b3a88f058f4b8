import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_beatport_genres")]

    operations = [
        migrations.CreateModel(
            name="SubGenre",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("beatport_id", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=100)),
                ("slug", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["beatport_id"], name="catalog_sub_genre_beatport_id"
                    )
                ],
            },
        ),
        migrations.RenameField("track", "sub_genre", "sub_genre_name"),
        migrations.AddField(
            model_name="track",
            name="sub_genre",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="tracks",
                to="catalog.subgenre",
            ),
        ),
        migrations.AddField(
            model_name="track",
            name="encoded_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="track",
            name="text_digest",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="track",
            name="is_primary",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="release",
            name="upc_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="track",
            index=models.Index(
                condition=models.Q(("text_digest", ""), _negated=True),
                fields=["text_digest"],
                name="catalog_track_without_isrc",
            ),
        ),
    ]

from django.db import migrations, models

import catalog.fields


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_sub_genres_by_id")]

    operations = [
        migrations.AddField(
            model_name="artist",
            name="search_text",
            field=catalog.fields.FoldedField(
                codes=(), default="", editable=False, names=["name"]
            ),
        ),
        migrations.AddField(
            model_name="label",
            name="search_text",
            field=catalog.fields.FoldedField(
                codes=(), default="", editable=False, names=["name"]
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="search_text",
            field=catalog.fields.FoldedField(
                codes=["catalog_number"], default="", editable=False, names=["title"]
            ),
        ),
        migrations.AddField(
            model_name="track",
            name="search_text",
            field=catalog.fields.FoldedField(
                codes=["isrc"], default="", editable=False, names=["title", "mix_name"]
            ),
        ),
        migrations.AddIndex(
            model_name="artist",
            index=models.Index(fields=["search_text"], name="catalog_artist_called"),
        ),
        migrations.AddIndex(
            model_name="label",
            index=models.Index(fields=["search_text"], name="catalog_label_called"),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """Their names stood in the tracks; now they are rows of their own."""

    dependencies = [("catalog", "0004_read_kept_rows_again")]

    operations = [
        migrations.AlterField(
            model_name="track",
            name="sub_genre_name",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.RemoveField("track", "sub_genre_name"),
    ]

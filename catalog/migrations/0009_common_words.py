"""For words that many tracks have: the newest first. See catalog.search and catalog.indexes."""

from django.db import migrations, models

from catalog import indexes


def look_closer(apps, schema_editor):
    indexes.look_closer(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_search_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="track",
            index=models.Index(fields=["-published_on", "-id"], name="catalog_track_newest"),
        ),
        migrations.RunPython(look_closer, migrations.RunPython.noop),
    ]

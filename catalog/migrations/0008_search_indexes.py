"""FTS5 by trigrams on SQLite, pg_trgm on PostgreSQL. See catalog.indexes."""

from django.db import migrations

from catalog import indexes


def create(apps, schema_editor):
    indexes.create(schema_editor.connection)


def drop(apps, schema_editor):
    indexes.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_fold_names")]

    operations = [migrations.RunPython(create, drop)]

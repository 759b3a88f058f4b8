"""Writes the searchable text of what is there already."""

from itertools import islice

from django.db import migrations

ROWS_AT_ONCE = 500


def fold_all_rows(apps, schema_editor):
    for name in ["Artist", "Label", "Release", "Track"]:
        fold_rows(apps.get_model("catalog", name), schema_editor.connection.alias)


def fold_rows(model, alias):
    field = model._meta.get_field("search_text")
    columns = ["pk", *field.names, *field.codes]
    rows = model.objects.using(alias).order_by("pk").only(*columns).iterator(ROWS_AT_ONCE)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        for row in batch:
            row.search_text = field.text_of(row)
        model.objects.using(alias).bulk_update(batch, ["search_text"])


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_search_text")]

    operations = [migrations.RunPython(fold_all_rows, migrations.RunPython.noop)]

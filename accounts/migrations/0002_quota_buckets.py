from django.db import migrations


def add_buckets(apps, schema_editor):
    QuotaBucket = apps.get_model("accounts", "QuotaBucket")
    for name in ("search", "write", "read", "other"):
        QuotaBucket.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(add_buckets, migrations.RunPython.noop)]

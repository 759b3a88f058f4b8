from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_other_edits_in_playlists'),
    ]

    operations = [
        migrations.AddField(
            model_name='preferences',
            name='own_keys',
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
    ]

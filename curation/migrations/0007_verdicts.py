import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0009_common_words'),
        ('curation', '0006_sent_in_background'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Verdict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('recording_key', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('same', 'Same recording'), ('edit', 'Other edit'), ('none', 'Not on Spotify'), ('doubt', 'Wrong version')], max_length=5)),
                ('before', models.JSONField()),
                ('client_id', models.UUIDField(default=uuid.uuid4)),
                ('action_id', models.UUIDField(default=uuid.uuid4)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.track')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verdicts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['recording_key'], name='curation_verdict_recording'), models.Index(fields=['user', '-id'], name='curation_verdict_of_user')],
                'constraints': [models.UniqueConstraint(fields=('user', 'client_id'), name='curation_verdict_once')],
            },
        ),
    ]

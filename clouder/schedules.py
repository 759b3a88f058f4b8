"""What runs by the clock. The admin may change or switch off each entry; it is never set back.

Beat overwrites at each start whatever stands in Celery's own `beat_schedule`, so the defaults are
this dict, written once per entry after a migration.
"""

from datetime import timedelta
from typing import Any

from celery.schedules import schedule
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler

SWEEP = timedelta(seconds=settings.SWEEP_SECONDS)

DEFAULTS = {
    "Take up ingest runs": ("ingestion.tasks.sweep", SWEEP),
    "Look tracks up at Spotify": ("ingestion.tasks.match", SWEEP),
    "Bring new tracks and matches to the weeks": ("curation.tasks.sweep", SWEEP),
    "Send playlists to Spotify": ("curation.tasks.send_waiting", SWEEP),
    "Look for playlists deleted in Spotify": ("curation.tasks.look_for_deleted", SWEEP),
}


class Scheduler(DatabaseScheduler):
    """Writes down when entries ran every few seconds instead of minutes: /readyz reads it."""

    sync_every = 5


def create_defaults(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receives post_migrate, also from a migration that left beat's tables out."""
    if PeriodicTask._meta.db_table not in connections[using].introspection.table_names():
        return
    for name, (task, every) in DEFAULTS.items():
        if not PeriodicTask.objects.filter(name=name).exists():
            interval = IntervalSchedule.from_schedule(schedule(every))
            interval.save()
            # It expires, so that sweeps do not pile up while no worker runs.
            expires = 2 * int(every.total_seconds())
            PeriodicTask.objects.create(
                name=name, task=task, interval=interval, expire_seconds=expires
            )

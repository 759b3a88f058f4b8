"""What runs by the clock. The admin may change or switch off each entry: it stays so.

Beat overwrites at each start whatever stands in Celery's own `beat_schedule`, so the defaults are
this dict. After a migration each entry is written to the database once, for ever: SeededEntry
remembers it, also when it was deleted since.
"""

import json
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from celery.beat import SchedulingError
from celery.schedules import schedstate
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction
from django.db.models import F, Q
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

from clouder.models import SeededEntry

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5  # while the broker or the database is away
SWEEP = timedelta(seconds=settings.SWEEP_SECONDS)
FIVE_MINUTES = timedelta(minutes=5)
HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
WEEKLY = timedelta(weeks=1)

UNITS = {
    IntervalSchedule.DAYS: timedelta(days=1),
    IntervalSchedule.HOURS: timedelta(hours=1),
    IntervalSchedule.MINUTES: timedelta(minutes=1),
    IntervalSchedule.SECONDS: timedelta(seconds=1),
}


@dataclass(frozen=True)
class Entry:
    """A task, how often, and for the admin what it does. `kwargs` can be changed there, too."""

    task: str
    every: timedelta
    what: str
    kwargs: dict[str, Any] = field(default_factory=dict)


# Intervals, not times of the day: on a laptop that slept, what is overdue runs at the next start.
DEFAULTS = {
    "Fetch the new weeks": Entry(
        "curation.tasks.fetch_new_weeks",
        DAILY,
        "The running week and the one before, of the styles in use. "
        "Weeks read less than so many `hours` ago are left alone.",
        {"hours": 12},
    ),
    "Read the last weeks again": Entry(
        "curation.tasks.read_again",
        WEEKLY,
        "The last four full `weeks` of the styles in use, for tracks that Beatport got late.",
        {"weeks": 4, "hours": 12},
    ),
    "Take up ingest runs": Entry(
        "ingestion.tasks.sweep",
        SWEEP,
        "Fetches that wait for their time, or whose worker died.",
    ),
    "Look tracks up at Spotify": Entry(
        "ingestion.tasks.match",
        SWEEP,
        "Goes on until no track is due or the day's searches are used up. "
        "With nothing due it costs one query and no search, so it need not be rarer.",
    ),
    "Bring new tracks and matches to the weeks": Entry(
        "curation.tasks.sweep",
        SWEEP,
        "What was fetched or found since the last sweep joins the open weeks.",
    ),
    "Send playlists to Spotify": Entry(
        "curation.tasks.send_waiting",
        SWEEP,
        "Playlists whose changes have waited long enough, or whose sender died.",
    ),
    "Look for playlists deleted in Spotify": Entry(
        "curation.tasks.look_for_deleted",
        SWEEP,
        "One DJ at a time, each once a day, by the list of the DJ's playlists. Also finds what was "
        "changed there.",
    ),
    "Renew Beatport's token": Entry(
        "ingestion.tasks.renew_token",
        FIVE_MINUTES,
        "Shortly before its end, also while nobody needs it: "
        "staff hears early of a lost connection.",
    ),
    "Look after Spotify connections": Entry(
        "accounts.tasks.look_after_connections",
        DAILY,
        "Warns DJs a month before their authorisation ends. "
        "Renews tokens that rested for a day, to learn of authorisations that ended.",
    ),
    "Forget what has expired": Entry(
        "ingestion.tasks.forget_expired",
        HOURLY,
        "Beatport's raw pages and what Spotify said of its tracks, after 30 days.",
    ),
    "Forget ended sessions": Entry(
        "accounts.tasks.forget_ended_sessions",
        DAILY,
        "Logins that can no longer be used.",
    ),
}


class Scheduler(DatabaseScheduler):
    """Several beats send what one would: the row says what is due, and whoever changes it sends.

    What cannot be sent stays due, and no outage ends the beat.
    """

    def tick(self, *args: Any, **kwargs: Any) -> float:
        try:
            return super().tick(*args, **kwargs)
        except (SchedulingError, Error) as outage:
            logger.warning("Beat waits for broker and database: %s", outage)
            self._heap = None  # what was taken out of it is due again
            return PAUSE_SECONDS

    def is_due(self, entry: ModelEntry) -> schedstate:
        if entry.is_due().is_due:  # unless another beat has sent it meanwhile
            entry.model.refresh_from_db(fields=["last_run_at"])
            entry.last_run_at = entry.model.last_run_at or entry.last_run_at
        return entry.is_due()

    def apply_entry(self, entry: ModelEntry, producer: Any = None) -> None:
        due = PeriodicTask.objects.filter(
            Q(last_run_at=None) | Q(last_run_at=entry.last_run_at), pk=entry.model.pk
        )
        runs = {"last_run_at": entry.model.last_run_at, "total_run_count": F("total_run_count") + 1}
        with transaction.atomic():
            if due.update(**runs):
                self.apply_async(entry, producer=producer, advance=False)

    def sync(self) -> None:
        """The rows are written already."""


def create_defaults(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receives post_migrate, also from a migration that left the tables out."""
    tables = connections[using].introspection.table_names()
    if not {PeriodicTask._meta.db_table, SeededEntry._meta.db_table} <= set(tables):
        return
    for name, entry in DEFAULTS.items():
        with transaction.atomic():
            _, is_new = SeededEntry.objects.get_or_create(name=name)
            if is_new:
                write(name, entry)


def write(name: str, entry: Entry) -> None:
    PeriodicTask.objects.get_or_create(
        name=name,
        defaults={
            "task": entry.task,
            "interval": interval(entry.every),
            "kwargs": json.dumps(entry.kwargs),
            "description": entry.what,
            # It expires, so that sweeps do not pile up while no worker runs.
            "expire_seconds": 2 * int(entry.every.total_seconds()),
        },
    )


def interval(every: timedelta) -> IntervalSchedule:
    """In the largest unit, as a person would type it."""
    period, length = next(unit for unit in UNITS.items() if not every % unit[1])
    return IntervalSchedule.objects.get_or_create(every=every // length, period=period)[0]

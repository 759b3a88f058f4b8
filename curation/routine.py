"""What is fetched without anybody asking: the weeks of the styles in use, each once.

A week that is being read, or was read a short while ago, is left alone. So an entry of the schedule
may run twice or late, and several styles may share a genre.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from catalog.models import Genre
from curation.line import stand_in_line
from curation.models import Style
from curation.weeks import Week
from ingestion.models import IngestRun

HOURS = 12
WEEKS = 4


@dataclass(frozen=True)
class Reading:
    genre: Genre
    week: Week


@dataclass(frozen=True)
class Upcoming:
    """What an entry of the schedule will ask for when its time has come, as far as is known now."""

    name: str
    at: datetime
    styles: list[Style]
    readings: list[Reading]


def fetch_new_weeks(*, hours: float = HOURS) -> list[IngestRun]:
    now = timezone.now()
    return request(readings(new_weeks(now), now), hours=hours)


def read_again(*, weeks: int = WEEKS, hours: float = HOURS) -> list[IngestRun]:
    now = timezone.now()
    return request(readings(last_weeks(now, weeks), now), hours=hours)


def new_weeks(at: datetime) -> list[Week]:
    """The running week and the one before: wherever a DJ lives, the last full week is one of them.

    Sunday's tracks are on sale when the week is over; what comes still later is read again.
    """
    running = Week.of(at.date())
    return [running, running.before()]


def last_weeks(at: datetime, count: int) -> list[Week]:
    return [Week.of(at.date()).before(back) for back in range(1, count + 1)]


def readings(weeks: Iterable[Week], at: datetime) -> list[Reading]:
    genres = Genre.objects.filter(styles__in=Style.objects.in_use(at)).distinct().order_by("name")
    return [Reading(genre, week) for week in weeks for genre in genres]


def request(wanted: Iterable[Reading], *, hours: float) -> list[IngestRun]:
    """Returns what is to be read now, one after another."""
    weeks = ((reading.genre, reading.week) for reading in wanted)
    return stand_in_line(weeks, max_age=timedelta(hours=hours))


# What comes next


def upcoming() -> list[Upcoming]:
    """The next run of each entry that fetches and is switched on, the soonest first."""
    entries = PeriodicTask.objects.filter(task__in=WEEKS_OF, enabled=True)
    found = [run_of(entry) for entry in entries.select_related("interval", "crontab")]
    return sorted(found, key=lambda run: (run.at, run.name))


def run_of(entry: PeriodicTask) -> Upcoming:
    now = timezone.now()
    waits = entry.schedule.remaining_estimate(entry.last_run_at or entry.date_changed)
    at = to_the_second(now + max(waits, timedelta(0)))
    options = json.loads(entry.kwargs or "{}")
    weeks = WEEKS_OF[entry.task](at, number(options, "weeks", WEEKS))
    wanted = readings(weeks, at)
    fresh = read_since(at - timedelta(hours=number(options, "hours", HOURS)), weeks)
    return Upcoming(
        name=entry.name,
        at=at,
        styles=list(Style.objects.in_use(at).order_by("position", "name")),
        readings=[one for one in wanted if (one.genre.pk, one.week) not in fresh],
    )


def to_the_second(moment: datetime) -> datetime:
    return (moment + timedelta(seconds=0.5)).replace(microsecond=0)


def number(options: dict[str, Any], name: str, default: int) -> int:
    """What the admin typed, or the default where the task could not use it either."""
    value = options.get(name)
    return value if isinstance(value, int) else default


def read_since(moment: datetime, weeks: Iterable[Week]) -> set[tuple[int | None, Week]]:
    """What is being read or in line ends after now, so it counts from any moment until now."""
    counts = Q(finished_at__gt=moment)
    if moment <= timezone.now():
        counts |= Q(status__in=IngestRun.UNFINISHED)
    found = IngestRun.objects.filter(counts, year__in={week.year for week in weeks})
    return {
        (run.genre_id, Week(run.year, run.week))
        for run in found.only("genre", "year", "week", "status", "readings")
        if run.year and run.week and (run.is_read_to_the_end or not run.is_finished)
    }


WEEKS_OF: dict[str, Callable[[datetime, int], list[Week]]] = {
    "curation.tasks.fetch_new_weeks": lambda at, _: new_weeks(at),
    "curation.tasks.read_again": last_weeks,
}

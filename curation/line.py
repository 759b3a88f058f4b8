"""Fetches that wait for their turn: a DJ who opens a week comes between, and workers stay free."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from catalog.models import Genre
from curation.weeks import Week
from ingestion import runs
from ingestion.models import IngestRun

TURN = timedelta(seconds=20)  # enough for most weeks, at a request a second


def stand_in_line(
    wanted: Iterable[tuple[Genre, Week]], *, max_age: timedelta | None = None
) -> list[IngestRun]:
    """One after another, behind what stands there already. Returns those that are new in line.

    What is being fetched, or was read within `max_age`, is not asked for.
    """
    turn = end_of_line(timezone.now())
    asked = []
    for genre, week in wanted:
        run = runs.request_week(
            genre=genre, year=week.year, week=week.number, max_age=max_age, not_before=turn
        )
        if run.not_before == turn:
            asked.append(run)
            turn += TURN
    return asked


def end_of_line(now: datetime) -> datetime:
    last = IngestRun.objects.in_line(now).aggregate(last=Max("not_before"))["last"]
    return last + TURN if last else now + timedelta(seconds=1)

"""One page of a run, taken in: registered, kept as it came, its unusable rows set aside."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalog.models import Track
from ingestion.beatport import Days, Page
from ingestion.models import IngestRun, RawPage, RowSetAside
from ingestion.parsing import RowRefused, TrackRow, parse_track
from ingestion.registration import register

LONGEST_RAW = 10_000


@dataclass(frozen=True)
class Taken:
    """What a run has by now: distinct tracks, and rows that could not be read.

    And what the page did to the catalogue.
    """

    collected: int
    set_aside: int
    new: int
    changed: int
    withdrawn: int


@dataclass(frozen=True)
class Refused:
    position: int
    reason: str
    raw: Any


def take_in(run: IngestRun, number: int, page: Page) -> Taken:
    """To be called in the transaction that also notes the progress of the run."""
    rows, refused = sort_out(page.rows)
    withdrawn = _newly_withdrawn(rows)
    registered = register(rows)
    _keep(run, number, page, rows)
    _set_aside(run, number, refused)
    return Taken(
        collected=len(_collected(run)),
        set_aside=run.rows_set_aside.count(),
        new=registered.new,
        changed=registered.changed,
        withdrawn=withdrawn,
    )


def absent(run: IngestRun) -> set[int]:
    """Tracks that we hold of the run's week and that its list has not."""
    if run.genre is None or run.year is None or run.week is None:
        return set()
    days = Days.of_week(run.year, run.week)
    held = Track.objects.filter(
        genre=run.genre,
        published_on__range=(days.first, days.last),
        status=Track.Status.PUBLISHED,
    )
    return set(held.values_list("beatport_id", flat=True)) - _collected(run)


def _collected(run: IngestRun) -> set[int]:
    ids = run.pages.values_list("track_ids", flat=True)
    return {number for some in ids for number in some}


def _newly_withdrawn(rows: Iterable[TrackRow]) -> int:
    """Tracks on sale until now that come as taken down."""
    numbers = [row.beatport_id for row in rows if row.is_withdrawn]
    if not numbers:
        return 0
    on_sale = Track.objects.filter(beatport_id__in=numbers, status=Track.Status.PUBLISHED)
    return on_sale.count()


def sort_out(found: Iterable[Any]) -> tuple[list[TrackRow], list[Refused]]:
    """What can be registered, and what cannot."""
    rows: list[TrackRow] = []
    refused: list[Refused] = []
    for position, one in enumerate(found):
        try:
            rows.append(parse_track(one))
        except RowRefused as reason:
            refused.append(Refused(position, str(reason), one))
    return rows, refused


def _keep(run: IngestRun, number: int, page: Page, rows: list[TrackRow]) -> None:
    """A second reading of the same page adds to the ids of the first."""
    before = run.pages.filter(number=number).values_list("track_ids", flat=True).first() or []
    RawPage.objects.update_or_create(
        run=run,
        number=number,
        defaults={
            "body": gzip.compress(page.body) if page.body else b"",
            "track_ids": sorted({*before, *(row.beatport_id for row in rows)}),
        },
    )


def _set_aside(run: IngestRun, number: int, refused: list[Refused]) -> None:
    run.rows_set_aside.filter(page=number).delete()
    RowSetAside.objects.bulk_create(
        RowSetAside(
            run=run,
            page=number,
            position=row.position,
            reason=row.reason,
            raw=json.dumps(row.raw)[:LONGEST_RAW],
        )
        for row in refused
    )

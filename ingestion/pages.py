"""One page of a run, taken in: registered, kept as it came, its unusable rows set aside."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ingestion.beatport import Page
from ingestion.models import IngestRun, RawPage, RowSetAside
from ingestion.parsing import RowRefused, TrackRow, parse_track
from ingestion.registration import register


@dataclass(frozen=True)
class Taken:
    """What a run has by now: distinct tracks, and rows that could not be read."""

    collected: int
    set_aside: int


@dataclass(frozen=True)
class Refused:
    position: int
    reason: str
    raw: Any


def take_in(run: IngestRun, number: int, page: Page) -> Taken:
    """To be called in the transaction that also notes the progress of the run."""
    rows, refused = sort_out(page.rows)
    register(rows)
    _keep(run, number, page, rows)
    _set_aside(run, number, refused)
    ids = run.pages.values_list("track_ids", flat=True)
    return Taken(
        collected=len({number for some in ids for number in some}),
        set_aside=run.rows_set_aside.count(),
    )


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
            raw=json.dumps(row.raw)[:10_000],
        )
        for row in refused
    )

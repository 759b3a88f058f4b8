"""Where the rows of a run come from."""

from typing import Any

from ingestion import envelopes
from ingestion.beatport import ApiReader, Days, Page, Reader, WebReader
from ingestion.errors import BeatportRefused
from ingestion.models import IngestRun
from ingestion.registration import ROWS_PER_TRANSACTION

WHOLE_FILE = 0  # the number of the raw page that holds an imported file


class FileRefused(Exception):
    """A file that we cannot read. `str()` says why, for staff."""

    trouble = IngestRun.Trouble.FILE


class FileReader:
    """The rows of an imported file, in pages of one transaction each."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = envelopes.without_repeats(rows)
        self.pages = max(1, -(-len(self.rows) // ROWS_PER_TRANSACTION))

    def page(self, number: int) -> Page:
        end = number * ROWS_PER_TRANSACTION
        return Page(
            rows=self.rows[end - ROWS_PER_TRANSACTION : end],
            expected=len(self.rows),
            is_last=number >= self.pages,
            body=b"",
        )


def reader_of(run: IngestRun) -> Reader:
    if run.source == IngestRun.Source.FILE:
        return FileReader(_rows_of_file(run))
    if run.genre is None or run.year is None or run.week is None:
        raise BeatportRefused("Only a file can be read without a genre and a week.")
    genre, days = run.genre, Days.of_week(run.year, run.week)
    if run.source == IngestRun.Source.PAGE:
        return WebReader(genre_id=genre.beatport_id, slug=genre.slug, days=days)
    return ApiReader(genre_id=genre.beatport_id, days=days)


def _rows_of_file(run: IngestRun) -> list[Any]:
    kept = run.pages.filter(number=WHOLE_FILE).first()
    if kept is None:
        raise FileRefused("The file is no longer here. Upload it again.")
    try:
        return envelopes.read_file(bytes(kept.body))
    except envelopes.Unreadable as error:
        raise FileRefused(str(error)) from error

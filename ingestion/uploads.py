"""Files that staff has uploaded and not imported yet, and what importing them would do."""

import gzip
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from django.db import transaction

from accounts.models import User
from ingestion import envelopes, files, pages, runs, sources
from ingestion.models import IngestRun, Upload
from ingestion.parsing import TrackRow
from ingestion.registration import register

MOST_FILES = 50
MOST_BYTES = 32 * 1024 * 1024  # of all that one person has waiting, unpacked


@dataclass
class Counts:
    """Distinct tracks of a file, by what importing them would do; rows nobody can use apart."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    set_aside: int = 0

    def __iadd__(self, other: "Counts") -> "Counts":
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self


@dataclass
class Preview:
    """`weeks` are (genre, year, week, rows), `reasons` why rows would be set aside and how many."""

    upload: Upload
    counts: Counts = field(default_factory=Counts)
    weeks: list[tuple[str, int, int, int]] = field(default_factory=list)
    reasons: list[tuple[str, int]] = field(default_factory=list)


def keep(user: User, chosen: Iterable[BinaryIO]) -> None:
    """A file that cannot be read is kept as a name and the reason, until the next ones come."""
    waiting = user.uploads.all()
    waiting.exclude(error="").delete()
    files_left = MOST_FILES - waiting.count()
    bytes_left = MOST_BYTES - sum(waiting.values_list("size", flat=True))
    for number, file in enumerate(chosen):
        upload = Upload(user=user, name=(file.name or "")[-255:])
        try:
            if number >= files_left:
                raise envelopes.Unreadable(
                    f"More than {MOST_FILES} files. Import the others first."
                )
            plain = envelopes.unpack(file.read(MOST_BYTES + 1), MOST_BYTES)
            if len(plain) > bytes_left:
                raise envelopes.Unreadable(
                    f"With the others more than {MOST_BYTES // 2**20} MB. Import those first."
                )
            envelopes.read_file(plain)
        except envelopes.Unreadable as error:
            upload.error = str(error)[:500]
        else:
            upload.body, upload.size = gzip.compress(plain, 6), len(plain)
            bytes_left -= len(plain)
        upload.save()


def previews(user: User) -> list[Preview]:
    """In the order they came, counted by importing them and taking it back.

    A page at a time, so nobody who clicks has to wait for all of it. What a former file says of a
    track counts as said: a track in two files is new once, as it would be.
    """
    shown = [Preview(upload) for upload in user.uploads.order_by("pk")]
    said: dict[int, TrackRow] = {}
    for preview in shown:
        if preview.upload.body:
            said |= _try_out(preview, said)
    return shown


def _try_out(preview: Preview, said: Mapping[int, TrackRow]) -> dict[int, TrackRow]:
    """Counts a file, and returns what it says of which track."""
    reader = sources.FileReader(envelopes.read_file(bytes(preview.upload.body)))
    reasons: Counter[str] = Counter()
    rows: list[TrackRow] = []
    for number in range(1, reader.pages + 1):
        page = reader.page(number)
        of_page, refused = pages.sort_out(page.rows)
        former = [said[row.beatport_id] for row in of_page if row.beatport_id in said]
        preview.counts += _counted(of_page, former)
        reasons.update(row.reason for row in refused)
        rows += of_page
    counts = preview.counts
    counts.rows, counts.set_aside = len(reader.rows), reasons.total()
    counts.unchanged = counts.rows - counts.new - counts.changed - counts.set_aside
    preview.reasons, preview.weeks = reasons.most_common(), _weeks(rows)
    return {row.beatport_id: row for row in rows}


@transaction.atomic
def _counted(rows: Sequence[TrackRow], former: Sequence[TrackRow]) -> Counts:
    register(former)
    found = register(rows)
    transaction.set_rollback(True)
    return Counts(new=found.new, changed=found.changed)


def _weeks(rows: Sequence[TrackRow]) -> list[tuple[str, int, int, int]]:
    """The fullest first."""
    found = Counter(
        (row.genre.name, *row.published_on.isocalendar()[:2])
        for row in rows
        if row.genre and row.published_on
    )
    return [(*week, rows) for week, rows in found.most_common()]


def total(shown: Iterable[Preview]) -> Counts:
    counts = Counts()
    for preview in shown:
        counts += preview.counts
    return counts


@transaction.atomic
def import_them(user: User, chosen: Iterable[int]) -> list[IngestRun]:
    """Makes runs of these uploads; of none twice, whoever presses where."""
    begun = []
    for upload in user.uploads.filter(pk__in=chosen, error="").order_by("pk").select_for_update():
        run = files.keep(upload.name, bytes(upload.body))
        upload.delete()
        runs.nudge(run)
        begun.append(run)
    return begun


def throw_away(user: User, chosen: Iterable[int]) -> int:
    return user.uploads.filter(pk__in=chosen).delete()[0]

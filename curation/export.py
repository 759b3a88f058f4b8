"""All that is a DJ's, as a zip with each table in JSON and in CSV. Secrets stay here."""

import csv
import io
import json
import os
import shutil
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.db.models import Prefetch, QuerySet

from accounts.models import Preferences, SpotifyCredential, User
from catalog.models import SpotifyMatch, Track, TrackArtist
from curation import links
from curation.models import (
    Absence,
    CurationTrack,
    GoldenTrack,
    MirroredItem,
    UserCategory,
)
from curation.shelf import harmless
from curation.templatetags.words import artists, remixers

AT_ONCE = 1000  # rows in memory
BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know that it is UTF-8

Row = dict[str, Any]


class Trouble(Exception):
    """Why nothing was written, as a sentence."""


def write(user: User, path: Path) -> dict[str, int]:
    """Writes the file, for this account of the machine alone; returns the rows of each table.

    It appears whole or not at all. Raises Trouble.
    """
    if path.exists():
        raise Trouble(f"There is a file {path} already; an export overwrites nothing.")
    if not path.parent.is_dir():
        raise Trouble(f"There is no folder {path.parent}.")
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        handle = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        with open(handle, "w+b") as file:
            counts = pack(user, file)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)  # refuses what came meanwhile
    except OSError as error:
        raise Trouble(f"The export cannot be written: {error}.") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return counts


def pack(user: User, file: IO[bytes]) -> dict[str, int]:
    """Returns the rows of each table."""
    counts = {}
    with one_moment(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, columns, rows in tables(user):
            counts[name] = pack_table(archive, name, columns, rows)
    return counts


@contextmanager
def one_moment() -> Iterator[None]:
    """PostgreSQL reads inside what stood at one moment. In SQLite every transaction would hold up
    those who write, so there each table is of a moment of its own."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def pack_table(archive: zipfile.ZipFile, name: str, columns: list[str], rows: Iterable[Row]) -> int:
    """Reads the rows once: an archive takes one file at a time, so the other one waits on disk."""
    count = 0
    with tempfile.TemporaryFile() as aside:
        cells = io.TextIOWrapper(aside, encoding="utf-8", newline="", write_through=True)
        cells.write(BYTE_ORDER_MARK)
        sheet = csv.DictWriter(cells, columns)
        sheet.writeheader()
        with archive.open(f"{name}.json", "w", force_zip64=True) as entry:
            entry.write(b"[")
            for row in rows:
                entry.write(b",\n" if count else b"\n")
                entry.write(json.dumps(row, ensure_ascii=False, default=plain).encode())
                sheet.writerow({column: cell(value) for column, value in row.items()})
                count += 1
            entry.write(b"\n]\n")
        cells.flush()
        aside.seek(0)
        with archive.open(f"{name}.csv", "w", force_zip64=True) as entry:
            shutil.copyfileobj(aside, entry)
        cells.detach()
    return count


def plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return harmless(plain(value) if isinstance(value, date | datetime) else value)


def tables(user: User) -> Iterator[tuple[str, list[str], Iterable[Row]]]:
    """Name, columns and rows of each, with the names by which the others call a row."""
    yield "profile", PROFILE, [profile(user)]
    for name, find, columns in TABLES:
        rows = find(user).order_by("pk").values_list(*columns.values())
        named = (dict(zip(columns, row, strict=True)) for row in rows.iterator(AT_ONCE))
        yield name, list(columns), named
    yield "tracks", [*IN_A_WEEK, *TRACK], with_tracks(weeks_tracks(user), IN_A_WEEK)
    yield "golden", [*IN_GOLDEN, *TRACK], with_tracks(golden_tracks(user), IN_GOLDEN)


SETTINGS = [
    field.name for field in Preferences._meta.concrete_fields if field.name not in ("id", "user")
]
ACCOUNT = [
    "username",
    "display_name",
    "first_name",
    "last_name",
    "email",
    "date_joined",
    "last_login",
    "is_active",
    "is_staff",
]
SPOTIFY = ["account_id", "profile_url", "scopes", "status", "authorized_at"]
PROFILE = [*ACCOUNT, *SETTINGS, *(f"spotify_{name}" for name in SPOTIFY)]


def profile(user: User) -> Row:
    found = SpotifyCredential.objects.filter(user=user).values(*SPOTIFY).first() or {}
    return {
        **{name: getattr(user, name) for name in ACCOUNT},
        **{name: getattr(user.preferences, name) for name in SETTINGS},
        **{f"spotify_{name}": found.get(name) for name in SPOTIFY},
    }


def same(names: str) -> dict[str, str]:
    return {name: name for name in names.split()}


WEEK = {
    "style": "curation_period__style__name",
    "year": "curation_period__year",
    "week": "curation_period__week",
}
CATEGORY = (
    same("id")
    | {"style": "style__name"}
    | same("name is_trash hotkey position archived_at merged_into_id")
)
PERIOD = (
    same("id")
    | {"style": "style__name"}
    | same("year week status created_at decided_at sorted_at closed_at filled_at stays_on_spotify")
)
MOVE = {
    "id": "id",
    "week_track_id": "curation_track_id",
    **{name: f"curation_track__{lookup}" for name, lookup in WEEK.items()},
    "beatport_id": "curation_track__track__beatport_id",
    "title": "curation_track__track__title",
    "kind": "kind",
    "from": "from_playlist__user_category__name",
    "to": "to_playlist__user_category__name",
    **same("made_golden took_golden created_at undone_at was_sorted_at was_later_at"),
    **same("was_promoted_at client_id action_id"),
}
VERDICT = {
    "id": "id",
    "beatport_id": "track__beatport_id",
    "title": "track__title",
    **same("recording_key kind created_at undone_at client_id action_id"),
}
PLAYLIST = {
    "id": "id",
    "layer": "layer",
    "week_id": "curation_period_id",
    "category": "period_playlist__user_category__name",
    "golden_category": "user_category__name",
    **same("name spotify_id state is_adopted takes_edits in_library foreign_rows sent_at error"),
}
OF_A_PLAYLIST = {
    "playlist_id": "playlist_id",
    "beatport_id": "track__beatport_id",
    "title": "track__title",
}

# What a row of a table is called here, and where it stands.
TABLES: list[tuple[str, Callable[[User], QuerySet[Any]], dict[str, str]]] = [
    ("categories", lambda user: user.categories.all(), CATEGORY),
    ("weeks", lambda user: user.periods.all(), PERIOD),
    ("moves", lambda user: user.moves.all(), MOVE),
    ("verdicts", lambda user: user.verdicts.all(), VERDICT),
    (
        "selections",
        lambda user: user.selections.all(),
        {"style": "style__name", "selection": "selection"},
    ),
    ("playlists", lambda user: user.mirrored_playlists.all(), PLAYLIST),
    (
        "playlist_tracks",
        lambda user: MirroredItem.objects.filter(playlist__user=user),
        OF_A_PLAYLIST | same("position uri"),
    ),
    (
        "absences",
        lambda user: Absence.objects.filter(playlist__user=user),
        OF_A_PLAYLIST | same("noticed_at"),
    ),
    ("api_tokens", lambda user: user.api_tokens.all(), same("name created_at last_used_at")),
    ("uploads", lambda user: user.uploads.all(), same("id name size error uploaded_at")),
]

TRACK = [
    "title",
    "mix",
    "artists",
    "remixers",
    "label",
    "release",
    "catalogue_number",
    "isrc",
    "bpm",
    "key",
    "length_ms",
    "published_on",
    "spotify_uri",
    "spotify_match",
    "beatport_id",
]
IN_A_WEEK: dict[str, Callable[[Any], Any]] = {
    "id": lambda row: row.pk,
    "style": lambda row: row.curation_period.style.name,
    "year": lambda row: row.curation_period.year,
    "week": lambda row: row.curation_period.week,
    "position": lambda row: row.position,
    "status": lambda row: row.status,
    "category": lambda row: place_of(row).name if row.current_silver_playlist else None,
    "is_trash": lambda row: bool(row.current_silver_playlist) and place_of(row).is_trash,
    "sorted_at": lambda row: row.sorted_at,
    "promoted_at": lambda row: row.promoted_at,
    "heard_at": lambda row: row.heard_at,
    "later_at": lambda row: row.later_at,
    "is_late": lambda row: row.is_late,
    "created_at": lambda row: row.created_at,
}
IN_GOLDEN: dict[str, Callable[[Any], Any]] = {
    "id": lambda kept: kept.pk,
    "style": lambda kept: kept.user_category.style.name,
    "category": lambda kept: kept.user_category.name,
    "added_at": lambda kept: kept.added_at,
}
CREDITS = Prefetch("track__credits", TrackArtist.objects.select_related("artist"))
OF_A_TRACK = ("track__release__label", "track__match")


def place_of(row: CurationTrack) -> UserCategory:
    assert row.current_silver_playlist is not None
    return row.current_silver_playlist.user_category


def weeks_tracks(user: User) -> QuerySet[CurationTrack]:
    found = CurationTrack.objects.filter(curation_period__user=user).order_by("pk")
    return found.prefetch_related(CREDITS).select_related(
        "curation_period__style", "current_silver_playlist__user_category", *OF_A_TRACK
    )


def golden_tracks(user: User) -> QuerySet[GoldenTrack]:
    found = GoldenTrack.objects.filter(user_category__user=user).order_by("pk")
    return found.prefetch_related(CREDITS).select_related("user_category__style", *OF_A_TRACK)


def with_tracks(found: QuerySet[Any], columns: dict[str, Callable[[Any], Any]]) -> Iterator[Row]:
    """What is said of a row, then its track's own facts."""
    rows = found.iterator(AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        uris = links.accepted_uris([row.track for row in some])
        for row in some:
            said = {name: value(row) for name, value in columns.items()}
            yield said | facts(row.track, uris.get(row.track_id))


def facts(track: Track, uri: str | None) -> Row:
    release = track.release
    label = release.label if release else None
    match: SpotifyMatch | None = getattr(track, "match", None)
    values = [
        track.title,
        track.mix_name,
        artists(track),
        remixers(track),
        label.name if label else None,
        release.title if release else None,
        release.catalog_number if release else None,
        track.isrc,
        track.bpm,
        track.key,
        track.length_ms,
        track.published_on,
        uri,
        match.state if match else None,
        track.beatport_id,
    ]
    return dict(zip(TRACK, values, strict=True))

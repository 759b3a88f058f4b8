"""Rows into the catalogue: per chunk one transaction and a fixed number of queries.

Only what differs is written, so reading a week again changes nothing. Chunks take turns, whoever
registers them: no two workers can block each other, or miss that a recording is the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from catalog.fields import FoldedField
from catalog.models import (
    Artist,
    Entity,
    ExternalData,
    Genre,
    Label,
    Provider,
    Release,
    SpotifyMatch,
    SubGenre,
    Track,
    TrackArtist,
)
from ingestion import duplicates, recordings
from ingestion.parsing import ReleaseRow, TrackRow

ROWS_PER_TRANSACTION = 200

TURN = 0x0C10_0DE5  # any number that nothing else in the database uses

Kind = type[Genre] | type[SubGenre] | type[Artist] | type[Label] | type[Release] | type[Track]


@dataclass
class Registered:
    """How many distinct tracks were new, written anew, or as they were."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __iadd__(self, other: "Registered") -> "Registered":
        self.new += other.new
        self.changed += other.changed
        self.unchanged += other.unchanged
        return self


@dataclass
class Upserted:
    """All wanted objects by Beatport id, with their primary keys."""

    by_id: dict[int, Any] = field(default_factory=dict)
    new: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)

    @property
    def pks_of_held(self) -> list[int]:
        new = {one.beatport_id for one in self.new}
        return [one.pk for number, one in self.by_id.items() if number not in new]

    def pk(self, row: Any) -> int | None:
        return self.by_id[row.beatport_id].pk if row else None


def register(rows: Iterable[TrackRow]) -> Registered:
    """Brings tracks and all that they name into the catalogue. Of a repeated id the last counts."""
    total = Registered()
    waiting = iter(rows)
    while chunk := list(islice(waiting, ROWS_PER_TRANSACTION)):
        distinct = {row.beatport_id: row for row in chunk}
        total += _register_chunk([distinct[number] for number in sorted(distinct)])
    return total


def register_genres(rows: Iterable[Any]) -> None:
    with transaction.atomic():
        _take_turn()
        _upsert(Genre, (_plain(Genre, row) for row in rows), ["name", "slug"])


def _take_turn() -> None:
    """Until the transaction ends. SQLite has one writer at a time anyway.

    Until then PostgreSQL also goes by indexes: its statistics lag behind a table that grows by
    weeks of music, and it would read the whole of it for each page.
    """
    if connection.vendor == "postgresql":
        by_indexes = "set_config('enable_seqscan', 'off', true)"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock(%s), {by_indexes}", [TURN])


@transaction.atomic
def _register_chunk(rows: Sequence[TrackRow]) -> Registered:
    _take_turn()
    now = timezone.now()
    artists = _upsert_named(Artist, (person for row in rows for _, _, person in _credits(row)))
    releases = _upsert_releases([row.release for row in rows if row.release], now)
    tracks = _upsert_tracks(rows, releases, now)
    _replace_credits(rows, tracks=tracks, artists=artists)
    _remember(Entity.ARTIST, artists.new, now)
    _remember(Entity.RELEASE, releases.new, now)
    rewritten = _remember_tracks(rows, tracks, now)
    SpotifyMatch.objects.bulk_create(
        [SpotifyMatch(track=track, next_try_at=now) for track in tracks.new],
        ignore_conflicts=True,
    )
    return _count(tracks, rewritten)


def _upsert_named(model: Kind, rows: Iterable[Any]) -> Upserted:
    """Genres, sub-genres, artists and labels: an id, a name and a slug."""
    distinct = {row.beatport_id: row for row in rows if row}
    return _upsert(model, (_plain(model, row) for row in distinct.values()), ["name", "slug"])


def _plain(model: Kind, row: Any) -> Any:
    named: dict[str, Any] = {"name": row.name, "slug": row.slug}
    return model(beatport_id=row.beatport_id, **named)


def _upsert_releases(rows: Sequence[ReleaseRow], now: datetime) -> Upserted:
    labels = _upsert_named(Label, (row.label for row in rows))
    _remember(Entity.LABEL, labels.new, now)
    distinct = {row.beatport_id: row for row in rows}
    wanted = (
        Release(
            beatport_id=row.beatport_id,
            title=row.title,
            slug=row.slug,
            label_id=labels.pk(row.label),
            catalog_number=row.catalog_number,
            artwork=row.artwork,
        )
        for row in distinct.values()
    )
    return _upsert(Release, wanted, ["title", "slug", "label", "catalog_number", "artwork"])


TRACK_FIELDS = [
    *("title", "mix_name", "slug", "release", "genre", "sub_genre", "isrc", "bpm", "key"),
    *("length_ms", "published_on", "released_on", "encoded_on", "status", "is_exclusive"),
    *("sample_url", "recording_key", "text_digest", "is_primary"),
]


def _upsert_tracks(rows: Sequence[TrackRow], releases: Upserted, now: datetime) -> Upserted:
    genres = _upsert_named(Genre, (row.genre for row in rows))
    sub_genres = _upsert_named(SubGenre, (row.sub_genre for row in rows))
    held = _held(Track, [row.beatport_id for row in rows])
    wanted = [
        Track(
            beatport_id=row.beatport_id,
            title=row.title,
            mix_name=row.mix_name,
            slug=row.slug,
            release_id=releases.pk(row.release),
            genre_id=genres.pk(row.genre),
            sub_genre_id=sub_genres.pk(row.sub_genre),
            isrc=row.isrc,
            bpm=row.bpm,
            key=row.key,
            length_ms=row.length_ms,
            published_on=row.published_on,
            released_on=row.released_on,
            encoded_on=row.encoded_on,
            status=Track.Status.WITHDRAWN if row.is_withdrawn else Track.Status.PUBLISHED,
            is_exclusive=row.is_exclusive,
            sample_url=row.sample_url,
            recording_key=recordings.recording_key(row),
            text_digest=recordings.text_digest(row),
        )
        for row in rows
    ]
    _write_others(duplicates.settle(wanted, held), now)
    return _upsert_beside(Track, wanted, TRACK_FIELDS, held)


def _write_others(tracks: list[Track], now: datetime) -> None:
    """Weeks that show them hear of it by `updated_at`."""
    for track in tracks:
        track.updated_at = now
    if tracks:
        Track.objects.bulk_update(tracks, ["recording_key", "is_primary", "updated_at"])


def _held(model: Kind, numbers: Iterable[int]) -> dict[int, Any]:
    return {found.beatport_id: found for found in model.objects.filter(beatport_id__in=numbers)}


def _upsert(model: Kind, wanted: Iterable[Any], fields: list[str]) -> Upserted:
    objects = sorted(wanted, key=lambda one: one.beatport_id)
    return _upsert_beside(model, objects, fields, _held(model, [o.beatport_id for o in objects]))


def _upsert_beside(
    model: Kind, wanted: Iterable[Any], fields: list[str], held: Mapping[int, Any]
) -> Upserted:
    result: Upserted = Upserted(by_id=dict(held))
    columns = [field.attname for field in model._meta.concrete_fields if field.name in fields]
    for one in wanted:
        before = held.get(one.beatport_id)
        if before is None:
            result.new.append(one)
        elif any(getattr(one, column) != getattr(before, column) for column in columns):
            result.changed.append(one)
    written = sorted([*result.new, *result.changed], key=lambda one: one.beatport_id)
    _write(model, written, ["beatport_id"], fields)
    for one in written:
        result.by_id[one.beatport_id] = one
    return result


def _write(
    model: type[models.Model], rows: list[Any], unique: list[str], fields: list[str]
) -> None:
    if not rows:
        return
    touched = ["updated_at"] if model is Track else []
    touched += [one.name for one in model._meta.concrete_fields if isinstance(one, FoldedField)]
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=unique, update_fields=fields + touched
    )


def _credits(row: TrackRow) -> Iterator[tuple[str, int, Any]]:
    for role, people in (
        (TrackArtist.Role.ARTIST, row.artists),
        (TrackArtist.Role.REMIXER, row.remixers),
    ):
        for position, person in enumerate(people):
            yield role.value, position, person


def _replace_credits(rows: Sequence[TrackRow], *, tracks: Upserted, artists: Upserted) -> None:
    wanted = {
        (tracks.by_id[row.beatport_id].pk, role, position): artists.by_id[person.beatport_id].pk
        for row in rows
        for role, position, person in _credits(row)
    }
    held = {
        (credit.track_id, credit.role, credit.position): credit
        for credit in TrackArtist.objects.filter(track__in=tracks.pks_of_held)
    }
    surplus = [credit.pk for place, credit in held.items() if place not in wanted]
    if surplus:
        TrackArtist.objects.filter(pk__in=surplus).delete()
    changed = [
        TrackArtist(track_id=track, role=role, position=position, artist_id=artist)
        for (track, role, position), artist in wanted.items()
        if (track, role, position) not in held or held[track, role, position].artist_id != artist
    ]
    _write(TrackArtist, changed, ["track", "role", "position"], ["artist"])


def _remember(entity: Entity, found: Iterable[Any], now: datetime) -> None:
    """What Beatport calls the new ones."""
    _write_external(
        [
            ExternalData(
                provider=Provider.BEATPORT,
                entity_type=entity,
                entity_id=one.pk,
                external_id=str(one.beatport_id),
                fetched_at=now,
            )
            for one in found
        ]
    )


def _remember_tracks(rows: Sequence[TrackRow], tracks: Upserted, now: datetime) -> set[int]:
    """Keeps each row as it was sent; returns the tracks (by primary key) that said anything new."""
    pks = {row.beatport_id: tracks.by_id[row.beatport_id].pk for row in rows}
    held = dict(
        ExternalData.objects.filter(
            provider=Provider.BEATPORT, entity_type=Entity.TRACK, entity_id__in=tracks.pks_of_held
        ).values_list("entity_id", "raw")
    )
    changed = [
        ExternalData(
            provider=Provider.BEATPORT,
            entity_type=Entity.TRACK,
            entity_id=pks[row.beatport_id],
            external_id=str(row.beatport_id),
            raw=row.raw,
            fetched_at=now,
        )
        for row in rows
        if held.get(pks[row.beatport_id]) != row.raw
    ]
    _write_external(changed)
    return {data.entity_id for data in changed}


def _write_external(rows: list[ExternalData]) -> None:
    unique = ["provider", "entity_type", "entity_id"]
    _write(ExternalData, rows, unique, ["external_id", "uri", "raw", "fetched_at"])


def _count(tracks: Upserted, rewritten: set[int]) -> Registered:
    new = {track.pk for track in tracks.new}
    changed = {track.pk for track in tracks.changed} | rewritten - new
    return Registered(
        new=len(new), changed=len(changed), unchanged=len(tracks.by_id) - len(new | changed)
    )

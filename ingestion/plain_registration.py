"""The plain way to register tracks, one get_or_create after the other: what bulk is measured by."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

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
from ingestion import recordings
from ingestion.parsing import ArtistRow, ReleaseRow, TrackRow
from ingestion.registration import ROWS_PER_TRANSACTION


def register_one_by_one(rows: Iterable[TrackRow]) -> None:
    for batch in batches(list(rows)):
        with transaction.atomic():
            for row in batch:
                register_one(row)


def batches(rows: list[TrackRow]) -> Iterator[list[TrackRow]]:
    for start in range(0, len(rows), ROWS_PER_TRANSACTION):
        yield rows[start : start + ROWS_PER_TRANSACTION]


def register_one(row: TrackRow) -> None:
    track, is_new = Track.objects.get_or_create(
        beatport_id=row.beatport_id,
        defaults={
            "title": row.title,
            "mix_name": row.mix_name,
            "slug": row.slug,
            "release": plain_release(row.release) if row.release else None,
            "genre": named(Genre, row.genre)[0] if row.genre else None,
            "sub_genre": named(SubGenre, row.sub_genre)[0] if row.sub_genre else None,
            "isrc": row.isrc,
            "bpm": row.bpm,
            "key": row.key,
            "length_ms": row.length_ms,
            "published_on": row.published_on,
            "released_on": row.released_on,
            "encoded_on": row.encoded_on,
            "is_exclusive": row.is_exclusive,
            "sample_url": row.sample_url,
            "recording_key": recordings.recording_key(row),
            "text_digest": recordings.text_digest(row),
        },
    )
    credit(track, row.artists, TrackArtist.Role.ARTIST)
    credit(track, row.remixers, TrackArtist.Role.REMIXER)
    remember(Entity.TRACK, track, row.raw)
    if is_new:
        SpotifyMatch.objects.get_or_create(track=track, next_try_at=timezone.now())


def named(model: Any, row: Any) -> tuple[Any, bool]:
    fields = {"name": row.name, "slug": row.slug}
    return model.objects.get_or_create(beatport_id=row.beatport_id, defaults=fields)


def plain_release(row: ReleaseRow) -> Release:
    label, is_new_label = named(Label, row.label) if row.label else (None, False)
    if label and is_new_label:
        remember(Entity.LABEL, label, None)
    fields = {
        "title": row.title,
        "slug": row.slug,
        "label": label,
        "catalog_number": row.catalog_number,
        "artwork": row.artwork,
    }
    release, is_new = Release.objects.get_or_create(beatport_id=row.beatport_id, defaults=fields)
    if is_new:
        remember(Entity.RELEASE, release, None)
    return release


def credit(track: Track, people: Iterable[ArtistRow], role: TrackArtist.Role) -> None:
    for position, person in enumerate(people):
        artist, is_new = named(Artist, person)
        if is_new:
            remember(Entity.ARTIST, artist, None)
        TrackArtist.objects.get_or_create(
            track=track, role=role, position=position, defaults={"artist": artist}
        )


def remember(entity: Entity, one: Any, raw: Any) -> None:
    ExternalData.objects.get_or_create(
        provider=Provider.BEATPORT,
        entity_type=entity,
        entity_id=one.pk,
        defaults={
            "external_id": str(one.beatport_id),
            "raw": raw,
            "fetched_at": timezone.now(),
        },
    )

"""What a DJ keeps for good, as pages and as the shopping list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Count, Max, OuterRef, Prefetch, QuerySet, Subquery

from accounts.models import User
from catalog.models import Entity, ExternalData, Provider, SpotifyMatch, TrackArtist
from curation import golden, links
from curation.models import CurationTrack, GoldenTrack, UserCategory
from curation.templatetags.words import artists, length

COLUMNS = [
    "Title",
    "Mix",
    "Artists",
    "Label",
    "Catalogue number",
    "Release",
    "ISRC",
    "BPM",
    "Key",
    "Length",
    "Beatport",
    "Spotify",
    "Added",
]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
UNDO_SECONDS = 60 * 60
SALT = "curation.shelf"


@dataclass(frozen=True)
class Line:
    """A kept track with all that its line shows."""

    kept: GoldenTrack

    @property
    def match(self) -> SpotifyMatch | None:
        return getattr(self.kept.track, "match", None)

    @property
    def spotify_url(self) -> str:
        is_playable = self.match is not None and self.match.is_playable
        return links.on_spotify(self.kept.spotify_uri) if is_playable else ""

    @property
    def beatport_url(self) -> str:
        return links.on_beatport(self.kept.track)


def categories(user: User) -> QuerySet[UserCategory]:
    """The DJ's categories by style, each with `kept` and `latest_at`."""
    return (
        user.categories.filter(is_trash=False)
        .select_related("style", "golden_playlist")
        .annotate(kept=Count("golden_tracks"), latest_at=Max("golden_tracks__added_at"))
        .order_by("style__position", "style__name", "position", "pk")
    )


def kept_in(category: UserCategory) -> QuerySet[GoldenTrack]:
    """Newest first; each carries `spotify_uri`, and the `week` and `year` it came from."""
    accepted = ExternalData.objects.filter(
        provider=Provider.SPOTIFY, entity_type=Entity.TRACK, entity_id=OuterRef("track_id")
    )
    came_from = CurationTrack.objects.filter(
        track=OuterRef("track"),
        promoted_at__isnull=False,
        current_silver_playlist__user_category=category,
    ).order_by("-promoted_at")
    return (
        category.golden_tracks.select_related("track__release__label", "track__match")
        .prefetch_related(Prefetch("track__credits", TrackArtist.objects.select_related("artist")))
        .annotate(
            spotify_uri=Subquery(accepted.values("uri")),
            period=Subquery(came_from.values("curation_period")[:1]),
            week=Subquery(came_from.values("curation_period__week")[:1]),
            year=Subquery(came_from.values("curation_period__year")[:1]),
        )
        .order_by("-added_at", "-pk")
    )


def export(category: UserCategory) -> Iterator[list[Any]]:
    """The shopping list: the names of the columns, then a row for each kept track."""
    yield COLUMNS
    for kept in kept_in(category).order_by("added_at", "pk"):
        yield [harmless(cell) for cell in cells(Line(kept))]


def cells(line: Line) -> list[Any]:
    track = line.kept.track
    release = track.release
    label = release.label if release else None
    return [
        track.title,
        track.mix_name,
        artists(track),
        label.name if label else "",
        release.catalog_number if release else "",
        release.title if release else "",
        track.isrc,
        "" if track.bpm is None else track.bpm,
        track.key,
        "" if track.length_ms is None else length(track.length_ms),
        line.beatport_url,
        line.spotify_url,
        line.kept.added_at.date().isoformat(),
    ]


def harmless(cell: Any) -> Any:
    """A spreadsheet must read a title like "=1+1" as text."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def remove(kept: GoldenTrack) -> str:
    """Removes a track; returns what `put_back` needs, safe to stand in an address."""
    track_id, added_at = kept.track_id, kept.added_at
    promoted = golden.remove(kept)
    return signing.dumps(
        [kept.user_category_id, track_id, added_at.isoformat(), promoted], salt=SALT
    )


def put_back(category: UserCategory, removal: str) -> GoldenTrack:
    """Raises BadSignature for what `remove` did not return, or too long ago."""
    category_id, track_id, added_at, promoted = signing.loads(
        removal, salt=SALT, max_age=UNDO_SECONDS
    )
    if category_id != category.pk:
        raise signing.BadSignature("This was removed from another category.")
    return golden.put_back(
        category=category,
        track_id=track_id,
        added_at=datetime.fromisoformat(added_at),
        promoted=promoted,
    )


def removed_track(category: UserCategory, removal: str) -> int | None:
    """The track that a removal in the address speaks of, while it can be taken back."""
    try:
        category_id, track_id, *_ = signing.loads(removal, salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        return None
    return track_id if category_id == category.pk else None

"""What a DJ keeps for good, as pages and as the shopping list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.core import signing
from django.db import transaction
from django.db.models import Count, Max, Prefetch, Q, QuerySet

from accounts.models import User
from catalog.models import Track, TrackArtist
from curation import elsewhere, golden, links
from curation.models import CurationPeriod, CurationTrack, GoldenTrack, UserCategory
from curation.templatetags.words import artists, minutes

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

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
class Line(links.Linked):
    """A kept track with all that its line shows."""

    kept: GoldenTrack
    spotify_uri: str
    period: CurationPeriod | None  # the week it was promoted in
    also_on: str = ""

    @property
    def track(self) -> Track:
        return self.kept.track


class Kept(TypedDict):
    kept: int
    latest_at: datetime | None


def categories(user: User) -> "QuerySet[WithAnnotations[UserCategory, Kept]]":
    """The DJ's categories by style, each with what it holds."""
    return (
        user.categories.filter(is_trash=False, merged_into=None)
        .select_related("style", "golden_playlist")
        .annotate(kept=Count("golden_tracks"), latest_at=Max("golden_tracks__added_at"))
        .order_by("style__position", "style__name", "position", "pk")
    )


def kept_in(category: UserCategory) -> QuerySet[GoldenTrack]:
    """The newest first."""
    return (
        category.golden_tracks.select_related("track__release__label", "track__match")
        .prefetch_related(Prefetch("track__credits", TrackArtist.objects.select_related("artist")))
        .order_by("-added_at", "-pk")
    )


def lines(category: UserCategory, kept: Iterable[GoldenTrack]) -> list[Line]:
    """With all that a line shows, in a fixed number of queries."""
    shown = list(kept)
    uris = links.accepted_uris(one.track for one in shown)
    weeks = came_from(category, shown)
    others = elsewhere.also_on([one.track for one in shown])
    return [
        Line(one, uris.get(one.track_id, ""), weeks.get(one.track_id), others[one.track_id])
        for one in shown
    ]


def came_from(category: UserCategory, kept: Iterable[GoldenTrack]) -> dict[int, CurationPeriod]:
    """By id of the track: the latest week it was promoted in."""
    here = Q(current_silver_playlist__user_category=category)
    in_closed_weeks = Q(current_silver_playlist__user_category__merged_into=category)
    promoted = CurationTrack.objects.filter(
        here | in_closed_weeks,
        track__in=[one.track_id for one in kept],
        promoted_at__isnull=False,
    )
    in_time = promoted.select_related("curation_period").order_by("promoted_at")
    return {row.track_id: row.curation_period for row in in_time}


def export(category: UserCategory) -> Iterator[list[Any]]:
    """The shopping list: the names of the columns, then a row for each kept track."""
    yield COLUMNS
    for line in lines(category, kept_in(category).reverse()):
        yield [harmless(cell) for cell in cells(line)]


def cells(line: Line) -> list[Any]:
    track = line.track
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
        "" if track.length_ms is None else minutes(track.length_ms),
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


@transaction.atomic
def remove_all(kept: Iterable[GoldenTrack]) -> int:
    """Returns how many."""
    removed = [golden.remove(one) for one in kept]
    return len(removed)


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

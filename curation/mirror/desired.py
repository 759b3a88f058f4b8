"""What a playlist should look like at Spotify, read from our tables."""

from typing import TypeVar

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils import timezone

from catalog.models import Entity, ExternalData, Provider, SpotifyMatch
from curation.mirror.plan import Item
from curation.models import CurationTrack, GoldenTrack, MirroredPlaylist, RefusedUri

Layer = MirroredPlaylist.Layer
Row = TypeVar("Row", bound=Model)

NAME_LENGTH = 100
SENTENCE = "Sorted in Clouder, which keeps this playlist in step."


def items(playlist: MirroredPlaylist) -> list[Item]:
    """In the playlist's order, without what is not (or not certainly) on Spotify."""
    found = on_spotify(tracks(playlist)).values_list("track_id", "spotify_uri")
    return [Item(track_id=track_id, uri=uri) for track_id, uri in found]


def tracks(playlist: MirroredPlaylist) -> QuerySet:
    """CurationTracks or GoldenTracks, whether Spotify has them or not."""
    if playlist.layer == Layer.GOLDEN:
        kept = GoldenTrack.objects.filter(user_category=playlist.user_category_id)
        return kept.order_by("added_at", "pk")
    if playlist.layer == Layer.SILVER:
        silver = CurationTrack.objects.filter(
            current_silver_playlist=playlist.period_playlist_id, promoted_at=None
        )
        return silver.in_silver_order()
    bronze = CurationTrack.objects.filter(curation_period=playlist.curation_period_id)
    return bronze.unsorted().in_bronze_order()


def on_spotify(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Rows with a `track` that Spotify has; each carries the accepted `spotify_uri`."""
    accepted = ExternalData.objects.filter(
        provider=Provider.SPOTIFY, entity_type=Entity.TRACK, entity_id=OuterRef("track_id")
    ).exclude(uri="")
    refused = RefusedUri.objects.filter(try_again_at__gt=timezone.now())
    return (
        rows.filter(track__match__state__in=SpotifyMatch.PLAYABLE)
        .annotate(spotify_uri=Subquery(accepted.values("uri")))
        .filter(spotify_uri__isnull=False)
        .exclude(spotify_uri__in=refused.values("uri"))
    )


def name(playlist: MirroredPlaylist) -> str:
    """As the DJ sees it in Spotify; a long style is cut, the category stays whole."""
    if playlist.layer == Layer.GOLDEN:
        category = playlist.user_category
        style, rest = category.style.name, f" · {category.name}"
    else:
        period = playlist.curation_period
        style, rest = period.style.name, f" W{period.week:02} {period.year} · {last(playlist)}"
    return style[: NAME_LENGTH - len(rest)] + rest


def last(playlist: MirroredPlaylist) -> str:
    if playlist.layer == Layer.BRONZE:
        return "Bronze"
    return playlist.period_playlist.user_category.name


def description(playlist: MirroredPlaylist) -> str:
    """Holds the marker by which a playlist of ours is found again."""
    return f"{SENTENCE} {marker(playlist)}"


def marker(playlist: MirroredPlaylist) -> str:
    return f"clouder:{playlist.marker}"


def is_off(playlist: MirroredPlaylist) -> bool:
    """A closed week is taken off Spotify unless the DJ keeps it there."""
    period = playlist.curation_period
    return period is not None and period.is_closed and not period.stays_on_spotify

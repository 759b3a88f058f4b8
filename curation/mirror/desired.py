"""What a playlist should look like at Spotify, read from our tables."""

from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from catalog.models import Entity, ExternalData, Provider, SpotifyMatch
from curation.mirror.plan import Item
from curation.models import (
    Absence,
    CurationTrack,
    GoldenTrack,
    MirroredPlaylist,
    RefusedUri,
    Style,
)

Layer = MirroredPlaylist.Layer
Row = TypeVar("Row", bound=CurationTrack | GoldenTrack)

NAME_LENGTH = 100
SENTENCE = "Sorted in Clouder, which keeps this playlist in step."


def items(playlist: MirroredPlaylist) -> list[Item]:
    """In the playlist's order, without what is not (or not certainly) on Spotify.

    Other edits are among them if the DJ wants them there.
    """
    found = on_spotify(tracks(playlist)).values_list("track_id", "spotify_uri")
    return [Item(track_id=track_id, uri=uri) for track_id, uri in found]


def tracks(playlist: MirroredPlaylist) -> QuerySet[Any]:
    """CurationTracks or GoldenTracks, whether Spotify has them or not.

    What the DJ took off Golden in Spotify is left out until the DJ says what shall become of it.
    """
    if playlist.layer == Layer.GOLDEN:
        kept = GoldenTrack.objects.filter(user_category=playlist.user_category_id)
        gone = Absence.objects.filter(
            playlist=playlist.pk, track=OuterRef("track"), noticed_at__gte=OuterRef("added_at")
        )
        return kept.filter(~Exists(gone)).order_by("added_at", "pk")
    if playlist.layer == Layer.SILVER:
        silver = CurationTrack.objects.filter(
            current_silver_playlist=playlist.period_playlist_id, promoted_at=None
        )
        return silver.in_silver_order()
    bronze = CurationTrack.objects.filter(curation_period=playlist.curation_period_id)
    return bronze.unsorted().in_bronze_order()


def on_spotify(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Rows with a `track` that goes to Spotify; each carries the accepted `spotify_uri`."""
    return accepted(rows).exclude(spotify_uri__in=resting())


def held_back(rows: QuerySet[Any]) -> Q:
    """Other edits of a DJ who wants none in the playlists."""
    owner = "user_category" if rows.model is GoldenTrack else "curation_period"
    wishes = {f"{owner}__user__preferences__mirrors_edits": False}
    return Q(track__match__state=SpotifyMatch.State.OTHER_EDIT, **wishes)


def set_aside(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Rows with a `track` that Spotify has, but takes into no playlist for the time being."""
    return accepted(rows).filter(spotify_uri__in=resting()).select_related("track")


def accepted(rows: QuerySet[Row]) -> QuerySet[Row]:
    uris = ExternalData.objects.filter(
        provider=Provider.SPOTIFY, entity_type=Entity.TRACK, entity_id=OuterRef("track_id")
    ).exclude(uri="")
    found = rows.filter(track__match__state__in=SpotifyMatch.PLAYABLE).exclude(held_back(rows))
    return found.annotate(spotify_uri=Subquery(uris.values("uri"))).filter(
        spotify_uri__isnull=False
    )


def resting() -> QuerySet[RefusedUri, Any]:
    return RefusedUri.objects.filter(try_again_at__gt=timezone.now()).values("uri")


def name(playlist: MirroredPlaylist) -> str:
    """As the DJ sees it in Spotify; a long style is cut, the category stays whole."""
    style, rest = style_of(playlist).name, f" · {last_part(playlist)}"
    if period := playlist.curation_period:
        rest = f" W{period.week:02} {period.year}{rest}"
    return style[: NAME_LENGTH - len(rest)] + rest


def style_of(playlist: MirroredPlaylist) -> Style:
    owner = playlist.curation_period or playlist.user_category
    assert owner is not None
    return owner.style


def last_part(playlist: MirroredPlaylist) -> str:
    if playlist.user_category:
        return playlist.user_category.name
    return str(playlist.period_playlist or "Bronze")


def description(playlist: MirroredPlaylist) -> str:
    """Holds the marker by which a playlist of ours is found again."""
    return f"{SENTENCE} {marker(playlist)}"


def marker(playlist: MirroredPlaylist) -> str:
    return f"clouder:{playlist.marker}"


def is_off(playlist: MirroredPlaylist) -> bool:
    """A closed week is off Spotify unless the DJ keeps it there; a merged category is, too."""
    period = playlist.curation_period
    if period is not None and period.is_closed:
        return not period.stays_on_spotify
    silver = playlist.period_playlist
    category = silver.user_category if silver else playlist.user_category
    return category is not None and category.merged_into_id is not None

"""Where our things live at the two outside services."""

import re
from collections.abc import Iterable

from django.conf import settings

from catalog.models import Artist, Entity, ExternalData, Label, Provider, SpotifyMatch, Track
from curation.models import MirroredPlaylist

# In plain characters: the API's description is read by another engine, with other white space.
SPOTIFY_TRACK = re.compile(
    r"(?:spotify:track:|https?://[!-.0-~]+/(?:[0-9A-Za-z_-]+/)*track/)([0-9A-Za-z]{22})"
    r"(?:[/?#][!-~]*)?"
)


class Linked:
    """What a page tells of a line's track outside."""

    spotify_uri: str  # what was accepted, or empty

    @property
    def track(self) -> Track:
        """With its `match` selected."""
        raise NotImplementedError

    @property
    def is_foreign(self) -> bool:
        """Not in the DJ's weeks, so not one whose match the DJ decides about."""
        return False

    @property
    def match(self) -> SpotifyMatch | None:
        return getattr(self.track, "match", None)

    @property
    def spotify_url(self) -> str:
        return on_spotify(self.spotify_uri)

    @property
    def beatport_url(self) -> str:
        return on_beatport(self.track)


def on_spotify(uri: str | None) -> str:
    """spotify:track:ID as an address to open; empty when there is none."""
    if not uri or uri.count(":") != 2:
        return ""
    _, kind, external_id = uri.split(":")
    return f"{settings.SPOTIFY_OPEN_URL}/{kind}/{external_id}"


def of_playlist(mirrored: MirroredPlaylist | None) -> str:
    """Only what can be opened there now."""
    if mirrored is None or mirrored.spotify_id is None or not mirrored.in_library:
        return ""
    if mirrored.state == MirroredPlaylist.State.MISSING:
        return ""
    return on_spotify(f"spotify:playlist:{mirrored.spotify_id}")


def accepted_uris(tracks: Iterable[Track]) -> dict[int, str]:
    """By id of the track: what may be played and opened. Wants `match` selected."""
    playable = [track.pk for track in tracks if is_playable(track)]
    found = ExternalData.objects.filter(
        provider=Provider.SPOTIFY, entity_type=Entity.TRACK, entity_id__in=playable
    )
    return dict(found.values_list("entity_id", "uri"))


def is_playable(track: Track) -> bool:
    match: SpotifyMatch | None = getattr(track, "match", None)
    return match is not None and match.is_playable


def on_beatport(track: Track) -> str:
    return f"{settings.BEATPORT_WEB_URL}/track/{track.slug or '-'}/{track.beatport_id}"


def clip(track: Track) -> str:
    """Beatport's own sound of it, where this installation may play that."""
    return track.sample_url if settings.BEATPORT_CLIPS else ""


def page_on_beatport(kind: str, named: Artist | Label) -> str:
    return f"{settings.BEATPORT_WEB_URL}/{kind}/{named.slug or '-'}/{named.beatport_id}"


def spotify_uri(text: str) -> str:
    """Of a link or an uri of a track, as people copy it. Raises ValueError for anything else."""
    found = SPOTIFY_TRACK.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return f"spotify:track:{found[1]}"

"""Making a playlist at Spotify: the one call that must never be repeated blindly."""

from django.utils import timezone

from accounts.gateway import Ambiguous, Gateway, SpotifyError, SpotifyPlaylist
from curation.mirror import desired
from curation.mirror.lease import Flight, Lease, TooEarly
from curation.models import MirroredPlaylist


def create(lease: Lease, gateway: Gateway) -> None:
    """Its id is stored before anything else is done with it."""
    playlist = lease.playlist
    name, description = desired.name(playlist), desired.description(playlist)
    deadline = lease.begin(None)
    try:
        with gateway.leaving_by(deadline):
            made = gateway.create_playlist(name=name, description=description)
    except Ambiguous:
        lease.doubt()
        raise
    except SpotifyError:
        lease.end()
        raise
    take_over(lease, made)


def adopt(lease: Lease, gateway: Gateway, flight: Flight) -> None:
    """Looks for the playlist that may have been made."""
    if made := find(lease.playlist, gateway):
        take_over(lease, made)
    elif flight.is_over:
        lease.end()
    else:
        raise TooEarly(flight.sure_at)


def find(playlist: MirroredPlaylist, gateway: Gateway) -> SpotifyPlaylist | None:
    """By the marker in its description."""
    offset: int | None = 0
    while offset is not None:
        page = gateway.my_playlists(offset=offset)
        for held in page.items:
            if desired.marker(playlist) in held.description:
                return held
        offset = page.next_offset
    return None


def take_over(lease: Lease, made: SpotifyPlaylist) -> None:
    lease.end(
        known=[],
        spotify_id=made.id,
        name=made.name[: desired.NAME_LENGTH],
        snapshot_id=made.snapshot_id,
        in_library=True,
        seen_at=timezone.now(),
    )

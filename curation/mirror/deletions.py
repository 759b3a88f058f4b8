"""Playlists that the DJ deleted in Spotify.

They stay readable and writable there and are only in nobody's library any more. So we ask once a
day, for 40 playlists in a call.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.gateway import Gateway, SpotifyError
from accounts.models import SpotifyCredential, User
from curation.mirror import library
from curation.models import MirroredPlaylist, MirroredPlaylistQuerySet

State = MirroredPlaylist.State

OFTEN_ENOUGH = timedelta(days=1)


def look_for_deleted() -> int:
    """For the DJ whose turn it is; returns how many playlists are gone."""
    first = unseen().order_by("seen_at", "pk").select_related("user").first()
    return look(first.user) if first else 0


def look(user: User) -> int:
    theirs = unseen().filter(user=user).order_by("seen_at", "pk")
    playlists = list(theirs[: library.PER_CALL])
    asked = MirroredPlaylist.objects.filter(pk__in=[playlist.pk for playlist in playlists])
    asked.update(seen_at=timezone.now())
    try:
        is_there = Gateway.of(user).in_library([library.uri_of(one) for one in playlists])
    except SpotifyError:
        return 0  # asked again tomorrow
    gone = [one.pk for one, held in zip(playlists, is_there, strict=True) if not held]
    still_ours = in_spotify().filter(pk__in=gone)
    return still_ours.unclaimed(timezone.now()).update(state=State.MISSING)


def unseen() -> MirroredPlaylistQuerySet:
    day_ago = timezone.now() - OFTEN_ENOUGH
    return in_spotify().filter(
        Q(seen_at=None) | Q(seen_at__lt=day_ago),
        user__spotify__status=SpotifyCredential.Status.OK,
    )


def in_spotify() -> MirroredPlaylistQuerySet:
    return MirroredPlaylist.objects.filter(
        state__in=[State.ACTIVE, State.FULL], in_library=True, spotify_id__isnull=False
    )

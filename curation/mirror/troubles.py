"""What an error of Spotify's means for a playlist: when it is tried again, and what is said."""

import random
from datetime import datetime, timedelta

from django.db.models import Case, F, Value, When
from django.utils import timezone

from accounts.gateway import (
    NeedsReconnect,
    NotAllowed,
    PremiumRequired,
    QuotaExceeded,
    RateLimited,
    SpotifyError,
    Unavailable,
)
from accounts.models import SpotifyCredential
from curation.mirror.lease import SETTLING, Lease, TooEarly
from curation.models import MirroredPlaylist

Trouble = MirroredPlaylist.Trouble

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
PARKED = timedelta(days=1)
LOCKED_OUT = timedelta(hours=1)  # a new connection is noticed at once


def put_off(lease: Lease, error: SpotifyError) -> None:
    """Gives the playlist back, to be tried again at the right time."""
    attempts = lease.playlist.attempts
    if isinstance(error, QuotaExceeded) and error.is_reserve:
        # No trouble: the DJ's next decision about it does not wait for that.
        still_late = Case(When(in_background=True, then=Value(error.until)), default=F("due_at"))
        lease.release(due_at=still_late, attempts=attempts - 1)
        return
    trouble, retry_at = judge(lease.playlist, error)
    if isinstance(error, QuotaExceeded | RateLimited):
        attempts -= 1
    lease.release(trouble=trouble, retry_at=retry_at, error=str(error)[:300], attempts=attempts)


def judge(playlist: MirroredPlaylist, error: SpotifyError) -> tuple[str, datetime]:
    now = timezone.now()
    if isinstance(error, QuotaExceeded | RateLimited):
        return Trouble.QUOTA, error.until
    if isinstance(error, TooEarly):
        return Trouble.ERROR, min(error.until, now + pause(playlist.attempts - 1))
    if is_about_the_account(playlist, error):
        return Trouble.ACCOUNT, now + LOCKED_OUT
    if playlist.suspects:  # being split; see `suspects`
        return Trouble.ERROR, now + SETTLING
    is_outage = isinstance(error, Unavailable)
    if playlist.attempts >= MirroredPlaylist.MOST_ATTEMPTS and not is_outage:
        return Trouble.ERROR, now + PARKED
    return Trouble.ERROR, now + pause(playlist.attempts)


def is_about_the_account(playlist: MirroredPlaylist, error: SpotifyError) -> bool:
    """A 403 may also be about the one playlist; then the connection itself is still good."""
    if isinstance(error, NeedsReconnect | PremiumRequired):
        return True
    connected = SpotifyCredential.objects.filter(
        user=playlist.user_id, status=SpotifyCredential.Status.OK
    )
    return isinstance(error, NotAllowed) and not connected.exists()


def pause(attempts: int) -> timedelta:
    """5 s, 30 s, 3 min, 18 min, 1 h, each a little shorter or longer than that."""
    longest = min(FIRST_PAUSE * 6 ** min(max(attempts - 1, 0), 5), LONGEST_PAUSE)
    return longest * random.uniform(0.8, 1.2)  # noqa: S311


def forgive_reconnected() -> None:
    """DJs who connected Spotify again need not wait."""
    MirroredPlaylist.objects.filter(
        trouble=Trouble.ACCOUNT,
        retry_at__isnull=False,
        user__spotify__status=SpotifyCredential.Status.OK,
    ).update(retry_at=None)

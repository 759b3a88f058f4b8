"""The installation's own access to Beatport: one row, its tokens encrypted."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from ingestion.models import BeatportCredential

REFRESH_LEASE = timedelta(seconds=40)
ABOUT_TO_END = timedelta(minutes=2)


def current() -> BeatportCredential | None:
    """The one row; the tokens of the settings become it as long as there is none."""
    held = BeatportCredential.objects.first()
    if held or not settings.BEATPORT_ACCESS_TOKEN:
        return held
    tokens = {
        "access_token": settings.BEATPORT_ACCESS_TOKEN,
        "refresh_token": settings.BEATPORT_REFRESH_TOKEN,
    }
    return BeatportCredential.objects.get_or_create(is_the_one=True, defaults=tokens)[0]


def is_connected() -> bool:
    held = current()
    return held is not None and held.status == BeatportCredential.Status.OK


def is_about_to_end(held: BeatportCredential) -> bool:
    return held.expires_at is not None and held.expires_at < timezone.now() + ABOUT_TO_END


def claim_refresh(held: BeatportCredential) -> bool:
    now = timezone.now()
    nobody_is_at_it = Q(refresh_claimed_until=None) | Q(refresh_claimed_until__lt=now)
    free = BeatportCredential.objects.filter(nobody_is_at_it, pk=held.pk)
    return free.update(refresh_claimed_until=now + REFRESH_LEASE) == 1


def store(held: BeatportCredential, *, access: str, refresh: str, expires_at: datetime) -> None:
    """An answer without a new refresh token leaves the old one good."""
    held.access_token = access
    held.refresh_token = refresh or held.refresh_token
    held.expires_at = expires_at
    held.status = BeatportCredential.Status.OK
    held.refresh_claimed_until = None
    held.save()


def needs_reconnect(held: BeatportCredential) -> None:
    """Unless somebody has connected again in the meantime."""
    BeatportCredential.objects.filter(pk=held.pk, expires_at=held.expires_at).update(
        status=BeatportCredential.Status.NEEDS_RECONNECT, refresh_claimed_until=None
    )


def give_up_claim(held: BeatportCredential) -> None:
    BeatportCredential.objects.filter(pk=held.pk).update(refresh_claimed_until=None)

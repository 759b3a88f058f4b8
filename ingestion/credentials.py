"""The installation's own access to Beatport: one row, its tokens encrypted."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ingestion import tokens
from ingestion.models import BeatportCredential
from ingestion.tokens import Tokens

REFRESH_LEASE = timedelta(seconds=60)
ABOUT_TO_END = timedelta(minutes=2)

Status = BeatportCredential.Status
logger = logging.getLogger(__name__)


def current() -> BeatportCredential | None:
    """The one row; the tokens of the settings become it as long as there is none."""
    held = BeatportCredential.objects.first()
    if held or not settings.BEATPORT_ACCESS_TOKEN:
        return held
    if not tokens.is_token(settings.BEATPORT_ACCESS_TOKEN):
        logger.error("BEATPORT_ACCESS_TOKEN holds characters that no token has.")
        return None
    given = {
        "access_token": settings.BEATPORT_ACCESS_TOKEN,
        "refresh_token": settings.BEATPORT_REFRESH_TOKEN,
        "way": BeatportCredential.Way.SETTINGS,
        "connected_at": timezone.now(),
    }
    return BeatportCredential.objects.get_or_create(is_the_one=True, defaults=given)[0]


def is_connected() -> bool:
    held = current()
    return held is not None and held.is_ok


def needs_a_person() -> bool:
    """Staff has to reconnect. Looks only: no row is made."""
    return BeatportCredential.objects.filter(status=Status.NEEDS_RECONNECT).exists()


def is_about_to_end(held: BeatportCredential, within: timedelta = ABOUT_TO_END) -> bool:
    return held.ends_by is not None and held.ends_by < timezone.now() + within


@transaction.atomic
def put(candidate: BeatportCredential) -> None:
    """Makes the candidate the one connection. Whoever is renewing the former one stores nothing."""
    held = BeatportCredential.objects.first()
    candidate.pk = held.pk if held else None
    candidate.status = Status.OK
    candidate.connected_at = timezone.now()
    candidate.lost_at = candidate.renewed_at = candidate.refresh_claimed_until = None
    candidate.save(force_update=held is not None)


@transaction.atomic
def forget() -> None:
    """Takes all secrets away. The row stays, or the tokens of the settings would come back."""
    BeatportCredential.objects.update(
        status=Status.DISCONNECTED,
        client_id="",
        client_secret="",
        access_token="",
        refresh_token="",
        expires_at=None,
        refresh_claimed_until=None,
    )


def claim_refresh(held: BeatportCredential) -> datetime | None:
    """The end of the claim, by which it is known; None while somebody else renews."""
    now = timezone.now()
    until = now + REFRESH_LEASE
    nobody_is_at_it = Q(refresh_claimed_until=None) | Q(refresh_claimed_until__lt=now)
    free = BeatportCredential.objects.filter(nobody_is_at_it, pk=held.pk)
    return until if free.update(refresh_claimed_until=until) else None


def store(held: BeatportCredential, found: Tokens, *, claim: datetime) -> None:
    """Without a new refresh token the old one stays good. A lost claim stores nothing."""
    ours = BeatportCredential.objects.filter(pk=held.pk, refresh_claimed_until=claim)
    ours.update(
        access_token=found.access,
        refresh_token=found.refresh or held.refresh_token,
        expires_at=found.expires_at,
        renewed_at=timezone.now(),
        refresh_claimed_until=None,
    )
    held.refresh_from_db()


def give_up_claim(held: BeatportCredential, claim: datetime) -> None:
    ours = BeatportCredential.objects.filter(pk=held.pk, refresh_claimed_until=claim)
    ours.update(refresh_claimed_until=None)


def needs_reconnect(held: BeatportCredential) -> None:
    """Unless somebody has connected again, or renewed the token, in the meantime."""
    same = BeatportCredential.objects.filter(
        pk=held.pk, connected_at=held.connected_at, renewed_at=held.renewed_at, status=Status.OK
    )
    lost = {"status": Status.NEEDS_RECONNECT, "lost_at": timezone.now()}
    if same.update(**lost, refresh_claimed_until=None):
        logger.error("Beatport does not accept our tokens any more: staff has to reconnect.")

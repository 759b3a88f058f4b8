"""The ledger of calls to Spotify: one for the installation, kept in the database.

Spotify counts calls by bucket of endpoints over 24 hours, all users of a client id together. Here
a call is counted before it is made, and it waits for its turn. Hours are counted whole, so a call
stays on the books up to an hour longer than Spotify counts it.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.errors import QuotaExceeded, RateLimited, SpotifyError
from accounts.models import QuotaBucket, QuotaHour, QuotaPace

Purpose = QuotaHour.Purpose

HOUR = timedelta(hours=1)
WINDOW = 25 * HOUR
LONGEST_WAIT = timedelta(seconds=5)
LONGEST_BREAK = 30  # seconds of Retry-After; more is a quota, whatever Spotify calls it
IMPOSSIBLE_WAIT = timedelta(minutes=1)
LONGEST_CLOSING = 24 * HOUR


@dataclass(frozen=True)
class Ledger:
    """What the books say about one bucket."""

    name: str
    bucket_id: int
    closed_until: datetime | None
    refusals: int
    used: int
    free_at: datetime | None


def take(bucket: str, purpose: str = Purpose.OTHER) -> Ledger:
    """Counts a call and waits for its turn, or raises QuotaExceeded or RateLimited."""
    while True:
        now = timezone.now()
        ledger = read(bucket, now)
        refuse_when_closed(ledger, now)
        refuse_when_reserved(ledger, purpose, now)
        turn = next_turn(ledger.free_at, now)
        if count(ledger, turn, now, purpose):
            break
    time.sleep((turn - now).total_seconds())
    return ledger


def give_back(bucket: str, purpose: str = Purpose.OTHER) -> None:
    """For a call that never left this machine."""
    counted = QuotaHour.objects.filter(bucket__name=bucket, purpose=purpose, calls__gt=0)
    latest = counted.order_by("-hour")
    QuotaHour.objects.filter(pk__in=latest.values("pk")[:1]).update(calls=F("calls") - 1)


def close(bucket: str, until: datetime) -> None:
    """Every process keeps off this bucket until then; of two closings the later stands."""
    row = QuotaBucket.objects.filter(pk=read(bucket, timezone.now()).bucket_id)
    row.filter(Q(closed_until=None) | Q(closed_until__lt=until)).update(closed_until=until)


def refused(bucket: str, *, retry_after: int | None, is_quota: bool) -> SpotifyError:
    """Writes down what a 429 said. Returns the error it amounts to."""
    now = timezone.now()
    if retry_after is None:
        until = now + silent_closing(bucket)
    elif is_quota or retry_after > LONGEST_BREAK:
        until = now + timedelta(seconds=retry_after)
    else:
        return pause(now + timedelta(seconds=retry_after))
    close(bucket, until)
    return QuotaExceeded(bucket, until)


def recovered(bucket: str) -> None:
    """Spotify answered again: the next refusal without a time counts as the first."""
    QuotaBucket.objects.filter(name=bucket).update(refusals=0)


def used(bucket: str) -> int:
    return read(bucket, timezone.now()).used


def used_for(bucket: str) -> dict[str, int]:
    """The calls by their purpose, in words, the most first."""
    recent = QuotaHour.objects.filter(bucket__name=bucket, hour__gt=timezone.now() - WINDOW)
    counted = recent.values_list("purpose").annotate(total=Sum("calls")).filter(total__gt=0)
    return {str(Purpose(purpose).label): total for purpose, total in counted.order_by("-total")}


def left(bucket: str) -> int:
    """Calls that may be made now."""
    now = timezone.now()
    ledger = read(bucket, now)
    is_closed = ledger.closed_until is not None and ledger.closed_until > now
    return 0 if is_closed else max(0, settings.SPOTIFY_QUOTA[bucket] - ledger.used)


def opens_at(bucket: str, purpose: str = Purpose.OTHER) -> datetime | None:
    """When calls for this purpose are possible again; None while they are."""
    now = timezone.now()
    try:
        ledger = read(bucket, now)
        refuse_when_closed(ledger, now)
        refuse_when_reserved(ledger, purpose, now)
    except QuotaExceeded as refusal:
        return refusal.until
    return None


def read(bucket: str, now: datetime) -> Ledger:
    """A migration makes the buckets; one that is missing all the same is made here."""
    columns = ("id", "closed_until", "refusals", "used", "free_at")
    row = (
        with_use(QuotaBucket.objects.filter(name=bucket), now)
        .annotate(free_at=Subquery(QuotaPace.objects.values("free_at")[:1]))
        .values_list(*columns)
        .first()
    )
    if row is None:
        QuotaBucket.objects.get_or_create(name=bucket)
        return read(bucket, now)
    return Ledger(bucket, *row)


def with_use(buckets: QuerySet[QuotaBucket], now: datetime) -> QuerySet[QuotaBucket]:
    """Each with the calls it has `used`."""
    recent = QuotaHour.objects.filter(bucket=OuterRef("pk"), hour__gt=now - WINDOW)
    used = recent.order_by().values("bucket").annotate(used=Sum("calls")).values("used")
    return buckets.annotate(used=Coalesce(Subquery(used), 0))


def refuse_when_closed(ledger: Ledger, now: datetime) -> None:
    if ledger.closed_until and ledger.closed_until > now:
        raise QuotaExceeded(ledger.name, ledger.closed_until)
    if ledger.used >= settings.SPOTIFY_QUOTA[ledger.name]:
        raise QuotaExceeded(ledger.name, first_hour_off_the_books(ledger, now))


def refuse_when_reserved(ledger: Ledger, purpose: str, now: datetime) -> None:
    """The last calls of a day are kept for what a DJ waits for."""
    cap = settings.SPOTIFY_QUOTA[ledger.name]
    is_reserved = ledger.used >= cap - int(cap * settings.SPOTIFY_RESERVE)
    if is_reserved and purpose in QuotaHour.IN_THE_BACKGROUND:
        until = first_hour_off_the_books(ledger, now)
        raise QuotaExceeded(ledger.name, until, is_reserve=True)


def first_hour_off_the_books(ledger: Ledger, now: datetime) -> datetime:
    hours = QuotaHour.objects.filter(
        bucket=ledger.bucket_id, hour__gt=now - WINDOW, calls__gt=0
    ).order_by("hour")
    oldest = hours.values_list("hour", flat=True).first()
    return (oldest or now) + WINDOW


def next_turn(free_at: datetime | None, now: datetime) -> datetime:
    """The moment at which a call may leave. An impossible wait comes from a clock put back."""
    if free_at is None or free_at <= now or free_at - now > IMPOSSIBLE_WAIT:
        return now
    if free_at - now > LONGEST_WAIT:
        raise RateLimited(free_at)
    return free_at


@transaction.atomic
def count(ledger: Ledger, turn: datetime, now: datetime, purpose: str) -> bool:
    """Books the turn and the call. False when another process was faster: read again."""
    following = turn + timedelta(seconds=1 / settings.SPOTIFY_REQUESTS_PER_SECOND)
    if ledger.free_at is None:
        _, is_mine = QuotaPace.objects.get_or_create(pk=1, defaults={"free_at": following})
    else:
        mine = QuotaPace.objects.filter(pk=1, free_at=ledger.free_at)
        is_mine = mine.update(free_at=following) == 1
    if not is_mine:
        return False
    # Whoever booked a turn holds the row of the pace, so nobody else counts at this moment.
    hour = now.replace(minute=0, second=0, microsecond=0)
    row = {"bucket_id": ledger.bucket_id, "hour": hour, "purpose": purpose}
    if not QuotaHour.objects.filter(**row).update(calls=F("calls") + 1):
        QuotaHour.objects.create(**row, calls=1)
    return True


def pause(until: datetime) -> RateLimited:
    """The rate limit is one for all buckets: the next turn of everybody comes after it."""
    QuotaPace.objects.filter(free_at__lt=until).update(free_at=until)
    return RateLimited(until)


def silent_closing(bucket: str) -> timedelta:
    """An hour for a refusal without a time, twice as long for each further one in a row."""
    row = QuotaBucket.objects.filter(pk=read(bucket, timezone.now()).bucket_id)
    row.update(refusals=F("refusals") + 1)
    refusals = row.values_list("refusals", flat=True).get()
    return min(HOUR * 2 ** min(refusals - 1, 10), LONGEST_CLOSING)

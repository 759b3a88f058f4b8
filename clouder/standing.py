"""What the admin's first page says: how each part stands, and what wants attention.

The site is made before the models are there, so each part imports what it asks.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

LATELY = timedelta(days=7)
COUNTED = 10_000


@dataclass(frozen=True)
class Line:
    what: str
    words: str
    address: str
    wants_attention: bool = False


def lines(request: HttpRequest) -> list[Line]:
    """Of what the user may see, in a fixed number of queries."""
    parts: dict[str, Callable[[], Iterator[Line]]] = {
        "ingestion.view_ingestrun": runs,
        "ingestion.view_beatportcredential": beatport,
        "catalog.view_track": matches,
        "curation.view_mirroredplaylist": outbox,
        "accounts.view_quotabucket": calls,
        "accounts.view_user": people,
        "django_celery_beat.view_periodictask": beat,
    }
    allowed = [part for name, part in parts.items() if request.user.has_perm(name)]
    return [line for part in allowed for line in part()]


def runs() -> Iterator[Line]:
    from django.db.models import Count, Q

    from ingestion.models import IngestRun

    status, recent = IngestRun.Status, Q(finished_at__gt=timezone.now() - LATELY)
    found = IngestRun.objects.aggregate(
        under_way=Count("pk", filter=Q(status__in=IngestRun.UNFINISHED)),
        partial=Count("pk", filter=recent & Q(status=status.PARTIAL)),
        failed=Count("pk", filter=recent & Q(status=status.FAILED)),
    )
    words = "{under_way} under way; in the last week {failed} failed and {partial} got only a part"
    address = reverse("admin:ingestion_ingestrun_changelist")
    yield Line("Runs", words.format(**found), address, found["failed"] > 0)


def beatport() -> Iterator[Line]:
    from ingestion.models import BeatportCredential

    address = reverse("admin:ingestion_beatportcredential_changelist")
    for held in BeatportCredential.objects.defer("access_token", "refresh_token", "client_secret"):
        is_lost = held.status != BeatportCredential.Status.OK
        yield Line("Beatport", held.get_status_display(), address, is_lost)


def matches() -> Iterator[Line]:
    from catalog.models import SpotifyMatch

    state = SpotifyMatch.State
    pending, doubtful = (
        SpotifyMatch.objects.filter(state=one)[:COUNTED].count()
        for one in (state.PENDING, state.REVIEW)
    )
    words = f"{at_most(pending)} to look up, {at_most(doubtful)} doubtful"
    yield Line("Tracks", words, reverse("admin:catalog_track_changelist") + "?spotify=unmatched")


def outbox() -> Iterator[Line]:
    from curation.models import MirroredPlaylist

    waiting = MirroredPlaylist.objects.waiting()
    troubled = waiting.exclude(error="").count()
    words = f"{waiting.count()} playlists wait, {troubled} of them in trouble"
    address = reverse("admin:curation_mirroredplaylist_changelist")
    asked = "trouble" if troubled else "waiting"
    yield Line("Outbox", words, f"{address}?standing={asked}", troubled > 0)


def calls() -> Iterator[Line]:
    from accounts import quota
    from accounts.models import QuotaBucket

    now = timezone.now()
    words, is_closed = [], False
    buckets = {row.name: row for row in quota.with_use(QuotaBucket.objects.all(), now)}
    for name in filter(buckets.__contains__, settings.SPOTIFY_QUOTA):
        bucket = buckets[name]
        closed = bucket.closed_until is not None and bucket.closed_until > now
        is_closed = is_closed or closed
        cap = settings.SPOTIFY_QUOTA.get(bucket.name, 0)
        used = cast(Any, bucket).used
        words.append(f"{bucket.name} {used} of {cap}{', closed' if closed else ''}")
    address = reverse("admin:accounts_quotabucket_changelist")
    yield Line("Spotify's quota", "; ".join(words), address, is_closed)


def people() -> Iterator[Line]:
    from accounts.models import SpotifyCredential

    status = SpotifyCredential.Status
    known = list(SpotifyCredential.objects.values_list("status", flat=True))
    connected = known.count(status.OK)
    words = f"{connected} connected with Spotify"
    if turned_away := len(known) - connected:
        words += f", {turned_away} turned away"
    yield Line("DJs", words, reverse("admin:accounts_user_changelist"), turned_away > 0)


def beat() -> Iterator[Line]:
    from django_celery_beat.models import PeriodicTask

    from clouder import health

    try:
        words, is_late = f"last ran {health.check_beat()}", False
    except health.NotReady as reason:
        words, is_late = str(reason), True
    if off := PeriodicTask.objects.filter(enabled=False).count():
        words += f"; {off} switched off"
    address = reverse("admin:django_celery_beat_periodictask_changelist")
    yield Line("Schedules", words, address, is_late)


def at_most(count: int) -> str:
    return f"{count} or more" if count == COUNTED else str(count)

"""How it is going: what waits and how long, calls to Spotify, matches, and the troubles of a day.

Each part is one question to the database, or two, however much there is; what may be very many is
counted up to a bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, Min, Q, Sum
from django.urls import reverse
from kombu.exceptions import KombuError

from accounts import quota
from accounts.models import QuotaBucket, QuotaHour, SpotifyCredential
from catalog.models import SpotifyMatch
from clouder import health
from clouder.celery import app
from curation.models import MirroredPlaylist
from ingestion.models import IngestRun

DAY = timedelta(days=1)
NEW_MUSIC = timedelta(days=14)
COUNTED = 10_000
HOURS = int(quota.WINDOW / quota.HOUR)
STEP, HEIGHT = 10, 40  # of a chart of hours
SOON = timedelta(minutes=5)
# Behind by more than this somebody should look: a sweep and a few retries have passed.
LATE = timedelta(hours=1)
NAMES = {
    "search": "Searches",
    "write": "Playlist writes",
    "read": "Playlist reads",
    "other": "Logins and the rest",
}
STATES = SpotifyMatch.State


@dataclass(frozen=True)
class Amount:
    """A row of a small chart."""

    words: str
    count: int
    of: int

    @property
    def is_bounded(self) -> bool:
        return self.count == COUNTED


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Bucket:
    words: str
    used: int
    cap: int
    closed_until: datetime | None
    hours: list[int]  # calls, the oldest first

    @property
    def most(self) -> int:
        return max(self.hours)

    @property
    def bars(self) -> list[Bar]:
        """As drawn: what was called at all is at least a line."""
        heights = [-(-HEIGHT * calls // max(1, self.most)) for calls in self.hours]
        return [Bar(STEP * place, HEIGHT - height, height) for place, height in enumerate(heights)]


@dataclass(frozen=True)
class Trouble:
    where: str
    words: str
    count: int
    address: str


@dataclass(frozen=True)
class Waiting:
    """Rows that wait for a worker; `oldest_at` is since when."""

    count: int
    under_way: int
    oldest_at: datetime | None


class Going:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.beat, self.beat_is_late = beat()
        self.messages = messages()
        self.fetches = fetches(now)
        self.playlists = playlists(now)
        self.behind = behind(now)
        self.buckets = list(buckets(now))
        self.to_look_up, self.doubtful = bounded(now)
        self.new_music = new_music(now)
        self.troubles = list(troubles(now))
        self.turned_away = turned_away()

    @property
    def late(self) -> int:
        return self.behind[-1].count

    @property
    def wants(self) -> list[str]:
        """What somebody should look at now, in sentences; of Beatport every page of staff tells."""
        closed = [one for one in self.buckets if one.closed_until and one.closed_until > self.now]
        told = [
            (self.beat_is_late, f"The scheduler stands still: {self.beat}."),
            (self.messages is None, "The broker does not answer: nothing is done at once."),
            (self.late, f"{some(self.late, 'playlist is', 'playlists are')} behind by an hour."),
            (
                self.turned_away,
                f"{some(self.turned_away, 'DJ is', 'DJs are')} turned away by Spotify.",
            ),
            *((True, f"{one.words}: Spotify takes no more for now.") for one in closed),
        ]
        return [sentence for is_so, sentence in told if is_so]


def some(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def beat() -> tuple[str, bool]:
    try:
        return f"last beat {health.check_beat()}", False
    except health.NotReady as reason:
        return str(reason), True


def messages() -> int | None:
    """That no worker has taken yet; None when the broker does not answer."""
    with app.connection_for_write() as broker:
        try:
            queue = broker.default_channel.queue_declare(app.conf.task_default_queue)
        except (KombuError, OSError, *broker.connection_errors):
            return None
    return int(queue.message_count)


def fetches(now: datetime) -> Waiting:
    is_taken = Q(claimed_until__gt=now)
    may_start = ~is_taken & (Q(not_before=None) | Q(not_before__lte=now))
    found = IngestRun.objects.filter(status__in=IngestRun.UNFINISHED).aggregate(
        waiting=Count("pk", filter=~is_taken | Q(claimed_until=None)),
        under_way=Count("pk", filter=is_taken),
        oldest_at=Min("created_at", filter=may_start | Q(claimed_until=None, not_before=None)),
    )
    return Waiting(found["waiting"], found["under_way"], found["oldest_at"])


def playlists(now: datetime) -> Waiting:
    waiting = MirroredPlaylist.objects.waiting()
    found = waiting.aggregate(
        waiting=Count("pk"),
        under_way=Count("pk", filter=Q(claimed_until__gt=now)),
        oldest_at=Min("due_at"),
    )
    oldest = found["oldest_at"]
    return Waiting(
        found["waiting"] - found["under_way"],
        found["under_way"],
        oldest if oldest and oldest < now else None,
    )


def behind(now: datetime) -> list[Amount]:
    """Playlists that wait, by how long ago they should have been sent."""
    soon, late = now - SOON, now - LATE
    counts = MirroredPlaylist.objects.waiting().aggregate(
        total=Count("pk"),
        due=Count("pk", filter=Q(due_at__lte=now, due_at__gt=soon)),
        behind=Count("pk", filter=Q(due_at__lte=soon, due_at__gt=late)),
        late=Count("pk", filter=Q(due_at__lte=late)),
    )
    total = counts.pop("total")
    rows = {
        "Not due yet": total - sum(counts.values()),
        "Due now": counts["due"],
        "Behind by more than five minutes": counts["behind"],
        "Behind by more than an hour": counts["late"],
    }
    return [Amount(words, count, max(1, total)) for words, count in rows.items()]


def buckets(now: datetime) -> Iterator[Bucket]:
    rows = {row.name: row for row in QuotaBucket.objects.filter(name__in=settings.SPOTIFY_QUOTA)}
    hours = QuotaHour.objects.filter(
        bucket__name__in=settings.SPOTIFY_QUOTA, hour__gt=now - quota.WINDOW
    )
    counted = {
        (name, hour): calls
        for name, hour, calls in hours.values_list("bucket__name", "hour").annotate(Sum("calls"))
    }
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    shown = [this_hour - quota.HOUR * back for back in reversed(range(HOURS))]
    for name, cap in settings.SPOTIFY_QUOTA.items():
        calls = [counted.get((name, hour), 0) for hour in shown]
        closed = rows[name].closed_until if name in rows else None
        yield Bucket(NAMES[name], sum(calls), cap, closed, calls)


def bounded(now: datetime) -> tuple[Amount, Amount]:
    """Tracks to look up now, and doubtful ones."""
    due = SpotifyMatch.objects.open().filter(next_try_at__lte=now)
    doubtful = SpotifyMatch.objects.filter(state=STATES.REVIEW)
    return (
        Amount("to look up now", due.order_by()[:COUNTED].count(), COUNTED),
        Amount("doubtful", doubtful[:COUNTED].count(), COUNTED),
    )


def new_music(now: datetime) -> list[Amount]:
    """What was published lately, by how it stands with Spotify."""
    day = now.date()
    recent = SpotifyMatch.objects.filter(
        track__published_on__gt=day - NEW_MUSIC, track__published_on__lte=day
    )
    found = dict(recent.values_list("state").annotate(Count("pk")).order_by())
    total = max(1, sum(found.values()))
    return [Amount(str(state.label), found.get(state, 0), total) for state in STATES]


def troubles(now: datetime) -> Iterator[Trouble]:
    """Of the last day, the most first within each room."""
    yield from of_runs(now)
    yield from of_playlists()
    yield from of_matches()
    yield from of_passwords(now)


def of_runs(now: datetime) -> Iterator[Trouble]:
    status = IngestRun.Status
    ended = Q(status__in=[status.PARTIAL, status.FAILED], finished_at__gt=now - DAY)
    tried = Q(status__in=IngestRun.UNFINISHED, attempts__gt=0)
    found = IngestRun.objects.filter(ended | tried).exclude(trouble="")
    address = reverse("admin:ingestion_ingestrun_changelist")
    for trouble, count in found.values_list("trouble").annotate(n=Count("pk")).order_by("-n"):
        yield Trouble("Fetches", str(IngestRun.Trouble(trouble).label), count, address)


def of_playlists() -> Iterator[Trouble]:
    found = MirroredPlaylist.objects.waiting().exclude(trouble="")
    address = reverse("admin:curation_mirroredplaylist_changelist") + "?standing=trouble"
    for trouble, count in found.values_list("trouble").annotate(n=Count("pk")).order_by("-n"):
        yield Trouble("Playlists", str(MirroredPlaylist.Trouble(trouble).label), count, address)


def of_matches() -> Iterator[Trouble]:
    failed = SpotifyMatch.objects.filter(state=STATES.PENDING, attempts__gt=0)
    if count := failed[:COUNTED].count():
        address = reverse("admin:catalog_track_changelist") + "?spotify=unmatched"
        yield Trouble("Matches", "Searches failed and are tried again", count, address)


def of_passwords(now: datetime) -> Iterator[Trouble]:
    recent = AccessAttempt.objects.filter(attempt_time__gt=now - DAY)
    if count := recent.aggregate(n=Sum("failures_since_start"))["n"]:
        yield Trouble("Admin", "Wrong passwords", count, reverse("admin:index"))


def turned_away() -> int:
    return SpotifyCredential.objects.exclude(status=SpotifyCredential.Status.OK).count()

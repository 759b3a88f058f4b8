"""Who may send a playlist, and the one write that may be under way.

The lease says who may begin a write. It is short, so that a dead worker is replaced soon; a slow
one may lose it in the middle of a write. So whoever knows how the write in flight ended may say
so, and nobody begins another one before that.
"""

import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.gateway import SpotifyError
from curation.mirror.belief import known_items, remember
from curation.mirror.plan import Call, Item, Kind
from curation.models import MirroredPlaylist, MirroredPlaylistQuerySet

CREATION = "create"
# So long a write may wait for a token and its turn; then it is not sent any more.
LONGEST_WAIT = timedelta(seconds=30)
# A write begun by somebody else is over by then: the wait, and the timeouts of the request.
LONGEST_WRITE = timedelta(seconds=60)
# After a write without a readable answer Spotify shows what became of it.
SETTLING = timedelta(seconds=2)


class LeaseLost(Exception):
    """Another worker has this playlist now."""


class TooEarly(SpotifyError):
    """The write of a worker that vanished may still be on its way."""

    sentence = "An earlier request to Spotify may not be over yet."

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__()


@dataclass(frozen=True)
class Flight:
    """A write that was begun. It was certainly not carried out only if that is so at `sure_at`."""

    id: str
    call: Call | None  # None is the creation of the playlist
    sure_at: datetime

    @property
    def is_over(self) -> bool:
        return timezone.now() >= self.sure_at

    def as_json(self) -> dict[str, Any]:
        body = {"id": self.id, "call": CREATION, "sure_at": self.sure_at.isoformat()}
        if self.call is None:
            return body
        rows = [[item.track_id, item.uri] for item in self.call.items]
        return body | {"call": self.call.kind, "items": rows, "position": self.call.position}

    @classmethod
    def of(cls, body: dict[str, Any]) -> "Flight":
        call = None
        if body["call"] != CREATION:
            items = tuple(Item(track_id, uri) for track_id, uri in body["items"])
            call = Call(Kind(body["call"]), items, body["position"])
        sure_at = parse_datetime(body["sure_at"])
        assert sure_at is not None
        return cls(body["id"], call, sure_at)


@dataclass
class Lease:
    playlist: MirroredPlaylist

    @property
    def rows(self) -> MirroredPlaylistQuerySet:
        """The playlist, as long as it is ours."""
        until = self.playlist.claimed_until
        claimed = MirroredPlaylist.objects.filter(claimed_until__isnull=False)
        return claimed.filter(pk=self.playlist.pk, claimed_until=until)

    @property
    def flight(self) -> Flight | None:
        return Flight.of(self.playlist.in_flight) if self.playlist.in_flight else None

    def known(self) -> list[Item]:
        return known_items(self.playlist)

    def write(self, **fields: Any) -> None:
        """Renews the lease and writes the fields with it. Raises LeaseLost."""
        self.update(self.rows, claimed_until=timezone.now() + lease_time(), **fields)

    def begin(self, call: Call | None) -> float:
        """To be committed before the request leaves, which it may do until time.monotonic() is
        what this returns."""
        deadline = time.monotonic() + LONGEST_WAIT.total_seconds()
        flight = Flight(uuid.uuid4().hex, call, timezone.now() + LONGEST_WRITE)
        with transaction.atomic(durable=True):
            self.write(in_flight=flight.as_json())
        return deadline

    def end(self, known: list[Item] | None = None, **fields: Any) -> None:
        """The write in flight is decided: this is what we know now. Without `known` it failed."""
        assert self.flight is not None
        begun = MirroredPlaylist.objects.filter(pk=self.playlist.pk, in_flight__id=self.flight.id)
        fields |= {"in_flight": None, "retry_at": None}
        if known is not None:
            fields["attempts"] = 1  # this one got somewhere
        with transaction.atomic(durable=True):
            self.update(begun, **fields)
            if known is not None:
                remember(self.playlist, known)

    def correct(self, known: list[Item], **fields: Any) -> None:
        """This is what was read at Spotify."""
        with transaction.atomic():
            self.write(**fields)
            remember(self.playlist, known)

    def doubt(self) -> None:
        """The write in flight was answered, but not so that we know what it did."""
        assert self.flight is not None
        flight = Flight(self.flight.id, self.flight.call, timezone.now() + SETTLING)
        self.write(in_flight=flight.as_json())

    def release(self, **fields: Any) -> None:
        """Writes the fields and lets others have the playlist. Raises LeaseLost."""
        self.update(self.rows, claimed_until=None, **fields)

    def update(self, rows: MirroredPlaylistQuerySet, **fields: Any) -> None:
        if not rows.update(**fields):
            raise LeaseLost
        for name, value in fields.items():
            setattr(self.playlist, name, value)

    def was_slow(self) -> None:
        """Losing the lease is no failed attempt of the one who has it now."""
        MirroredPlaylist.objects.filter(pk=self.playlist.pk, attempts__gt=0).update(
            attempts=F("attempts") - 1
        )


def claim(playlist_id: int) -> Lease | None:
    """None when there is nothing to send, not yet, or somebody else is at it."""
    now = timezone.now()
    due = MirroredPlaylist.objects.due(now).filter(pk=playlist_id)
    until = now + lease_time()
    if not due.update(claimed_until=until, attempts=F("attempts") + 1):
        return None
    claimed = MirroredPlaylist.objects.select_related(
        "user", "curation_period__style", "period_playlist__user_category", "user_category__style"
    )
    playlist = claimed.filter(pk=playlist_id, claimed_until=until).first()
    return Lease(playlist) if playlist else None


def lease_time() -> timedelta:
    return min(timedelta(seconds=settings.LEASE_SECONDS), LONGEST_WRITE)

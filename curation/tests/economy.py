"""A week from its opening to its closing, and the least number of calls that it could cost."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from unittest.mock import patch

import time_machine
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from accounts.models import QuotaPace
from curation import mirror, moves, periods
from curation.mirror.library import PER_CALL as PLAYLISTS_PER_CALL
from curation.mirror.plan import PER_CALL
from curation.models import CurationTrack, GoldenTrack, MirroredPlaylist
from curation.tests.mirrored import Desk

SWEEP = 30  # seconds
STEADY, BURST = 6, 1  # seconds a decision
PAUSE = timedelta(minutes=5)

Places = dict[str, set[int]]


@contextmanager
def hours_that_fly() -> Iterator[time_machine.Traveller]:
    """At the pace and with the caps that a client id made today has: whoever waits for a turn
    moves the clock instead."""
    day = {"SPOTIFY_QUOTA": settings.SPOTIFY_DAY, "SPOTIFY_REQUESTS_PER_SECOND": 1}
    QuotaPace.objects.all().delete()
    with (
        override_settings(**day),
        time_machine.travel(datetime.now(UTC), tick=False) as clock,
        patch.object(time, "sleep", clock.shift),
    ):
        yield clock


@dataclass
class Least:
    """From the moves alone: each playlist is made once, and what came to it and left it since the
    last look, as far as it is still so, is told in full calls."""

    calls: int = 0
    sent: Places = field(default_factory=dict)
    made: set[str] = field(default_factory=set)

    def look(self, places: Places) -> None:
        for name, tracks in places.items():
            before = self.sent.get(name, set())
            self.calls += ceil(len(tracks - before) / PER_CALL)
            self.calls += ceil(len(before - tracks) / PER_CALL)
            if tracks and name not in self.made:
                self.made.add(name)
                self.calls += 1
        self.sent |= places

    def close(self, places: Places) -> None:
        """The playlists of the week leave the library as they are; Golden has to be right."""
        self.look({name: tracks for name, tracks in places.items() if name.startswith("Golden")})
        leaving = [name for name in self.made if not name.startswith("Golden")]
        self.calls += ceil(len(leaving) / PLAYLISTS_PER_CALL)


@dataclass
class Week:
    """What its DJ does, with a sweep every thirty seconds."""

    desk: Desk
    names: Sequence[str]
    size: int
    clock: time_machine.Traveller
    seconds: int = STEADY  # a decision
    has_pauses: bool = False  # after each part
    swept_at: datetime = field(default_factory=timezone.now, init=False)
    least: Least = field(default_factory=Least, init=False)  # with Spotify right at each rest
    strictest: Least = field(default_factory=Least, init=False)  # right when opened and closed

    def open(self) -> list[CurationTrack]:
        tracks = self.desk.fill(self.size)
        self.rest()
        self.strictest.look(self.places())
        return tracks

    def sort(self, tracks: Sequence[CurationTrack]) -> None:
        """A finished week is sent at once."""
        for number, track in enumerate(tracks):
            self.desk.sort([track], self.name_for(number))
            self.go_on()
        self.rest()

    def undo(self, times: int) -> None:
        for _ in range(times):
            moves.undo(self.desk.period)
            self.go_on()
        if self.has_pauses:
            self.rest()

    def promote(self, tracks: Sequence[CurationTrack]) -> None:
        for track in tracks:
            self.desk.promote([track])
            self.go_on()
        if self.has_pauses:
            self.rest()

    def close(self) -> None:
        self.strictest.look(self.places())
        self.desk.period = periods.close_period(self.desk.period, rest_to_trash=True)
        self.pass_time()
        for least in (self.least, self.strictest):
            least.close(self.places())

    def go_on(self) -> None:
        self.clock.shift(self.seconds)
        self.sweep_when_it_is_time()

    def rest(self) -> None:
        """After it all that was decided is at Spotify."""
        self.pass_time()
        self.least.look(self.places())

    def pass_time(self) -> None:
        until = timezone.now() + PAUSE
        while timezone.now() < until or self.waits():
            self.clock.shift(SWEEP)
            self.sweep_when_it_is_time()

    def waits(self) -> bool:
        return MirroredPlaylist.objects.filter(user=self.desk.user).waiting().exists()

    def sweep_when_it_is_time(self) -> None:
        if timezone.now() - self.swept_at >= timedelta(seconds=SWEEP):
            self.swept_at = timezone.now()
            mirror.send_due(user_id=self.desk.user.pk)

    def name_for(self, number: int) -> str:
        """Some categories get more than others."""
        return self.names[number % 3 if number % 2 else number // 2 % len(self.names)]

    def places(self) -> Places:
        places: Places = {"Bronze": set()}
        for name in self.names:
            places |= {f"Silver {name}": set(), f"Golden {name}": set()}
        week = self.desk.period.tracks.filter(promoted_at=None).values_list(
            "track_id", "current_silver_playlist__user_category__name"
        )
        for track, name in week:
            if name != "Trash":
                places[f"Silver {name}" if name else "Bronze"].add(track)
        categories = self.desk.user.categories.filter(style=self.desk.period.style)
        kept = GoldenTrack.objects.filter(user_category__in=categories)
        for track, name in kept.values_list("track_id", "user_category__name"):
            places[f"Golden {name}"].add(track)
        return places

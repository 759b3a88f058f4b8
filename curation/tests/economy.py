"""A week from its opening to its closing, and the least number of calls that it could cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from curation import mirror, moves, periods
from curation.models import CurationTrack, GoldenTrack
from curation.tests.mirrored import Desk

PER_CALL = 100
DECISIONS_PER_SWEEP = 5  # one in six seconds, a sweep in thirty

Places = dict[str, set[int]]


@dataclass
class Week:
    """What its DJ does: with a sweep after every fifth decision, or all in a burst."""

    desk: Desk
    names: Sequence[str]
    size: int
    is_steady: bool = True
    has_pauses: bool = False  # of more than two minutes, after each part
    least: int = field(default=0, init=False)
    decisions: int = field(default=0, init=False)
    sent: Places = field(default_factory=dict, init=False)
    made: set[str] = field(default_factory=set, init=False)

    def open(self) -> list[CurationTrack]:
        tracks = self.desk.fill(self.size)
        self.desk.send()
        self.note_sending()
        return tracks

    def sort(self, tracks: Sequence[CurationTrack]) -> None:
        """A finished week is sent at once."""
        for number, track in enumerate(tracks):
            self.desk.sort([track], self.name_for(number))
            self.go_on()
        mirror.send_due(user_id=self.desk.user.pk, seconds=600)
        self.note_sending()

    def undo(self, times: int) -> None:
        for _ in range(times):
            moves.undo(self.desk.period)
            self.go_on()
        self.pause()

    def promote(self, tracks: Sequence[CurationTrack]) -> None:
        for track in tracks:
            self.desk.promote([track])
            self.go_on()
        self.pause()

    def close(self) -> None:
        """All playlists of the week leave the library in one call; only Golden has to be right."""
        self.desk.period = periods.close_period(self.desk.period, rest_to_trash=True)
        self.desk.send()
        self.note_sending(layers=["Golden"])
        self.least += 1

    def go_on(self) -> None:
        self.decisions += 1
        if self.is_steady and self.decisions % DECISIONS_PER_SWEEP == 0:
            mirror.send_due(user_id=self.desk.user.pk)

    def pause(self) -> None:
        if self.has_pauses:
            self.desk.send()
            self.note_sending()

    def name_for(self, number: int) -> str:
        """Some categories get more than others."""
        return self.names[number % 3 if number % 2 else number // 2 % len(self.names)]

    def note_sending(self, layers: Iterable[str] = ("Bronze", "Silver", "Golden")) -> None:
        """From the places of the tracks alone: each playlist made once, its net changes in full
        calls."""
        places = self.places()
        for name, tracks in places.items():
            if name.split()[0] not in layers:
                continue
            before = self.sent.get(name, set())
            self.least += ceil(len(tracks - before) / PER_CALL)
            self.least += ceil(len(before - tracks) / PER_CALL)
            if tracks and name not in self.made:
                self.made.add(name)
                self.least += 1
        self.sent = places

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

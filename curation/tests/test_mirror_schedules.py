"""Whatever a DJ decides and whatever goes wrong: nothing is doubled and nothing is lost."""

from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curation import golden, mirror, moves
from curation.errors import Conflict
from curation.models import MirroredPlaylist, RefusedUri
from curation.tests.mirrored import Desk

pytestmark = pytest.mark.django_db

TRACKS = 7
PLACES = ["Warm Up", "Peak Time", "Trash", None]
FAULTS = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 502, "after_apply": True},
    {"kind": "reset"},
    {"kind": "reset", "after_apply": True},
    {"kind": "truncate"},
    {"kind": "html"},
    {"kind": "quota"},
    {"kind": "status", "status": 404},
]

number = st.integers(0, TRACKS - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("sort"), number, st.sampled_from(PLACES)),
        st.tuples(st.just("promote"), number, number),
        st.tuples(st.just("undo")),
        st.tuples(st.just("find"), number),
        st.tuples(st.just("send")),
        st.tuples(st.just("fault"), st.sampled_from(FAULTS), st.integers(0, 3)),
    ),
    min_size=5,
    max_size=30,
)


class Evening:
    """One schedule, on a DJ's account as new."""

    def __init__(self, sandbox, uris) -> None:
        sandbox.post("reset")
        MirroredPlaylist.objects.all().delete()
        RefusedUri.objects.all().delete()
        self.desk = Desk(sandbox, uris)
        # Two of the tracks are one at Spotify; two are found late.
        self.tracks = self.desk.fill(TRACKS, uris=[*uris[: TRACKS - 1], uris[0]])
        self.hidden = {at: self.tracks[at].track.match for at in (1, 4)}
        for match in self.hidden.values():
            match.delete()

    def sort(self, at: int, name: str | None) -> None:
        self.desk.sort([self.tracks[at]], name)

    def promote(self, *chosen: int) -> None:
        with suppress(Conflict):
            tracks = [moves.as_it_is_now(self.tracks[at]) for at in sorted(set(chosen))]
            golden.promote(user=self.desk.user, tracks=tracks)

    def undo(self) -> None:
        moves.undo(self.desk.period)

    def find(self, at: int) -> None:
        if match := self.hidden.pop(at, None):
            match.save(force_insert=True)
            mirror.mark_missing(self.desk.period, self.desk.period.tracks.all())

    def send(self) -> None:
        self.desk.send_once()

    def fault(self, values: dict, skip: int) -> None:
        about = {"method": "POST|PUT|DELETE"}
        self.desk.sandbox.post("faults", match=about, skip=skip, **values)

    def end(self) -> None:
        self.desk.send()
        ours = self.desk.ours()
        for at in self.hidden:
            self.without(ours, self.tracks[at])
        held = self.desk.at_spotify()
        for name, uris in ours.items():
            there = held.pop(name, [])
            assert Counter(there) == Counter(uris), name
            assert there == uris or name.endswith("Bronze"), name
        assert held == {}

    def without(self, ours: dict[str, list[str]], track) -> None:
        (uri,) = self.desk.uris_of(self.desk.period.tracks.filter(pk=track.pk), "pk")
        for uris in ours.values():
            if uri in uris:
                uris.remove(uri)


def spend(sandbox, uris: list[str], schedule: list[tuple]) -> None:
    evening = Evening(sandbox, uris)
    for verb, *values in schedule:
        getattr(evening, verb)(*values)
    evening.end()


fixtures_are_shared = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=15, deadline=None, suppress_health_check=fixtures_are_shared)
@given(steps)
def test_an_evening_ends_in_step(sandbox, uris, schedule):
    spend(sandbox, uris, schedule)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=fixtures_are_shared)
@given(steps)
def test_two_hundred_evenings_end_in_step(sandbox, uris, schedule):
    spend(sandbox, uris, schedule)

"""Whatever a DJ decides, whatever goes wrong, whoever dies: nothing is doubled, nothing is lost."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from curation import golden, mirror, moves
from curation.errors import Conflict
from curation.models import MirroredPlaylist, RefusedUri
from curation.tests.accidents import Process
from curation.tests.mirrored import Desk
from curation.tests.test_mirror_drift import look_tomorrow

pytestmark = pytest.mark.django_db(transaction=True)

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
NUMBERS = st.integers(0, TRACKS - 1)


class Evening(RuleBasedStateMachine):
    """On a DJ's account as new. Two of the tracks are one at Spotify; two are found late."""

    sandbox: Any
    uris: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.sandbox.post("reset")
        MirroredPlaylist.objects.all().delete()
        RefusedUri.objects.all().delete()
        self.desk = Desk(self.sandbox, self.uris)
        self.tracks = self.desk.fill(TRACKS, uris=[*self.uris[: TRACKS - 1], self.uris[0]])
        self.hidden = {at: self.tracks[at].track.match for at in (1, 4)}
        for match in self.hidden.values():
            match.delete()

    @rule(at=NUMBERS, place=st.sampled_from(PLACES))
    def sort(self, at: int, place: str | None) -> None:
        self.desk.sort([self.tracks[at]], place)

    @rule(chosen=st.sets(NUMBERS, min_size=1, max_size=2))
    def promote(self, chosen: set[int]) -> None:
        with suppress(Conflict):
            tracks = [moves.as_it_is_now(self.tracks[at]) for at in sorted(chosen)]
            golden.promote(user=self.desk.user, tracks=tracks)

    @rule()
    def undo(self) -> None:
        moves.undo(self.desk.period)

    @rule(at=st.sampled_from([1, 4]))
    def find(self, at: int) -> None:
        if match := self.hidden.pop(at, None):
            match.save(force_insert=True)
            mirror.mark_missing(self.desk.period, self.desk.period.tracks.all())

    @rule()
    def send(self) -> None:
        self.desk.send_once()

    @rule(values=st.sampled_from(FAULTS), skip=st.integers(0, 3))
    def fault(self, values: dict[str, Any], skip: int) -> None:
        about = {"method": "POST|PUT|DELETE"}
        self.sandbox.post("faults", match=about, skip=skip, **values)

    @rule(at=st.integers(0, 60))
    def kill(self, at: int) -> None:
        """With -9, at one of the requests and commits of a sending."""
        self.desk.time_passes()
        user_id = self.desk.user.pk
        Process(lambda: mirror.send_due(user_id=user_id, seconds=60), dies_at=at).wait()

    @rule(which=st.integers(0, 5), how=st.sampled_from(["first", "last", "reverse", "delete"]))
    def tamper(self, which: int, how: str) -> None:
        """The DJ in Spotify itself: takes a row off, turns a playlist round, deletes it."""
        held = [one for one in self.desk.held() if one["in_library"]]
        if not held:
            return
        playlist = held[which % len(held)]
        rows = playlist["items"]
        values = {
            "first": {"items": rows[1:]},
            "last": {"items": rows[:-1]},
            "reverse": {"items": rows[::-1]},
            "delete": {"in_library": False},
        }
        self.sandbox.post("playlists/nadja", id=playlist["id"], **values[how])
        if how == "reverse":  # after a write of ours nobody could tell
            look_tomorrow()

    @rule()
    def look(self) -> None:
        look_tomorrow()

    def teardown(self) -> None:
        mirror.try_now(MirroredPlaylist.objects.all())  # what killed five senders rests for a day
        self.desk.send()
        self.take_up_what_was_set_aside()
        self.answer_what_is_asked()
        ours = self.desk.ours()
        for at in self.hidden:
            self.without(ours, self.tracks[at])
        held = self.desk.at_spotify()
        for name, uris in ours.items():
            there = held.pop(name, [])
            assert Counter(there) == Counter(uris), name
            assert there == uris or name.endswith("Bronze"), name
        assert held == {}

    def take_up_what_was_set_aside(self) -> None:
        """After many refusals in a row a uri rests for a day."""
        self.sandbox.delete("faults")
        RefusedUri.objects.update(try_again_at=timezone.now())
        mirror.mark_rested()
        self.desk.send()

    def answer_what_is_asked(self) -> None:
        look_tomorrow()
        self.desk.send()
        for lost in MirroredPlaylist.objects.filter(state=MirroredPlaylist.State.MISSING):
            mirror.make_again(lost)
        for category in mirror.categories_to_ask(self.desk.user):
            mirror.put_back(category, mirror.absent(category))
        self.desk.send()

    def without(self, ours: dict[str, list[str]], track: Any) -> None:
        (uri,) = self.desk.uris_of(self.desk.period.tracks.filter(pk=track.pk), "pk")
        for uris in ours.values():
            if uri in uris:
                uris.remove(uri)


def evening_at(sandbox: Any, uris: list[str]) -> type[Evening]:
    return type("Here", (Evening,), {"sandbox": sandbox, "uris": uris})


def spend(sandbox: Any, uris: list[str], *, evenings: int) -> None:
    run_state_machine_as_test(
        evening_at(sandbox, uris),
        settings=settings(
            max_examples=evenings,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_a_removal_fails_and_the_dj_takes_off_another_row(sandbox, uris):
    """Found by an evening: what the DJ took off was believed to be the removal."""
    evening = evening_at(sandbox, uris)()
    evening.find(at=4)
    evening.send()
    evening.fault(values={"kind": "status", "status": 500}, skip=0)
    evening.sort(at=4, place="Trash")
    evening.send()
    evening.tamper(which=0, how="first")
    evening.teardown()


def test_an_evening_ends_in_step(sandbox, uris):
    spend(sandbox, uris, evenings=20)


@pytest.mark.slow
def test_two_hundred_evenings_end_in_step(sandbox, uris):
    spend(sandbox, uris, evenings=200)

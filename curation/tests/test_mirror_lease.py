"""Senders that die, are slow, or are two. All of it with real commits."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from conftest import wait_until
from curation import mirror, periods
from curation.mirror.lease import LeaseLost, claim
from curation.mirror.plan import Call, Item, Kind
from curation.models import MirroredPlaylist
from curation.tests.mirrored import Desk

pytestmark = pytest.mark.django_db(transaction=True)
ADD = {"method": "POST", "path": "/items$"}


class Killed(BaseException):
    """Nothing in our code may catch it, as nothing survives kill -9."""


@contextmanager
def killed_before_query(number: int) -> Iterator[None]:
    """The process is gone from its `number`-th query on; what is committed stays."""
    counter = itertools.count()

    def execute(run: Callable[..., Any], *args: Any) -> Any:
        if next(counter) >= number:
            raise Killed
        return run(*args)

    with connection.execute_wrapper(execute):
        yield


def in_a_thread(work: Callable[[], object]) -> Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread


def send_in_a_thread(desk: Desk) -> Thread:
    return in_a_thread(lambda: mirror.send(desk.row().pk))


def begin_a_day(desk: Desk) -> None:
    """Something of everything: create, add, remove, insert, take off, put back."""
    tracks = desk.fill(6)
    desk.send()
    hidden = tracks[1].track.match
    hidden.delete()
    desk.sort(tracks[:4], "Warm Up")
    desk.send()
    hidden.save()
    mirror.mark_missing(desk.period, desk.period.tracks.all())
    desk.promote(tracks[2:4])
    desk.time_passes()


def survive(desk: Desk, number: int) -> bool:
    """Dies before that query, and goes on. False when there was no such query."""
    begin_a_day(desk)
    try:
        with killed_before_query(number):
            mirror.send_due(user_id=desk.user.pk)
    except Killed:
        was_killed = True
    else:
        was_killed = False
    desk.send()
    desk.assert_in_step()
    assert len(desk.held()) == 3
    return was_killed


@pytest.mark.parametrize("number", range(0, 54, 6))
def test_a_sender_may_die_anywhere(desk, number):
    survive(desk, number)


@pytest.mark.slow
def test_a_sender_may_die_before_any_query(sandbox, uris, db):
    for number in itertools.count():
        sandbox.post("reset")
        MirroredPlaylist.objects.all().delete()
        if not survive(Desk(sandbox, uris), number):
            break
    assert number > 40


def test_a_sender_may_die_while_a_week_is_closed(desk):
    for number in range(0, 40, 3):
        desk.sort(desk.fill(1), "Warm Up")
        desk.send()
        desk.period = periods.close_period(desk.period, rest_to_trash=False)
        desk.time_passes()
        with killed_before_query(number), suppress(Killed):
            mirror.send_due(user_id=desk.user.pk)
        desk.send()
        assert desk.at_spotify() == {}
        desk.period = periods.reopen_period(desk.period)
        desk.send()
        desk.assert_in_step()


def test_two_senders_are_one(desk, sandbox):
    sandbox.post("faults", kind="delay", delay_ms=200, match=ADD)
    desk.fill(3)
    desk.time_passes()

    threads = [send_in_a_thread(desk) for _ in range(4)]
    for thread in threads:
        thread.join()

    desk.assert_in_step()
    assert len(desk.calls()) == 2


def test_a_slow_sender_that_lost_its_lease_still_tells_how_its_write_ended(desk, sandbox, worker):
    sandbox.post("faults", kind="delay", delay_ms=3000, match=ADD)
    desk.fill(3)
    desk.time_passes()

    slow = send_in_a_thread(desk)
    wait_until(lambda: desk.calls("POST", "/items"))
    wait_until(lambda: mirror.send(desk.row().pk) or desk.row().claimed_until is None)
    slow.join()

    wait_until(lambda: not desk.row().is_waiting)  # its nudge is enough
    desk.assert_in_step()
    assert len(desk.calls("POST", "/items")) == 1


def test_a_write_that_was_seen_to_be_done_is_not_waited_for(desk, sandbox):
    sandbox.post("faults", kind="timeout_after", delay_ms=4000, match=ADD)
    desk.fill(3)
    desk.time_passes()

    slow = send_in_a_thread(desk)
    wait_until(lambda: desk.calls("POST", "/items"))
    wait_until(lambda: mirror.send(desk.row().pk))

    desk.assert_in_step()
    slow.join()
    desk.assert_in_step()
    assert len(desk.calls("POST", "/items")) == 1


def test_a_decision_during_a_sending_is_sent_afterwards(desk, sandbox):
    sandbox.post("faults", kind="delay", delay_ms=700, match=ADD)
    tracks = desk.fill(3)
    desk.time_passes()

    slow = send_in_a_thread(desk)
    wait_until(lambda: desk.calls("POST", "/items"))
    desk.sort(tracks[:1], "Trash")
    slow.join()

    assert desk.row().is_waiting
    assert desk.row().changes == 1
    desk.send()
    desk.assert_in_step()


def test_only_the_write_that_one_has_begun_can_be_ended(desk):
    call = Call(Kind.ADD, (Item(1, "uri"),))
    mirror.mark_period(desk.period)
    desk.time_passes()
    slow = claim(desk.row().pk)
    slow.begin(call)
    desk.time_passes()
    other = claim(desk.row().pk)
    other.end([])
    other.begin(call)

    with pytest.raises(LeaseLost):
        slow.end([])
    with pytest.raises(LeaseLost):
        slow.begin(call)

    assert desk.row().in_flight == other.playlist.in_flight


def test_what_kills_its_senders_rests_after_five_times(desk):
    desk.fill(1)
    for _ in range(5):
        desk.time_passes()
        with pytest.raises(Killed), killed_before_query(4):
            mirror.send(desk.row().pk)

    desk.time_passes()

    assert claim(desk.row().pk) is None
    assert not MirroredPlaylist.objects.filter(attempts__gt=5).exists()

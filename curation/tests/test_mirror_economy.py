"""How many calls a week costs, against the least that its moves could cost."""

from collections import Counter
from collections.abc import Iterable
from math import ceil

import pytest

from curation import mirror, periods
from curation.models import CurationTrack
from curation.tests.mirrored import Desk

pytestmark = pytest.mark.django_db

PER_CALL = 100
NAMES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]
DECISIONS_PER_SWEEP = 6  # one in five seconds, a sweep in thirty


def name_for(number: int) -> str:
    """Some categories get more than others."""
    return NAMES[number % 3 if number % 2 else number % 6]


def full_calls(names: Iterable[str]) -> int:
    return sum(ceil(count / PER_CALL) for count in Counter(names).values())


def least(sorted_to: list[str], promoted_from: list[str]) -> int:
    """Each playlist made once, its net changes in full calls, all taken off in one."""
    creates = 1 + len(set(sorted_to)) + len(set(promoted_from))
    bronze = 2 * ceil(len(sorted_to) / PER_CALL)
    return creates + bronze + full_calls(sorted_to) + 2 * full_calls(promoted_from) + 1


def sort_all(desk: Desk, tracks: list[CurationTrack], *, is_steady: bool) -> None:
    for number, track in enumerate(tracks):
        desk.sort([track], name_for(number))
        if is_steady and number % DECISIONS_PER_SWEEP == 0:
            mirror.send_due()


@pytest.mark.parametrize("is_steady", [False, True], ids=["burst", "steady"])
@pytest.mark.parametrize("size", [130, pytest.param(400, marks=pytest.mark.slow)])
def test_a_week_costs_little_more_than_it_must(sandbox, uris, size, is_steady):
    desk = Desk(sandbox, uris, names=NAMES)
    tracks = desk.fill(size)
    desk.send()

    sort_all(desk, tracks, is_steady=is_steady)
    desk.send()
    desk.assert_in_step()
    desk.promote(tracks[::10])
    desk.send()
    desk.assert_in_step()
    periods.close_period(desk.period, rest_to_trash=True)
    desk.send()

    names = [name_for(number) for number in range(size)]
    assert len(desk.calls()) <= 1.3 * least(names, names[::10])

"""What a week costs in calls, against the least for its moves. See also `make bench`."""

import pytest

from curation.tests.economy import BURST, STEADY, Week, hours_that_fly
from curation.tests.mirrored import Desk

pytestmark = pytest.mark.django_db

NAMES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]


@pytest.mark.parametrize(
    "habits",
    [{"seconds": BURST}, {"seconds": STEADY}, {"seconds": STEADY, "has_pauses": True}],
    ids=["burst", "steady", "with pauses"],
)
@pytest.mark.parametrize("size", [130, pytest.param(400, marks=pytest.mark.slow)])
def test_a_week_costs_little_more_than_it_must(sandbox, uris, size, habits):
    desk = Desk(sandbox, uris, names=NAMES)
    with hours_that_fly() as clock:
        week = Week(desk, NAMES, size, clock, **habits)
        tracks = week.open()
        week.sort(tracks)
        week.desk.assert_in_step()
        week.undo(12)
        week.promote(tracks[:100:10])
        week.close()

    assert len(week.desk.calls()) <= 1.3 * week.least.calls

"""What a week costs in calls, against the least for its moves. See also `make bench`."""

import pytest

from curation.tests.economy import Week
from curation.tests.mirrored import Desk

pytestmark = pytest.mark.django_db

NAMES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]


@pytest.mark.parametrize(
    "habits",
    [{"is_steady": False}, {"is_steady": True}, {"is_steady": True, "has_pauses": True}],
    ids=["burst", "steady", "with pauses"],
)
@pytest.mark.parametrize("size", [130, pytest.param(400, marks=pytest.mark.slow)])
def test_a_week_costs_little_more_than_it_must(sandbox, uris, size, habits):
    week = Week(Desk(sandbox, uris, names=NAMES), NAMES, size, **habits)

    tracks = week.open()
    week.sort(tracks)
    week.desk.assert_in_step()
    week.undo(12)
    week.promote(tracks[:100:10])
    week.close()

    assert len(week.desk.calls()) <= 1.3 * week.least

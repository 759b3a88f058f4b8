"""What a week costs in calls, against the least for its moves. See also `make bench`."""

import pytest

from curation.tests.economy import Week
from curation.tests.mirrored import Desk

pytestmark = pytest.mark.django_db

NAMES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]


@pytest.mark.parametrize("is_steady", [False, True], ids=["burst", "steady"])
@pytest.mark.parametrize("size", [130, pytest.param(400, marks=pytest.mark.slow)])
def test_a_week_costs_little_more_than_it_must(sandbox, uris, size, is_steady):
    week = Week(Desk(sandbox, uris, names=NAMES), NAMES, size)

    tracks = week.open()
    week.sort(tracks, is_steady=is_steady)
    week.desk.assert_in_step()
    week.undo(12)
    week.promote(tracks[:100:10])
    week.desk.assert_in_step()
    week.close()

    assert len(week.desk.calls()) <= 1.3 * week.least

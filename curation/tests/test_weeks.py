from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from curation import weeks
from curation.weeks import Week


def test_weeks_from_2024_to_2040_leave_no_gap_and_do_not_overlap():
    day = date(2024, 1, 1)
    while day < date(2041, 1, 1):
        week = Week.of(day)

        assert week.first_day <= day <= week.last_day
        assert week.last_day - week.first_day == timedelta(days=6)
        assert Week.of(week.first_day) == Week.of(week.last_day) == week

        day += timedelta(days=1)


@pytest.mark.parametrize(("year", "has_53"), [(2025, False), (2026, True), (2032, True)])
def test_only_long_years_have_a_week_53(year, has_53):
    assert weeks.exists(year, 53) is has_53


def test_the_first_of_january_may_belong_to_the_year_before():
    assert Week.of(date(2027, 1, 1)) == Week(2026, 53)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Pacific/Kiritimati", Week(2026, 47)), ("Etc/GMT+12", Week(2026, 46))],
)
def test_the_last_full_week_is_the_djs_own(zone, expected):
    sunday_noon = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)

    assert weeks.last_full_week(now=sunday_noon, zone=ZoneInfo(zone)) == expected

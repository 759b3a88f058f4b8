"""ISO 8601 weeks: Monday to Sunday, week 1 holds the first Thursday of the year."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo


@dataclass(frozen=True, order=True)
class Week:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Week":
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @property
    def first_day(self) -> date:
        return first_day(self.year, self.number)

    @property
    def last_day(self) -> date:
        return last_day(self.year, self.number)

    @property
    def typed(self) -> str:
        """As a field for weeks takes it: 2026-W07."""
        return f"{self.year:04}-W{self.number:02}"

    def before(self, count: int = 1) -> "Week":
        return Week.of(self.first_day - timedelta(weeks=count))


def first_day(year: int, week: int) -> date:
    """Raises ValueError for a week that the year does not have."""
    return date.fromisocalendar(year, week, 1)


def last_day(year: int, week: int) -> date:
    return date.fromisocalendar(year, week, 7)


def exists(year: int, week: int) -> bool:
    try:
        first_day(year, week)
    except ValueError:
        return False
    return True


def last_full_week(*, now: datetime, zone: tzinfo) -> Week:
    """The week before the one that `now` lies in, where the DJ is."""
    return Week.of(now.astimezone(zone).date()).before()

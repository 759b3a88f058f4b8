import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from catalog.models import Genre
from catalog.tests.factories import GenreFactory
from curation import routine, tasks
from curation.line import TURN
from curation.models import Style
from curation.tests.factories import CurationPeriodFactory, StyleFactory
from curation.weeks import Week
from ingestion.models import IngestRun
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db

WEDNESDAY = datetime(2026, 11, 25, 5, tzinfo=UTC)


def style_of(*genres: Genre, used: bool = True) -> Style:
    style = StyleFactory()
    style.genres.set(genres)
    if used:
        CurationPeriodFactory(style=style)
    return style


@pytest.fixture
def house() -> Genre:
    return GenreFactory(name="House")


def asked() -> set[tuple[str, int, int]]:
    runs = IngestRun.objects.select_related("genre")
    return {(run.genre.name, run.year, run.week) for run in runs}


def number_of(week: Week) -> tuple[int, int]:
    return week.year, week.number


def finish(runs: list[IngestRun], *, hours_ago: float = 0, **fields) -> None:
    finished_at = timezone.now() - timedelta(hours=hours_ago)
    complete = {"status": "complete", "readings": 1, "finished_at": finished_at}
    IngestRun.objects.filter(pk__in=[run.pk for run in runs]).update(**complete | fields)


# Which weeks


def test_the_running_week_and_the_one_before_are_new():
    assert routine.new_weeks(WEDNESDAY) == [Week(2026, 48), Week(2026, 47)]


def test_the_last_weeks_are_full_ones():
    assert routine.last_weeks(WEDNESDAY, 4) == [Week(2026, number) for number in (47, 46, 45, 44)]


def test_weeks_are_counted_over_the_turn_of_a_year_with_53():
    monday = datetime(2027, 1, 4, tzinfo=UTC)

    assert routine.new_weeks(monday) == [Week(2027, 1), Week(2026, 53)]


# Fetching


def test_the_styles_in_use_are_fetched(house):
    style_of(house)
    now = timezone.now()

    routine.fetch_new_weeks()

    weeks = routine.new_weeks(now)
    assert asked() == {("House", *number_of(week)) for week in weeks}


def test_a_style_that_nobody_uses_is_not_fetched(house):
    style_of(house, used=False)

    assert routine.fetch_new_weeks() == []
    assert routine.read_again() == []


def test_a_genre_of_two_styles_is_asked_for_once(house):
    style_of(house)
    style_of(house, GenreFactory(name="Techno"))

    runs = routine.fetch_new_weeks()

    assert len(runs) == len(asked()) == 4


def test_what_runs_twice_asks_once(house):
    style_of(house)

    first = routine.fetch_new_weeks()
    assert len(first) == 2
    assert routine.fetch_new_weeks() == []
    finish(first)
    assert routine.fetch_new_weeks() == []

    assert IngestRun.objects.count() == 2


def test_what_is_fetched_by_itself_stands_in_line(house):
    style_of(house)

    first, second = routine.fetch_new_weeks()

    assert first.not_before > timezone.now()
    assert second.not_before == first.not_before + TURN


def test_a_week_read_long_enough_ago_is_asked_for_again(house):
    style_of(house)
    finish(routine.fetch_new_weeks(), hours_ago=13)

    routine.fetch_new_weeks(hours=14)
    assert IngestRun.objects.count() == 2
    routine.fetch_new_weeks(hours=12)
    assert IngestRun.objects.count() == 4


def test_the_last_weeks_are_read_again_but_for_one_that_was_just_read(house):
    style_of(house)
    finish(routine.fetch_new_weeks())
    now = timezone.now()

    routine.read_again(weeks=4)

    weeks = [*routine.new_weeks(now), *routine.last_weeks(now, 4)[1:]]
    assert IngestRun.objects.count() == 5
    assert asked() == {("House", *number_of(week)) for week in weeks}


def test_what_failed_is_tried_again(house):
    style_of(house)
    finish(routine.fetch_new_weeks(), status="failed", readings=0)

    routine.fetch_new_weeks()

    assert IngestRun.objects.filter(status="queued").count() == 2


def test_the_tasks_take_what_the_entries_of_the_schedule_say(house):
    style_of(house)
    for entry in PeriodicTask.objects.filter(task__startswith="curation.tasks.r"):
        tasks.read_again(**json.loads(entry.kwargs))

    assert IngestRun.objects.count() == 4


# What comes next


def entry(name: str, **changes) -> None:
    PeriodicTask.objects.filter(name=name).update(**changes)


def next_run(name: str) -> routine.Upcoming:
    (found,) = [run for run in routine.upcoming() if run.name == name]
    return found


def test_the_next_runs_are_known_with_their_time_and_their_weeks(house):
    style = style_of(house)
    ran_at = timezone.now() - timedelta(hours=20)
    entry("Fetch the new weeks", last_run_at=ran_at)

    found = next_run("Fetch the new weeks")

    assert abs(found.at - ran_at - timedelta(days=1)) < timedelta(seconds=1)
    assert found.styles == [style]
    weeks = routine.new_weeks(found.at)
    assert found.readings == [routine.Reading(house, week) for week in weeks]


def test_what_is_overdue_comes_next(house):
    entry("Fetch the new weeks", last_run_at=timezone.now() - timedelta(days=3))

    assert abs(next_run("Fetch the new weeks").at - timezone.now()) < timedelta(minutes=1)


def test_what_will_have_been_read_a_short_while_ago_is_left_out(house):
    style_of(house)
    entry("Fetch the new weeks", last_run_at=timezone.now() - timedelta(days=1, minutes=-5))
    running, before = routine.new_weeks(next_run("Fetch the new weeks").at)
    done = IngestRunFactory(genre=house, year=before.year, week=before.number)
    finish([done], hours_ago=2)

    assert next_run("Fetch the new weeks").readings == [routine.Reading(house, running)]


@pytest.mark.parametrize("status", IngestRun.UNFINISHED)
@pytest.mark.parametrize(("hours", "is_asked_for"), [(1, False), (20, True)])
def test_what_is_being_read_is_asked_for_only_when_that_will_be_long_ago(
    house, status, hours, is_asked_for
):
    style_of(house)
    entry("Fetch the new weeks", last_run_at=timezone.now() - timedelta(hours=24 - hours))
    _, before = routine.new_weeks(next_run("Fetch the new weeks").at)

    IngestRunFactory(genre=house, year=before.year, week=before.number, status=status)

    found = next_run("Fetch the new weeks").readings
    assert (routine.Reading(house, before) in found) == is_asked_for


def test_the_weeks_are_those_of_the_day_that_comes(house):
    style_of(house)
    entry("Read the last weeks again", last_run_at=timezone.now())

    found = next_run("Read the last weeks again")

    weeks = routine.last_weeks(timezone.now() + timedelta(weeks=1), 4)
    assert [one.week for one in found.readings] == weeks


def test_what_the_admin_changed_is_told(house):
    style_of(house)
    every_morning = CrontabSchedule.objects.create(hour="5", minute="0")
    changes = {"interval": None, "crontab": every_morning, "kwargs": '{"weeks": 2, "hours": "?"}'}
    entry("Read the last weeks again", **changes)

    found = next_run("Read the last weeks again")

    assert f"{found.at:%H:%M}" == "05:00"
    assert [one.week for one in found.readings] == routine.last_weeks(found.at, 2)


def test_what_is_switched_off_does_not_come():
    PeriodicTask.objects.filter(name="Fetch the new weeks").update(enabled=False)

    assert [run.name for run in routine.upcoming()] == ["Read the last weeks again"]


def test_every_task_that_fetches_is_known():
    names = {tasks.fetch_new_weeks.name, tasks.read_again.name}

    assert set(routine.WEEKS_OF) == names

import json
import re
from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from clouder import schedules
from clouder.models import SeededEntry

pytestmark = pytest.mark.django_db

FIRST = next(iter(schedules.DEFAULTS))


def migrate() -> None:
    call_command("migrate", verbosity=0)


def test_the_defaults_are_there_after_a_migration():
    found = PeriodicTask.objects.select_related("interval")

    assert {
        entry.name: (entry.task, entry.schedule.run_every, json.loads(entry.kwargs))
        for entry in found
    } == {name: (one.task, one.every, one.kwargs) for name, one in schedules.DEFAULTS.items()}
    assert all(entry.description and entry.expire_seconds for entry in found)


def test_an_edit_by_the_admin_survives_the_next_migration():
    monthly = IntervalSchedule.objects.create(every=30, period=IntervalSchedule.DAYS)
    PeriodicTask.objects.filter(name=FIRST).update(interval=monthly, enabled=False)

    migrate()

    edited = PeriodicTask.objects.get(name=FIRST)
    assert edited.interval == monthly
    assert not edited.enabled


def test_what_the_admin_deleted_does_not_come_back():
    PeriodicTask.objects.get(name=FIRST).delete()

    migrate()

    assert not PeriodicTask.objects.filter(name=FIRST).exists()


def test_an_entry_that_is_new_in_this_version_comes_with_the_migration(monkeypatch):
    entry = schedules.Entry("ingestion.tasks.sweep", timedelta(hours=2), "Looks again.")
    monkeypatch.setitem(schedules.DEFAULTS, "Look again", entry)

    migrate()

    assert str(PeriodicTask.objects.get(name="Look again").interval) == "every 2 hours"


def test_entries_from_before_they_were_remembered_stay_as_they_are():
    SeededEntry.objects.all().delete()
    PeriodicTask.objects.filter(name=FIRST).update(enabled=False)

    migrate()

    assert PeriodicTask.objects.count() == SeededEntry.objects.count() == len(schedules.DEFAULTS)
    assert not PeriodicTask.objects.get(name=FIRST).enabled


@pytest.mark.parametrize(
    ("every", "words"),
    [
        (timedelta(days=7), "7 days"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=5), "5 minutes"),
        (timedelta(seconds=90), "90 seconds"),
    ],
)
def test_intervals_are_written_as_a_person_would(every, words):
    assert str(schedules.interval(every)) == f"every {words}"


def test_every_entry_names_a_task_that_exists():
    current_app.loader.import_default_modules()

    assert {entry.task for entry in schedules.DEFAULTS.values()} <= set(current_app.tasks)


def test_the_readme_lists_them():
    readme = (settings.BASE_DIR / "README.md").read_text()
    _, section, rest = readme.partition("## What runs by the clock\n")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", rest.partition("\n## ")[0], re.M)

    assert section
    assert rows[1:] == [
        (name, in_words(entry.every), entry.what) for name, entry in schedules.DEFAULTS.items()
    ]


def in_words(every: timedelta) -> str:
    """README says what a real installation has; tests sweep more often."""
    if every == schedules.SWEEP:
        return "30 seconds"
    return str(schedules.interval(every)).removeprefix("every ")

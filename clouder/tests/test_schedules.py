import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from celery import Celery, current_app
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from kombu.simple import SimpleQueue

from clouder import schedules
from clouder.celery import app as celery_app
from clouder.models import SeededEntry
from clouder.schedules import Scheduler
from conftest import Beat, wait_until

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


# Beats


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "broker"


@pytest.fixture
def app(folder, monkeypatch) -> Celery:
    """With a broker of its own."""
    monkeypatch.setenv("CELERY_BROKER_URL", f"filesystem://{folder}")
    app = Celery("beats", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_transport_options = settings.FOLDER_OPTIONS
    return app


@pytest.fixture
def queue(app) -> Iterator[SimpleQueue]:
    """What waits for a worker."""
    with app.connection_for_read() as broker, broker.SimpleQueue("clouder") as queue:
        yield queue


def sent(queue: SimpleQueue) -> list[str]:
    """The names of the entries."""
    names = []
    with suppress(queue.Empty):
        while message := queue.get(block=False):
            names.append(message.headers["periodic_task_name"])
            message.ack()
    return sorted(names)


@pytest.fixture
def due(transactional_db) -> list[str]:
    """All entries, also the one that has never run. None is due again while a test runs."""
    before = timezone.now() - timedelta(weeks=3)
    daily = schedules.interval(schedules.DAILY)
    PeriodicTask.objects.update(interval=daily, last_run_at=before, date_changed=before)
    PeriodicTask.objects.filter(name=FIRST).update(last_run_at=None)
    return sorted(schedules.DEFAULTS)


def send_what_is_due(beat: Scheduler) -> None:
    for _ in range(3 * len(schedules.DEFAULTS)):  # some ticks only read the table again
        beat.tick()


def test_two_beats_send_what_is_due_once(app, queue, due):
    beats = [Scheduler(app), Scheduler(app)]
    assert all(entry.is_due().is_due for beat in beats for entry in beat.schedule.values())

    for beat in beats:
        send_what_is_due(beat)

    assert sent(queue) == due
    assert set(PeriodicTask.objects.values_list("total_run_count", flat=True)) == {1}


def test_of_two_beats_at_the_same_moment_one_sends(app, queue, due):
    beats = [Scheduler(app), Scheduler(app)]
    assert all(beat.is_due(beat.schedule[FIRST]).is_due for beat in beats)

    for beat in beats:
        beat.reserve(beat.schedule[FIRST])
        beat.apply_entry(beat.schedule[FIRST], producer=beat.producer)

    assert sent(queue) == [FIRST]


def test_the_other_beat_goes_on_when_one_has_died(app, queue, due):
    first, second = Scheduler(app), Scheduler(app)
    send_what_is_due(first)
    send_what_is_due(second)
    assert sent(queue) == due

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        send_what_is_due(second)

    assert sent(queue) == due


def test_what_the_broker_does_not_take_stays_due(app, folder, due):
    folder.touch()  # no folder
    beat = Scheduler(app)

    assert beat.tick() == schedules.PAUSE_SECONDS
    assert PeriodicTask.objects.filter(total_run_count=0).count() == len(due)

    folder.unlink()
    send_what_is_due(beat)

    with app.connection_for_read() as broker, broker.SimpleQueue("clouder") as queue:
        assert sent(queue) == due


def test_an_entry_that_was_deleted_is_not_sent(app, queue, due):
    beat = Scheduler(app)
    beat.populate_heap()
    PeriodicTask.objects.filter(name=FIRST).delete()

    send_what_is_due(beat)

    assert sent(queue) == [name for name in due if name != FIRST]


@pytest.mark.slow
def test_of_two_running_beats_one_may_be_killed(due, tmp_path):
    celery_app.control.purge()
    every_second = schedules.interval(timedelta(seconds=1))
    PeriodicTask.objects.update(interval=every_second)
    beats = [Beat(tmp_path / f"{number}.log") for number in (1, 2)]
    for beat in beats:
        beat.start()
    wait_until(lambda: PeriodicTask.objects.get(name=FIRST).total_run_count >= 5, 30)
    beats[0].kill()
    wait_until(lambda: PeriodicTask.objects.get(name=FIRST).total_run_count >= 10, 30)
    beats[1].stop()

    counts = dict(PeriodicTask.objects.values_list("name", "total_run_count"))
    with celery_app.connection_for_read() as broker, broker.SimpleQueue("clouder") as queue:
        assert Counter(sent(queue)) == counts
    assert max(counts.values()) - min(counts.values()) <= 1


# What is told of them


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

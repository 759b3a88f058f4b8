import pytest
from celery import current_app
from django.core.management import call_command
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from clouder import schedules

pytestmark = pytest.mark.django_db


def test_the_defaults_are_there_after_a_migration():
    tasks = PeriodicTask.objects.values_list("name", "task")

    assert dict(tasks) == {name: task for name, (task, _) in schedules.DEFAULTS.items()}


def test_an_edit_by_the_admin_survives_the_next_migration():
    name = next(iter(schedules.DEFAULTS))
    daily = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.DAYS)
    PeriodicTask.objects.filter(name=name).update(interval=daily, enabled=False)

    call_command("migrate", verbosity=0)

    edited = PeriodicTask.objects.get(name=name)
    assert edited.interval == daily
    assert not edited.enabled


def test_every_entry_names_a_task_that_exists():
    current_app.loader.import_default_modules()

    assert {task for task, _ in schedules.DEFAULTS.values()} <= set(current_app.tasks)

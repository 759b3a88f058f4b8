from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from clouder import schedules
from clouder.celery import app
from conftest import wait_until
from ingestion.models import IngestRun

pytestmark = pytest.mark.django_db
LIST = "/admin/django_celery_beat/periodictask/"


@pytest.fixture
def entry() -> PeriodicTask:
    return PeriodicTask.objects.get(name=next(iter(schedules.DEFAULTS)))


def form_of(entry: PeriodicTask, **changes: object) -> dict[str, object]:
    form = {
        "name": entry.name,
        "task": entry.task,
        "enabled": "on",
        "interval": entry.interval_id or "",
        "crontab": entry.crontab_id or "",
        "kwargs": entry.kwargs,
        "expire_seconds": entry.expire_seconds or "",
    }
    return form | changes


def do(client, entry: PeriodicTask, action: str) -> str:
    return client.post(f"{LIST}{entry.pk}/do/{action}/", follow=True).content.decode()


def test_what_is_not_used_is_not_shown(admin_client):
    page = admin_client.get("/admin/").content.decode()

    assert "solar" not in page.lower()
    assert "clocked" not in page.lower()


def test_the_list_says_when_each_ran(admin_client, admin_user, entry):
    admin_user.preferences.timezone = "Asia/Tokyo"
    admin_user.preferences.save()
    ran_at = timezone.datetime(2026, 11, 24, 15, 30, tzinfo=timezone.get_default_timezone())
    PeriodicTask.objects.filter(pk=entry.pk).update(last_run_at=ran_at, total_run_count=12)

    page = admin_client.get(LIST).content.decode()

    assert entry.name in page
    assert "25 Nov 2026, 00:30" in page
    assert "Every" in page


def test_an_entry_that_is_switched_off_stays_off(admin_client, entry):
    assert "Switched off: 1." in do(admin_client, entry, "switch_off")

    call_command("migrate", verbosity=0)

    entry.refresh_from_db()
    assert not entry.enabled
    assert "Switched on: 1." in do(admin_client, entry, "switch_on")


def test_an_edit_is_kept(admin_client, entry):
    daily = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.DAYS)

    admin_client.post(f"{LIST}{entry.pk}/change/", form_of(entry, interval=daily.pk))

    entry.refresh_from_db()
    assert entry.interval == daily


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"task": "os.system"}, "Select a valid choice"),
        ({"kwargs": "[1]"}, "Write a JSON object"),
        ({"kwargs": "{"}, "Write a JSON object"),
        ({"kwargs": '{"nothing": 1}'}, "does not take these"),
        ({"task": "ingestion.tasks.carry_out_run"}, "does not take these"),
        ({"interval": ""}, "must be set"),
    ],
)
def test_what_cannot_run_is_not_saved(admin_client, entry, changes, said):
    page = admin_client.post(f"{LIST}{entry.pk}/change/", form_of(entry, **changes))

    assert said in page.content.decode()
    before = PeriodicTask.objects.get(pk=entry.pk)
    assert (before.task, before.kwargs) == (entry.task, entry.kwargs)


def test_what_belongs_to_clouder_is_switched_off_not_deleted(admin_client, entry):
    asked = admin_client.get(f"{LIST}{entry.pk}/delete/").content.decode()
    admin_client.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    admin_client.post(LIST, chosen)

    assert "Switch it off" in asked
    assert PeriodicTask.objects.filter(pk=entry.pk).exists()


def test_an_entry_of_somebody_goes(admin_client, entry):
    own = PeriodicTask.objects.create(name="My own", task=entry.task, interval=entry.interval)

    admin_client.post(f"{LIST}{own.pk}/delete/", {"post": "yes"})

    assert not PeriodicTask.objects.filter(pk=own.pk).exists()


def test_an_interval_in_use_stays(admin_client, entry):
    address = f"/admin/django_celery_beat/intervalschedule/{entry.interval_id}/delete/"

    asked = admin_client.get(address).content.decode()
    admin_client.post(address, {"post": "yes"})

    assert "is used by" in asked
    assert PeriodicTask.objects.filter(pk=entry.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_run_now_runs_it(admin_client, worker):
    run = IngestRun.objects.create(source=IngestRun.Source.FILE, file_name="gone.json")
    entry = PeriodicTask.objects.get(task="ingestion.tasks.sweep")

    assert "was handed to the workers" in do(admin_client, entry, "run_now")

    wait_until(lambda: IngestRun.objects.get(pk=run.pk).is_finished)


@pytest.mark.skipif(not settings.BROKER_IS_A_FOLDER, reason="takes the laptop's broker away")
def test_run_now_says_when_the_broker_is_away(admin_client, entry):
    app.control.purge()
    broker = Path(settings.CELERY_BROKER_URL.removeprefix("filesystem://"))
    away = broker.rename(broker.with_name("away"))
    broker.touch()
    try:
        assert "the broker cannot be reached" in do(admin_client, entry, "run_now")
    finally:
        broker.unlink()
        away.rename(broker)

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from clouder.celery import app
from conftest import wait_until


@pytest.fixture
def beaten(db):
    PeriodicTask.objects.update(last_run_at=timezone.now())


def test_healthz_needs_no_database(client):
    # No database mark: a query would fail this test.
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.content == b"ok"


def test_ready_when_all_is_there(client, beaten):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["ready"] is True
    assert response.json()["migrations"] == "ok"
    assert response.json()["broker"] == "ok"


def test_not_ready_before_the_first_beat(client, db):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["beat"] == "beat has not run yet"


def test_not_ready_when_beat_is_silent(client, db):
    PeriodicTask.objects.update(last_run_at=timezone.now() - timedelta(minutes=5))

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["beat"] == "the last beat was 300 seconds ago"


@pytest.fixture
def only_daily(db):
    daily = PeriodicTask.objects.filter(interval__period="days", interval__every=1)
    PeriodicTask.objects.exclude(pk__in=daily).update(enabled=False)
    return daily


def test_a_beat_with_nothing_to_do_before_tomorrow_is_not_silent(client, only_daily):
    only_daily.update(last_run_at=timezone.now() - timedelta(hours=20))

    assert client.get("/readyz").status_code == 200

    only_daily.update(last_run_at=timezone.now() - timedelta(days=4))

    assert client.get("/readyz").status_code == 503


def test_entries_that_are_switched_off_tell_nothing(client, only_daily):
    PeriodicTask.objects.exclude(pk__in=only_daily).update(last_run_at=timezone.now())

    assert client.get("/readyz").json()["beat"] == "beat has not run yet"


def test_not_ready_when_all_is_switched_off(client, db):
    PeriodicTask.objects.update(enabled=False)

    response = client.get("/readyz")

    assert response.json()["beat"] == "no schedule with an interval is switched on"
    assert response.status_code == 503


def test_not_ready_while_a_migration_is_missing(client, beaten):
    MigrationRecorder.Migration.objects.filter(app="curation").latest("id").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["migrations"] == "1 migrations are not applied"


def test_not_ready_without_a_broker(client, beaten, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("CELERY_BROKER_URL", f"filesystem://{tmp_path}/file")
    app.close()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["broker"] == "the broker does not answer"


def test_not_ready_without_a_database(client, db):
    def refuse(*args, **kwargs):
        raise OperationalError("gone")

    with connection.execute_wrapper(refuse):
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["database"] == "the database does not answer"


@pytest.mark.django_db(transaction=True)
def test_a_running_beat_is_noticed(client, beat):
    wait_until(lambda: "seconds ago" in client.get("/readyz").json()["beat"], 20)

"""Two questions of whoever runs Clouder: does the process live, and can it do its work?"""

import logging
from datetime import timedelta

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_celery_beat.models import PeriodicTask
from kombu.exceptions import KombuError

from clouder.celery import app

logger = logging.getLogger(__name__)

# Beat writes down what it did every few seconds, and a busy machine may keep it waiting.
PATIENCE = timedelta(seconds=60)


class NotReady(Exception):
    """Says why in a sentence."""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up. Asks nothing else, not even the database."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    checks = {
        "database": check_database,
        "migrations": check_migrations,
        "broker": check_broker,
        "beat": check_beat,
    }
    report = {}
    is_ready = True
    for name, check in checks.items():
        try:
            report[name] = check()
        except NotReady as reason:
            report[name] = str(reason)
            is_ready = False
        except Error:
            logger.exception("The database failed the check of %s", name)
            report[name] = "the database does not answer"
            is_ready = False
    return JsonResponse({"ready": is_ready, **report}, status=200 if is_ready else 503)


def check_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def check_migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise NotReady(f"{len(missing)} migrations are not applied")
    return "ok"


def check_broker() -> str:
    with app.connection_for_write() as broker:
        try:
            broker.default_channel.queue_declare(app.conf.task_default_queue)
        except (KombuError, OSError, *broker.connection_errors) as error:
            logger.warning("The broker does not answer: %s", error)
            raise NotReady("the broker does not answer") from error
    return "ok"


def check_beat() -> str:
    """The entries that run most often tell whether beat lives; the weekly ones do not."""
    entries = PeriodicTask.objects.filter(enabled=True, interval__isnull=False)
    often = [entry.schedule.run_every for entry in entries.select_related("interval")]
    if not often:
        raise NotReady("no schedule with an interval is switched on")
    last = entries.aggregate(last=Max("last_run_at"))["last"]
    if last is None:
        raise NotReady("beat has not run yet")
    age = timezone.now() - last
    if age > PATIENCE + 3 * min(often):
        raise NotReady(f"the last beat was {age.total_seconds():.0f} seconds ago")
    return f"{max(age.total_seconds(), 0):.0f} seconds ago"

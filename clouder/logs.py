"""Lines of the log: JSON in production, a sentence at home; each says whose work it belongs to."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from celery import Task, signals
from django.http import HttpRequest, HttpResponse
from pythonjsonlogger.json import JsonFormatter

from accounts import trail

# What a line may hold. Others put whole requests beside theirs, addresses with codes and all.
FACTS = ("request", "user", "task", "task_id", "bucket", "method", "route", "status", "ms")
GIVEN_ID = re.compile(r"[\w-]{8,64}")  # by the proxy
FOLLOWED = ("/static/", "/healthz", "/readyz")  # asked all the time, and of no interest

GetResponse = Callable[[HttpRequest], HttpResponse]
requests = logging.getLogger("clouder.requests")
tasks = logging.getLogger("clouder.tasks")


class Facts(logging.Filter):
    """Puts what is known of the work on the record, as `facts`."""

    def filter(self, record: logging.LogRecord) -> bool:
        own = getattr(record, "facts", {})
        record.facts = {k: v for k, v in (trail.now() | own).items() if k in FACTS}
        return True


class Json(JsonFormatter):
    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        facts = log_data.pop("facts", {})
        known = ("time", "level", "logger", "message", "exc_info", "stack_info")
        return {name: log_data[name] for name in known if log_data.get(name)} | facts


class Line(logging.Formatter):
    def formatMessage(self, record: logging.LogRecord) -> str:
        facts = getattr(record, "facts", {})
        told = " ".join(f"{name}={value}" for name, value in facts.items())
        return super().formatMessage(record) + (f"  [{told}]" if told else "")


def with_id(get_response: GetResponse) -> GetResponse:
    """The id of a request stands in each of its lines, in its answer and in the proxy's log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        with trail.about(request=request_id):
            started = time.perf_counter()
            answer = get_response(request)
            if not request.path_info.startswith(FOLLOWED):
                tell(request, answer, time.perf_counter() - started)
        answer["X-Request-ID"] = request_id
        return answer

    return middleware


def tell(request: HttpRequest, answer: HttpResponse, seconds: float) -> None:
    """By the name of the route: addresses may hold a code."""
    route = request.resolver_match.route if request.resolver_match else ""
    facts = {"method": request.method, "route": route, "status": answer.status_code}
    requests.info("answered", extra={"facts": facts | {"ms": round(1000 * seconds)}})


def with_user(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.pk is not None:
            trail.note(user=request.user.pk)
        return get_response(request)

    return middleware


# Tasks

RUNNING: dict[str, tuple[float, AbstractContextManager[None]]] = {}


@signals.before_task_publish.connect
def send_along(headers: dict[str, object], **_: object) -> None:
    """A task belongs to the request that asked for it, and so do the tasks that it asks for."""
    headers["asked_by"] = {key: value for key, value in trail.now().items() if key == "request"}


@signals.task_prerun.connect
def begin(task_id: str, task: Task, **_: object) -> None:
    asked_by = task.request.get("asked_by") or {}
    noted = trail.about(task=task.name, task_id=task_id, **asked_by)
    noted.__enter__()
    RUNNING[task_id] = (time.perf_counter(), noted)


@signals.task_postrun.connect
def end(task_id: str, state: str | None = None, **_: object) -> None:
    started, noted = RUNNING.pop(task_id, (None, None))
    if started is None or noted is None:
        return
    ms = round(1000 * (time.perf_counter() - started))
    tasks.info("ended", extra={"facts": {"status": state, "ms": ms}})
    noted.__exit__(None, None, None)

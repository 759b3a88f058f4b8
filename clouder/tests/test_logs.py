"""Each line of the log says whose work it is of, and nothing that is secret."""

import json
import logging
from collections.abc import Iterator

import pytest
from celery import shared_task
from django.conf import settings as installed
from django.test import RequestFactory

from accounts import api_tokens, trail
from accounts.gateway import Gateway
from accounts.tests.factories import UserFactory, credential_of
from clouder import logs
from ingestion.tasks import match


class Told(logging.Handler):
    """Lines as they would be printed."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        made = dict(installed.LOGGING["formatters"][kind])
        made["fmt"] = made.pop("format")
        self.setFormatter({"json": logs.Json, "line": logs.Line}[kind](**without_class(made)))
        self.addFilter(logs.Facts())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def read(self) -> list[dict]:
        return [json.loads(line) for line in self.lines]


def without_class(made: dict) -> dict:
    return {name: value for name, value in made.items() if name != "()"}


def listening(kind: str) -> Iterator[Told]:
    told = Told(kind)
    loggers = [logging.getLogger(name) for name in ("clouder.requests", "clouder.tasks")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.INFO)
    logging.root.addHandler(told)
    yield told
    logging.root.removeHandler(told)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def told() -> Iterator[Told]:
    yield from listening("json")


@pytest.fixture
def at_home() -> Iterator[Told]:
    yield from listening("line")


@pytest.mark.django_db
def test_a_request_is_one_line_with_who_and_how_long(client, told):
    user = UserFactory(display_name="Nadja")
    client.force_login(user)

    answer = client.get("/styles/?code=canary", headers={"X-Request-ID": "from-the-proxy-1"})

    (line,) = told.read
    assert line["logger"] == "clouder.requests"
    assert (line["request"], line["user"]) == ("from-the-proxy-1", user.pk)
    assert (line["method"], line["route"], line["status"]) == ("GET", "styles/", 200)
    assert line["ms"] >= 0
    assert line["time"].startswith("20")
    assert answer["X-Request-ID"] == "from-the-proxy-1"
    assert not [word for word in ("canary", "Nadja", user.username) if word in told.lines[0]]


@pytest.mark.django_db
def test_a_program_is_known_by_its_dj(client, told):
    user = UserFactory()
    _, raw = api_tokens.make(user, name="laptop")

    client.get("/api/styles", headers={"Authorization": f"Bearer {raw}"})

    assert told.read[-1]["user"] == user.pk
    assert raw not in str(told.lines)


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f", "<script>alert(1)"])
def test_an_id_that_is_none_is_not_repeated(client, given):
    answer = client.get("/healthz", headers={"X-Request-ID": given})

    assert len(answer["X-Request-ID"]) == 32


def test_requests_do_not_run_into_one_another(client, told):
    client.get("/login/")
    client.get("/login/")

    first, second = told.read
    assert first["request"] != second["request"]
    assert trail.now() == {}


def test_the_way_back_from_spotify_leaves_no_code_in_the_log(client, db, told):
    client.get("/accounts/spotify/login/callback/?code=canary-code&state=canary-state")

    assert told.read
    assert "canary" not in str(told.lines)


def test_what_others_put_beside_their_lines_is_left_out(told):
    request = RequestFactory().get("/?code=canary-code")

    logging.getLogger("django.request").warning(
        "Odd", extra={"request": request, "other": "canary"}
    )

    assert told.read[0]["message"] == "Odd"
    assert "canary" not in told.lines[0]


def test_a_failure_is_told_with_its_place(told):
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("clouder").exception("Fallen")

    assert "ZeroDivisionError" in told.read[0]["exc_info"]


@shared_task
def speak() -> None:
    logging.getLogger("clouder").warning("Working")


def test_a_task_is_named_in_its_lines_and_ends_in_one(told):
    result = speak.apply()

    working, ended = told.read
    assert working["task"] == ended["task"] == speak.name
    assert working["task_id"] == ended["task_id"] == result.id
    assert (ended["message"], ended["status"]) == ("ended", "SUCCESS")
    assert trail.now() == {}


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_a_task_is_known_by_the_request_that_asked_for_it(monkeypatch, request):
    monkeypatch.setenv("LOG_FORMAT", "json")
    worker = request.getfixturevalue("worker")

    with trail.about(request="from-the-proxy-1"):
        match.delay()
    worker.wait_until_said('"ended"')

    last = json.loads(worker.log.read_text().splitlines()[-1])
    assert (last["request"], last["task"]) == ("from-the-proxy-1", match.name)


@pytest.mark.django_db
def test_a_call_to_spotify_is_told_with_its_bucket(sandbox, told, caplog):
    credential = credential_of(sandbox)
    gateway = Gateway(credential)
    seen = []
    gateway._session.hooks["response"].append(lambda *_, **__: seen.append(trail.now()))

    gateway.search_tracks("Lantern")

    assert seen == [{"bucket": "search", "user": credential.user_id}]


def test_at_home_a_line_reads_like_a_sentence(at_home):
    with trail.about(request="abc", user=3):
        logging.getLogger("clouder").warning("Something is late")

    (line,) = at_home.lines
    assert line.endswith("WARNING clouder Something is late  [request=abc user=3]")

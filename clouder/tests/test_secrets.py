"""Secrets stay where they are needed, also when each of their uses fails.

What is secret is learned from the requests themselves: whatever a credential was sent in. Each
request that carries one fails once in each of some ways, and then everything that is written down
or shown anywhere is searched.
"""

import gzip
import json
import logging
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import pytest
import requests
import sentry_sdk
from celery.signals import before_task_publish
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import api_tokens
from accounts.models import Preferences, SpotifyCredential
from accounts.tests import walks
from accounts.tests.factories import UserFactory, connect
from catalog.tests.factories import ArtistFactory, TrackFactory
from clouder import reports
from clouder.testing import redis_at
from curation import mirror
from curation.tests.mirrored import Desk, uris_of_the_sandbox
from ingestion import connection as beatport
from ingestion import runs, search
from ingestion.models import BeatportCredential, IngestRun
from ingestion.tests.factories import GenreFactory
from ingestion.tests.test_views import ACCESS, APP, OWN_APP, REFRESH, TOKENS
from ingestion.tests.test_views import walk as walk_to_beatport

pytestmark = [pytest.mark.django_db, pytest.mark.once]

ENDED = uuid4().hex  # not as text: lines of code are reported, too
CONTROL = f"{settings.SANDBOX_URL}/_/"
SECRET_FIELDS = {"code", "code_verifier", "refresh_token", "client_secret", "access_token"}


class Uses:
    """Every request of ours with a secret in it; `failing` is the number of one that fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.secrets: set[str] = set()
        self.count = 0
        self.failing = -1
        self.failure: Failure | None = None
        self._send = requests.adapters.HTTPAdapter.send
        uses = self

        def send(adapter, request, **kwargs):
            if uses.learn(request):
                uses.count += 1
                if uses.failure and uses.count == uses.failing + 1:
                    uses.failure(request)
            return uses._send(adapter, request, **kwargs)

        monkeypatch.setattr("requests.adapters.HTTPAdapter.send", send)

    def learn(self, request: requests.PreparedRequest) -> bool:
        if request.url.startswith(CONTROL):
            return False
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        found = {value}
        if kind == "Basic":
            found.add(b64decode(value).decode().partition(":")[2])
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        for text in (body, urlsplit(request.url).query):
            for name, values in parse_qs(text).items():
                found |= set(values) if name in SECRET_FIELDS else set()
        self.secrets |= found - {""}
        return bool(found - {""})


# How a use fails: by an exception, or by an answer that the sandbox gives when it is asked.

Failure = Callable[[requests.PreparedRequest], None]


def everything_in(request: requests.PreparedRequest) -> str:
    """The secrets first: words of others are cut off after a while."""
    token = request.headers.get("Authorization", "")
    return f"{token} {request.body!r} {request.url} {dict(request.headers)}"


def quoting(request: requests.PreparedRequest) -> None:
    """As a library does that complains of a header."""
    raise requests.exceptions.InvalidHeader(f"Invalid header value: {everything_in(request)}")


def unforeseen(request: requests.PreparedRequest) -> None:
    raise RuntimeError("forced")


def broken_off(request: requests.PreparedRequest) -> None:
    raise requests.ConnectionError("connection reset")


def answered(request: requests.PreparedRequest, **answer: object) -> None:
    path = f"^{re.escape(urlsplit(request.url).path)}$"
    fault = {"match": {"path": path, "method": request.method}, **answer}
    requests.post(f"{CONTROL}faults", json=fault, timeout=10).raise_for_status()


def repeated(request: requests.PreparedRequest) -> None:
    """Refused, in words that hold all that was sent."""
    words = everything_in(request)
    body = {"detail": words, "error": words, "error_description": words}
    answered(request, kind="status", status=400, body=body)


def cut_short(request: requests.PreparedRequest) -> None:
    answered(request, kind="cut")


FAILURES = (quoting, unforeseen, broken_off, repeated, cut_short)


class Places:
    """Where something may be written down or shown."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.tasks: list[str] = []
        self.pages: list[str] = []
        self.reported: list[str] = []

    def all(self) -> Iterator[tuple[str, str]]:
        for name, texts in vars(self).items():
            for text in texts:
                yield name, text
        yield from database()
        yield from broker()


def database() -> Iterator[tuple[str, str]]:
    """Every table as it lies on the disk."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                cells = [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]
                yield table, repr(cells)


def broker() -> Iterator[tuple[str, str]]:
    """The messages that nobody has taken yet, as they lie in the folder or in Redis."""
    if settings.BROKER_IS_A_FOLDER:
        folder = Path("/", urlsplit(settings.CELERY_BROKER_URL).path)
        messages = [path.read_bytes() for path in folder.glob("*.msg")]
    else:
        with redis_at(settings.CELERY_BROKER_URL) as server:
            prefix = settings.REDIS_OPTIONS["global_keyprefix"]
            messages = server.lrange(f"{prefix}{settings.CELERY_TASK_DEFAULT_QUEUE}", 0, -1)
    for message in messages:
        yield "broker", message.decode() + b64decode(json.loads(message)["body"]).decode()


class Ears(logging.Handler):
    def __init__(self, log: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.heard = log
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record) + repr(record.args))


@pytest.fixture
def places() -> Iterator[Places]:
    """With all loggers at DEBUG, save the one that prints addresses there, codes and all."""
    places = Places()
    ears = Ears(places.log)
    names = set(logging.root.manager.loggerDict) - {"django.template"}
    loggers = [logging.root, *map(logging.getLogger, names)]
    levels = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    logging.root.addHandler(ears)

    def publish(body=None, headers=None, **_: object) -> None:
        places.tasks.append(repr((body, headers)))

    before_task_publish.connect(publish, weak=False)
    yield places
    before_task_publish.disconnect(publish)
    logging.root.removeHandler(ears)
    for logger, level in levels:
        logger.setLevel(level)


@pytest.fixture
def sentry(places: Places) -> Iterator[None]:
    """A real client, and a server that writes down what it is told."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            places.reported.append((gzip.decompress(body) if packed else body).decode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    sentry_sdk.init(f"http://key@127.0.0.1:{server.server_port}/1", **reports.OPTIONS)
    yield
    sentry_sdk.flush(10)
    sentry_sdk.get_client().close()
    sentry_sdk.init()
    server.shutdown()


@pytest.fixture
def staff() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture(autouse=True)
def no_tokens_in_the_settings(settings) -> None:
    settings.BEATPORT_ACCESS_TOKEN = ""


Step = Callable[[], object]


def steps(places: Places, staff: Client, sandbox) -> Iterator[tuple[str, Step, Step]]:
    """Of each way in which secrets are used: its name, what is before it, and the use."""

    def show(answer) -> None:
        places.pages.append(answer.content.decode(errors="replace") + repr(answer.headers))

    def nothing() -> None: ...

    def log_in_to_spotify() -> None:
        show(walks.log_in(Client(raise_request_exception=False)))

    yield "Spotify: login", nothing, log_in_to_spotify

    uris = uris_of_the_sandbox(sandbox)

    def token_has_ended() -> None:
        """And a new week waits to become a playlist."""
        desk = Desk(sandbox, uris)
        desk.fill(2)
        ended = timezone.now() - timedelta(hours=1)
        SpotifyCredential.objects.update(expires_at=ended)
        desk.time_passes()

    def send() -> None:
        mirror.send_due(seconds=20)

    yield "Spotify: renewal and playlists", token_has_ended, send

    def unknown_track() -> None:
        Desk(sandbox, uris).time_passes()
        TrackFactory(title="Nobody Knows", artists=[ArtistFactory(name="Zzyzx")])

    yield "Spotify: search", unknown_track, lambda: search.look_up(1)

    def paste_tokens() -> None:
        show(staff.post(TOKENS, {"access_token": ENDED, "refresh_token": REFRESH}))

    yield "Beatport: pasted tokens", BeatportCredential.objects.all().delete, paste_tokens

    def connect_app() -> None:
        show(staff.post(OWN_APP, APP | {"way": "client"}))

    yield "Beatport: own app by itself", nothing, connect_app

    def come_back_from_beatport() -> None:
        show(staff.get(walk_to_beatport(staff)))

    yield "Beatport: own app with a person", nothing, come_back_from_beatport

    genre = GenreFactory(beatport_id=12, slug="deep-house")
    sandbox.post("weeks", genre_id=12, year=2026, week=41, tracks=10)

    def ended_token() -> None:
        beatport.connect_with_tokens(BeatportCredential(access_token=ACCESS, refresh_token=REFRESH))
        BeatportCredential.objects.update(access_token=ENDED)
        IngestRun.objects.all().delete()

    def fetch() -> None:
        runs.carry_out(runs.request_week(genre=genre, year=2026, week=41).pk)

    yield "Beatport: renewal and a week", ended_token, fetch

    def check() -> None:
        show(staff.post("/beatport/check/"))

    yield "Beatport: try it now", ended_token, check


def attempt(step: Step) -> None:
    """What a worker's task or a command would report, Sentry is told here."""
    try:
        step()
    except Exception as error:
        logging.getLogger("clouder").exception("forced")
        sentry_sdk.capture_exception(error)


@pytest.mark.django_db(transaction=True)
def test_no_secret_leaves_its_place_whichever_of_its_uses_fails(
    sandbox, places, sentry, staff, monkeypatch
):
    uses = Uses(monkeypatch)
    forced, wanted = 0, 0
    for name, before, use in steps(places, staff, sandbox):
        before()
        uses.count, uses.failing = 0, -1
        attempt(use)
        found = uses.count
        assert found, f"{name}: no secret was used"
        wanted += len(FAILURES) * found
        for failing in range(found):
            for failure in FAILURES:
                before()
                uses.count, uses.failing, uses.failure = 0, failing, failure
                attempt(use)
                forced += uses.count > failing
                uses.failure = None
    sentry_sdk.flush(10)

    secrets = uses.secrets | set(settings.FIELD_ENCRYPTION_KEYS) | held_secrets()
    assert forced == wanted >= 60
    assert len(secrets) > 30
    assert all((places.log, places.tasks, places.pages, places.reported, [*broker()]))
    secrets |= {quote(secret, safe="") for secret in secrets}
    for place, text in places.all():
        leaked = [secret for secret in secrets if secret in text]
        assert not leaked, (place, leaked, text)


def held_secrets() -> set[str]:
    """What the encrypted fields hold, in plain."""
    return {
        value
        for model in apps.get_models()
        for field in model._meta.fields
        if type(field).__name__ == "EncryptedTextField"
        for value in model.objects.values_list(field.name, flat=True)
        if value
    }


@pytest.mark.parametrize("debug", [False, True])
def test_a_failing_page_tells_nobody_the_token_it_was_asked_with(
    live_server, sandbox, places, sentry, settings, debug
):
    settings.DEBUG = debug
    user = connect(None, sandbox)
    _, token = api_tokens.make(user, name="program")
    Preferences.objects.filter(user=user).update(timezone="No/Where")
    client = Client()
    client.force_login(user)

    answer = requests.get(
        f"{live_server.url}/?code=canary-code",
        headers={
            "Authorization": f"Bearer {token}",
            "X-Canary": "canary-header",
            "Connection": "close",
        },
        cookies={"sessionid": client.cookies["sessionid"].value},
        timeout=10,
    )
    sentry_sdk.flush(10)

    assert answer.status_code == 500
    assert places.reported
    secrets = {token, "canary-code", "canary-header", client.cookies["sessionid"].value}
    secrets |= {settings.SPOTIFY_CLIENT_SECRET, *held_secrets()}
    for place, text in places.all():
        # What we asked with ourselves, and the session that SQL has to name.
        if place != "django_session" and not text.startswith(("urllib3.", "django.db.backends ")):
            assert not [secret for secret in secrets if secret in text], (place, text)
    pages = secrets - {"canary-header", "canary-code"} if debug else secrets
    assert not [secret for secret in pages if secret in answer.text]

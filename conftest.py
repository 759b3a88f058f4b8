import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from clouder.celery import app as celery_app
from clouder.runner import is_served
from clouder.testing import find_chromium, wait_until

SHARED = settings.BASE_DIR.parent / "shared"


def pytest_configure() -> None:
    # However a run is ended, it ends the processes that it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only", action="store_true", help="only tests that a database can change"
    )


def uses_the_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(fixtures) or item.get_closest_marker("django_db") is not None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    def is_left_out(item: pytest.Item) -> bool:
        no_browser = item.get_closest_marker("browser") is not None and find_chromium() is None
        is_once = item.get_closest_marker("once") is not None or not uses_the_database(item)
        return bool(no_browser or (config.getoption("--database-only") and is_once))

    left_out = [item for item in items if is_left_out(item)]
    items[:] = [item for item in items if not is_left_out(item)]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real captures, where it is present."""
    if not SHARED.is_dir():
        pytest.skip("the folder with real captures is absent")
    return SHARED


@pytest.fixture(autouse=True)
def rested_djs() -> None:
    """What other tests have written in this process counts for nobody."""
    from clouder import bounds

    bounds.allowances.forget()


class ProcessGroup:
    """`python -m …` as a process of its own with its children, working in the test database."""

    process: subprocess.Popen[bytes]

    def __init__(
        self, *arguments: str, log: Path | None = None, env: dict[str, str] | None = None
    ) -> None:
        self.command = [sys.executable, "-m", *arguments]
        self.log = log
        self.env = env or {}

    def start(self) -> None:
        environment = {**os.environ, "TEST_DATABASE_READY": "1", **self.env}
        output = self.log.open("wb") if self.log else None
        self.process = subprocess.Popen(
            self.command,
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def is_alive(self) -> bool:
        assert self.process.poll() is None, f"{self.command} ended"
        return True

    def wait_until_said(self, words: str, seconds: float = 20) -> None:
        log = self.log
        assert log
        wait_until(lambda: words in log.read_text() or (self.is_alive() and None), seconds)

    def kill(self) -> None:
        """kill -9 for the process and all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.kill()


class Worker(ProcessGroup):
    """A real `celery worker`: threads on the laptop's broker, processes on Redis."""

    def __init__(self, log: Path, env: dict[str, str] | None = None) -> None:
        broker = (env or {}).get("TEST_BROKER_URL", settings.CELERY_BROKER_URL)
        pool = "threads" if broker.startswith("filesystem:") else "prefork"
        arguments = ["--pool", pool, "--concurrency", "2", "--without-gossip", "--without-mingle"]
        super().__init__("celery", "-q", "-A", "clouder", "worker", *arguments, log=log, env=env)

    def start(self) -> None:
        super().start()
        self.wait_until_said(" ready.")


class Sandbox:
    """The running sandbox, and what tests ask of it beside the two services' own calls."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()

    def get(self, path: str, **params: str | int) -> dict:
        answer = self.http.get(f"{self.url}/_/{path}", params=params, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: object) -> dict:
        answer = self.http.post(f"{self.url}/_/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def delete(self, path: str) -> None:
        self.http.delete(f"{self.url}/_/{path}", timeout=10).raise_for_status()


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    """One real sandbox process for the whole run. Its answers are held against Spotify's schema."""
    command = ["sandbox", "--port", str(settings.SANDBOX_PORT)]
    command += ["--storage", f"{os.environ['TEST_FOLDER']}/sandbox.sqlite3"]
    schema = SHARED / "spotify-openapi.yml"
    if schema.exists():
        command += ["--openapi", str(schema)]
    process = ProcessGroup(*command)
    running = Sandbox(settings.SANDBOX_URL)
    process.start()
    try:
        wait_until(lambda: process.is_alive() and is_served(f"{running.url}/_/"), 20)
        yield running
        violations = running.get("violations")
    finally:
        process.stop()
    assert not violations.get("violations"), violations


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    """The sandbox as new: no playlists, tokens, faults or counted calls; its catalogue stays."""
    sandbox_process.post("reset")
    return sandbox_process


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Worker]:
    """A running worker on an empty queue. A test may kill and start it as it likes."""
    celery_app.control.purge()
    worker = Worker(tmp_path / "worker.log")
    worker.start()
    yield worker
    worker.kill()


class Beat(ProcessGroup):
    def __init__(self, log: Path, env: dict[str, str] | None = None) -> None:
        command = ["celery", "-q", "-A", "clouder", "beat", "--pidfile="]
        super().__init__(*command, log=log, env=env)


@pytest.fixture
def beat(transactional_db: None, tmp_path: Path) -> Iterator[Beat]:
    """A running beat; the schedules are the defaults."""
    beat = Beat(tmp_path / "beat.log")
    beat.start()
    yield beat
    beat.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, and Django takes our queries for its own.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium())
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def is_answering() -> bool:
    return any("process_request_thread" in thread.name for thread in threading.enumerate())


@pytest.fixture
def live_server(live_server: LiveServer, transactional_db: None) -> Iterator[LiveServer]:
    """pytest-django's. A request still under way would meet the emptying of the tables."""
    yield live_server
    wait_until(lambda: not is_answering())


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page in a fresh browser profile; `page.goto("/")` is the live server's."""
    context = browser.new_context(base_url=live_server.url)
    yield context.new_page()
    context.close()

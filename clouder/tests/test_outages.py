"""Redis and PostgreSQL stop, a worker is killed, the broker's disk is full, while DJs decide.

Each decision is kept or refused with a sentence and kept when it is sent again; in the end each is
there once, and Spotify has what the database says. Longer: OUTAGE_SECONDS=60 make slow ARGS=…
"""

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.models import F
from environ import Env

from catalog.tests.factories import GenreFactory
from clouder.tests.arrivals import Crowd, Load
from clouder.tests.servers import Postgres, Redis
from clouder.views import NO_DATABASE
from conftest import Beat, Sandbox, Worker, wait_until
from curation.models import CurationTrack, MirroredPlaylist, Move
from curation.tests.evenings import Web
from curation.tests.mirrored import Desk, uris_of_the_sandbox
from ingestion import runs
from ingestion.models import IngestRun

pytestmark = pytest.mark.slow

SECONDS = int(os.environ.get("OUTAGE_SECONDS", "5"))
DJS = ["nadja", "tomek", "ines"]
GENRE, YEAR, WEEK, FETCHED = 6, 2026, 42, 250
SLOW_MS = 1_500
PATIENCE = 60  # seconds


@pytest.fixture(scope="session")
def uris(sandbox_process: Sandbox) -> list[str]:
    return uris_of_the_sandbox(sandbox_process)


class Installation:
    """Web, worker and beat, and three DJs who decide once a second."""

    def __init__(
        self, sandbox: Sandbox, uris: list[str], folder: Path, env: dict[str, str]
    ) -> None:
        self.sandbox = sandbox
        self.web = Web(folder / "web.log", env=env)
        self.worker = Worker(folder / "worker.log", env)
        self.processes = [self.web, self.worker, Beat(folder / "beat.log", env)]
        some = iter(uris)
        self.desks = [Desk(sandbox, list(islice(some, 230)), dj) for dj in DJS]

    def start(self) -> None:
        for process in self.processes:
            process.start()

    def kill(self) -> None:
        for process in self.processes:
            if hasattr(process, "process"):
                process.kill()

    @contextmanager
    def evening(self, seconds: int) -> Iterator[Future[Load]]:
        for desk in self.desks:
            desk.fill(seconds + 10)
        self.crowd = Crowd(self.web.url, [desk.period for desk in self.desks])
        with ThreadPoolExecutor(1) as hands:
            yield hands.submit(self.crowd.arrive, seconds, self.crowd.insist)

    def press_sync(self) -> None:
        """Each DJ, who gets a page whether a worker hears of it or not."""
        for seat in self.crowd.seats:
            answer = requests.post(
                f"{self.web.url}/curation/periods/{seat.period.pk}/sync/",
                headers={"X-CSRFToken": seat.cookies[settings.CSRF_COOKIE_NAME]},
                cookies=seat.cookies,
                timeout=PATIENCE,
            )
            assert answer.ok, answer.text

    def send_until(self, condition: Callable[[], bool]) -> None:
        """Whoever decides puts off what waits; so the button is pressed again."""

        def is_so() -> bool:
            self.start_what_ended()
            self.press_sync()
            return condition()

        wait_until(is_so, PATIENCE)

    def start_what_ended(self) -> None:
        """As systemd does. A worker of Celery's may end when it loses Redis with a task in hand."""
        for process in self.processes:
            if process.process.poll() is not None:
                process.start()

    def has_sent_all(self) -> bool:
        return not MirroredPlaylist.objects.waiting().exists()

    def expect_a_slow_one(self, **match: str) -> Callable[[], bool]:
        """Whether the sandbox has that request in hand."""
        self.sandbox.post("faults", kind="delay", match=match, delay_ms=SLOW_MS)
        number = len(self.sandbox.get("faults"))
        return lambda: self.sandbox.get("faults")[number - 1]["hits"] > 0

    def assert_all_is_caught_up(self, load: Load) -> None:
        assert all(said == f"503 {NO_DATABASE}" for said in load.refused), Counter(load.refused)
        assert sorted(load.sent) == sorted(Move.objects.values_list("client_id", flat=True))
        filed = CurationTrack.objects.exclude(current_silver_playlist=None)
        assert filed.count() == len(load.sent)
        assert (
            filed.filter(moves__to_playlist=F("current_silver_playlist")).count() == filed.count()
        )
        self.send_until(self.has_sent_all)
        for desk in self.desks:
            desk.assert_in_step()


@contextmanager
def database_at(url: str, name: str) -> Iterator[None]:
    """What this process reads and writes, for a while."""
    connections.close_all()
    here = connections.settings["default"]
    there = {"default": {**Env.db_url_config(url), "NAME": name}}
    connections.settings |= connections.configure_settings(there)
    del connections["default"]
    try:
        yield
    finally:
        connections.close_all()
        connections.settings["default"] = here
        del connections["default"]


@pytest.fixture
def redis() -> Iterator[Redis]:
    redis = Redis()
    yield redis
    redis.stop()


@pytest.fixture
def postgres(django_db_blocker) -> Iterator[Postgres]:
    """With the tables, and used by this process."""
    postgres = Postgres(os.environ["TEST_NAME"])
    try:
        with django_db_blocker.unblock(), database_at(postgres.url, os.environ["TEST_NAME"]):
            call_command("migrate", verbosity=0)
            yield postgres
    finally:
        postgres.take_away()


@pytest.fixture
def server(postgres, redis, sandbox, uris, tmp_path) -> Iterator[Installation]:
    env = {"TEST_DATABASE_URL": postgres.url, "TEST_BROKER_URL": redis.url}
    server = Installation(sandbox, uris, tmp_path, env)
    server.start()
    yield server
    server.kill()


def test_postgresql_and_redis_stop_and_a_worker_is_killed(server, postgres, redis, sandbox):
    sandbox.post("weeks", genre_id=GENRE, year=YEAR, week=WEEK, tracks=FETCHED)
    genre = GenreFactory(beatport_id=GENRE)

    with server.evening(4 * SECONDS + 20) as evening:
        time.sleep(2)
        redis.stop()
        server.press_sync()
        time.sleep(SECONDS)
        redis.start()

        is_sending = server.expect_a_slow_one(method="POST", path="/items$")
        server.send_until(is_sending)
        server.worker.kill()
        server.worker.start()

        is_fetching = server.expect_a_slow_one(path="/catalog/tracks/", query="page=2")
        is_sending = server.expect_a_slow_one(method="POST|DELETE", path="/items$")
        run = runs.request_week(genre=genre, year=YEAR, week=WEEK)
        wait_until(is_fetching, PATIENCE)
        server.send_until(is_sending)
        postgres.stop()
        time.sleep(SECONDS)
        postgres.start()
        connections.close_all()

        load = evening.result()

    print(
        f"\n{len(load.sent)} decisions, {len(load.refused)} times refused, the longest "
        f"{max(load.seconds):.1f} s late"
    )
    wait_until(lambda: IngestRun.objects.get(pk=run.pk).is_finished, 60)
    run.refresh_from_db()
    assert run.status == IngestRun.Status.COMPLETE
    assert run.collected == run.expected
    assert load.refused
    server.assert_all_is_caught_up(load)


# A laptop


class FullDisk:
    """A file system of a few pages, full."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if os.geteuid() != 0 or not shutil.which("mount"):
            pytest.skip("only root can mount a small disk")
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
        if subprocess.run(command, check=False).returncode:
            pytest.skip("a small disk cannot be mounted")

    def begin(self) -> None:
        with (self.folder / "much").open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(1024))

    def end(self) -> None:
        (self.folder / "much").unlink()

    def take_away(self) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


class NoFolder:
    """A file stands where the folder should be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def begin(self) -> None:
        self.folder.rename(self.folder.with_name("aside"))
        self.folder.touch()

    def end(self) -> None:
        self.folder.unlink()

    def take_away(self) -> None: ...


@pytest.fixture(params=[FullDisk, NoFolder])
def disk(request, tmp_path) -> Iterator[FullDisk | NoFolder]:
    disk = request.param(tmp_path / "broker")
    yield disk
    disk.take_away()


@pytest.fixture
def laptop(transactional_db, disk, sandbox, uris, tmp_path) -> Iterator[Installation]:
    env = {"TEST_BROKER_URL": f"filesystem://{disk.folder}"}
    laptop = Installation(sandbox, uris, tmp_path, env)
    laptop.start()
    yield laptop
    laptop.kill()


@pytest.mark.once
def test_the_broker_has_no_room(laptop, disk):
    with laptop.evening(3 * SECONDS) as evening:
        time.sleep(SECONDS)
        disk.begin()
        laptop.press_sync()
        time.sleep(SECONDS)
        disk.end()
        load = evening.result()

    assert load.refused == []
    laptop.assert_all_is_caught_up(load)

"""`make test`: everything on what each laptop has, and the database's tests on what a server has.

The second run goes on beside the first. It wants PostgreSQL and Redis: those that
TEST_DATABASE_URL and TEST_BROKER_URL name, or those at the usual local ports. It touches one
database and one prefix of keys, both named after this process, and takes them away again.
"""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, TypeVar

import psycopg
import pytest
import redis
from psycopg import sql

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
ANSWER_SECONDS = 2

Found = TypeVar("Found")


def find_chromium() -> str | None:
    return next((path for browser in BROWSERS if (path := shutil.which(browser))), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Found], seconds: float = 10) -> Found:
    """What the condition answers as soon as it is true. Asks every 20 ms."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {seconds} seconds: {condition}")
        time.sleep(0.02)
    return found


def find_database() -> str:
    """The URL of a PostgreSQL where databases may be made, or nothing."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        return url
    for user in ("postgres", getpass.getuser()):
        url = f"postgres://{user}@127.0.0.1:5432/postgres"
        may = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        with suppress(psycopg.OperationalError), connect(url) as connection:
            if connection.execute(may).fetchone() == (True,):
                return url
    return ""


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, connect_timeout=ANSWER_SECONDS, autocommit=True)


def find_broker() -> str:
    if url := os.environ.get("TEST_BROKER_URL"):
        return url
    url = "redis://127.0.0.1:6379/15"
    with suppress(redis.RedisError), redis_at(url) as server:
        server.ping()
        return url
    return ""


def redis_at(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=ANSWER_SECONDS
    )


@dataclass(frozen=True)
class Premises:
    """What one run has for itself, and takes away when it is over, however it ended."""

    name: str
    folder: str
    sandbox_port: int
    database: str = ""
    broker: str = ""

    @classmethod
    def of_this_process(cls, *, database: str = "", broker: str = "") -> "Premises":
        folder = tempfile.mkdtemp(prefix="clouder-test-")
        return cls(f"test_clouder_{os.getpid()}", folder, free_port(), database, broker)

    def as_environment(self) -> dict[str, str]:
        return {
            "TEST_NAME": self.name,
            "TEST_FOLDER": self.folder,
            "TEST_DATABASE_URL": self.database,
            "TEST_BROKER_URL": self.broker,
            "SANDBOX_PORT": str(self.sandbox_port),
        }

    def take_away(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.database.startswith("postgres"):
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            with connect(self.database) as connection:
                connection.execute(drop.format(sql.Identifier(self.name)))
        if self.broker.startswith("redis"):
            with redis_at(self.broker) as server:
                for key in server.scan_iter(f"{self.name}:*"):
                    server.delete(key)


class Running:
    """A command at work on premises of its own, which it leaves as it found them."""

    def __init__(
        self,
        command: list[str],
        *,
        database: str = "",
        broker: str = "",
        output: IO[bytes] | None = None,
    ) -> None:
        self.premises = Premises.of_this_process(database=database, broker=broker)
        environment = {**os.environ, **self.premises.as_environment()}
        self.process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)

    def finish(self) -> int:
        """The exit code."""
        try:
            return self.process.wait()
        finally:
            self.premises.take_away()


def finish(*commands: Running) -> list[int]:
    """The exit codes, in the order given."""

    def interrupt(*_: object) -> None:
        for command in commands:
            command.process.send_signal(signal.SIGINT)

    # Ctrl-C reaches the commands by itself; either way they take down what they have set up.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, interrupt)
    return [command.finish() for command in commands]


def main(arguments: list[str]) -> int:
    database, broker = find_database(), find_broker()
    wanted = {
        "PostgreSQL": database,
        "Redis": broker,
        "Chromium": find_chromium(),
        "curl": shutil.which("curl"),
    }
    missing = [name for name, where in wanted.items() if not where]
    print(f"Left out: {', '.join(missing) or 'nothing'}. (`make slow` has more.)", flush=True)

    command = [sys.executable, "-m", "pytest", *arguments]
    if not (database or broker):
        return finish(Running(command))[0]
    servers = " and ".join(name for name in ("PostgreSQL", "Redis") if wanted[name])
    print(f"Beside it, what uses the database runs on {servers}; that follows.", flush=True)
    with tempfile.TemporaryFile() as output:
        beside = Running(
            [*command, "--database-only"], database=database, broker=broker, output=output
        )
        code, code_beside = finish(Running(command), beside)
        print(f"What uses the database, on {servers}:", flush=True)
        output.seek(0)
        shutil.copyfileobj(output, sys.stdout.buffer)
        sys.stdout.flush()
    nothing_chosen = code_beside == pytest.ExitCode.NO_TESTS_COLLECTED
    return code or (0 if nothing_chosen else code_beside)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

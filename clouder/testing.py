"""`make test`: everything on what each laptop has, then the database's tests on what a server has.

The second run wants PostgreSQL and Redis: those that TEST_DATABASE_URL and TEST_BROKER_URL name,
or those at the usual local ports. It touches one database and one prefix of keys, both named
after this process, and takes them away again.
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
from typing import TypeVar

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


def run(command: list[str], *, database: str = "", broker: str = "") -> int:
    """The exit code of a command on premises of its own."""
    premises = Premises.of_this_process(database=database, broker=broker)
    process = subprocess.Popen(command, env={**os.environ, **premises.as_environment()})
    # Ctrl-C reaches the command by itself; either way it takes down what it has set up.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
    try:
        return process.wait()
    finally:
        premises.take_away()


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
    code = run(command)
    if code == pytest.ExitCode.INTERRUPTED or not (database or broker):
        return code
    servers = [name for name in ("PostgreSQL", "Redis") if wanted[name]]
    print(f"Again, what uses the database, on {' and '.join(servers)}.", flush=True)
    second = run([*command, "--database-only"], database=database, broker=broker)
    nothing_chosen = second == pytest.ExitCode.NO_TESTS_COLLECTED
    return code or (0 if nothing_chosen else second)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

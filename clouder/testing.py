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
from contextlib import suppress

import psycopg
import pytest
import redis

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
NAME = f"test_clouder_{os.getpid()}"
ANSWER_SECONDS = 2


def find_chromium() -> str | None:
    return next((path for browser in BROWSERS if (path := shutil.which(browser))), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


def run_pytest(arguments: list[str], *, database: str, broker: str) -> int:
    folder = tempfile.mkdtemp(prefix="clouder-test-")
    environment = {
        **os.environ,
        "TEST_FOLDER": folder,
        "TEST_NAME": NAME,
        "TEST_DATABASE_URL": database,
        "TEST_BROKER_URL": broker,
        "SANDBOX_PORT": str(free_port()),
    }
    process = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], env=environment)
    # Ctrl-C reaches pytest by itself; either way it takes down what it has set up.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
    try:
        return process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        take_away(database=database, broker=broker)


def take_away(*, database: str, broker: str) -> None:
    """What a run that was cut short has left behind."""
    if database.startswith("postgres"):
        with connect(database) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)".encode())
    if broker.startswith("redis"):
        with redis_at(broker) as server:
            for key in server.scan_iter(f"{NAME}:*"):
                server.delete(key)


def main(arguments: list[str]) -> int:
    database, broker = find_database(), find_broker()
    wanted = {"PostgreSQL": database, "Redis": broker, "Chromium": find_chromium()}
    missing = [name for name, where in wanted.items() if not where]
    print(f"Left out: {', '.join(missing) or 'nothing'}. (`make slow` has more.)", flush=True)

    code = run_pytest(arguments, database="", broker="")
    if code == pytest.ExitCode.INTERRUPTED or not (database or broker):
        return code
    servers = [name for name in ("PostgreSQL", "Redis") if wanted[name]]
    print(f"Again, what uses the database, on {' and '.join(servers)}.", flush=True)
    second = run_pytest([*arguments, "--database-only"], database=database, broker=broker)
    nothing_chosen = second == pytest.ExitCode.NO_TESTS_COLLECTED
    return code or (0 if nothing_chosen else second)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

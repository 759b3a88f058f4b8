"""A PostgreSQL and a Redis of a test's own, which it may stop and start."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from clouder.testing import connect, free_port, redis_at, wait_until

POSTGRES = "postgres"


def find(program: str) -> str:
    """Debian keeps PostgreSQL's programs off the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    found = shutil.which(program) or (str(installed[-1]) if installed else "")
    if not found:
        pytest.skip(f"{program} is not installed")
    return found


class Postgres:
    """With one database. As root it runs as somebody else, since it refuses root."""

    def __init__(self, name: str) -> None:
        self.owner = POSTGRES if os.geteuid() == 0 else None
        self.control = find("pg_ctl")
        self.port = free_port()
        self.url = f"postgres://{POSTGRES}@127.0.0.1:{self.port}/{POSTGRES}"
        self.folder = Path(tempfile.mkdtemp(prefix="clouder-postgres-"))
        if self.owner:
            shutil.chown(self.folder, self.owner)
        self.run(find("initdb"), "--username", POSTGRES, "--auth", "trust")
        self.start()
        with connect(self.url) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')

    def run(self, program: str, *arguments: str) -> None:
        command = [program, "-D", str(self.folder / "data"), *arguments]
        log = (self.folder.parent / f"{self.folder.name}.log").open("ab")
        with log:
            subprocess.run(
                command, check=True, cwd="/", user=self.owner, stdout=log, stderr=log, timeout=60
            )

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self.run(self.control, "-w", "-o", options, "start")

    def stop(self) -> None:
        """At once, with all that is open: it has to recover at its next start."""
        self.run(self.control, "-m", "immediate", "stop")

    def take_away(self) -> None:
        try:
            with connect(self.url):
                pass
            self.stop()
        except psycopg.OperationalError:
            pass
        shutil.rmtree(self.folder)
        self.folder.with_suffix(".log").unlink()


class Redis:
    """Forgets everything when it is stopped."""

    def __init__(self) -> None:
        self.program = find("redis-server")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([self.program, *options], stdout=subprocess.DEVNULL)
        wait_until(self.answers)

    def answers(self) -> bool:
        with redis_at(self.url) as server:
            try:
                return bool(server.ping())
            except redis.RedisError:
                return False

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

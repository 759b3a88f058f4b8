"""docs/run-it.md, line by line, in a fresh clone, with PostgreSQL, Redis and pip as they are here.

What is done as root (packages, users, units, Caddy) is left out; the programs of the units are
started as the units say.
"""

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from clouder.testing import connect, find_database, free_port, wait_until

PAGE = settings.BASE_DIR / "docs" / "run-it.md"
UNITS = settings.BASE_DIR / "docs" / "deploy"
BLOCK = re.compile(r"(?:^    .*\n)+", re.MULTILINE)
SETTING = re.compile(r"[A-Z_]+=")
# As root. Users of the database are made; the machine stays as it is.
AS_ROOT = ("apt ", "useradd ", "systemctl ", "cp /srv/clouder/docs/deploy/")
HOST = "clouder.example.org"
SECONDS = 60


def blocks(heading: str = "") -> list[list[str]]:
    """What stands indented on the page, or in one section of it."""
    text = PAGE.read_text()
    if heading:
        text = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [[line[4:] for line in block.splitlines()] for block in BLOCK.findall(text)]


def programs(folder: Path | str = "/srv/clouder") -> dict[str, list[str]]:
    """What the units start, in this folder."""
    found = {}
    for unit in sorted(UNITS.glob("*.service")):
        (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
        found[unit.stem.removeprefix("clouder-")] = shlex.split(
            line.replace("/srv/clouder", str(folder))
        )
    return found


class Server:
    """A folder, a database and its user, and a Redis, as the page sets them up."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.root = folder / "srv" / "clouder"
        self.backups = folder / "srv" / "backups"
        self.name = f"run_it_{os.getpid()}"
        self.url = find_database()
        self.port, self.redis_port = free_port(), free_port()
        self.folder = folder
        self.stack = stack
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.said: dict[str, str] = {}
        self.folder.joinpath("srv").mkdir()

    def here(self, line: str) -> str:
        """The line with the names and places of this walk."""
        for there, here in (
            ("/srv/clouder", str(self.root)),
            ("/srv/backups", str(self.backups)),
            ("ADDRESS", str(settings.BASE_DIR)),
            ("127.0.0.1:8000", f"127.0.0.1:{self.port}"),
            ("runuser -u postgres -- ", ""),
            ("--owner clouder --group clouder ", ""),
            ("createuser clouder", f"createuser {self.name}"),
            ("createdb clouder --owner clouder", f"createdb {self.name} --owner {self.name}"),
            ("psql clouder", f"psql {self.name}"),
            ("dropdb clouder", f"dropdb --force {self.name}"),
            ("postgres://clouder:PASSWORD@127.0.0.1:5432/clouder", self.own_url),
            ("redis://127.0.0.1:6379/0", f"redis://127.0.0.1:{self.redis_port}/0"),
        ):
            line = line.replace(there, here)
        return line

    @property
    def own_url(self) -> str:
        parts = psycopg.conninfo.conninfo_to_dict(self.url)
        return (
            f"postgres://{self.name}:secret@{parts['host']}:{parts.get('port', 5432)}/{self.name}"
        )

    @property
    def environment(self) -> dict[str, str]:
        """Of a person at this machine; nothing of the tests."""
        parts = psycopg.conninfo.conninfo_to_dict(self.url)
        named = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {there: str(parts[name]) for name, there in named.items() if name in parts}

    def run(self, line: str, *, answer: str = "") -> str:
        if line.startswith(AS_ROOT):
            return ""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.here(line)],
            cwd=self.root if self.root.exists() else self.folder,
            env=self.environment,
            input=answer,
            capture_output=True,
            text=True,
            start_new_session=True,  # so that a password is asked for on the standard input
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        self.said[line] = done.stdout
        return done.stdout

    def set(self, lines: list[str], keys: list[str]) -> None:
        values = iter([*keys, "id", "secret"])
        text = "\n".join(
            line.replace("…", next(values)) if "…" in line else self.here(line) for line in lines
        )
        with self.root.joinpath(".env").open("a") as file:
            file.write(f"{text}\n")

    def start(self) -> None:
        for name, command in programs(self.root).items():
            command = [word if word != "8000" else str(self.port) for word in command]
            log = self.stack.enter_context((self.folder / f"{name}.log").open("ab"))
            self.running[name] = subprocess.Popen(
                command, cwd=self.root, env=self.environment, stdout=log, stderr=log
            )

    def stop(self) -> dict[str, int]:
        """As systemd does; what each ended with."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        ended = {name: process.wait(SECONDS) for name, process in self.running.items()}
        self.running = {}
        return ended

    def take_away(self) -> None:
        for process in self.running.values():
            process.kill()
        with connect(self.url) as connection:
            name = sql.Identifier(self.name)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(name))


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    with ExitStack() as stack:
        server = Server(tmp_path, stack)
        command = ["redis-server", "--port", str(server.redis_port), "--save", ""]
        redis = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
        stack.callback(redis.wait)
        stack.callback(redis.terminate)
        stack.callback(server.take_away)
        yield server


def answers(server: Server, line: str) -> bool:
    return "HTTP 200" in server.run(f"{line} -w 'HTTP %{{http_code}}' || true")


@pytest.mark.slow
def test_the_page_from_the_first_line_to_the_last(server):
    root, as_clouder, given, keys, made, units = blocks("The first time")
    for line in root:
        server.run(line, answer="secret\nsecret\n")
    for line in as_clouder:
        server.run(line)
    secrets = [server.run(line).strip() for line in keys]
    server.set(given, secrets)
    for line in made:
        server.run(line)
    assert server.run(made[-1]).split()[-1]  # the password

    for line in units:
        assert line.startswith(AS_ROOT), line
    server.start()
    (health,) = blocks("See that it is up")
    for line in health:
        wait_until(lambda line=line: answers(server, line), SECONDS)

    backup, restore, upgrade = blocks("Keep it")
    for line in backup:
        server.run(line)
    (file,) = server.backups.iterdir()
    before = rows(server)
    assert server.stop() == {"web": 0, "worker": 0, "beat": 0}
    for line in restore:
        server.run(line.replace("FILE", f"/srv/backups/{file.name}"))
    assert rows(server) == before

    for line in upgrade:
        server.run(line)
    server.start()
    for line in health:
        wait_until(lambda line=line: answers(server, line), SECONDS)
    assert server.stop() == {"web": 0, "worker": 0, "beat": 0}


def rows(server: Server) -> list[tuple]:
    """What stays when programs come and go: users and the migrations that ran."""
    with psycopg.connect(server.own_url) as connection:
        found = connection.execute(
            "SELECT username, password FROM accounts_user"
            " UNION ALL SELECT app, name FROM django_migrations ORDER BY 1, 2"
        )
        return found.fetchall()


def test_each_command_line_is_walked_or_named_as_roots():
    sections = ["The first time", "See that it is up", "Keep it"]
    walked = [block for section in sections for block in blocks(section)]
    rest = [block for block in blocks() if block not in walked]

    assert all(line.startswith("docker ") for block in rest for line in block), rest


def flags(command: list[str]) -> list[str]:
    """Without where it listens and how many it starts."""
    words = iter(command)
    kept = []
    for word in words:
        if word in ("--host", "--port", "--workers", "--concurrency"):
            next(words)
        else:
            kept.append(Path(word).name)
    return kept


def test_units_procfile_and_compose_start_the_same():
    from ruamel.yaml import YAML

    composed = YAML(typ="safe").load(settings.BASE_DIR / "compose.yaml")["services"]
    lines = (settings.BASE_DIR / "Procfile").read_text().splitlines()
    in_procfile = dict(line.split(": ", 1) for line in lines)

    for name, command in programs().items():
        assert flags(shlex.split(in_procfile[name])) == flags(command)
        assert flags(shlex.split(composed[name]["command"])) == flags(command)

"""PostgreSQL's own programs, of at least the server's version."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any, cast

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from psycopg import sql

from clouder.backups.trouble import Trouble

BEGINNING = b"PGDMP"
# Whose the tables are, who may read them, and what an administrator wrote beside an extension
# belongs to the server, not to the data.
DATA_ONLY_OF_OURS = ["--no-owner", "--no-privileges", "--no-comments"]
MIGRATIONS = ["--data-only", "--table", "django_migrations"]
NOT_WHOLE = "The file is damaged, or only a part of a backup."
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'
"""


def write(path: Path) -> None:
    program = require("pg_dump")
    arguments, environment = address()
    run(
        [program, "--format", "custom", *DATA_ONLY_OF_OURS, "--file", str(path), *arguments],
        environment,
    )


def check(path: Path) -> None:
    """Reads all of the file; the database is not asked."""
    program = require("pg_restore")
    try:
        run([program, "--file", os.devnull, str(path)])
    except Trouble as trouble:
        raise Trouble(f"{NOT_WHOLE} {trouble}") from trouble


def migrations(path: Path) -> set[tuple[str, str]]:
    said = run([require("pg_restore"), *MIGRATIONS, "--file", "-", str(path)])
    lines = said[said.find("COPY ") :].splitlines()[1:]
    rows = [line.split("\t") for line in lines[: lines.index("\\.")]] if lines else []
    return {(app, name) for _, app, name, _ in rows}


def read(path: Path) -> None:
    """One transaction: drop what is there, read the file in. It is over only when all was read."""
    reader, psql = require("pg_restore"), require("psql")
    refuse_company()
    arguments, environment = address()
    drops = list(drop_tables())
    connection.close()
    writing = subprocess.Popen(  # noqa: S603
        [
            psql,
            "--no-psqlrc",
            "--quiet",
            "--set",
            "ON_ERROR_STOP=1",
            "--output",
            os.devnull,
            *arguments,
        ],
        env=environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert writing.stdin
    reading = None
    try:
        say(writing.stdin, "SET client_min_messages = warning;", "BEGIN;", *drops)
        command = [reader, *DATA_ONLY_OF_OURS, "--exit-on-error", "--file", "-", str(path)]
        reading = subprocess.run(command, stdout=writing.stdin, stderr=subprocess.PIPE)  # noqa: S603
        if reading.returncode == 0:
            say(writing.stdin, "COMMIT;")
    except BrokenPipeError:
        pass  # psql has ended and says why
    _, complaint = writing.communicate()
    if reading is None or reading.returncode or writing.returncode:
        words = complaint or (reading.stderr if reading else b"")
        raise Trouble(f"Nothing was restored. PostgreSQL says: {last_line(words)}")


def say(psql: IO[bytes], *commands: str) -> None:
    psql.write("\n".join([*commands, ""]).encode())
    psql.flush()


def drop_tables() -> Iterator[str]:
    """Every table of the database: it is Clouder's own."""
    with closing(connection.cursor()) as cursor:
        for table in connection.introspection.table_names(cursor):
            yield (
                sql.SQL("DROP TABLE IF EXISTS {} CASCADE;")
                .format(sql.Identifier(table))
                .as_string()
            )


def refuse_company() -> None:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        (others,) = cursor.fetchone()
    if others:
        raise Trouble(
            f"{others} other connections use the database. Stop web, worker and beat first."
        )


def require(program: str) -> str:
    """Its path. It must be of the server's major version, or newer."""
    path = shutil.which(program)
    if path is None:
        raise Trouble(
            f"The program {program} is missing. It comes with PostgreSQL's client: "
            "on Debian and Ubuntu, apt install postgresql-client."
        )
    found = re.search(r"\) (\d+)", run([path, "--version"]))
    connection.ensure_connection()
    server = cast(Any, connection).pg_version // 10_000
    if found and int(found[1]) < server:
        raise Trouble(
            f"{program} is of PostgreSQL {found[1]}, the server is of {server}: "
            f"install the client of {server} or newer."
        )
    return path


def address() -> tuple[list[str], dict[str, str]]:
    """Where the database is, for a program. Its password is in the environment, not in sight."""
    arguments, variables = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    return arguments[1:], {**os.environ, **(variables or {})}


def run(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, env=environment, capture_output=True)  # noqa: S603
    if done.returncode:
        raise Trouble(last_line(done.stderr))
    return done.stdout.decode(errors="replace")


def last_line(words: bytes) -> str:
    return (words.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]

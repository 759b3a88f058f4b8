"""SQLite's own online copy, which waits for no writer and makes none wait."""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from clouder.backups.trouble import Trouble

BEGINNING = b"SQLite format 3\0"
NOT_WHOLE = "The file is damaged, or only a part of a backup."


def write(path: Path) -> None:
    database = Path(connection.settings_dict["NAME"])
    if not database.exists():
        raise Trouble(f"There is no database {database}.")
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, none beside it
    except sqlite3.Error as error:
        raise Trouble(f"The backup cannot be written: {error}.") from error


def check(path: Path) -> None:
    try:
        with closing(open_to_read(path)) as copy:
            (page_size,) = copy.execute("PRAGMA page_size").fetchone()
            (pages,) = copy.execute("PRAGMA page_count").fetchone()
            is_whole = path.stat().st_size == page_size * pages
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        raise Trouble(NOT_WHOLE) from error
    if not is_whole or found != ("ok",):
        raise Trouble(NOT_WHOLE)


def migrations(path: Path) -> set[tuple[str, str]]:
    with closing(open_to_read(path)) as copy:
        is_there = "SELECT 1 FROM sqlite_master WHERE name = 'django_migrations'"
        if copy.execute(is_there).fetchone() is None:
            return set()
        return set(copy.execute("SELECT app, name FROM django_migrations"))


def read(path: Path) -> None:
    """One transaction of SQLite's, under the lock that every writer of ours takes."""
    database = Path(connection.settings_dict["NAME"])
    connection.close()
    try:
        with (
            database.with_name(f"{database.name}.lock").open("a") as lock,
            closing(open_to_read(path)) as source,
            closing(sqlite3.connect(database, timeout=20)) as copy,
        ):
            fcntl.flock(lock, fcntl.LOCK_EX)
            source.backup(copy)
    except (OSError, sqlite3.Error) as error:
        raise Trouble(f"The database cannot be written: {error}.") from error


def open_to_read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)

"""Rows written as fast as each database can: what registration is measured by."""

import time
from contextlib import closing

from django.db import connection, models

from catalog.models import (
    Artist,
    ExternalData,
    Label,
    Release,
    SpotifyMatch,
    Track,
    TrackArtist,
)

MODELS: list[type[models.Model]] = [
    *(Label, Release, Artist, Track, TrackArtist, ExternalData, SpotifyMatch)
]
TABLES = [model._meta.db_table for model in MODELS]


def seconds_to_write_again() -> float:
    """Takes what registration wrote, empties the tables, and writes the same into them."""
    if connection.vendor == "postgresql":
        return _copy_again()
    return _execute_again()


def size() -> int:
    """Of the database, in bytes."""
    question = "SELECT pg_database_size(current_database())"
    if connection.vendor == "sqlite":
        question = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


def _copy_again() -> float:
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        held = {}
        for table in TABLES:
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                held[table] = b"".join(copy)
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        started = time.perf_counter()
        with connection.connection.transaction():
            for table, rows in held.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
        return time.perf_counter() - started


def _execute_again() -> float:
    connection.ensure_connection()
    with closing(connection.connection.cursor()) as cursor:
        held = {}
        for table in TABLES:
            held[table] = cursor.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        started = time.perf_counter()
        cursor.execute("BEGIN IMMEDIATE")
        for table, rows in held.items():
            marks = ", ".join("?" * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
        cursor.execute("COMMIT")
        return time.perf_counter() - started

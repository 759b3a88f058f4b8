"""One writer at a time, and the full-text index beside the models."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

WRITER = threading.Lock()
# Raised with each change to the models or to the invented music.
VERSION = 6


@contextmanager
def writing() -> Iterator[None]:
    with WRITER, transaction.atomic():
        yield


def prepare() -> None:
    """Make the tables if they are not there, and the demo DJs."""
    from sandbox import listeners

    _discard_old_storage()
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS spotify_text USING fts5("
            "title, artist, album, tokenize='unicode61 remove_diacritics 2')"
        )
        cursor.execute(f"PRAGMA user_version = {VERSION}")
    listeners.seed()


def _discard_old_storage() -> None:
    """What an older edition of the sandbox wrote is of no use to this one."""
    storage = Path(connection.settings_dict["NAME"])
    if not storage.exists():
        return
    with connection.cursor() as cursor:
        version = cursor.execute("PRAGMA user_version").fetchone()[0]
    connection.close()
    if version != VERSION:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{storage}{suffix}").unlink(missing_ok=True)

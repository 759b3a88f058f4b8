"""One writer at a time, and the full-text index beside the models."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection, transaction

WRITER = threading.Lock()


@contextmanager
def writing() -> Iterator[None]:
    with WRITER, transaction.atomic():
        yield


def prepare() -> None:
    """Make the tables if they are not there, and the demo DJs."""
    from sandbox import listeners

    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS spotify_text USING fts5("
            "title, artist, album, tokenize='unicode61 remove_diacritics 2')"
        )
    listeners.seed()

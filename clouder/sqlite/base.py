"""SQLite for several processes: one lock file, taken before each write transaction.

SQLite's own busy handler sleeps between tries, so an unlucky writer starves while others pass.
`flock` waits in the kernel and is fair. Django opens transactions with BEGIN IMMEDIATE (see
settings), so each transaction is a writing one.
"""

import fcntl
import os
import sqlite3
from contextlib import ExitStack
from typing import Any

from django.db.backends.sqlite3 import base, features
from django.utils.functional import cached_property


class DatabaseFeatures(features.DatabaseFeatures):
    @cached_property
    def max_query_params(self) -> int:  # type: ignore[override]
        """What this SQLite takes, not the 999 of old ones: a page is one statement per table."""
        self.connection.ensure_connection()
        limit: int = self.connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        return min(limit, 32_766)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    _lock_fd: int | None = None

    def _start_transaction_under_autocommit(self) -> None:
        with ExitStack() as unless_it_starts:
            self._take_lock()
            unless_it_starts.callback(self._release_lock)
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            unless_it_starts.pop_all()

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self._release_lock()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._release_lock()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._release_lock()

    def _take_lock(self) -> None:
        if self.is_in_memory_db():
            return
        path = f"{self.settings_dict['NAME']}.lock"
        self._lock_fd = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._lock_fd, fcntl.LOCK_EX)

    def _release_lock(self) -> None:
        if self._lock_fd is not None:
            os.close(self._lock_fd)
            self._lock_fd = None

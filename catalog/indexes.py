"""The indexes that answer a search: FTS5 by trigrams on SQLite, pg_trgm on PostgreSQL.

On SQLite triggers keep them in step with their tables, whoever writes. A migration that remakes a
table there drops its triggers without a word, so they are looked for after each migrate.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ["catalog_track", "catalog_artist", "catalog_label", "catalog_release"]

NO_TRIGRAMS = (
    "Searching needs PostgreSQL's extension pg_trgm, and this database user may not create it. "
    "Let an administrator of the database run: CREATE EXTENSION pg_trgm; then migrate again."
)
NO_FTS5 = "Searching needs SQLite 3.34 or newer with FTS5; this Python comes with less."

TRIGGERS = {
    "inserted": """
        CREATE TRIGGER {table}_search_inserted AFTER INSERT ON {table} BEGIN
            INSERT INTO {table}_search (rowid, search_text) VALUES (new.id, new.search_text);
        END""",
    "deleted": """
        CREATE TRIGGER {table}_search_deleted AFTER DELETE ON {table} BEGIN
            INSERT INTO {table}_search ({table}_search, rowid, search_text)
            VALUES ('delete', old.id, old.search_text);
        END""",
    "updated": """
        CREATE TRIGGER {table}_search_updated AFTER UPDATE OF id, search_text ON {table}
        WHEN old.id <> new.id OR old.search_text <> new.search_text BEGIN
            INSERT INTO {table}_search ({table}_search, rowid, search_text)
            VALUES ('delete', old.id, old.search_text);
            INSERT INTO {table}_search (rowid, search_text) VALUES (new.id, new.search_text);
        END""",
}
REBUILD = "INSERT INTO {table}_search ({table}_search) VALUES ('rebuild')"


def create(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor == "postgresql":
        _create_extension(connection)
        for table in TABLES:
            _run(
                connection,
                f"CREATE INDEX {table}_search ON {table} USING gin (search_text gin_trgm_ops)",
            )
        look_closer(connection)
    else:
        for table in TABLES:
            _create_fts5(connection, table)
        restore_triggers(connection)


def look_closer(connection: BaseDatabaseWrapper) -> None:
    """Lets PostgreSQL tell words of one name in a thousand from those of one in a hundred."""
    if connection.vendor == "postgresql":
        for table in TABLES:
            _run(connection, f"ALTER TABLE {table} ALTER search_text SET STATISTICS 1000")


def drop(connection: BaseDatabaseWrapper) -> None:
    """The extension stays: something else may use it by now."""
    for table in TABLES:
        if connection.vendor == "postgresql":
            _run(connection, f"DROP INDEX IF EXISTS {table}_search")
            continue
        for when in TRIGGERS:
            _run(connection, f"DROP TRIGGER IF EXISTS {table}_search_{when}")
        _run(connection, f"DROP TABLE IF EXISTS {table}_search")


def restore_triggers(connection: BaseDatabaseWrapper) -> None:
    """Makes the missing ones; what was written while one was missing is read in again."""
    there = _names(connection)
    for table in TABLES:
        missing = [sql for when, sql in TRIGGERS.items() if f"{table}_search_{when}" not in there]
        if f"{table}_search" not in there or not missing:
            continue
        for sql in missing:
            _run(connection, sql.format(table=table))
        _run(connection, REBUILD.format(table=table))


def after_migrate(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receives post_migrate."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        restore_triggers(connection)


def _create_extension(connection: BaseDatabaseWrapper) -> None:
    try:
        with transaction.atomic(using=connection.alias):
            _run(connection, "CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        raise ImproperlyConfigured(f"{NO_TRIGRAMS} ({str(error).strip()})") from error


def _create_fts5(connection: BaseDatabaseWrapper, table: str) -> None:
    options = f"content='{table}', content_rowid='id', tokenize='trigram'"
    try:
        _run(connection, f"CREATE VIRTUAL TABLE {table}_search USING fts5(search_text, {options})")
    except DatabaseError as error:
        raise ImproperlyConfigured(f"{NO_FTS5} ({error})") from error


def _names(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master")
        return {name for (name,) in cursor.fetchall()}


def _run(connection: BaseDatabaseWrapper, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)

"""The whole database in one file, and back.

A backup shows one instant, whoever writes meanwhile. A restore is one transaction: what is not
a whole backup that this version understands changes nothing.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field

from accounts.fields import EncryptedTextField, cipher
from clouder.backups import postgresql, sqlite
from clouder.backups.trouble import Trouble

__all__ = ["Restored", "Trouble", "back_up", "restore"]

ENGINES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}
# Nobody has worked in a database where these are empty: migrations fill none of them.
DATA = ["accounts_user", "catalog_track", "ingestion_beatportcredential"]

Migration = tuple[str, str]


@dataclass(frozen=True)
class Restored:
    pending: list[str]  # migrations that this version still wants
    encrypted: int
    unreadable: int  # of those, what no key of FIELD_ENCRYPTION_KEYS opens


def back_up(path: Path) -> int:
    """Writes the file, for this user alone, and returns its size. It appears whole or not."""
    if path.exists():
        raise Trouble(f"There is a file {path} already; a backup overwrites nothing.")
    if not path.parent.is_dir():
        raise Trouble(f"There is no folder {path.parent}.")
    unfinished = path.with_name(f"{path.name}.unfinished")
    engine = ENGINES[connection.vendor]
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
        engine.write(unfinished)
        engine.check(unfinished)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError as error:
        raise Trouble(f"The backup cannot be written: {error}.") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return path.stat().st_size


def restore(path: Path, *, replace: bool) -> Restored:
    """Puts the content of the file in place of what the database holds."""
    if not path.is_file():
        raise Trouble(f"There is no file {path}.")
    engine = engine_of(path)
    engine.check(path)
    refuse_the_unknown(engine.migrations(path))
    if not replace:
        refuse_data()
    engine.read(path)
    connection.close()
    pending = migrations_to_come()
    # Before them a table may lack a column.
    values = [] if pending else list(encrypted_values())
    unreadable = sum(not is_readable(value) for value in values)
    return Restored(pending, len(values), unreadable)


def engine_of(path: Path) -> ModuleType:
    with path.open("rb") as file:
        beginning = file.read(16)
    for vendor, engine in ENGINES.items():
        if beginning.startswith(engine.BEGINNING):
            if vendor != connection.vendor:
                raise Trouble(f"This is a backup of {vendor}, the database is {connection.vendor}.")
            return engine
    raise Trouble(f"{path} is not a backup.")


def refuse_the_unknown(applied: set[Migration]) -> None:
    if not applied:
        raise Trouble("The file tells of no migrations: it is not a backup of Clouder.")
    loader = MigrationLoader(None)
    replaced = {name for one in loader.disk_migrations.values() for name in one.replaces}
    unknown = sorted(applied - set(loader.disk_migrations) - replaced)
    if unknown:
        names = ", ".join(".".join(name) for name in unknown)
        raise Trouble(f"The backup is of another version of Clouder, which has also {names}.")


def refuse_data() -> None:
    tables = connection.introspection.table_names()
    for table in DATA:
        with connection.cursor() as cursor:
            if table not in tables:
                continue
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                raise Trouble("The database has data. To lose it for the backup's: --replace.")


def migrations_to_come() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def encrypted_values() -> Iterable[str]:
    """As they lie in the database, without the empty ones."""
    quote = connection.ops.quote_name
    for field in encrypted_fields():
        table, column = quote(field.model._meta.db_table), quote(str(field.column))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")  # noqa: S608
            yield from (value for (value,) in cursor.fetchall())


def encrypted_fields() -> list[Field]:
    fields = (field for model in apps.get_models() for field in model._meta.local_fields)
    return [field for field in fields if isinstance(field, EncryptedTextField)]


def is_readable(value: str) -> bool:
    try:
        cipher().decrypt(value.encode())
    except InvalidToken:
        return False
    return True

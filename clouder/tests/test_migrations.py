"""A new migration may run while the code before it still serves: read and held by a linter.

What breaks old code: a column or table that is dropped or renamed, a column that must not be null
and has no default in the database (`db_default`), a unique constraint on a table that is there.
Do it in two versions, or say in `EXPLAINED` why it does no harm.
"""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import analyse_sql_statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="servers run PostgreSQL"),
]

NEW_TABLE = re.compile(r'^(CREATE TABLE "\w+").*')

# Up to these, nobody ran Clouder but we.
BEFORE = {
    "accounts": "0009_own_keys",
    "catalog": "0009_common_words",
    "clouder": "0001_seeded_entries",
    "curation": "0011_trash_rules",
    "ingestion": "0005_uploads",
}
EXPLAINED: dict[tuple[str, str], str] = {}  # (room, migration): the reason


def is_refused(room: str, name: str) -> bool:
    """What a new table says of its own columns is no default of another one's; a default that
    Django takes away again is none for old code."""
    linter = MigrationLinter(no_cache=True)
    said = [NEW_TABLE.sub(r"\1", one) for one in linter.get_sql(room, name)]
    errors, _, _ = analyse_sql_statements(linter.sql_analyser_class, said, [])
    return bool(errors) or any("DROP DEFAULT" in one for one in said)


def test_new_migrations_let_the_code_before_them_go_on():
    migrations = MigrationLoader(connection).disk_migrations
    new = {key for key in migrations if key[0] in BEFORE and key[1] > BEFORE[key[0]]}

    assert {key for key in new if is_refused(*key)} == EXPLAINED.keys()


def test_the_base_names_the_rooms_with_migrations():
    migrations = MigrationLoader(connection).disk_migrations

    ours = {room for room, _ in migrations if (settings.BASE_DIR / room).is_dir()}
    assert set(BEFORE.items()) <= set(migrations)
    assert set(BEFORE) == ours


@pytest.mark.parametrize(
    ("room", "name"),
    [
        ("accounts", "0009_own_keys"),  # not null, the default only in Python
        ("catalog", "0003_sub_genres_dates_primaries"),  # renamed
        ("catalog", "0005_sub_genres_by_id"),  # dropped
    ],
)
def test_what_would_stop_the_code_before_it_is_refused(room, name):
    assert is_refused(room, name)


def test_a_new_table_and_a_column_with_a_default_stop_nothing():
    assert not is_refused("curation", "0011_trash_rules")

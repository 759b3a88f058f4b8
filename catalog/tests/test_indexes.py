import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalog import indexes, search
from catalog.models import Artist, Label, Release, Track
from catalog.search import Question
from catalog.tests.factories import TrackFactory

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="triggers are SQLite's")


def plan(rows) -> str:
    """How the database goes about it, where it cannot do without an index."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


@pytest.mark.parametrize("model", [Artist, Label, Release, Track])
def test_names_are_looked_up_in_the_index(model):
    table = model._meta.db_table

    said = plan(model.objects.filter(search_text__has="glue").order_by())

    if connection.vendor == "postgresql":
        assert f"Bitmap Index Scan on {table}_search" in said
    else:
        assert f"SCAN {table}_search VIRTUAL TABLE INDEX 0:M" in said
        assert f"SCAN {table}\n" not in said


def test_a_search_for_tracks_goes_by_all_four_indexes():
    said = plan(search.tracks(Question.read("glue orsted")))

    for table in indexes.TABLES:
        assert f"{table}_search" in said


@on_sqlite
def test_triggers_that_a_migration_took_away_come_back():
    with connection.cursor() as cursor:
        for when in indexes.TRIGGERS:
            cursor.execute(f"DROP TRIGGER catalog_track_search_{when}")
    track = TrackFactory(title="Written Meanwhile")

    indexes.after_migrate()

    assert list(search.tracks(Question.read("meanwhile"))) == [track]
    track.match.delete()
    track.delete()
    assert list(search.tracks(Question.read("meanwhile"))) == []


@pytest.mark.django_db(transaction=True)
def test_the_migrations_go_back_and_forth_with_tracks_there():
    track = TrackFactory(title="Here Before")

    MigrationExecutor(connection).migrate([("catalog", "0005_sub_genres_by_id")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    assert list(search.tracks(Question.read("before"))) == [track]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="extensions are PostgreSQL's")
def test_who_may_not_create_the_extension_is_told_what_to_do():
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE clouder_without_rights")
        cursor.execute("SET LOCAL ROLE clouder_without_rights")

    with pytest.raises(ImproperlyConfigured, match="CREATE EXTENSION pg_trgm; then migrate again"):
        indexes.create(connection)

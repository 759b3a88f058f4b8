"""A backup is made while others write, and read into an empty database by fresh processes."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from accounts.models import User
from accounts.tests.factories import UserFactory, connect
from clouder import backups
from clouder.testing import connect as connect_to_server
from clouder.tests import whole_database
from conftest import ProcessGroup, wait_until
from curation.models import Move
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory

# By a move, beside the track and the log.
ALSO_WRITTEN = ["curation_curationperiod", "curation_mirroredplaylist", "sqlite_sequence"]


class Place:
    """A database beside the test's, for processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.name = f"{os.environ['TEST_NAME']}_restored"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "clouder.test_settings",
            "TEST_DATABASE_READY": "1",
            "TEST_NAME": self.name,
            "TEST_FOLDER": str(folder),
        }

    def run(self, *arguments: str) -> Any:
        """The JSON that a fresh Python prints."""
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def restore(self, path: Path) -> Any:
        return self.run("manage.py", "restore", str(path), "--json")

    def look(self) -> Any:
        return self.run("-m", "clouder.tests.whole_database")


@pytest.fixture
def empty_place(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    place = Place(folder)
    if connection.vendor == "sqlite":
        yield place
        return
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(place.name))
    with connect_to_server(os.environ["TEST_DATABASE_URL"]) as server:
        server.execute(drop)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(place.name)))
        yield place
        server.execute(drop)


@pytest.fixture
def mover(tmp_path, transactional_db):
    environment = {"DJANGO_SETTINGS_MODULE": "clouder.test_settings"}
    process = ProcessGroup("clouder.tests.mover", log=tmp_path / "mover.log", env=environment)
    yield process
    process.kill()


@pytest.fixture
def week(sandbox, transactional_db):
    dj = connect(None, sandbox)
    period = CurationPeriodFactory(user=dj)
    CurationTrackFactory.create_batch(20, curation_period=period)
    return period


def is_part_of(some: list[str], all_of_them: list[str]) -> bool:
    return not Counter(some) - Counter(all_of_them)


@pytest.mark.slow
def test_a_backup_made_while_others_write_is_one_instant(week, mover, empty_place, tmp_path):
    path = tmp_path / "running.backup"
    mover.start()
    wait_until(lambda: mover.is_alive() and Move.objects.count() > 20, 20)
    before = Move.objects.count()

    call_command("backup", str(path))

    after = Move.objects.count()
    wait_until(lambda: Move.objects.count() > after + 5)
    mover.kill()
    assert empty_place.restore(path)["pending"] == []
    source, copy = whole_database.look(), empty_place.look()
    assert before <= copy["moves"] <= after < source["moves"]
    assert copy["misplaced"] == source["misplaced"] == 0
    assert source["rows"].keys() == copy["rows"].keys()
    assert is_part_of(copy["rows"]["curation_move"], source["rows"]["curation_move"])
    changed = {table for table, rows in source["rows"].items() if rows != copy["rows"][table]}
    written = {"curation_move", "curation_curationtrack"}
    assert written <= changed <= {*written, *ALSO_WRITTEN}


def test_every_row_comes_back(week, empty_place, tmp_path):
    path = tmp_path / "quiet.backup"
    call_command("backup", str(path))

    said = empty_place.restore(path)

    source, copy = whole_database.look(), empty_place.look()
    assert copy == source
    assert source["rows"]["curation_curationtrack"]
    assert copy["secrets"] == [week.user.spotify.refresh_token]
    assert (said["encrypted"], said["unreadable"]) == (2, 0)
    assert oct(path.stat().st_mode)[-3:] == "600"


@pytest.fixture
def backup(tmp_path, transactional_db):
    UserFactory(username="kept")
    path = tmp_path / "good.backup"
    call_command("backup", str(path))
    return path


def test_data_is_lost_only_when_that_is_meant(backup, capsys):
    rows = whole_database.row_hashes()
    UserFactory()

    with pytest.raises(CommandError, match="The database has data"):
        call_command("restore", str(backup))
    assert User.objects.count() == 2
    call_command("restore", str(backup), "--replace")

    assert whole_database.row_hashes() == rows
    assert f"{backup} is restored." in capsys.readouterr().out


# What is refused, before anything is touched


@pytest.mark.parametrize("share", [0.02, 0.5, 0.999])
def test_a_part_of_a_backup_is_refused(backup, share):
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(CommandError, match="damaged, or only a part"):
        call_command("restore", str(backup), "--replace")

    assert User.objects.get().username == "kept"


def test_what_is_no_backup_is_refused(backup, tmp_path):
    (tmp_path / "letter").write_text("Dear Nadja")

    with pytest.raises(CommandError, match="is not a backup"):
        call_command("restore", str(tmp_path / "letter"), "--replace")
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", str(tmp_path / "nothing"), "--replace")


def test_the_backup_of_a_newer_version_is_refused(transactional_db, tmp_path):
    later = MigrationRecorder.Migration.objects.create(app="curation", name="9999_of_tomorrow")
    call_command("backup", str(tmp_path / "newer"))
    later.delete()

    with pytest.raises(CommandError, match=r"which has also curation\.9999_of_tomorrow"):
        call_command("restore", str(tmp_path / "newer"), "--replace")


def test_a_backup_overwrites_nothing_and_leaves_nothing_half_written(backup, tmp_path):
    with pytest.raises(CommandError, match="overwrites nothing"):
        call_command("backup", str(backup))
    with pytest.raises(CommandError, match="no folder"):
        call_command("backup", str(tmp_path / "nowhere" / "file"))

    assert not list(tmp_path.glob("*.unfinished"))


def test_a_backup_tells_what_else_must_be_kept(transactional_db, tmp_path, capsys):
    call_command("backup", str(tmp_path / "file"))

    assert "opens only with FIELD_ENCRYPTION_KEYS" in capsys.readouterr().out


def test_secrets_under_lost_keys_are_counted(sandbox, transactional_db, settings):
    connect(None, sandbox)
    readable = [backups.is_readable(value) for value in backups.encrypted_values()]
    settings.FIELD_ENCRYPTION_KEYS = ["bG9zdGxvc3Rsb3N0bG9zdGxvc3Rsb3N0bG9zdGxvc3Q="]
    lost = [backups.is_readable(value) for value in backups.encrypted_values()]

    assert readable == [True, True]
    assert lost == [False, False]


# PostgreSQL's programs


@pytest.fixture
def on_postgresql(transactional_db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite needs no programs")


def test_a_missing_program_is_named(on_postgresql, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CommandError, match=r"pg_dump is missing.*postgresql-client"):
        call_command("backup", str(tmp_path / "file"))


def test_an_older_program_is_refused(on_postgresql, tmp_path, monkeypatch):
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with pytest.raises(CommandError, match=r"pg_dump is of PostgreSQL 9, the server is of \d\d"):
        call_command("backup", str(tmp_path / "file"))


def test_company_is_refused(on_postgresql, backup):
    with (
        psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}),
        pytest.raises(CommandError, match="1 other connections use the database"),
    ):
        call_command("restore", str(backup), "--replace")

    assert User.objects.exists()

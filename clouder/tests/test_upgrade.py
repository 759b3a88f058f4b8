"""From an older version to this one, while a DJ goes on sorting with the older one's pages."""

import io
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from psycopg import sql

from clouder.runner import is_served
from clouder.testing import connect, find_database, free_port, wait_until

# Three migrations of curation's before this one was written, one of accounts.
BEFORE = "613bdb8"
TRACKS = 800
FILL = f"""
import django
django.setup()
from accounts import api_tokens
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory
period = CurationPeriodFactory()
CurationTrackFactory.create_batch({TRACKS}, curation_period=period)
print(api_tokens.make(period.user, name="Loop")[1], period.pk)
"""

pytestmark = [pytest.mark.slow, pytest.mark.once]


def older(folder: Path) -> Path:
    packed = subprocess.run(
        ["git", "archive", BEFORE], cwd=settings.BASE_DIR, capture_output=True, check=False
    )
    if packed.returncode:
        pytest.skip(f"the history does not reach back to {BEFORE}")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture
def environment(tmp_path) -> Iterator[dict[str, str]]:
    """Of an installation of its own."""
    url, name = find_database(), f"upgrade_{os.getpid()}"
    if not url:
        pytest.skip("PostgreSQL is absent")
    with connect(url) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "clouder.settings",
            "DATABASE_URL": f"{url.rsplit('/', 1)[0]}/{name}",
            "SECRET_KEY": "only-for-tests",
            "FIELD_ENCRYPTION_KEYS": "R0E5Eq7RPBfPFeSHYBJFA5ffMeMPoA10aRbaOU_yjRI=",
            "VAR_DIR": str(tmp_path / "var"),
            "PORT": str(free_port()),
        }
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        connection.execute(drop.format(sql.Identifier(name)))


class Version:
    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self.root, self.environment = root, environment

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def serve(self) -> subprocess.Popen[bytes]:
        port = self.environment["PORT"]
        command = ["granian", "--interface", "wsgi", "--port", port, "clouder.wsgi:application"]
        web = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=self.root, env=self.environment
        )
        wait_until(lambda: is_served(f"http://127.0.0.1:{port}/healthz"), 30)
        return web


class Dj(threading.Thread):
    """Sorts one track after the other, until told to stop."""

    def __init__(self, url: str, token: str, period: str) -> None:
        super().__init__()
        self.url, self.period = f"{url}/api/curation", period
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.answers: list[int] = []
        self.is_done = threading.Event()

    def get(self, path: str) -> Any:
        answer = self.http.get(f"{self.url}/periods/{self.period}/{path}", timeout=10)
        answer.raise_for_status()
        return answer.json()

    def run(self) -> None:
        to = self.get("playlists")[0]["id"]
        while not self.is_done.is_set():
            (track,) = self.get("tracks?limit=1")["items"]
            url = f"{self.url}/tracks/{track['id']}/move"
            answer = self.http.post(url, json={"period_playlist_id": to}, timeout=10)
            self.answers.append(answer.status_code)


def test_a_dj_goes_on_while_the_database_is_brought_up_to_date(environment, tmp_path):
    before = Version(older(tmp_path / "before"), environment)
    now = Version(settings.BASE_DIR, environment)
    before.run("manage.py", "migrate")
    token, period = before.run("-c", FILL).split()
    web = before.serve()
    dj = Dj(f"http://127.0.0.1:{environment['PORT']}", token, period)
    dj.start()

    try:
        wait_until(lambda: len(dj.answers) > 10)
        migrated = now.run("manage.py", "migrate")
        after = len(dj.answers)
        wait_until(lambda: len(dj.answers) > after + 10)
    finally:
        dj.is_done.set()
        dj.join()
        web.terminate()
        web.wait()

    print(f"{len(dj.answers)} decisions, {after} of them before the last migration had run")
    assert "Applying curation.0011_trash_rules... OK" in migrated
    assert set(dj.answers) == {200}
    web = now.serve()
    try:
        assert dj.get("tracks?status=SORTED")["count"] == len(dj.answers)
    finally:
        web.terminate()
        web.wait()

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pytest
import requests

from sandbox.tests.conftest import ROOT, StandIn


@pytest.fixture
def own(tmp_path: Path) -> Iterator[StandIn]:
    process = StandIn(tmp_path / "own.sqlite3", "--tracks", "12")
    process.start()
    yield process
    process.process.kill()
    process.process.wait()


def test_it_says_where_it_serves(own: StandIn) -> None:
    assert own.greeting == f"sandbox: serving {own.url}"
    assert own.control("")["serving"] == "sandbox"


def test_it_needs_less_than_two_seconds_to_serve(tmp_path: Path) -> None:
    """Of its own time: what the machine does besides is not counted."""
    process = StandIn(tmp_path / "own.sqlite3")
    before = getrusage(RUSAGE_CHILDREN)

    process.start()

    assert process.stop() == 0
    after = getrusage(RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2


def test_it_ends_when_told_and_does_not_wait_for_who_is_waiting(own: StandIn) -> None:
    own.control("faults", {"kind": "timeout_before", "match": {"path": "/me$"}})
    waiting = threading.Thread(target=lambda: _ask_in_vain(own))
    waiting.start()

    assert own.stop() == 0

    waiting.join()


def test_a_port_in_use_is_said_plainly(own: StandIn, tmp_path: Path) -> None:
    storage = str(tmp_path / "second.sqlite3")
    command = [sys.executable, "-m", "sandbox", "--port", str(own.port), "--storage", storage]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert second.returncode == 1
    assert second.stderr == f"sandbox: port {own.port} is in use\n"


def test_a_missing_schema_is_said_plainly() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--openapi", "nowhere.yml"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert ended.returncode == 1
    assert ended.stderr == "sandbox: there is no schema at nowhere.yml\n"


def test_a_restart_keeps_playlists_tokens_and_music(own: StandIn) -> None:
    client = own.spotify()
    playlist = client.playlist("Kept")
    rows = own.techno()
    uri = _first_found(own)
    client.add(playlist, [uri])

    own.stop()
    own.start()

    assert client("GET", "/me").json()["id"] == "nadja"
    assert client.uris(playlist) == [uri]
    assert own.techno() == rows


def test_every_week_has_as_many_tracks_as_asked(own: StandIn) -> None:
    assert len(own.techno()) == 12


def test_storage_of_an_older_edition_is_replaced(own: StandIn) -> None:
    own.spotify().playlist("Old")
    own.stop()
    command = f"import sqlite3; c = sqlite3.connect({str(own.storage)!r}); "
    subprocess.run([sys.executable, "-c", command + "c.execute('PRAGMA user_version = 1')"])

    own.start()

    assert own.control("playlists/nadja") == []


def test_connections_are_kept_open(own: StandIn) -> None:
    first = own.http.get(f"{own.url}/_/")
    second = own.http.get(f"{own.url}/_/")

    assert first.raw.version == second.raw.version == 11
    assert "close" not in second.headers.get("Connection", "")


def _ask_in_vain(own: StandIn) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{own.url}/spotify/v1/me", timeout=20)


def _first_found(own: StandIn) -> str:
    found = next(fact["same"][0] for fact in own.truth().values() if fact["same"])
    return f"spotify:track:{found}"

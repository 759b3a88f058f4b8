from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT.parent / "shared" / "spotify-openapi.yml"
BEATPORT = {"Authorization": "Bearer sandbox-beatport-access"}
TECHNO, WEEK = 6, ("2026-11-16", "2026-11-22")


class StandIn:
    """A real sandbox process, and the ways to ask it something."""

    def __init__(self, storage: Path, *options: str) -> None:
        self.storage, self.options = storage, options
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = requests.Session()

    def start(self) -> None:
        command = [sys.executable, "-m", "sandbox", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--storage", str(self.storage), *self.options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout
        self.greeting = self.process.stdout.readline().strip()

    def stop(self) -> int:
        self.http.close()
        self.process.terminate()
        return self.process.wait(20)

    def control(self, path: str, body: Any = None, **query: Any) -> Any:
        method = "GET" if body is None else "POST"
        answer = self.http.request(method, f"{self.url}/_/{path}", json=body, params=query)
        assert answer.ok, answer.text
        return answer.json()

    def tokens(self, user: str = "nadja", scope: str | None = None) -> dict[str, Any]:
        return self.control(f"users/{user}/tokens", {} if scope is None else {"scope": scope})

    def spotify(self, user: str = "nadja", scope: str | None = None) -> Client:
        return Client(self, self.tokens(user, scope)["access_token"])

    def beatport(self, path: str, **query: Any) -> requests.Response:
        return self.http.get(f"{self.url}/beatport/v4/{path}", params=query, headers=BEATPORT)

    def techno(self, **query: Any) -> list[dict[str, Any]]:
        """The rows of one genre-week, all pages."""
        asked = {"genre_id": TECHNO, "publish_date": ":".join(WEEK), "per_page": 100} | query
        rows, page = [], 1
        while True:
            answer = self.beatport("catalog/tracks/", **asked, page=page).json()
            rows += answer["results"]
            if not answer["next"]:
                return rows
            page += 1

    def truth(self, week: int = 47, genre_id: int = TECHNO) -> dict[str, Any]:
        return self.control("truth", genre_id=genre_id, year=2026, week=week)

    def log(self, **query: Any) -> list[dict[str, Any]]:
        return self.control("log", **query)


class Client:
    """Spotify's Web API with one access token."""

    def __init__(self, stand_in: StandIn, token: str) -> None:
        self.stand_in = stand_in
        self.headers = {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        url = f"{self.stand_in.url}/spotify/v1{path}"
        return self.stand_in.http.request(method, url, headers=self.headers, **options)

    def playlist(self, name: str = "Warm Up", **body: Any) -> str:
        answer = self("POST", "/me/playlists", json={"name": name, "public": False} | body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def add(self, playlist: str, uris: list[str], **body: Any) -> requests.Response:
        return self("POST", f"/playlists/{playlist}/items", json={"uris": uris} | body)

    def uris(self, playlist: str) -> list[str]:
        rows = self("GET", f"/playlists/{playlist}/items", params={"limit": 50}).json()["items"]
        return [row["item"]["uri"] for row in rows]

    def search(self, q: str, **query: Any) -> list[dict[str, Any]]:
        kind = query.setdefault("type", "track")
        answer = self("GET", "/search", params={"q": q} | query)
        assert answer.status_code == 200, answer.text
        return answer.json()[f"{kind}s"]["items"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def stand_in_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    options = ["--openapi", str(SCHEMA)] if SCHEMA.exists() else []
    process = StandIn(tmp_path_factory.mktemp("sandbox") / "sandbox.sqlite3", *options)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def stand_in(stand_in_process: StandIn) -> Iterator[StandIn]:
    """As new, but for the music; and nothing it said may break Spotify's schema."""
    stand_in_process.control("reset", {})
    yield stand_in_process
    assert stand_in_process.control("violations")["violations"] == []


@pytest.fixture
def nadja(stand_in: StandIn) -> Client:
    return stand_in.spotify("nadja")


@pytest.fixture
def track_uris(stand_in: StandIn) -> list[str]:
    """Of tracks that are on Spotify, more than two hundred, each once."""
    stand_in.techno()
    found = [fact["same"][0] for fact in stand_in.truth().values() if fact["same"]]
    return [f"spotify:track:{identity}" for identity in dict.fromkeys(found)]


@pytest.fixture(scope="session")
def wait() -> Any:
    def until(condition: Any, seconds: float = 20) -> Any:
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, "did not happen in time"
            time.sleep(0.01)
        return found

    return until

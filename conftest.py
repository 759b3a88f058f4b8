import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.conf import settings

SHARED = settings.BASE_DIR.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def _test_folder() -> Iterator[None]:
    yield
    shutil.rmtree(os.environ["TEST_FOLDER"], ignore_errors=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real captures, where it is present."""
    if not SHARED.is_dir():
        pytest.skip("the folder with real captures is absent")
    return SHARED


class Sandbox:
    """The running sandbox, and what tests ask of it beside the two services' own calls."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()

    def get(self, path: str, **params: object) -> dict:
        answer = self.http.get(f"{self.url}/_/{path}", params=params, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: object) -> dict:
        answer = self.http.post(f"{self.url}/_/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def delete(self, path: str) -> None:
        self.http.delete(f"{self.url}/_/{path}", timeout=10).raise_for_status()


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    """One real sandbox process for the whole run. Its answers are held against Spotify's schema."""
    command = [sys.executable, "-m", "sandbox", "--port", str(settings.SANDBOX_PORT)]
    command += ["--storage", f"{os.environ['TEST_FOLDER']}/sandbox.sqlite3"]
    schema = SHARED / "spotify-openapi.yml"
    if schema.exists():
        command += ["--openapi", str(schema)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)
    running = Sandbox(settings.SANDBOX_URL)
    try:
        wait_until_served(running, process)
        yield running
        violations = running.get("violations")
    finally:
        process.terminate()
        process.wait(10)
    assert not violations.get("violations"), violations


def wait_until_served(running: Sandbox, process: subprocess.Popen, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the sandbox ended at its start"
        try:
            running.get("clock")
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the sandbox does not answer")


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    """The sandbox as new: no playlists, tokens, faults or counted calls; its catalogue stays."""
    sandbox_process.post("reset")
    return sandbox_process

"""A whole installation, as `make run` starts it, and a browser in front of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from clouder.testing import free_port
from conftest import SHARED, ProcessGroup

SCHEMA = SHARED / "spotify-openapi.yml"

expect.set_options(timeout=10_000)


@dataclass(frozen=True)
class Installation:
    url: str
    sandbox_url: str


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """`make run` in a folder of its own, on ports of its own."""
    port, sandbox_port = free_port(), free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "clouder.settings",
        "VAR_DIR": str(tmp_path / "var"),
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
        "SPOTIFY_CLIENT_ID": "",
        "DATABASE_URL": f"sqlite:///{tmp_path}/var/demo.sqlite3",
        "CELERY_BROKER_URL": f"filesystem://{tmp_path}/var/broker",
        "MIRROR_DELAY_SECONDS": "3",
        "SWEEP_SECONDS": "1",
        "SANDBOX_SCHEMA": str(SCHEMA) if SCHEMA.exists() else "",
    }
    runner = ProcessGroup("clouder.runner", log=tmp_path / "run.log", env=environment)
    runner.start()
    try:
        runner.wait_until_said("Clouder is at", 60)
        yield Installation(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{sandbox_port}")
        answers = requests.get(f"http://127.0.0.1:{sandbox_port}/_/violations", timeout=10).json()
    finally:
        runner.stop()
    assert not answers["violations"]


@pytest.fixture
def page(browser: Browser, installation: Installation) -> Iterator[Page]:
    context = browser.new_context(
        base_url=installation.url, viewport={"width": 1440, "height": 900}
    )
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert not troubles


def last_full_week() -> tuple[int, int]:
    year, week, _ = (date.today() - timedelta(weeks=1)).isocalendar()  # noqa: DTZ011
    return year, week


def set_volume(installation: Installation, genre_id: int, tracks: int) -> None:
    year, week = last_full_week()
    body = {"genre_id": genre_id, "year": year, "week": week, "tracks": tracks}
    requests.post(f"{installation.sandbox_url}/_/weeks", json=body, timeout=30).raise_for_status()

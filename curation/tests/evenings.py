"""A week fetched from the sandbox, as big as wanted, and a web server to sort it at."""

from pathlib import Path
from typing import Any

from django.test import Client
from playwright.sync_api import Page

from catalog.models import Genre
from clouder.runner import is_served
from clouder.testing import free_port, wait_until
from conftest import ProcessGroup
from curation import periods
from curation.models import CurationPeriod
from curation.tests.mirrored import Desk
from ingestion import runs

GENRE, YEAR, WEEK = 6, 2026, 46
NAMES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]


def week_of(sandbox: Any, size: int, *, dj: str = "nadja") -> Desk:
    """A connected DJ with that many tracks in Bronze; what Spotify has of them is found."""
    week = {"genre_id": GENRE, "year": YEAR, "week": WEEK}
    sandbox.post("weeks", **week, tracks=size)
    genre, _ = Genre.objects.get_or_create(beatport_id=GENRE, defaults={"name": "Techno"})
    runs.carry_to_end(runs.request_week(genre=genre, year=YEAR, week=WEEK).pk)
    desk = Desk(sandbox, [], dj=dj, names=NAMES)
    desk.period.style.genres.add(genre)
    periods.bring_tracks(desk.period)
    truth = sandbox.get("truth", **week)
    tracks, uris = [], []
    for row in desk.period.tracks.select_related("track").order_by("position"):
        known = truth[str(row.track.beatport_id)]
        there = sorted(set(known["same"]) - set(known["late"]))
        if there:
            tracks.append(row.track)
            uris.append(f"spotify:track:{there[0]}")
    desk.match(tracks, uris)
    return desk


class Web(ProcessGroup):
    """The web server of an installation, working in the test database."""

    def __init__(
        self,
        log: Path | None = None,
        application: str = "clouder.wsgi:application",
        env: dict[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        options += ["--workers", "2", "--blocking-threads", "2", "--log-level", "warning"]
        super().__init__("granian", *options, application, log=log, env=env)

    def start(self) -> None:
        super().start()
        wait_until(lambda: self.is_alive() and is_served(f"{self.url}/healthz"), 30)


def log_in(page: Page, period: CurationPeriod, web: Web) -> None:
    client = Client()
    client.force_login(period.user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": web.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]

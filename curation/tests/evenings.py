"""A week fetched from the sandbox, as big as wanted, a web server to sort it at, and an evening."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.test import Client
from playwright.sync_api import Page, expect

from catalog.models import Genre
from clouder.runner import is_served
from clouder.testing import free_port, wait_until
from conftest import ProcessGroup
from curation import periods
from curation.models import CurationPeriod, Move
from curation.tests.browser.conftest import DeskPage, filed
from curation.tests.mirrored import Desk
from ingestion import runs

GENRE, YEAR, WEEK = 6, 2026, 46
NAMES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]
DECISIONS, MINUTE = 200, 60
NAME_OF = {"1": "Warm Up", "2": "Groove", "3": "Peak Time", "4": "Acid", "0": "Trash", "l": "Later"}
KEYS = "1203410l20"


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


@dataclass
class Evening:
    """Keys at a steady pace, or in 0 seconds as soon as there is a card; what an accident costs is
    caught up. `accidents` happen before the decision of that number."""

    desk: DeskPage
    accidents: dict[int, Callable[[], None]] = field(default_factory=dict)
    pressed: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = MINUTE

    def sort(self, decisions: int = DECISIONS) -> None:
        """Until the server has all of it."""
        began = time.monotonic()
        for number in range(decisions):
            self.accidents.get(number, lambda: None)()
            while time.monotonic() < began + number * self.seconds / decisions:
                time.sleep(0.01)
            key = KEYS[number % len(KEYS)]
            self.pressed.append((self.desk.shown(), NAME_OF[key]))
            self.desk.press(key)
        wait_until(lambda: self.desk.kept() == 0, MINUTE)

    def assert_all_there(self) -> None:
        assert filed(self.desk.period) == self.pressed
        assert Move.objects.count() == len(self.pressed)
        times = Counter(track for track, _ in self.pressed)
        assert [track for track, count in times.items() if count > 1] == []
        sorted_ones = [name for _, name in self.pressed if name != "Later"]
        expect(self.desk.page.locator(".week-count b")).to_have_text(str(len(sorted_ones)))
        for name in set(sorted_ones):
            assert self.desk.count(name) == str(sorted_ones.count(name))

"""What a DJ waits for at the desk, and what the desk costs: in a browser, and beside it."""

import http.client
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page, sync_playwright

from clouder.testing import find_chromium, wait_until
from clouder.tests.arrivals import Seat
from curation.models import CurationPeriod
from curation.tests.browser.conftest import DeskPage
from curation.tests.evenings import DECISIONS, MINUTE, Evening, Web, log_in

LOADS, ANSWERS = 5, 200
# When a frame begins, the one before it is on the screen.
STOPWATCH = """
    const card = () => document.querySelector("article.card:not([hidden])")?.dataset.track;
    const painted = (before, then) => requestAnimationFrame(() => {
        if (!card() || card() === before) painted(before, then);
        else requestAnimationFrame(() => then(performance.now()));
    });
    window.waits = [];
    addEventListener("keydown", ({ timeStamp }) => {
        painted(card(), (now) => window.waits.push(now - timeStamp));
    }, true);
    painted(null, (now) => { window.firstCard = now; });
"""


@contextmanager
def desk_page(period: CurationPeriod, web: Web) -> Iterator[DeskPage]:
    """The desk of this week in a browser, with a stopwatch."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "true"  # Playwright keeps an event loop in this thread
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium())
        page = browser.new_context(base_url=web.url).new_page()
        page.add_init_script(STOPWATCH)
        log_in(page, period, web)
        yield DeskPage(page, period)
        browser.close()
        connection.close()  # that of the loop
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def first_card(desk: DeskPage) -> float:
    """Milliseconds from the click on a link to the desk until its card is on the screen."""
    waits = []
    for _ in range(LOADS):
        desk.open()
        waits.append(wait_until(lambda: desk.page.evaluate("window.firstCard ?? 0")))
    return median(waits)


def next_card(desk: DeskPage, decisions: int) -> dict[str, float]:
    """Milliseconds from the key until the card after it is on the screen."""
    desk.open()
    Evening(desk, seconds=decisions * MINUTE / DECISIONS).sort(decisions)
    wait_until(lambda: desk.page.evaluate("window.waits.length") == decisions)
    waits = desk.page.evaluate("window.waits")
    percentiles = quantiles(waits, n=100)
    return {"p50": percentiles[49], "p95": percentiles[94]}


def page_of(period: CurationPeriod) -> dict[str, float]:
    client = Client()
    client.force_login(period.user)
    address = reverse("sort", args=[period.pk])
    client.get(address)  # templates are read once
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return {"bytes": len(answer.content), "queries": len(captured)}


class Clerk:
    """Decides about a week over HTTP, and asks a view beside it that changes one row."""

    def __init__(self, period: CurationPeriod, port: int) -> None:
        self.seat = Seat.of(period)
        self.address = reverse("sort_move", args=[period.pk])
        self.http = http.client.HTTPConnection("127.0.0.1", port)
        self.headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true",
            "X-CSRFToken": self.seat.cookies[settings.CSRF_COOKIE_NAME],
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.seat.cookies.items()),
        }

    def decision(self, place: int) -> dict[str, object]:
        to = self.seat.playlists[place % len(self.seat.playlists)]
        return {"track": self.seat.tracks[place], "to": to, "client_id": uuid.uuid4()}

    def ask(self, address: str, body: dict[str, object]) -> float:
        """Milliseconds until the answer is read."""
        started = time.perf_counter()
        self.http.request("POST", address, urlencode(body), self.headers)
        answer = self.http.getresponse()
        answer.read()
        assert answer.status == 204
        return 1000 * (time.perf_counter() - started)

    def answers(self) -> dict[str, float]:
        """In turns, so that both meet the same machine."""
        moves, bare = [], []
        for place in range(ANSWERS):
            bare.append(self.ask("/bare/", {"track": self.seat.tracks[place]}))
            moves.append(self.ask(self.address, self.decision(place)))
        return {"p50": median(moves), "p95": quantiles(moves, n=20)[18], "bare": median(bare)}

    def statements(self) -> int:
        """Of a move, those of session and user with them."""
        client = Client(headers={"HX-Request": "true"})
        client.force_login(self.seat.period.user)
        for place in (ANSWERS, ANSWERS + 1):
            with CaptureQueriesContext(connection) as captured:
                assert client.post(self.address, self.decision(place)).status_code == 204
        return len(captured)


class Room:
    """What a page holds, when all has been taken away that nobody uses."""

    def __init__(self, page: Page) -> None:
        self.devtools = page.context.new_cdp_session(page)
        self.devtools.send("Performance.enable")

    def look(self) -> dict[str, float]:
        for _ in range(3):
            self.devtools.send("HeapProfiler.collectGarbage")
        told = self.devtools.send("Performance.getMetrics")["metrics"]
        found = {metric["name"]: metric["value"] for metric in told}
        return {"heap": found["JSHeapUsedSize"] / 2**20, "nodes": found["Nodes"]}

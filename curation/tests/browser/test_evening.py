"""An evening at the desk, with its accidents: nothing is lost, doubled or out of order."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from conftest import wait_until
from curation.models import Move
from curation.tests.browser.conftest import DeskPage, filed
from curation.tests.browser.test_desk import MOVES
from curation.tests.evenings import Web, log_in, week_of
from curation.tests.mirrored import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DECISIONS, MINUTE = 200, 60
EVERY = MINUTE / DECISIONS  # seconds; what an accident costs is caught up
NAME_OF = {"1": "Warm Up", "2": "Groove", "3": "Peak Time", "4": "Acid", "0": "Trash", "l": "Later"}
KEYS = "1203410l20"
DARK = 10  # seconds without a server


@pytest.fixture
def week(sandbox, transactional_db) -> Desk:
    return week_of(sandbox, 260)


@pytest.fixture
def web(week, tmp_path) -> Iterator[Web]:
    web = Web(log=tmp_path / "web.log")
    web.start()
    yield web
    web.stop()


@pytest.fixture
def page(browser: Browser, web: Web) -> Iterator[Page]:
    context = browser.new_context(base_url=web.url)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(page, week, web) -> DeskPage:
    log_in(page, week.period, web)
    desk = DeskPage(page, week.period)
    desk.open()
    return desk


@dataclass
class Evening:
    """Keys at a steady pace; `accidents` happen before the decision of that number."""

    desk: DeskPage
    accidents: dict[int, Callable[[], None]] = field(default_factory=dict)
    pressed: list[tuple[int, str]] = field(default_factory=list)

    def sort(self, decisions: int = DECISIONS) -> None:
        """Until the server has all of it."""
        began = time.monotonic()
        for number in range(decisions):
            self.accidents.get(number, lambda: None)()
            while time.monotonic() < began + number * EVERY:
                time.sleep(0.01)
            key = KEYS[number % len(KEYS)]
            self.pressed.append((self.desk.shown(), NAME_OF[key]))
            self.desk.press(key)
        wait_until(lambda: self.desk.kept() == 0, MINUTE)

    def assert_all_there(self) -> None:
        assert filed(self.desk.period) == self.pressed
        assert Move.objects.count() == len(self.pressed)
        assert len({track for track, _ in self.pressed}) == len(self.pressed)
        sorted_ones = [name for _, name in self.pressed if name != "Later"]
        expect(self.desk.page.locator(".week-count b")).to_have_text(str(len(sorted_ones)))
        for name in set(sorted_ones):
            assert self.desk.count(name) == str(sorted_ones.count(name))


def test_two_hundred_decisions_in_a_minute(desk):
    evening = Evening(desk)

    evening.sort()

    evening.assert_all_there()


def test_the_server_is_away_for_ten_seconds(desk, web):
    back_at = []

    def fall() -> None:
        web.kill()
        back_at.append(time.monotonic() + DARK)

    def rise() -> None:
        expect(desk.page.locator("#tray")).to_contain_text("not saved yet")
        time.sleep(max(0, back_at[0] - time.monotonic()))
        web.start()

    evening = Evening(desk, {100: fall, 104: rise})

    evening.sort()

    evening.assert_all_there()


def test_answers_are_dropped_after_the_commit(desk):
    sent = []

    def drop_some(route: Route) -> None:
        sent.append(route.request.url)
        if len(sent) % 20:
            return route.continue_()
        route.fetch()
        return route.abort()

    desk.page.route(MOVES, drop_some)
    evening = Evening(desk)

    evening.sort()

    assert len(sent) > DECISIONS
    evening.assert_all_there()

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from conftest import wait_until
from curation.models import CurationPeriod, CurationTrack, Move, Style
from curation.tests.browser import pages
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory

NAMES = ["Warm Up", "Groove", "Peak Time"]
SHOWN = "article.card:not([hidden])"

expect.set_options(timeout=10_000)


class DeskPage:
    """The desk in a browser, as a DJ uses it."""

    def __init__(self, page: Page, period: CurationPeriod) -> None:
        self.page = page
        self.period = period

    def open(self) -> None:
        self.page.goto(reverse("sort", args=[self.period.pk]))
        self.wait_until_alive()

    def wait_until_alive(self) -> None:
        wait_until(lambda: self.page.locator("#held [name=held]").input_value())

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def shown(self) -> int:
        """The track in sight, as soon as there is one."""
        return int(self.page.locator(SHOWN).get_attribute("data-track"))

    def wait_until_shown(self, track: int) -> None:
        self.page.wait_for_selector(f"{SHOWN}[data-track='{track}']")

    def kept(self) -> int:
        """Decisions in the browser that the server has not confirmed."""
        return self.page.evaluate(
            "Object.keys(localStorage).filter((key) => key.startsWith('clouder:decision:')).length"
        )

    def wait_until_saved(self) -> None:
        wait_until(lambda: self.kept() == 0)

    def count(self, name: str) -> str:
        key = self.page.locator(".key", has=self.page.get_by_text(name, exact=True))
        return key.locator(".key-count").inner_text()

    def undo_button(self, track: CurationTrack, place: str) -> Locator:
        """In the row of the log that says so."""
        name = f"Undo {track.track.title}: {place}"
        return self.page.get_by_role("button", name=name, exact=True)


@pytest.fixture
def log_in(client, live_server) -> Callable[[Page, User], None]:
    def log_in(page: Page, user: User) -> None:
        client.force_login(user)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        page.context.add_cookies([cookie | {"url": live_server.url}])

    return log_in


@pytest.fixture
def period(transactional_db) -> CurationPeriod:
    return CurationPeriodFactory(categories=NAMES)


@pytest.fixture
def full(transactional_db, page, log_in) -> CurationPeriod:
    """A week with something of each kind. Its DJ, who may see every page, is at a desk.

    There are a few styles only: axe takes 8 seconds for the table of all of them.
    """
    few = list(Style.objects.order_by("pk").values_list("pk", flat=True)[:3])
    Style.objects.exclude(pk__in=few).delete()
    week = pages.week()
    pages.show_everything(week.user)
    log_in(page, week.user)
    set_size(page, "desk")
    return week


def set_size(page: Page, size: str) -> None:
    width, height = pages.SIZES[size]
    page.set_viewport_size({"width": width, "height": height})


@pytest.fixture
def tracks(period):
    return CurationTrackFactory.create_batch(9, curation_period=period)


@pytest.fixture
def desk(page, log_in, period, tracks) -> DeskPage:
    log_in(page, period.user)
    desk = DeskPage(page, period)
    desk.open()
    return desk


def filed(period: CurationPeriod) -> list[tuple[int, str]]:
    """What the server holds, in the order it was told."""
    log = Move.objects.filter(curation_track__curation_period=period, undone_at=None)
    moves = log.order_by("pk").select_related("to_playlist__user_category")
    return [(move.curation_track_id, str(move.to_playlist or "Later")) for move in moves]

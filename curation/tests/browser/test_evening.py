"""An evening at the desk, with its accidents: nothing is lost, doubled or out of order."""

import time
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import QuotaBucket, QuotaHour, QuotaPace
from catalog.models import SpotifyMatch
from curation.models import (
    CurationPeriod,
    CurationTrack,
    MirroredItem,
    MirroredPlaylist,
    Move,
)
from curation.tests.browser.conftest import DeskPage
from curation.tests.browser.test_desk import MOVES
from curation.tests.evenings import DECISIONS, KEYS, Evening, Web, log_in, week_of
from curation.tests.mirrored import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

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


def test_the_page_is_loaded_again_in_the_middle(desk):
    """Once at once, and once when three decisions have not got through."""

    def cut() -> None:
        desk.page.route(MOVES, lambda route: route.abort())

    def mend() -> None:
        desk.page.unroute(MOVES)

    evening = Evening(desk, {50: desk.open, 117: cut, 120: desk.open, 122: mend})

    evening.sort()

    evening.assert_all_there()


# That a track was heard, an undo does not take back; other columns tell when or how often.
NOT_RESTORED = {
    CurationPeriod: {"decided_at"},
    CurationTrack: {"heard_at"},
    MirroredPlaylist: {"wanted", "sent", "due_at", "sent_at", "seen_at", "snapshot_id"},
    MirroredItem: {"id", "position"},
    Move: {"id"},
    SpotifyMatch: {"priority"},
}
NOT_OURS = {Session, QuotaBucket, QuotaHour, QuotaPace}  # logins, and what calls were counted


def everything() -> dict[str, list[dict]]:
    """All rows that stand, of all tables."""
    found = {}
    for model in set(apps.get_models()) - NOT_OURS:
        fields = {field.name for field in model._meta.concrete_fields}
        rows = model.objects.filter(undone_at=None) if "undone_at" in fields else model.objects
        order = ["playlist", "track"] if model is MirroredItem else ["pk"]
        told = fields - NOT_RESTORED.get(model, set()) - {"undone_at"}
        found[model._meta.label] = list(rows.order_by(*order).values(*sorted(told)))
    return found


def playlists(week: Desk) -> dict[str, list[str]]:
    """Item by item; in Bronze, what was sorted and sent comes back at the end."""
    return {
        name: sorted(uris) if name.endswith("Bronze") else uris
        for name, uris in week.at_spotify().items()
    }


def test_a_hundred_undos_restore_the_database_and_the_playlists(desk, week):
    def decide(keys: str) -> None:
        for key in keys:
            desk.shown()
            desk.press(f"Shift+{key}" if key in "34" else key)
        desk.wait_until_saved()
        week.send()

    decide("34" * 6 + "12" * 4)
    before, held = everything(), playlists(week)

    decide(KEYS * 10)
    assert playlists(week) != held
    for _ in range(100):
        desk.press("z")
        desk.wait_until_saved()
    week.send()

    after = everything()
    for table in after:
        assert after[table] == before[table], table
    assert playlists(week) == held


def test_undos_before_anything_was_sent_cost_no_call(desk, week):
    week.send()
    held = week.at_spotify()
    week.forget_calls()

    for key in "1203" * 5:
        desk.shown()
        desk.press(key)
    for _ in range(20):
        desk.press("z")
        desk.wait_until_saved()
    week.send()

    assert week.calls() == []
    assert week.at_spotify() == held

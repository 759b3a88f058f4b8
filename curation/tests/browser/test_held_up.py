"""A DJ who is faster than Clouder lets one DJ be loses nothing."""

import pytest
from playwright.sync_api import expect

from clouder import bounds
from conftest import wait_until
from curation.tests.browser.conftest import filed

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_the_desk_keeps_what_is_held_up_and_sends_it_by_itself(desk, period, tracks, monkeypatch):
    monkeypatch.setattr(bounds, "WRITES_PER_SECOND", 1)
    monkeypatch.setattr(bounds, "WRITES_AT_ONCE", 1)

    desk.press("1", "2", "x")

    expect(desk.page.locator("#tray")).to_contain_text("takes no more for a moment")
    wait_until(lambda: len(filed(period)) == 3)
    desk.wait_until_saved()
    names = ["Warm Up", "Groove", "Trash"]
    assert filed(period) == [(one.pk, name) for one, name in zip(tracks, names, strict=False)]
    expect(desk.page.locator("#tray")).to_be_empty()

"""The whole story by the keyboard alone: no click, and no focus that the page did not give."""

import re

import pytest
from playwright.sync_api import Page, expect

from clouder.tests.browser.conftest import Installation, set_volume
from curation.tests.browser.conftest import SHOWN
from curation.tests.browser.focus import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TECHNO = (6, 92)  # Beatport's ids of the genres that the style is made of
SECONDS = 120_000  # for what happens in the background


def log_in(page: Page, keyboard: Keyboard) -> None:
    page.goto("/")
    keyboard.use('button "Continue with Spotify"')
    expect(page.get_by_role("button", name="Continue as Inês")).to_be_visible()
    ours, keyboard.troubles = keyboard.troubles, []
    keyboard.use('button "Continue as Inês')
    expect(page.get_by_role("heading", name="Hear everything. Keep a few.")).to_be_visible()
    keyboard.troubles = ours  # not of the pages that stand for Spotify's


def open_a_week(page: Page, keyboard: Keyboard) -> None:
    keyboard.use('link "Techno"')
    expect(page.get_by_label("Category 1", exact=True)).to_have_value("Warm Up")
    keyboard.to('textbox "Category 4"')
    keyboard.press("Control+A", *"Late")
    keyboard.use('button "Use these"')
    keyboard.use('link "Skip to content"')
    keyboard.use('link "Clouder"', back=True)
    keyboard.use('button "Open Techno')
    expect(page.get_by_text(re.compile("Fetched"))).to_be_visible(timeout=SECONDS)
    expect(page.get_by_text("still to look up")).to_have_count(0, timeout=SECONDS)


def sort_ten(page: Page, keyboard: Keyboard) -> None:
    """By our keys, by the keys that the browser has for a button, and back again."""
    keyboard.use('link "Start sorting"')
    expect(page.locator("#held [name=held]")).not_to_have_value("")  # until the page listens
    first = page.locator(SHOWN).get_attribute("data-track")
    keyboard.press("2", "z")
    expect(page.locator(SHOWN)).to_have_attribute("data-track", str(first))
    for key in "1123410":
        decide(page, keyboard, key)
    keyboard.to('button "2')
    for key in ("Space", "Enter", "l", "1"):
        decide(page, keyboard, key)
    expect(page.locator(".week-count b")).to_have_text("10")
    keyboard.use('button "Undo ')
    expect(page.locator(".week-count b")).to_have_text("9")
    keyboard.use('button "? All keys"', back=True)
    expect(page.get_by_role("dialog")).to_contain_text("Peak Time")
    keyboard.press("Escape")
    assert keyboard.at() == 'button "? All keys"'
    keyboard.press("1")


def decide(page: Page, keyboard: Keyboard, key: str) -> None:
    track = page.locator(SHOWN).get_attribute("data-track")
    keyboard.press(key)
    expect(page.locator(SHOWN)).not_to_have_attribute("data-track", str(track))


def move_a_range(page: Page, keyboard: Keyboard) -> None:
    """In the list of all tracks: found, three of them selected, moved, and moved back."""
    shown = page.locator("#shown b")
    keyboard.use('link "Weeks"', back=True)
    keyboard.use('link "All weeks"')
    keyboard.use('link "Techno"')
    keyboard.use('link "All tracks"')
    keyboard.to('combobox "Where"')
    keyboard.press("ArrowDown")
    expect(page.locator("#place")).to_have_value("bronze")
    expect(page).to_have_url(re.compile("place=bronze"))
    before = int(shown.inner_text())
    keyboard.to('checkbox "Select the ')
    keyboard.to('checkbox "Select ')
    keyboard.press("Space", "Shift+ArrowDown", "Shift+ArrowDown")
    expect(page.locator("#chosen")).to_have_text("3 selected.")
    keyboard.press("Enter")
    keyboard.use('button "Groove"')
    expect(shown).to_have_text(str(before - 3))
    keyboard.use('button "Undo')
    expect(shown).to_have_text(str(before))


def judge_a_match(page: Page, keyboard: Keyboard) -> None:
    """The first one by our key, and taken back."""
    question = page.get_by_role("heading", level=1)
    keyboard.use('link "Matches')  # past the end, and from the top again
    expect(question).to_have_text(re.compile("Is it the same recording|Not on Spotify"))
    ours = page.locator(".side-ours .side-title")
    first = ours.inner_text()
    keyboard.press("0")
    expect(ours).not_to_have_text(first)
    keyboard.press("z")
    expect(ours).to_have_text(first)


def promote_and_close(page: Page, keyboard: Keyboard) -> None:
    keyboard.use('link "Weeks"', back=True)
    keyboard.use('link "All weeks"')
    keyboard.use('link "Techno"')
    keyboard.use('link "Review"')
    keyboard.use('button "Promote all')
    expect(page.locator("#sum progress")).not_to_have_attribute("value", "0")
    promoted = int(page.locator("#sum progress").get_attribute("value") or 0)
    keyboard.use('button "Promote')
    expect(page.locator("#sum progress")).not_to_have_attribute("value", str(promoted))
    keyboard.to('combobox "')
    keyboard.press("ArrowDown")
    keyboard.use('checkbox "keep them on Spotify"', key="Space")
    keyboard.use('button "Close week')
    expect(page.get_by_role("button", name=re.compile("Reopen"))).to_be_visible()


def set_what_is_mine(page: Page, keyboard: Keyboard) -> None:
    """The theme, and another key for Later."""
    keyboard.use('link "Settings of', back=True)
    keyboard.to('radio "')
    keyboard.press("ArrowRight")
    keyboard.use('button "Save"')
    expect(page.get_by_text("Saved.")).to_be_visible()
    keyboard.use('link "See and change each of them"')
    keyboard.to('textbox "Later"')
    keyboard.press("v")
    keyboard.use('button "Save"', back=True)
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()


def test_a_week_without_a_mouse(installation: Installation, page: Page):
    for genre_id in TECHNO:
        set_volume(installation, genre_id, 40)
    keyboard = Keyboard(page)

    log_in(page, keyboard)
    open_a_week(page, keyboard)
    sort_ten(page, keyboard)
    move_a_range(page, keyboard)
    judge_a_match(page, keyboard)
    promote_and_close(page, keyboard)
    set_what_is_mine(page, keyboard)

    assert keyboard.troubles == []

"""The whole story of a week, as a DJ lives it: real processes, a real browser, clicks and keys.

An installation is started from nothing. A new DJ logs in, names categories, opens the last full
week, sorts all of it by keys, promotes twenty tracks and closes the week. After each step the
playlists are read through the sandbox's HTTP and compared item by item, in order.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from clouder.testing import wait_until
from clouder.tests.browser.conftest import Installation, last_full_week, set_volume
from clouder.tests.browser.listener import Listener

pytestmark = [pytest.mark.browser]

CATEGORIES = ["Warm Up", "Groove", "Peak Time", "Acid & Odd", "After Hours", "Closing"]
TECHNO = (6, 92)  # Beatport's ids of the genres that the style is made of
TRACKS_PER_GENRE = 165
# What the DJ presses for one track after the other. Peak Time passes a hundred.
FIRST_KEYS = "4" * 15 + "12356"
OTHER_KEYS = "3130230350"
# How many of each category the DJ promotes, the first ones of the list.
PROMOTED = {"1": 1, "2": 1, "3": 1, "4": 15, "5": 1, "6": 1}
STATES = {"same", "other_edit", "doubtful", "not_found"}
SECONDS = 120  # for what happens in the background


@dataclass(frozen=True)
class Card:
    """A track as the DJ saw it: Beatport's id, and the uri at Spotify or nothing."""

    beatport_id: str
    uri: str


@dataclass
class Decisions:
    """What the DJ pressed for the cards on the screen, by key, in the order of the presses."""

    by_key: dict[str, list[Card]] = field(default_factory=lambda: defaultdict(list))

    def __len__(self) -> int:
        return sum(len(cards) for cards in self.by_key.values())

    def promoted(self, key: str) -> list[Card]:
        return self.by_key[key][: PROMOTED[key]]

    def left_in_silver(self, key: str) -> list[Card]:
        return self.by_key[key][PROMOTED[key] :]


def truth(installation: Installation) -> dict[str, dict]:
    """Beatport id → what stands for it at the sandbox's Spotify."""
    year, week = last_full_week()
    tracks: dict[str, dict] = {}
    for genre_id in TECHNO:
        params = {"genre_id": genre_id, "year": year, "week": week}
        answer = requests.get(f"{installation.sandbox_url}/_/truth", params=params, timeout=30)
        tracks |= answer.json()
    return tracks


def log_in(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Continue with Spotify").click()
    page.get_by_role("button", name="Continue as Inês").click()
    expect(page.get_by_text("Inês Paredes").first).to_be_visible()


def name_categories(page: Page) -> None:
    page.goto("/styles/techno/")
    fields = page.get_by_role("textbox", name=re.compile("categor|name", re.IGNORECASE))
    while fields.count() < len(CATEGORIES):
        page.get_by_role("button", name=re.compile("another|add", re.IGNORECASE)).click()
    for number, name in enumerate(CATEGORIES):
        fields.nth(number).fill(name)
    page.get_by_role("button", name=re.compile("begin|save|start|use", re.IGNORECASE)).first.click()


def open_last_full_week(page: Page) -> str:
    """The address of the opened week, when all of it is fetched and looked up."""
    page.goto("/")
    page.get_by_role("button", name="Open").first.click()
    expect(page).to_have_url(re.compile(r"/curation/periods/\d+/$"))
    still_to_look_up = page.get_by_text("still to look up")
    expect(page.get_by_text(re.compile("Fetched"))).to_be_visible(timeout=SECONDS * 1000)
    expect(still_to_look_up).to_have_count(0, timeout=SECONDS * 1000)
    return page.url


def shown_card(page: Page) -> Locator:
    return page.locator("article.card:not([hidden])")


def press(page: Page, key: str, decisions: Decisions) -> None:
    """One decision by one key; the next card must be there before the next one."""
    shown = shown_card(page)
    track, uri = shown.get_attribute("data-track"), shown.get_attribute("data-uri")
    beatport_id = str(shown.get_attribute("data-beatport")).rsplit("/", 1)[-1]
    page.keyboard.press(key)
    decisions.by_key[key].append(Card(beatport_id, uri or ""))
    expect(page.locator(f'article.card[data-track="{track}"]:not([hidden])')).to_have_count(0)


def is_sorting(page: Page) -> bool:
    over = page.locator("#message:not([hidden])")
    expect(shown_card(page).or_(over)).to_be_visible(timeout=SECONDS * 1000)
    return shown_card(page).count() == 1


def try_undo_and_later(page: Page) -> None:
    """A wrong key, taken back, and a track put off: neither counts as a decision."""
    track = shown_card(page).get_attribute("data-track")
    page.keyboard.press("5")
    page.keyboard.press("z")
    expect(shown_card(page)).to_have_attribute("data-track", str(track))
    page.keyboard.press("l")
    expect(shown_card(page)).not_to_have_attribute("data-track", str(track))


def sort_everything(page: Page) -> Decisions:
    decisions = Decisions()
    expect(shown_card(page)).to_be_visible()
    try_undo_and_later(page)
    for key in FIRST_KEYS:
        press(page, key, decisions)
    while is_sorting(page):
        press(page, OTHER_KEYS[len(decisions) % len(OTHER_KEYS)], decisions)
    return decisions


def promote_twenty(page: Page) -> None:
    """One button for the fifteen of Acid & Odd, and one for each of five other tracks."""
    column = page.get_by_role("region", name="Acid & Odd")
    column.get_by_role("button", name=re.compile("Promote all")).click()
    expect(column.get_by_role("button", name="Golden")).to_have_count(15)
    for name in ["Warm Up", "Groove", "Peak Time", "After Hours", "Closing"]:
        column = page.get_by_role("region", name=name)
        picks = column.get_by_role("listitem")
        picks.get_by_role("button", name=re.compile("^Promote")).first.click()
        expect(column.get_by_role("button", name="Golden")).to_have_count(1)


def close_week(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Close week")).click()
    expect(page.get_by_role("button", name=re.compile("Reopen"))).to_be_visible()


def on_spotify(cards: list[Card]) -> list[str]:
    return [card.uri for card in cards if card.uri]


def silver(decisions: Decisions, *, promoted: bool) -> dict[str, list[str]]:
    """A playlist appears with its first track and stays, even when all of it was promoted."""
    year, week = last_full_week()
    lists = {
        f"Techno W{week} {year} · {name}": on_spotify(
            decisions.left_in_silver(key) if promoted else decisions.by_key[key]
        )
        for key, name in enumerate_keys()
        if on_spotify(decisions.by_key[key])
    }
    return lists | {f"Techno W{week} {year} · Bronze": []}


def golden(decisions: Decisions) -> dict[str, list[str]]:
    return {
        f"Techno · {name}": on_spotify(decisions.promoted(key))
        for key, name in enumerate_keys()
        if on_spotify(decisions.promoted(key))
    }


def enumerate_keys() -> list[tuple[str, str]]:
    return [(str(number), name) for number, name in enumerate(CATEGORIES, start=1)]


def expect_library(listener: Listener, expected: dict[str, list[str]]) -> None:
    """Waits until the DJ's playlists are these and hold this, in this order."""
    try:
        wait_until(lambda: listener.library() == expected, SECONDS)
    except AssertionError:
        assert listener.library() == expected  # shows the difference


def expect_right_versions(decisions: Decisions, tracks: dict[str, dict]) -> None:
    """No rival remix and no cut from a DJ mix was taken for a track, by the sandbox's own books."""
    found = [card for cards in decisions.by_key.values() for card in cards if card.uri]
    wrong = [card for card in found if stands_in(tracks, card, "rival", "mixed")]
    right = [card for card in found if stands_in(tracks, card, "same", "other_edit")]

    assert {row["expected"] for row in tracks.values()} == STATES
    assert not wrong
    assert len(right) >= 0.98 * len(found)


def stands_in(tracks: dict[str, dict], card: Card, *books: str) -> bool:
    row = tracks[card.beatport_id]
    return card.uri.removeprefix("spotify:track:") in [one for book in books for one in row[book]]


def test_from_a_week_of_releases_to_golden_playlists(installation: Installation, page: Page):
    for genre_id in TECHNO:
        set_volume(installation, genre_id, TRACKS_PER_GENRE)
    listener = Listener(installation.sandbox_url, "ines")
    log_in(page)
    name_categories(page)
    week = open_last_full_week(page)

    page.goto(f"{week}sort/")
    decisions = sort_everything(page)

    assert len(decisions) >= 250
    assert len(decisions.by_key["3"]) > 100
    expect_right_versions(decisions, truth(installation))
    expect_library(listener, silver(decisions, promoted=False))

    page.goto(f"{week}review/")
    promote_twenty(page)
    expect_library(listener, silver(decisions, promoted=True) | golden(decisions))

    close_week(page)
    expect_library(listener, golden(decisions))

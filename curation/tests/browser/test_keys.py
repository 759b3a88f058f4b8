"""Real key events: of keyboards that print other letters, held down, and rolled over."""

from functools import partial

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from catalog.tests.factories import matched_track
from curation.models import GoldenTrack
from curation.tests.browser.conftest import DeskPage, filed
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory

pytestmark = [pytest.mark.browser, pytest.mark.once]
CTRL, SHIFT = 2, 8


@pytest.fixture
def period(transactional_db):
    """Keys 1 to 9, A, B and C."""
    return CurationPeriodFactory(categories=[f"On {key}" for key in "123456789ABC"])


@pytest.fixture
def tracks(period):
    """The fifth may be a wrong version."""
    tracks = [{} if number != 4 else {"track": matched_track(1)} for number in range(9)]
    return [CurationTrackFactory(curation_period=period, **fields) for fields in tracks]


@pytest.fixture
def keyboard(desk: DeskPage):
    """Presses a key as the browser hears it from the system: what it prints, and where it is."""
    session = desk.page.context.new_cdp_session(desk.page)

    def send(kind: str, prints: str, place: str, *, modifiers: int = 0, repeats: bool = False):
        says = {"text": prints} if kind == "keyDown" and not modifiers & CTRL else {}
        key = {"key": prints, "code": place, "modifiers": modifiers, "autoRepeat": repeats}
        session.send("Input.dispatchKeyEvent", {"type": kind, **key, **says})

    def press(prints: str, place: str, modifiers: int = 0) -> None:
        send("keyDown", prints, place, modifiers=modifiers)
        send("keyUp", prints, place, modifiers=modifiers)

    press.down = partial(send, "keyDown")
    press.up = partial(send, "keyUp")
    return press


def test_azerty(desk: DeskPage, period, tracks, keyboard):
    for prints, place in [("&", "Digit1"), ("é", "Digit2"), ("à", "Digit0"), ("a", "KeyQ")]:
        keyboard(prints, place)
    expect(desk.page.locator("#wrong")).to_be_enabled()
    keyboard(",", "KeyM")  # what M does on other keyboards
    assert desk.page.locator("#wrong").is_enabled()
    keyboard("q", "KeyA")  # what Q does, not what A does
    keyboard("1", "Digit1", SHIFT)
    keyboard("(", "Digit5")
    keyboard("z", "KeyW")

    desk.wait_until_saved()
    told = ["On 1", "On 2", "Trash", "On A", "On 1"]
    assert filed(period)[:5] == [(row.pk, name) for row, name in zip(tracks, told, strict=False)]
    assert desk.shown() == tracks[5].pk
    assert GoldenTrack.objects.get().track == tracks[4].track


def test_cyrillic(desk: DeskPage, period, tracks, keyboard):
    for prints, place in [("ч", "KeyX"), ("ф", "KeyA"), ("3", "Digit3"), ("д", "KeyL")]:
        keyboard(prints, place)
    keyboard("?", "Digit7", SHIFT)  # what 7 prints with Shift; the 7 counts
    keyboard("ю", "Period")
    keyboard("8", "Digit8")
    keyboard("я", "KeyZ")
    keyboard("9", "Digit9")
    keyboard("я", "KeyZ", CTRL)

    desk.wait_until_saved()
    told = ["Trash", "On A", "On 3", "Later", "On 7"]
    assert filed(period)[:5] == [(row.pk, name) for row, name in zip(tracks, told, strict=False)]
    assert desk.shown() == tracks[5].pk
    assert GoldenTrack.objects.get().track == tracks[4].track
    keyboard("?", "Slash", SHIFT)
    expect(desk.page.get_by_role("dialog")).to_contain_text("On 7")


def test_a_key_held_down_counts_once_and_one_pressed_twice_counts_twice(
    desk: DeskPage, period, tracks, keyboard
):
    keyboard.down("1", "Digit1")
    for _ in range(5):
        keyboard.down("1", "Digit1", repeats=True)
    keyboard.down("2", "Digit2")  # before the first one is up
    keyboard.down("2", "Digit2", repeats=True)
    keyboard.up("1", "Digit1")
    keyboard.up("2", "Digit2")
    keyboard("3", "Digit3")
    keyboard("3", "Digit3")

    desk.wait_until_saved()
    told = ["On 1", "On 2", "On 3", "On 3"]
    assert filed(period) == [(row.pk, name) for row, name in zip(tracks, told, strict=False)]


def test_a_dj_sets_keys_by_pressing_them(page: Page, log_in, period, tracks):
    log_in(page, period.user)
    page.goto(reverse("own_keys"))
    save = page.get_by_role("button", name="Save", exact=True)
    later = page.get_by_label("Later", exact=True)
    page.wait_for_load_state()

    later.press("j")
    expect(later).to_have_value("J")
    page.get_by_label("Undo", exact=True).press("Home")
    page.get_by_label("Next", exact=True).press("ArrowDown")
    page.get_by_label("Trash, second key").press("Backspace")
    later.press("5")
    save.click()
    expect(page.locator("#later-error")).to_have_text(f"5 is On 5 in {period.style}.")
    expect(later).to_have_value("5")
    later.press("v")
    later.press("Enter")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    expect(page.get_by_label("Undo", exact=True)).to_have_value("Home")

    desk = DeskPage(page, period)
    desk.open()
    desk.press("x", "j", "l")
    assert desk.shown() == tracks[0].pk
    desk.press("v", "ArrowDown")
    assert desk.shown() == tracks[2].pk
    desk.press("1", "Home")
    assert desk.shown() == tracks[2].pk
    desk.press("?")
    keys = page.get_by_role("dialog").locator("dl > div")
    expect(keys.filter(has_text="Later").locator("kbd")).to_have_text(["V"])
    expect(keys.filter(has_text="Trash").locator("kbd")).to_have_text(["0"])
    expect(keys.filter(has_text="Undo").locator("kbd")).to_have_text(["Home", "Ctrl+Z"])
    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, "Later")]

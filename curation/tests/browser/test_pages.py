from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from catalog.tests.factories import ReleaseFactory, TrackFactory
from curation.tests.browser import pages
from curation.tests.factories import (
    CurationTrackFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.once]


FIT = (Path(__file__).parent / "fit.js").read_text()
# A desk, the same at 200 %, and 320 px, which is a desk at 400 % (WCAG 1.4.4 and 1.4.10).
WIDTHS = [(1440, 900), (720, 450), (320, 640)]


def test_every_page_fits_any_width_and_breaks_none_of_its_own_rules(page: Page, full):
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: (
            complaints.append(f"{said.text} {said.location}") if said.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))

    for address in pages.addresses(full):
        page.goto(address)
        for width, height in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            found = page.evaluate(FIT, {"mayShorten": width > 1000})
            complaints += [f"{address} at {width} px: {trouble}" for trouble in found]

    assert complaints == []


@pytest.mark.parametrize("width", [390, 1440])
def test_a_moved_category_keeps_the_focus(page: Page, full, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(reverse("style", args=[full.style.slug]))
    down = page.get_by_role("button", name="Move Warm Up down")
    down.focus()

    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Move Warm Up down")).to_be_focused()
    names = page.locator(".categories input:not(.cap-input)")
    assert names.nth(1).input_value() == "Warm Up"


def test_a_refused_key_is_told_in_place(page: Page, full):
    page.goto(reverse("style", args=[full.style.slug]))
    page.get_by_label("Key of Warm Up").fill("2")

    page.get_by_role("button", name="Save", exact=True).last.click()

    expect(page.get_by_text("2 already files to")).to_be_visible()
    expect(page.get_by_label("Key of Warm Up")).to_have_attribute("aria-invalid", "true")


def test_the_list_is_searched_while_typing(page: Page, full):
    other = CurationTrackFactory(curation_period=full, track=TrackFactory(title="Ferrite"))
    page.goto(reverse("period_tracks", args=[full.pk]))

    page.get_by_label("Search").press_sequentially("ferr")

    expect(page.locator("#tracks tbody tr")).to_have_count(1)
    expect(page.locator("#tracks tbody tr")).to_contain_text(other.track.title)
    expect(page.get_by_label("Search")).to_be_focused()
    assert "q=ferr" in page.url


def test_an_ended_session_is_told_without_losing_the_page(page: Page, full):
    page.goto(reverse("style", args=[full.style.slug]))
    page.get_by_label("Name of Warm Up").fill("Opening")
    page.context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="Save", exact=True).last.click()

    expect(page.get_by_text("You are logged out.")).to_be_visible()
    assert page.get_by_label("Name of Warm Up").input_value() == "Opening"


def test_a_message_can_be_closed(page: Page, full):
    page.goto(reverse("period", args=[full.pk]))
    page.get_by_role("button", name="Sync now").click()
    message = page.get_by_text("What waits is sent to Spotify now.")
    expect(message).to_be_visible()

    page.get_by_role("button", name="Close", exact=True).click()

    expect(message).to_be_hidden()
    expect(page.locator("main")).to_be_focused()


def test_the_first_key_skips_the_bar(page: Page, full):
    page.goto(reverse("home"))

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_a_cover_that_does_not_load_becomes_a_blank_label(page: Page, full):
    broken = ReleaseFactory(artwork="/static/no-such-cover-{w}x{h}.jpg")
    CurationTrackFactory(curation_period=full, track=TrackFactory(release=broken))

    page.goto(reverse("period_tracks", args=[full.pk]))

    expect(page.locator("#tracks img")).to_have_count(0)
    expect(page.locator("#tracks .sleeve-blank")).to_have_count(7)


def test_the_bars_own_questions_leave_the_focus_of_the_review_alone(page: Page, full):
    page.goto(reverse("review", args=[full.pk]))
    page.evaluate("document.activeElement.blur()")

    page.evaluate(
        """new Promise((settled) => {
          document.addEventListener("htmx:afterSettle", settled);
          htmx.ajax("GET", "/sync/", { source: "#sync", swap: "outerHTML" });
        }).then(() => true)"""
    )

    assert page.evaluate("document.activeElement === document.body")

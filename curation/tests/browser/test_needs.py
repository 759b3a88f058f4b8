"""What a DJ's system may ask for: wider text, less motion, its own colours, a finger's size."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from curation.tests.browser import focus, pages
from curation.tests.browser.conftest import DeskPage, set_size
from curation.tests.browser.test_pages import FIT

pytestmark = [pytest.mark.browser, pytest.mark.once]

WIDER = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
MOVING = """() => document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().duration > 1).length"""
# Backgrounds and shadows are gone then: what can be pressed or filled has an edge.
EDGELESS = """() => [...document.querySelectorAll("main :is(.button, input, select, .key)")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((one) => !one.matches("[type=range], [type=checkbox], [type=radio]"))
  .filter((one) => getComputedStyle(one).borderTopStyle === "none")
  .map((one) => one.outerHTML.slice(0, 120))"""
# Links in a line of text may be as high as the text; the key of a track is one with its field.
SMALL = """() => [...document.querySelectorAll("a[href], button, summary, label:has(input)")]
  .filter((one) => one.closest("main"))
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .filter((one) => !one.matches(".line-title, .line-sub a, .mix"))
  .map((one) => [one, one.getBoundingClientRect().height])
  .filter(([one, height]) => height && height < 43.5)
  .map(([one, height]) => `${Math.round(height)} px: ${one.outerHTML.slice(0, 120)}`)"""


def too_narrow(page: Page, addresses: list[str]) -> list[str]:
    """Where text is cut off once it takes as much room as WCAG 1.4.12 lets it take."""
    found = []
    for address in addresses:
        page.goto(address)
        page.evaluate(WIDER)
        found += [f"{address}: {trouble}" for trouble in page.evaluate(FIT, {"mayShorten": True})]
    return found


@pytest.mark.parametrize("size", pages.SIZES)
def test_wider_text_is_not_cut_off_where_tracks_are_sorted(page, full, size):
    set_size(page, size)

    names = ["sort", "period_tracks", "review"]
    assert too_narrow(page, [reverse(name, args=[full.pk]) for name in names]) == []


@pytest.mark.slow
@pytest.mark.parametrize("size", pages.SIZES)
def test_wider_text_is_cut_off_on_no_page(page, full, size):
    set_size(page, size)

    assert too_narrow(page, pages.addresses(full)) == []


def test_nothing_moves_for_who_wants_less_motion(page, full):
    page.emulate_media(reduced_motion="reduce")
    desk = DeskPage(page, full)
    desk.open()
    first = desk.shown()

    desk.press("1")

    assert page.evaluate(MOVING) == 0
    assert desk.shown() != first


def test_a_card_moves_for_who_does_not_mind(page, full):
    desk = DeskPage(page, full)
    desk.open()
    desk.press("1")

    assert page.evaluate(MOVING) > 0


@pytest.mark.slow
def test_every_control_has_an_edge_in_the_colours_of_the_system(page, full):
    page.emulate_media(forced_colors="active")

    found = []
    for address in pages.addresses(full):
        page.goto(address)
        found += [f"{address}: {control}" for control in page.evaluate(EDGELESS)]
        found += focus.walk(page)

    assert found == []


def test_what_sorts_a_track_is_as_large_as_a_finger(browser, live_server, full, log_in):
    width, height = pages.SIZES["phone"]
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": height},
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    log_in(page, full.user)

    found = []
    for name in ("sort", "period_tracks"):
        page.goto(reverse(name, args=[full.pk]))
        found += page.evaluate(SMALL)
    context.close()

    assert found == []

"""The desk on the screens of laptops, with few categories and with many: nothing overlaps."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from catalog.tests.factories import matched_track
from curation.tests.browser import pages
from curation.tests.browser.conftest import SHOWN
from curation.tests.browser.test_pages import FIT
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory

pytestmark = [pytest.mark.browser, pytest.mark.once]

# Down the desk, and down the right half of the card: each part begins where the one before ends.
COLUMNS = [
    ["#week", f"{SHOWN} .sleeve", f"{SHOWN} .card-credit", "#player", ".next", "#keys", ".status"],
    ["#week", f"{SHOWN} .card-words", f"{SHOWN} .readout", f"{SHOWN} .card-more", "#player"],
]
TOO_SMALL = "(fields) => fields.filter((one) => one.scrollWidth > one.clientWidth).length"


def overlaps(page: Page) -> list[str]:
    """Parts that reach into the next one, or beyond the screen."""
    floor = page.viewport_size["height"] + 1
    found = []
    for parts in COLUMNS:
        boxes = [page.locator(part).bounding_box() for part in parts]
        starts = [*(box["y"] + 1 for box in boxes[1:]), floor]
        ends = [box["y"] + box["height"] for box in boxes]
        found += [part for part, end, start in zip(parts, ends, starts, strict=True) if end > start]
    return found


@pytest.mark.parametrize(
    "categories",
    [8, 15, *(pytest.param(many, marks=pytest.mark.slow) for many in (1, 9, 11, 18))],
)
def test_nothing_on_the_desk_overlaps(page, log_in, transactional_db, categories):
    names = ["Warm Up", "Acid & Odd", "After Hours", "Hypnotic"] * 5
    week = CurationPeriodFactory(
        categories=[f"{name} {number}" for number, name in enumerate(names[:categories])]
    )
    music = matched_track(1, title=pages.LONG, bpm=128, key="12A")
    CurationTrackFactory(curation_period=week, track=music)
    log_in(page, week.user)
    page.goto(reverse("sort", args=[week.pk]))

    for width, height in [(1440, 900), (1280, 720), (1201, 768), (1920, 1080)]:
        page.set_viewport_size({"width": width, "height": height})
        assert overlaps(page) == []
        assert page.evaluate(FIT, {"mayShorten": True}) == []
        assert page.locator(f"{SHOWN} .readout > div").evaluate_all(TOO_SMALL) == 0

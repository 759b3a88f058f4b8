"""A page by the keyboard alone, and what is wrong with where the focus is (WCAG 2.2 AA)."""

from pathlib import Path

from playwright.sync_api import Page

HERE = Path(__file__).parent
LOOK = (HERE / "focus.js").read_text()
STOPS = (HERE / "stops.js").read_text()


def troubles(page: Page) -> list[str]:
    """Of what has the focus now."""
    return [f"{page.url}: {trouble}" for trouble in page.evaluate(LOOK)]


def walk(page: Page, *, and_back: bool = False) -> list[str]:
    """Through all that can have the focus; what is wrong on the way."""
    stops = page.evaluate(STOPS)
    found = []
    for key in ["Tab"] * stops + ["Shift+Tab"] * (stops - 1) * and_back:
        page.keyboard.press(key)
        found += troubles(page)
    return found

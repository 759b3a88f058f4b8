"""A page by the keyboard alone, and what is wrong with where the focus is (WCAG 2.2 AA)."""

from pathlib import Path

from playwright.sync_api import Page

HERE = Path(__file__).parent
LOOK = (HERE / "focus.js").read_text()
STOPS = (HERE / "stops.js").read_text()
MOST_STOPS = 250  # until something is out of reach


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


class Keyboard:
    """A DJ without a mouse. What is wrong with the focus on the way is in `troubles`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, name: str, *, back: bool = False) -> None:
        """Tab by Tab to what a screen reader calls so: `button "Undo"`."""
        passed = []
        for _ in range(MOST_STOPS):
            self.press("Shift+Tab" if back else "Tab")
            passed.append(self.at())
            if passed[-1]:
                self.troubles += troubles(self.page)
            if passed[-1].startswith(name):
                return
        raise AssertionError(f"{name} is not among {list(dict.fromkeys(passed))}")

    def at(self) -> str:
        """The role and the name of what has the focus; nothing beyond the end of the page."""
        focused = self.page.locator(":focus")
        if not focused.count():
            return ""
        named = focused.aria_snapshot().removeprefix("- ")
        return next(iter(named.splitlines()), focused.evaluate("(one) => one.outerHTML"))

    def use(self, name: str, *, key: str = "Enter", back: bool = False) -> None:
        self.to(name, back=back)
        self.press(key)

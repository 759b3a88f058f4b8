"""What axe-core finds on a page, by the rules of WCAG 2.2 AA and its own good practice."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"runOnly": TAGS, "resultTypes": ["violations"], "iframes": False}
# The second theme has other colours, and nothing else is another.
COLOURS = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# A button changes its colour within a moment, also when the theme is another one.
SETTLED = """() => Promise.all(document.getAnimations()
  .filter((one) => one instanceof CSSTransition)
  .map((one) => one.finished.catch(() => null))).then(() => true)"""
FIND = """async (options) => (await axe.run(options)).violations.flatMap((rule) =>
  rule.nodes.map((node) =>
    `${rule.id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`))"""


def prepare(context: BrowserContext) -> None:
    """axe is there in each page, whatever the page's own rules about scripts are."""
    context.add_init_script(AXE_SCRIPT)


def complaints(page: Page) -> list[str]:
    """Of the page as it stands now, in both themes."""
    found = []
    for theme, options in [("light", ALL), ("dark", COLOURS)]:
        page.emulate_media(color_scheme=theme)
        page.evaluate(SETTLED)
        found += [f"{page.url} ({theme}) {said}" for said in page.evaluate(FIND, options)]
    return found

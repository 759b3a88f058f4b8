"""What axe-core finds on a page, by the rules of WCAG 2.2 AA and its own good practice."""

import json

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"], "iframes": False}
# A button changes its colour within a moment, also when the theme is another one.
SETTLED = """() => Promise.all(document.getAnimations()
  .filter((one) => one instanceof CSSTransition)
  .map((one) => one.finished.catch(() => null))).then(() => true)"""
FIND = f"""async () => (await axe.run({json.dumps(OPTIONS)})).violations.flatMap((rule) =>
  rule.nodes.map((node) =>
    `${{rule.id}}: ${{node.html.slice(0, 160)}}: ${{node.failureSummary}}`))"""


def prepare(context: BrowserContext) -> None:
    """axe is there in each page, whatever the page's own rules about scripts are."""
    context.add_init_script(AXE_SCRIPT)


def complaints(page: Page, *, themes: tuple[str, ...] = ("light", "dark")) -> list[str]:
    """Of the page as it stands now, in each theme."""
    found = []
    for theme in themes:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.evaluate(SETTLED)
        found += [f"{page.url} ({theme}) {said}" for said in page.evaluate(FIND)]
    return found

"""Takes the pictures in docs/screenshots of a fresh installation: `make screenshots`.

A demo DJ works through a week while each page is photographed dark and light, on a desk and on a
phone. Needs Chromium; touches nothing outside a folder of its own and docs/screenshots.
"""

import base64
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    StorageState,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from clouder.testing import find_chromium, free_port, wait_until  # noqa: E402

INTO = ROOT / "docs" / "screenshots"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
THEMES = ["dark", "light"]
ROW = "#result_list tbody tr"
CARD = "article.card:not([hidden])"
SECONDS = 180
SECOND_FRAME = """
    () => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))
"""
STRIP = """
    body { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; margin: 4px; }
    figure { margin: 0; font: 16px sans-serif; }
"""


class Photographer:
    """A DJ at one browser, and four others who look at the same pages for the pictures."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.context = self.look("light", "desk")
        self.page = self.context.new_page()

    def look(self, theme: str, size: str, login: StorageState | None = None) -> BrowserContext:
        width, height = SIZES[size]
        return self.browser.new_context(
            base_url=self.url,
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": height},
            has_touch=size == "phone",
            storage_state=login,
        )

    def shoot(
        self,
        name: str,
        path: str,
        *,
        click: str = "",
        press: str = "",
        sizes: Iterable[str] = SIZES,
    ) -> None:
        """A page as it is now, in each size and theme, after a click on a button or a key."""
        for theme in THEMES:
            for size in sizes:
                context = self.look(theme, size, self.context.storage_state())
                page = context.new_page()
                page.goto(path, wait_until="networkidle" if "sort" not in path else "load")
                if click:
                    page.get_by_role("button", name=re.compile(click)).first.click()
                if press:
                    page.keyboard.press(press)
                page.wait_for_timeout(800)  # the embed and the covers come from elsewhere
                page.screenshot(path=INTO / f"{name}-{size}-{theme}.png")
                context.close()

    def log_in(self, name: str) -> None:
        self.page.goto("/")
        self.page.get_by_role("button", name="Continue with Spotify").click()
        self.page.get_by_role("button", name=f"Continue as {name}").click()

    def log_out(self) -> None:
        self.context.clear_cookies()

    def open_week(self, style: str) -> str:
        self.page.goto("/")
        opens = re.compile(rf"^Open {re.escape(style)}(,|$)")
        self.page.get_by_role("button", name=opens).click()
        expect(self.page).to_have_url(re.compile(r"/curation/periods/\d+/$"))
        return self.page.url.removeprefix(self.url)

    def wait_until_found(self) -> None:
        fetched = self.page.get_by_text(re.compile(r"Fetched at"))
        expect(fetched).to_be_visible(timeout=SECONDS * 1000)
        waiting = self.page.get_by_text("still to look up")
        expect(waiting).to_have_count(0, timeout=SECONDS * 1000)

    def press(self, keys: str) -> None:
        for key in keys:
            card = self.page.locator(CARD)
            track = card.get_attribute("data-track")
            self.page.keyboard.press(key)
            expect(self.page.locator(f'{CARD}[data-track="{track}"]')).to_have_count(0)

    def press_until_finished(self, keys: str) -> None:
        over = self.page.locator("#message:not([hidden])")
        for number in range(10_000):
            expect(self.page.locator(CARD).or_(over)).to_be_visible(timeout=SECONDS * 1000)
            if over.count():
                return
            self.press(keys[number % len(keys)])

    def wait_until_saved(self) -> None:
        """What waits in the browser would be sent by those who look at the page, too."""
        kept = "Object.keys(localStorage).some((key) => key.startsWith('clouder:decision:'))"
        self.page.wait_for_function(f"!({kept})")


def new_password(folder: Path) -> str:
    """Of the installation's admin."""
    said = subprocess.check_output(
        [sys.executable, "manage.py", "admin_password"],
        cwd=ROOT,
        env=environment(folder),
        text=True,
    )
    return said.split()[-1]


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {
        "VAR_DIR": str(folder),
        "SPOTIFY_CLIENT_ID": "",
        "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "CELERY_BROKER_URL": f"filesystem://{folder}/broker",
        "MIRROR_DELAY_SECONDS": "20",
    }


@contextmanager
def installation(folder: Path) -> Iterator[tuple[str, str]]:
    """The addresses of Clouder and of its sandbox."""
    port, sandbox_port = free_port(), free_port()
    ports = {"PORT": str(port), "SANDBOX_PORT": str(sandbox_port)}
    url = f"http://127.0.0.1:{port}"
    runner = subprocess.Popen(
        [sys.executable, "-m", "clouder.runner"], cwd=ROOT, env=environment(folder) | ports
    )
    try:
        wait_until(lambda: is_up(f"{url}/healthz"), 60)
        yield url, f"http://127.0.0.1:{sandbox_port}"
    finally:
        runner.terminate()
        runner.wait(30)


def is_up(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def newcomer(photographer: Photographer) -> None:
    photographer.shoot("login", "/login/")
    photographer.log_in("Inês")
    photographer.shoot("home-first", "/")
    photographer.shoot("style-first", "/styles/techno/")
    photographer.log_out()


def refused(photographer: Photographer) -> None:
    photographer.log_in("Ruben")
    page = photographer.page
    page.screenshot(path=INTO / "login-refused-desk-light.png")
    photographer.log_out()


def week(photographer: Photographer) -> None:
    photographer.log_in("Nadja")
    small = photographer.open_week("Melodic House & Techno")
    photographer.shoot("week-fetching", small)
    photographer.page.goto(small)
    photographer.wait_until_found()
    photographer.page.goto(f"{small}sort/")
    photographer.press_until_finished("1023030")
    photographer.shoot("desk-finished", f"{small}sort/")
    big = photographer.open_week("Techno")
    photographer.wait_until_found()
    photographer.page.goto(f"{big}sort/")
    photographer.press("1203450602" * 12)
    ten_decisions(photographer)
    photographer.wait_until_saved()
    photographer.shoot("desk", f"{big}sort/")
    photographer.shoot("desk-keys", f"{big}sort/", click="All keys", sizes=["desk"])
    photographer.shoot("desk-finder", f"{big}sort/", press="/", sizes=["desk"])
    photographer.page.goto(f"{big}sort/")
    always = photographer.page.locator(CARD).get_by_role("link", name="Always Trash")
    photographer.shoot("trash-rule", always.get_attribute("href") or "")
    photographer.shoot("week", big)
    photographer.shoot("tracks", f"{big}tracks/")
    review(photographer, small)
    photographer.shoot("home", "/")


def ten_decisions(photographer: Photographer) -> None:
    """On one picture, each as it stands on the screen in the second frame after its key."""
    page = photographer.page
    figures = []
    for key in "1203450610":
        page.wait_for_timeout(300)
        page.keyboard.press(key)
        page.evaluate(SECOND_FRAME)
        frame = base64.b64encode(page.screenshot(type="jpeg", quality=80)).decode()
        figures.append(
            f"<figure><img src='data:image/jpeg;base64,{frame}' width='712'>"
            f"<figcaption>{key}</figcaption></figure>"
        )
    sheet = photographer.context.new_page()
    sheet.set_content(f"<style>{STRIP}</style>{''.join(figures)}")
    sheet.screenshot(path=INTO / "desk-ten-decisions.jpg", full_page=True, quality=80)
    sheet.close()


def review(photographer: Photographer, path: str) -> None:
    page = photographer.page
    page.goto(f"{path}review/")
    for _ in range(8):
        button = page.locator(".pick").get_by_role("button", name=re.compile("^Promote")).first
        name = button.get_attribute("id")
        button.click()
        expect(page.locator(f"#{name}[aria-pressed=true]")).to_be_visible()
    photographer.shoot("review", f"{path}review/", click="^Listen")


def others(photographer: Photographer) -> None:
    photographer.log_in("Nadja")
    photographer.shoot("golden", "/golden/")
    page = photographer.page
    page.goto("/golden/")
    page.get_by_role("link", name="Sunset").first.click()
    photographer.shoot("golden-category", page.url.removeprefix(photographer.url))
    for name, path in {
        "weeks": "/curation/periods/",
        "matches": "/matches/",
        "styles": "/styles/",
        "style": "/styles/techno/",
        "settings": "/settings/",
        "keys": "/settings/keys/",
        "not-found": "/styles/nothing/",
    }.items():
        photographer.shoot(name, path)


def catalogue(photographer: Photographer) -> None:
    """A kept track, who made it, where it came out, and the search for all of them."""
    photographer.log_in("Nadja")
    page = photographer.page
    page.goto("/golden/")
    page.get_by_role("link", name="Sunset").first.click()
    page.locator(".cell-title a").first.click()
    track = page.url
    photographer.shoot("track", track.removeprefix(photographer.url))
    for name in ("artist", "label"):
        page.goto(track)
        page.locator(f'main a[href^="/{name}s/"]').first.click()
        photographer.shoot(name, page.url.removeprefix(photographer.url))
    photographer.shoot("search", "/search/?q=mar")
    photographer.shoot("search-empty", "/search/?q=nothing+of+the+kind", sizes=["desk"])


def coverage(photographer: Photographer, password: str) -> None:
    """Most styles with their last weeks, one with a gap in line, the others not fetched."""
    log_in_as_admin(photographer, password)
    page = photographer.page
    page.goto("/coverage/")
    styles = page.locator(".coverage thead a").evaluate_all("all => all.map(a => a.pathname)")
    for style in styles[:10]:
        page.goto(style)
        page.get_by_role("button", name="Fetch this week and the last").click()
    page.goto(styles[0])
    page.get_by_role("button", name="Fetch the gap").first.click()
    under_way = page.get_by_text("under way")
    wait_until(lambda: page.goto("/coverage/") and not under_way.count(), SECONDS)
    photographer.shoot("coverage", "/coverage/")
    photographer.shoot("coverage-style", styles[0])
    page.locator('.coverage td[data-state="complete"] a').first.click()
    photographer.shoot("coverage-week", page.url.removeprefix(photographer.url))


def saved_pages(photographer: Photographer, password: str, sandbox: str) -> None:
    """Two pages saved from the website, and one that was only its bot check."""
    log_in_as_admin(photographer, password)
    page = photographer.page
    days = {"publish_date": "2026-11-16:2026-11-22", "per_page": "100"}
    address = f"{sandbox}/beatport/genre/deep-house/12/tracks"
    bodies = [
        requests.get(address, params=days | {"page": str(number)}, timeout=10).content
        for number in (1, 2)
    ]
    saved: list[FilePayload] = [
        {"name": f"Deep House page {number}.html", "mimeType": "text/html", "buffer": body}
        for number, body in enumerate([*bodies, b"<title>Just a moment...</title>"], 1)
    ]
    page.goto("/beatport/uploads/")
    page.get_by_label("Files").set_input_files(saved)
    page.get_by_role("button", name="Look inside").click()
    expect(page.get_by_text("What they would bring")).to_be_visible()
    photographer.shoot("uploads", "/beatport/uploads/")


def troubles(photographer: Photographer, sandbox: str) -> None:
    """Neither service answers any more while the DJ goes on."""
    photographer.log_in("Nadja")
    faults = [
        {"kind": "status", "status": 503, "times": None, "match": {"path": path}}
        for path in ("/playlists", "/catalog/tracks")
    ]
    requests.post(f"{sandbox}/_/faults", json=faults, timeout=10).raise_for_status()
    page = photographer.page
    page.goto("/curation/periods/")
    page.get_by_role("link", name="Techno", exact=True).click()
    week = page.url
    page.goto(f"{week}sort/")
    photographer.press("123")
    page.goto(week)
    page.get_by_role("button", name="Sync now").click()


def turned_away(photographer: Photographer, sandbox: str) -> None:
    """Spotify takes the consent back in the middle of a week."""
    photographer.log_in("Nadja")
    requests.delete(f"{sandbox}/_/faults", timeout=10).raise_for_status()
    page = photographer.page
    page.goto("/curation/periods/")
    page.get_by_role("link", name="Techno", exact=True).click()
    week = page.url.removeprefix(photographer.url)
    revoked = requests.post(f"{sandbox}/_/users/nadja", json={"revoked": True}, timeout=10)
    revoked.raise_for_status()
    page.goto(f"{week}sort/")
    photographer.press("1")
    page.goto(week)
    page.get_by_role("button", name="Sync now").click()
    said = page.get_by_text("Spotify: please reconnect")
    expect(said).to_be_visible(timeout=SECONDS * 1000)
    for name, path in {
        "desk": f"{week}sort/",
        "home": "/",
        "settings": "/settings/#spotify",
    }.items():
        photographer.shoot(f"turned-away-{name}", path)


def log_in_as_admin(photographer: Photographer, password: str) -> None:
    page = photographer.page
    page.goto("/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def admin(photographer: Photographer, password: str) -> None:
    log_in_as_admin(photographer, password)
    page = photographer.page
    page.goto("/admin/curation/style/fetch/?style=amapiano")
    page.get_by_role("button", name="Fetch").click()
    outbox = "/admin/curation/mirroredplaylist/"
    wait_until(lambda: page.goto(f"{outbox}?standing=trouble") and page.locator(ROW).count(), 60)
    wait_until(
        lambda: page.goto("/admin/ingestion/ingestrun/") and page.get_by_text("503").count(), 60
    )
    everywhere = {
        "admin": "/admin/",
        "admin-tracks": "/admin/catalog/track/?spotify=unmatched",
        "status": "/status/",
    }
    for name, path in everywhere.items():
        photographer.shoot(name, path)
    lists = {
        "admin-styles": "/admin/curation/style/",
        "admin-fetch": "/admin/curation/style/fetch/",
        "admin-runs": "/admin/ingestion/ingestrun/",
        "admin-users": "/admin/accounts/user/",
        "admin-schedules": "/admin/django_celery_beat/periodictask/",
        "admin-outbox": outbox,
    }
    for name, path in lists.items():
        photographer.shoot(name, path, sizes=["desk"])
    for name, path, of_list in [
        ("admin-run", "/admin/ingestion/ingestrun/", ".field-what a"),
        ("admin-track", "/admin/catalog/track/", ".field-full_title a"),
        ("admin-quota", "/admin/accounts/quotabucket/", "text=search"),
    ]:
        page.goto(path)
        page.locator("#result_list").locator(of_list).first.click()
        photographer.shoot(name, page.url.removeprefix(photographer.url), sizes=["desk"])


def main() -> None:
    INTO.mkdir(exist_ok=True)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="clouder-pictures-") as folder,
        installation(Path(folder)) as (url, sandbox),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        for chapter in (newcomer, refused, week, others, catalogue):
            chapter(Photographer(browser, url))
        password = new_password(Path(folder))
        coverage(Photographer(browser, url), password)
        saved_pages(Photographer(browser, url), password, sandbox)
        troubles(Photographer(browser, url), sandbox)
        admin(Photographer(browser, url), password)
        turned_away(Photographer(browser, url), sandbox)
        browser.close()
    print(f"{len(list(INTO.glob('*.png')))} pictures in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()

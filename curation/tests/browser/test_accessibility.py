"""axe finds nothing, on any page of ours. What it cannot tell is asked for by hand below."""

import re
from functools import partial

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.errors import RateLimited
from accounts.models import User
from accounts.problems import problem_of
from clouder import bounds
from curation.tests.browser import axe, names, pages
from curation.tests.browser.conftest import DeskPage, set_size
from curation.tests.browser.test_desk import MOVES

pytestmark = [pytest.mark.browser, pytest.mark.once]


# The pages that say no, which answer nothing else: 403, 409, 429, 500 and 503.
REFUSALS: dict[str, dict[str, object]] = {
    "403_csrf.html": {},
    "curation/conflict.html": {"sentence": "This week is closed.", "back": "/"},
    "refused.html": {"sentence": bounds.TOO_FAST},
    "accounts/locked_out.html": {"minutes": 15},
    "500.html": {},
    "accounts/login_problem.html": {"problem": problem_of(RateLimited(timezone.now()))},
}


@pytest.fixture
def page(page) -> Page:
    axe.prepare(page.context)
    page.emulate_media(reduced_motion="reduce")
    return page


def test_axe_finds_nothing_and_each_name_makes_sense_alone(page, full):
    found = []
    for address in pages.addresses(full):
        answer = page.goto(address)
        assert answer.status == 200, address
        found += axe.complaints(page)
        found += names.troubles(page)

    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("size", pages.SIZES)
def test_axe_finds_nothing_at_size(page, transactional_db, log_in, size):
    large = pages.week(400)
    pages.show_everything(large.user)
    log_in(page, large.user)
    set_size(page, size)

    found = []
    for address in pages.addresses(large):
        page.goto(address)
        found += axe.complaints(page)

    assert found == []


def test_axe_finds_nothing_where_something_is_wrong(page, full):
    found = []

    page.goto(reverse("style", args=[full.style.slug]))
    page.get_by_label("Key of Warm Up").fill("2")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("2 already files to")).to_be_visible()
    found += axe.complaints(page)

    page.goto(reverse("own_keys"))
    page.get_by_label("Later", exact=True).press("j")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("J is Next.")).to_be_visible()
    found += axe.complaints(page)

    for template, context in REFUSALS.items():
        page.route("**/broken/", partial(answer_with, render_to_string(template, context)))
        page.goto("/broken/")
        found += axe.complaints(page)
        page.unroute("**/broken/")
    page.goto("/styles/nothing/")
    found += axe.complaints(page)
    User.objects.update(is_staff=False, is_superuser=False)
    assert page.goto(reverse("status")).status == 403
    found += axe.complaints(page)

    desk = DeskPage(page, full)
    desk.open()
    desk.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += axe.complaints(page)
    desk.press("Escape")
    page.route(MOVES, lambda route: route.abort())
    desk.press("1")
    expect(page.locator("#tray")).to_contain_text("not saved yet")
    found += axe.complaints(page)

    page.context.clear_cookies()
    page.goto(reverse("login"))
    found += axe.complaints(page)

    assert found == []


def answer_with(body: str, route: Route) -> None:
    route.fulfill(body=body, content_type="text/html")


def test_what_was_decided_and_what_failed_is_told(page, full):
    status, alert = page.get_by_role("status"), page.get_by_role("alert")
    desk = DeskPage(page, full)
    desk.open()

    desk.press("2")
    expect(status).to_have_text(re.compile(f"^{pages.LONG_NAME}\\. 2 left\\. Next: Artist"))
    desk.press("z")
    expect(status).to_have_text(re.compile(f"is not in {pages.LONG_NAME} any more\\. 3 left"))
    desk.wait_until_saved()
    page.route(MOVES, lambda route: route.abort())
    desk.press("1")
    expect(alert).to_have_text("1 decision not saved yet")
    page.unroute(MOVES)
    page.get_by_role("button", name="Try again").press("Enter")
    expect(alert).to_have_count(0)

    page.goto(reverse("period_tracks", args=[full.pk]))
    page.get_by_role("checkbox", name="Select the").press("Space")
    expect(status).to_have_text("6 selected.")
    page.get_by_role("button", name="Warm Up", exact=True).press("Enter")
    expect(status).to_have_text(re.compile("tracks to Warm Up"))


def test_the_desk_in_the_words_of_a_screen_reader(page, full):
    page.goto(reverse("sort", args=[full.pk]))

    expect(page.locator("body")).to_match_aria_snapshot(
        f"""
        - link "Skip to content"
        - complementary "About this installation"
        - banner:
          - link "Clouder"
          - navigation "Main":
            - link "Weeks"
            - link "Golden"
            - link "Matches 1 doubtful"
          - link /Settings of/
        - main:
          - heading "{full.style}" [level=1]
          - progressbar "Sorted"
          - article:
            - heading /Everything We Left/ [level=2]
            - term: BPM
            - definition: /\\d+/
            - link "Always Trash…"
          - region "Player"
          - form "File this track":
            - group "File this track":
              - button "1 2 Warm Up"
              - button "0 1 Trash"
              - button "L Later"
          - complementary "Your decisions":
            - heading "Log" [level=2]
            - list:
              - listitem:
                - button /Undo Everything We Left .* Warm Up, Golden/
        - status
        """
    )

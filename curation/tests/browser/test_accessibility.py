"""axe finds nothing, on any page of ours. What it cannot tell is asked for by hand below."""

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
from curation.tests.browser import axe, pages
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


def test_axe_finds_nothing(page, full):
    found = []
    for address in pages.addresses(full):
        answer = page.goto(address)
        assert answer.status == 200, address
        found += axe.complaints(page)

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

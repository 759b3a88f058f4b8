"""axe finds nothing, on any page of ours. What it cannot tell is asked for by hand below."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import User
from catalog.tests.factories import TrackFactory, matched_track
from curation import golden, moves
from curation.models import CurationPeriod
from curation.tests.browser import axe
from curation.tests.browser.conftest import DeskPage
from curation.tests.browser.test_desk import MOVES
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = [pytest.mark.browser, pytest.mark.once]

LONG = "Everything We Left Running in the Other Room Because Nobody Ever Told Us To Stop"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
TRACKS = 6


@pytest.fixture
def period(transactional_db) -> CurationPeriod:
    return week(TRACKS)


def week(size: int) -> CurationPeriod:
    """Each kind of match in Bronze, a track in Trash, one in Silver and one in Golden."""
    week = CurationPeriodFactory(categories=["Warm Up", "A Category With a Rather Long Name"])
    states = ["pending", "review", "not_found"]
    for number in range(size - 3):
        track = TrackFactory(match=states[number % 3], title=LONG if number < 3 else "Ferrite")
        CurationTrackFactory(curation_period=week, track=track)
    rows = [
        CurationTrackFactory(curation_period=week, track=matched_track(number, title=LONG))
        for number in range(3)
    ]
    for row, name in zip(rows, ("Warm Up", "Warm Up", "Trash"), strict=True):
        moves.move_track(user=week.user, track=row, to=playlist_of(week, name))
    golden.promote(user=week.user, tracks=[moves.as_it_is_now(rows[0])])
    return week


@pytest.fixture
def page(browser: Browser, live_server) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    axe.prepare(context)
    yield context.new_page()
    context.close()


@pytest.fixture
def dj(period, page, log_in) -> User:
    period.user.is_staff = period.user.is_superuser = True  # who sees the most
    period.user.save()
    log_in(page, period.user)
    return period.user


def addresses(period: CurationPeriod) -> list[str]:
    category = playlist_of(period, "Warm Up").user_category
    style = period.style.slug
    track = period.tracks.order_by("pk")[0].track
    names = ["home", "styles", "periods", "golden", "matches", "rules", "coverage", "status"]
    names += ["settings", "own_keys", "ask_to_disconnect", "beatport", "uploads"]
    return [
        *[reverse(name) for name in names],
        reverse("sort", args=[period.pk]),
        reverse("period", args=[period.pk]),
        reverse("period_tracks", args=[period.pk]),
        reverse("review", args=[period.pk]),
        f"{reverse('trash_rule', args=[period.pk])}?track={period.tracks.order_by('pk')[0].pk}",
        reverse("style", args=[style]),
        reverse("merge", args=[style, category.pk]),
        reverse("golden_category", args=[category.pk]),
        reverse("coverage_style", args=[style]),
        reverse("coverage_cell", args=[style, period.year, period.week]),
        reverse("track", args=[track.pk]),
        reverse("artist", args=[track.credits.get().artist_id]),
        reverse("label", args=[track.release.label_id]),
        f"{reverse('search')}?q=ferrite",
        f"{reverse('search')}?q=nothing+of+the+kind",
    ]


def test_axe_finds_nothing(page, dj, period):
    found = []
    for address in addresses(period):
        answer = page.goto(address)
        assert answer.status == 200, address
        found += axe.complaints(page)

    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_at_size(page, dj, log_in, size):
    full = week(400)
    full.user.is_staff = full.user.is_superuser = True
    full.user.save()
    log_in(page, full.user)
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})

    found = []
    for address in addresses(full):
        page.goto(address)
        found += axe.complaints(page)

    assert found == []


def test_axe_finds_nothing_where_something_is_wrong(page, dj, period):
    found = []

    page.goto(reverse("style", args=[period.style.slug]))
    page.get_by_label("Key of Warm Up").fill("2")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("2 already files to")).to_be_visible()
    found += axe.complaints(page)

    page.goto(reverse("own_keys"))
    page.get_by_label("Later", exact=True).press("j")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("J is Next.")).to_be_visible()
    found += axe.complaints(page)

    for name in ("403_csrf", "500"):
        body = render_to_string(f"{name}.html")
        page.route("**/broken/", partial(answer_with, body))
        page.goto("/broken/")
        found += axe.complaints(page)
        page.unroute("**/broken/")
    page.goto("/styles/nothing/")
    found += axe.complaints(page)
    User.objects.update(is_staff=False, is_superuser=False)
    assert page.goto(reverse("status")).status == 403
    found += axe.complaints(page)

    desk = DeskPage(page, period)
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

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.tests.factories import ReleaseFactory, TrackFactory, matched_track
from curation import golden, moves
from curation.models import CurationPeriod
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.once]
LONG = "Everything We Left Running in the Other Room Because Nobody Ever Told Us To Stop"


@pytest.fixture
def period(transactional_db) -> CurationPeriod:
    """A week with a long category, a long title, a missing cover and every kind of match."""
    week = CurationPeriodFactory(categories=["Warm Up", "A Category With a Rather Long Name"])
    for state in ("pending", "review", "not_found"):
        track = TrackFactory(match=state, title=LONG, release=ReleaseFactory(title=LONG))
        CurationTrackFactory(curation_period=week, track=track)
    kept = CurationTrackFactory(curation_period=week, track=matched_track(1, title=LONG))
    moves.move_track(user=week.user, track=kept, to=playlist_of(week, "Warm Up"))
    kept.refresh_from_db()
    golden.promote(user=week.user, tracks=[kept])
    return week


@pytest.fixture
def dj(period, page, log_in) -> User:
    period.user.is_staff = True  # who sees the most
    period.user.save()
    log_in(page, period.user)
    return period.user


def addresses(period: CurationPeriod) -> list[str]:
    category = playlist_of(period, "Warm Up").user_category
    track = period.tracks.order_by("pk")[0].track
    cell = [period.style.slug, period.year, period.week]
    merge = reverse("merge", args=[period.style.slug, category.pk])
    long = "A Category With a Rather Long Name"
    return [
        reverse("track", args=[track.pk]),
        reverse("artist", args=[track.credits.get().artist_id]),
        reverse("label", args=[track.release.label_id]),
        f"{reverse('search')}?q=everything",
        reverse("coverage"),
        reverse("coverage_style", args=[period.style.slug]),
        reverse("coverage_cell", args=cell),
        reverse("home"),
        reverse("styles"),
        reverse("style", args=[period.style.slug]),
        reverse("style", args=[StyleFactory(name=LONG).slug]),
        f"{merge}?into={playlist_of(period, long).user_category_id}",
        reverse("review", args=[period.pk]),
        reverse("periods"),
        reverse("period", args=[period.pk]),
        reverse("period_tracks", args=[period.pk]),
        reverse("golden"),
        reverse("golden_category", args=[category.pk]),
        reverse("matches"),
        reverse("own_keys"),
    ]


@pytest.mark.parametrize("width", [320, 1440])
def test_no_page_scrolls_sideways_or_breaks_its_own_rules(page: Page, dj, period, width):
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: (
            complaints.append(f"{said.text} {said.location}") if said.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": width, "height": 800})

    for address in addresses(period):
        page.goto(address)
        beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert beyond <= 0, address
    assert complaints == []


@pytest.mark.parametrize("width", [390, 1440])
def test_a_moved_category_keeps_the_focus(page: Page, dj, period, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(reverse("style", args=[period.style.slug]))
    down = page.get_by_role("button", name="Move Warm Up down")
    down.focus()

    page.keyboard.press("Enter")

    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Move Warm Up down")).to_be_focused()
    names = page.locator(".categories input:not(.cap-input)")
    assert names.nth(1).input_value() == "Warm Up"


def test_a_refused_key_is_told_in_place(page: Page, dj, period):
    page.goto(reverse("style", args=[period.style.slug]))
    page.get_by_label("Key of Warm Up").fill("2")

    page.get_by_role("button", name="Save", exact=True).last.click()

    expect(page.get_by_text("2 already files to")).to_be_visible()
    expect(page.get_by_label("Key of Warm Up")).to_have_attribute("aria-invalid", "true")


def test_the_list_is_searched_while_typing(page: Page, dj, period):
    other = CurationTrackFactory(curation_period=period, track=TrackFactory(title="Ferrite"))
    page.goto(reverse("period_tracks", args=[period.pk]))

    page.get_by_label("Search").press_sequentially("ferr")

    expect(page.locator("#tracks tbody tr")).to_have_count(1)
    expect(page.locator("#tracks tbody tr")).to_contain_text(other.track.title)
    expect(page.get_by_label("Search")).to_be_focused()
    assert "q=ferr" in page.url


def test_an_ended_session_is_told_without_losing_the_page(page: Page, dj, period):
    page.goto(reverse("style", args=[period.style.slug]))
    page.get_by_label("Name of Warm Up").fill("Opening")
    page.context.clear_cookies(name="sessionid")

    page.get_by_role("button", name="Save", exact=True).last.click()

    expect(page.get_by_text("You are logged out.")).to_be_visible()
    assert page.get_by_label("Name of Warm Up").input_value() == "Opening"


def test_a_message_can_be_closed(page: Page, dj, period):
    page.goto(reverse("period", args=[period.pk]))
    page.get_by_role("button", name="Sync now").click()
    message = page.get_by_text("What waits is sent to Spotify now.")
    expect(message).to_be_visible()

    page.get_by_role("button", name="Close", exact=True).click()

    expect(message).to_be_hidden()
    expect(page.locator("main")).to_be_focused()


def test_the_first_key_skips_the_bar(page: Page, dj, period):
    page.goto(reverse("home"))

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_a_cover_that_does_not_load_becomes_a_blank_label(page: Page, dj, period):
    broken = ReleaseFactory(artwork="/static/no-such-cover-{w}x{h}.jpg")
    CurationTrackFactory(curation_period=period, track=TrackFactory(release=broken))

    page.goto(reverse("period_tracks", args=[period.pk]))

    expect(page.locator("#tracks img")).to_have_count(0)
    expect(page.locator("#tracks .sleeve-blank")).to_have_count(5)


def test_the_bars_own_questions_leave_the_focus_of_the_review_alone(page: Page, dj, period):
    page.goto(reverse("review", args=[period.pk]))
    page.evaluate("document.activeElement.blur()")

    page.evaluate(
        """new Promise((settled) => {
          document.addEventListener("htmx:afterSettle", settled);
          htmx.ajax("GET", "/sync/", { source: "#sync", swap: "outerHTML" });
        }).then(() => true)"""
    )

    assert page.evaluate("document.activeElement === document.body")

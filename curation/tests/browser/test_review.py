import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from conftest import wait_until
from curation import moves
from curation.models import CurationPeriod
from curation.tests.factories import CurationTrackFactory, playlist_of

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def silver(period) -> list[int]:
    """Four tracks of Warm Up, in their order."""
    rows = CurationTrackFactory.create_batch(4, curation_period=period)
    for row in rows:
        moves.move_track(user=period.user, track=row, to=playlist_of(period, "Warm Up"))
    return [row.pk for row in rows]


@pytest.fixture
def review(page, log_in, period, silver) -> Page:
    log_in(page, period.user)
    page.goto(reverse("review", args=[period.pk]))
    expect(page.locator("#refile")).to_be_hidden()  # until something is ticked or heard
    return page


def places(period: CurationPeriod, rows: list[int]) -> list[str]:
    found = period.tracks.select_related("current_silver_playlist__user_category").in_bulk(rows)
    return [
        f"{row.current_silver_playlist}{' Golden' if row.promoted_at else ''}"
        for row in (found[pk] for pk in rows)
    ]


def become(period: CurationPeriod, rows: list[int], *wanted: str) -> None:
    wait_until(lambda: places(period, rows) == list(wanted))


def heard(page: Page) -> int:
    return int(page.locator("[data-listen][data-playing]").get_attribute("data-listen"))


def test_by_keys_alone(review, period, silver):
    first, second, third, fourth = silver
    player = review.locator("#player").element_handle()

    review.keyboard.press("j")
    assert heard(review) == first
    review.keyboard.press("2")
    become(period, silver, "Groove", "Warm Up", "Warm Up", "Warm Up")
    expect(review.locator(f"[data-listen='{second}']")).to_have_attribute("data-playing", "")
    expect(review.locator(f"[data-listen='{second}']")).to_be_focused()

    review.keyboard.press("Shift+3")
    become(period, silver, "Groove", "Peak Time Golden", "Warm Up", "Warm Up")
    expect(review.locator(f"[data-listen='{third}']")).to_have_attribute("data-playing", "")

    review.keyboard.press("0")
    become(period, silver, "Groove", "Peak Time Golden", "Trash", "Warm Up")
    expect(review.locator(f"[data-listen='{fourth}']")).to_have_attribute("data-playing", "")
    review.keyboard.press("z")
    review.keyboard.press("z")
    become(period, silver, "Groove", "Warm Up", "Warm Up", "Warm Up")
    assert review.locator("#player").element_handle().evaluate("(a, b) => a === b", player)


def test_what_is_pressed_too_fast_comes_in_its_turn(review, period, silver):
    review.keyboard.press("j")
    for key in "2323":
        review.keyboard.press(key)

    become(period, silver, "Groove", "Peak Time", "Groove", "Peak Time")


def test_ticked_tracks_go_together_and_come_back_together(review, period, silver):
    first, second, third, fourth = silver
    for row in (first, third):
        review.locator(f"#tick-{row}").check()
    expect(review.locator("#subject")).to_have_text("2 ticked")

    review.locator(f"#choose-{second}").click()  # another track: the ticks stay
    become(period, [second], "Warm Up Golden")
    expect(review.locator("#subject")).to_have_text("2 ticked")
    review.locator("#refile").get_by_role("button", name="Peak Time").click()

    become(period, silver, "Peak Time", "Warm Up Golden", "Peak Time", "Warm Up")
    expect(review.locator("#refile")).to_be_hidden()
    review.locator("#undo").click()
    become(period, silver, "Warm Up", "Warm Up Golden", "Warm Up", "Warm Up")
    for row in (first, fourth):
        review.locator(f"#tick-{row}").check()
    review.locator("#promote-chosen").click()
    golden = "Warm Up Golden"
    become(period, silver, golden, golden, "Warm Up", golden)

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from catalog.models import Track
from catalog.tests.factories import TrackFactory, matched_track
from conftest import wait_until
from curation import moves
from curation.models import CurationPeriod, Move
from curation.tests.factories import CurationTrackFactory, playlist_of

pytestmark = [pytest.mark.browser, pytest.mark.once]


class ListPage:
    """All tracks of a week in a browser."""

    def __init__(self, page: Page, period: CurationPeriod) -> None:
        self.page = page
        self.period = period
        self.boxes = page.locator("#tracks [name=track]")
        self.count = page.locator("#chosen")
        self.message = page.locator("#toasts .toast")
        page.goto(reverse("period_tracks", args=[period.pk]))
        expect(self.count).to_have_text("Nothing selected.")

    def button(self, name: str):
        return self.page.get_by_role("button", name=name, exact=True)

    def selected(self) -> list[int]:
        return [at for at, box in enumerate(self.boxes.all()) if box.is_checked()]


@pytest.fixture
def tracks(period):
    """Nine of one label."""
    track = TrackFactory()
    others = [TrackFactory(title=f"Track {n}", release=track.release) for n in range(8)]
    return [CurationTrackFactory(curation_period=period, track=one) for one in [track, *others]]


@pytest.fixture
def listed(page, log_in, period, tracks) -> ListPage:
    log_in(page, period.user)
    return ListPage(page, period)


def places(period: CurationPeriod) -> str:
    """The first letters of where the tracks lie."""
    named = period.tracks.order_by("position").values_list(
        "current_silver_playlist__user_category__name", flat=True
    )
    return "".join((name or "Bronze")[0] for name in named)


def test_ranges_are_selected_moved_and_undone_by_mouse_and_by_keyboard(listed, period):
    page, boxes = listed.page, listed.boxes

    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(listed.count).to_have_text("4 selected.")
    boxes.nth(3).click(modifiers=["Shift"])  # back again, with what is between
    assert listed.selected() == [1, 2]
    listed.button("Groove").click()
    expect(listed.message).to_contain_text("2 tracks to Groove.")
    expect(listed.button("Groove")).to_be_focused()
    expect(listed.count).to_have_text("Nothing selected.")
    assert places(period) == "BGGBBBBBB"

    boxes.nth(4).focus()
    page.keyboard.press("Space")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Shift+Space"):
        page.keyboard.press(key)
    assert listed.selected() == [4, 5, 6, 7]
    page.keyboard.press("Shift+ArrowDown")
    expect(listed.count).to_have_text("5 selected.")
    listed.button("Trash").focus()
    page.keyboard.press("Enter")
    expect(listed.message).to_contain_text("5 tracks to Trash.")
    expect(listed.button("Trash")).to_be_focused()
    assert places(period) == "BGGBTTTTT"

    listed.message.get_by_role("button", name="Undo").click()
    expect(listed.message).to_contain_text("Undone: 5 tracks back.")
    assert places(period) == "BGGBBBBBB"
    page.locator("#undo").click()
    wait_until(lambda: places(period) == "BBBBBBBBB")
    expect(page.locator("#undo")).to_have_count(0)
    expect(page.locator("body :focus")).to_have_count(1)


def test_what_another_tab_moved_before_is_moved_again_and_undone_to_there(listed, period, tracks):
    for track in tracks[:2]:
        moves.move_track(user=period.user, track=track, to=playlist_of(period, "Groove"))

    listed.page.get_by_label("Select the 9 shown").check()
    expect(listed.count).to_have_text("9 selected.")
    listed.button("Groove").click()
    expect(listed.message).to_contain_text("7 tracks to Groove.")
    assert places(period) == "G" * 9
    assert Move.objects.count() == 9

    moves.move_track(user=period.user, track=tracks[8], to=playlist_of(period, "Peak Time"))
    listed.message.get_by_role("button", name="Undo").click()
    expect(listed.page.get_by_text("This track was moved again since.")).to_be_visible()
    assert places(period) == "GGGGGGGGP"
    moves.undo(period)
    listed.message.get_by_role("button", name="Undo").click()
    wait_until(lambda: places(period) == "GGBBBBBBB")


def test_what_is_selected_on_other_pages_is_counted_and_moved_too(listed, period, monkeypatch):
    monkeypatch.setattr("curation.views.tracklist.TRACKS_A_PAGE", 4)
    Track.objects.filter(title="Track 7").update(title="Lantern")
    page = listed.page
    page.reload()
    listed.boxes.nth(0).check()
    listed.boxes.nth(2).check()
    page.get_by_role("link", name="After").click()
    expect(listed.count).to_have_text("2 selected, 2 not on this page.")
    listed.boxes.nth(1).check()
    page.get_by_label("Search").press_sequentially("Lantern")
    expect(page.locator("#shown")).to_contain_text("1 of 9")
    expect(listed.count).to_have_text("3 selected, 3 not on this page.")
    listed.boxes.nth(0).check()

    listed.button("Groove").click()
    expect(listed.message).to_contain_text("4 tracks to Groove.")
    assert places(period) == "GBGBBGBBG"
    expect(listed.count).to_have_text("Nothing selected.")
    page.go_back()
    expect(page.locator("#shown")).to_contain_text("9 of 9")
    expect(listed.count).to_have_text("Nothing selected.")


def test_all_that_is_found_stays_selected_on_the_next_page_and_goes_with_the_filter(
    listed, period, monkeypatch
):
    monkeypatch.setattr("curation.views.tracklist.TRACKS_A_PAGE", 4)
    page = listed.page
    page.reload()
    page.locator("#all-found").check()
    page.get_by_role("link", name="After").click()
    expect(listed.count).to_have_text("9 selected.")
    assert listed.selected() == [0, 1, 2, 3]

    page.get_by_label("Search").press_sequentially("Track")
    expect(page.locator("#shown")).to_contain_text("8 of 9")
    expect(listed.count).to_have_text("Nothing selected.")


def test_all_of_a_label_goes_to_trash_from_a_row_and_sorting_keeps_the_selection(listed, period):
    page = listed.page
    listed.boxes.nth(2).click()
    page.locator("#sort-title").focus()
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Track")
    expect(page.locator("#sort-title")).to_be_focused()
    assert "sort=title" in page.url
    expect(listed.count).to_have_text("1 selected.")

    page.locator(".row-menu summary").nth(3).click()
    page.get_by_role("button", name="9 in Bronze to Trash").and_(page.locator(":visible")).click()
    expect(listed.message).to_contain_text("9 tracks to Trash.")

    assert places(period) == "T" * 9
    assert Move.objects.values("action_id").distinct().count() == 1
    expect(listed.boxes.nth(3)).to_be_focused()


def test_a_track_is_heard_while_others_are_moved(page, log_in, period):
    track = matched_track(1)
    rows = [
        CurationTrackFactory(curation_period=period, track=one) for one in (track, TrackFactory())
    ]
    log_in(page, period.user)
    listed = ListPage(page, period)
    player = page.locator("#player")
    expect(player).to_be_hidden()

    page.get_by_role("button", name=f"Listen to {track.title}").click()
    expect(player).to_be_visible()
    player.evaluate("(player) => { player.dataset.mark = 'same'; }")
    listed.boxes.nth(1).click()
    listed.button("Groove").click()
    expect(listed.message).to_contain_text("1 track to Groove.")

    expect(page.locator("#player[data-mark=same]")).to_be_visible()
    expect(page.locator(f"[data-listen='{rows[0].pk}'][data-playing]")).to_be_visible()
    expect(page.locator("[data-listen]")).to_have_count(1)
    gap = "(bar) => innerHeight - bar.getBoundingClientRect().bottom"
    beneath = page.locator("#bar").evaluate(gap)
    assert beneath >= player.evaluate("(player) => player.offsetHeight") - 1


def test_without_javascript_the_boxes_and_the_buttons_are_enough(
    browser, live_server, log_in, period, tracks
):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, period.user)
    page.goto(f"/curation/periods/{period.pk}/tracks/?sort=-title")

    page.get_by_label("Select Track 7").check()
    page.get_by_label("Select Track 5").check()
    page.get_by_role("button", name="Groove", exact=True).click()
    expect(page.get_by_text("2 tracks to Groove.")).to_be_visible()
    assert page.url.endswith("?sort=-title")
    assert places(period) == "BBBBBBGBG"
    page.get_by_role("link", name="Artists").click()
    expect(page.locator("th[aria-sort]")).to_contain_text("Artists")
    page.locator("#undo").click()
    expect(page.get_by_text("Undone: 2 tracks back.")).to_be_visible()
    page.locator(".row-menu summary").first.click()
    page.get_by_role("button", name="9 in Bronze to Trash").and_(page.locator(":visible")).click()
    expect(page.get_by_text("9 tracks to Trash.")).to_be_visible()
    assert places(period) == "T" * 9
    context.close()

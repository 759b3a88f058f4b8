import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Preferences
from accounts.tests.factories import UserFactory
from catalog.tests.factories import TrackFactory
from conftest import wait_until
from curation import moves, periods
from curation.models import GoldenTrack, Move
from curation.tests.browser.conftest import SHOWN, DeskPage, filed
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of
from ingestion.models import IngestRun

pytestmark = [pytest.mark.browser, pytest.mark.once]

MOVES = re.compile(r"/sort/(move|later|undo|wrong-version)/$")
NEXT = re.compile(r"/sort/next/$")
NAME_OF = {"1": "Warm Up", "2": "Groove", "3": "Peak Time", "0": "Trash", "x": "Trash"}


def type_into_page(desk, key, code, **fields):
    desk.page.evaluate(
        "(init) => document.body.dispatchEvent(new KeyboardEvent('keydown', init))",
        {"key": key, "code": code, "bubbles": True, "cancelable": True, **fields},
    )


# Keys


def test_fifty_decisions_as_fast_as_the_page_takes_them(page, log_in, period):
    CurationTrackFactory.create_batch(60, curation_period=period)
    log_in(page, period.user)
    desk = DeskPage(page, period)
    desk.open()
    pressed = []

    for number in range(50):
        key = "123x0"[number % 5]
        pressed.append((desk.shown(), NAME_OF[key]))
        desk.press(key)

    desk.wait_until_saved()
    assert filed(period) == pressed
    expect(page.locator(".week-count b")).to_have_text("50")
    assert [desk.count(name) for name in ("Warm Up", "Groove", "Peak Time", "Trash")] == [
        "10",
        "10",
        "10",
        "20",
    ]


def test_the_next_card_does_not_wait_for_the_server(desk, period, tracks):
    desk.page.route(MOVES, lambda route: None)

    desk.press("1")

    assert desk.shown() == tracks[1].pk
    assert desk.count("Warm Up") == "1"
    expect(desk.page.locator("#undelivered time")).to_have_text("saving")
    assert filed(period) == []


@pytest.mark.slow
def test_a_slow_answer_shows_no_card_out_of_its_turn(page, log_in, period):
    """Most that it brings is decided about already."""
    tracks = CurationTrackFactory.create_batch(20, curation_period=period)
    log_in(page, period.user)
    desk = DeskPage(page, period)
    desk.open()
    asked = []

    def hold_the_first(route):
        asked.append(route)
        if len(asked) > 1:
            route.continue_()

    page.route(NEXT, hold_the_first)
    with page.expect_request(NEXT):
        desk.press("1", "1")
    desk.press(*"1111")
    expect(page.locator("#wait")).to_be_visible()

    asked[0].continue_()

    desk.wait_until_shown(tracks[6].pk)
    desk.wait_until_saved()
    assert desk.shown() == tracks[6].pk
    expect(page.locator(".week-count b")).to_have_text("6")


@pytest.mark.slow
def test_cards_come_though_the_first_try_fails(page, log_in, period):
    tracks = CurationTrackFactory.create_batch(9, curation_period=period)
    log_in(page, period.user)
    desk = DeskPage(page, period)
    desk.open()
    page.route(NEXT, lambda route: route.fulfill(status=503))
    desk.press(*"111111")
    desk.wait_until_saved()
    expect(page.locator("#wait")).to_be_visible()

    page.unroute(NEXT)

    desk.wait_until_shown(tracks[6].pk)


@pytest.mark.once
def test_the_page_counts_by_itself_what_the_server_does_not_say(desk, period, tracks):
    Preferences.objects.filter(user=period.user).update(timezone="Pacific/Auckland")
    period.user.refresh_from_db()
    desk.open()
    desk.page.route(NEXT, lambda route: route.abort())

    desk.press("1", "3", "0")
    desk.wait_until_saved()

    expect(desk.page.locator("#log time")).to_have_count(3)
    assert [desk.count(name) for name in ("Warm Up", "Groove", "Trash")] == ["1", "0", "1"]
    expect(desk.page.locator(".week-count b")).to_have_text("3")
    now = timezone.now().astimezone(period.user.preferences.zone)
    assert f"{now:%H}" in {when[:2] for when in desk.page.locator("#log time").all_inner_texts()}
    titles = [track.track.title for track in tracks[2::-1]]
    expect(desk.page.locator("#log .line-title")).to_have_text(titles)

    desk.press("z")
    desk.wait_until_saved()
    assert [name for _, name in filed(period)] == ["Warm Up", "Peak Time"]
    assert desk.count("Trash") == "0"


def test_two_fast_keys_file_two_tracks(desk, period, tracks):
    desk.press("1", "1")

    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, "Warm Up"), (tracks[1].pk, "Warm Up")]


def test_a_key_held_down_files_one_track(desk, period, tracks):
    for _ in range(6):
        desk.page.keyboard.down("1")
    desk.page.keyboard.up("1")

    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, "Warm Up")]


def test_a_click_files_as_a_key_does(desk, period, tracks):
    desk.page.get_by_role("button", name="Peak Time").click()

    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, "Peak Time")]


@pytest.mark.parametrize(
    ("key", "code", "name"),
    [
        ("x", "KeyB", "Trash"),  # Dvorak: what is printed counts
        ("2", "Numpad2", "Groove"),
    ],
)
def test_keys_of_other_keyboards(desk, period, tracks, key, code, name):
    type_into_page(desk, key, code)

    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, name)]


@pytest.mark.parametrize("modifier", ["ctrlKey", "metaKey", "altKey", "isComposing", "repeat"])
def test_keys_of_the_browser_are_left_to_it(desk, tracks, modifier):
    type_into_page(desk, "1", "Digit1", **{modifier: True})

    assert desk.shown() == tracks[0].pk
    assert desk.kept() == 0


def test_keys_switched_off(page, log_in, period, tracks):
    period.user.preferences.keys_enabled = False
    period.user.preferences.save()
    log_in(page, period.user)
    desk = DeskPage(page, period)
    desk.open()

    desk.press("1")

    assert desk.shown() == tracks[0].pk
    expect(page.locator("#keys .cap").first).to_be_hidden()


def test_the_list_of_keys_is_made_from_the_page(desk, tracks):
    desk.press("?")

    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Warm Up")
    expect(dialog).to_contain_text("Wrong version")
    expect(dialog.locator("div", has_text="Trash").locator("kbd")).to_have_text(["0", "X"])

    desk.press("1")
    assert desk.shown() == tracks[0].pk

    desk.press("Escape")
    expect(dialog).to_be_hidden()
    desk.press("1")
    desk.wait_until_shown(tracks[1].pk)


def test_what_was_trashed_before_is_trashed_again_by_one_key(page, log_in, period, tracks):
    earlier = CurationPeriodFactory(user=period.user, style=period.style, week=37, categories=[])
    met = TrackFactory(recording_key=tracks[0].recording_key)
    row = CurationTrackFactory(curation_period=earlier, track=met)
    moves.move_track(user=period.user, track=row, to=playlist_of(earlier, "Trash"))
    log_in(page, period.user)
    desk = DeskPage(page, period)
    desk.open()

    desk.press("s")
    desk.wait_until_shown(tracks[1].pk)
    desk.press("s")  # this one was never met before

    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, "Trash")]
    expect(page.locator("#log .cap").first).to_have_text("0")
    assert desk.shown() == tracks[1].pk


def test_shift_goes_straight_to_golden(desk, period, tracks):
    desk.press("Shift+3")

    desk.wait_until_saved()
    assert GoldenTrack.objects.get().track == tracks[0].track
    expect(desk.page.locator("#log li").first).to_contain_text("Golden")

    desk.press("3")
    desk.wait_until_saved()
    assert GoldenTrack.objects.count() == 1


def test_later_comes_last(desk, period, tracks):
    desk.press("l")

    desk.wait_until_saved()
    desk.wait_until_shown(tracks[1].pk)
    desk.press("k")
    desk.wait_until_shown(tracks[0].pk)


def test_walking_decides_nothing(desk, period, tracks):
    for track in [*tracks[1:], tracks[0]]:
        desk.press("j")
        desk.wait_until_shown(track.pk)
    for track in reversed(tracks):
        desk.press("k")
        desk.wait_until_shown(track.pk)

    assert Move.objects.count() == 0


def test_a_card_walked_to_is_the_one_that_is_filed(desk, period, tracks):
    desk.press("j", "j")
    desk.wait_until_shown(tracks[2].pk)
    desk.press("1")

    desk.wait_until_saved()
    assert filed(period) == [(tracks[2].pk, "Warm Up")]
    assert desk.shown() == tracks[3].pk


# Undo


def test_undo_brings_the_card_back(desk, period, tracks):
    desk.press("1", "2")
    desk.wait_until_saved()

    desk.press("z")
    desk.wait_until_shown(tracks[1].pk)
    desk.press("Control+z")
    desk.wait_until_shown(tracks[0].pk)

    desk.wait_until_saved()
    assert filed(period) == []
    expect(desk.page.locator(".week-count b")).to_have_text("0")


def test_undo_before_the_server_has_answered(desk, period, tracks):
    desk.press("1", "2", "z", "z", "3")

    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, "Peak Time")]
    assert desk.shown() == tracks[1].pk


def test_undo_of_a_row(desk, period, tracks):
    desk.press("1", "2", "3")
    desk.wait_until_saved()

    desk.page.get_by_role(
        "button", name=f"Undo {tracks[0].track.title}: Warm Up", exact=True
    ).click()

    desk.wait_until_shown(tracks[0].pk)
    desk.wait_until_saved()
    assert [track for track, _ in filed(period)] == [tracks[1].pk, tracks[2].pk]


def test_undo_after_a_reload(desk, period, tracks):
    desk.press("1")
    desk.wait_until_saved()
    desk.open()

    desk.press("z")

    desk.wait_until_shown(tracks[0].pk)
    desk.wait_until_saved()
    assert filed(period) == []


def test_the_last_track_and_back(page, log_in, period):
    track = CurationTrackFactory(curation_period=period)
    log_in(page, period.user)
    desk = DeskPage(page, period)
    desk.open()

    desk.press("1")
    expect(page.get_by_role("heading", name="Week 46 is sorted.")).to_be_visible()
    expect(page.locator(".slot .spine")).to_have_count(1)
    expect(page.locator("#keys")).to_be_hidden()

    desk.press("z")
    desk.wait_until_shown(track.pk)
    desk.wait_until_saved()
    assert filed(period) == []
    expect(page.locator("#keys")).to_be_visible()


# When the server is not there


def test_a_server_that_fails_for_a_while_loses_nothing(desk, period, tracks):
    desk.page.route(MOVES, lambda route: route.fulfill(status=503))

    desk.press("1", "2", "3")

    tray = desk.page.locator("#tray")
    expect(tray).to_contain_text("3 decisions not saved yet")
    expect(desk.page.locator("#undelivered time")).to_have_text(["not saved"] * 3)
    assert desk.shown() == tracks[3].pk

    desk.page.unroute(MOVES)
    tray.get_by_role("button", name="Try again").click()
    desk.wait_until_saved()
    assert filed(period) == [
        (tracks[0].pk, "Warm Up"),
        (tracks[1].pk, "Groove"),
        (tracks[2].pk, "Peak Time"),
    ]
    expect(tray).to_be_empty()


def test_tries_again_by_itself(desk, period, tracks):
    failures = []

    def fail_twice(route):
        failures.append(route.request.url)
        route.abort() if len(failures) < 3 else route.continue_()

    desk.page.route(MOVES, fail_twice)

    desk.press("1")

    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, "Warm Up")]


def test_an_answer_lost_on_its_way_files_once(desk, period, tracks):
    answered = []

    def lose_the_first(route):
        if answered:
            return route.continue_()
        answered.append(route.fetch())
        return route.abort()

    desk.page.route(MOVES, lose_the_first)

    desk.press("1", "2")

    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, "Warm Up"), (tracks[1].pk, "Groove")]


def test_a_decision_that_is_saved_but_not_confirmed_is_counted_once(desk, period, tracks):
    def save_and_lose(route):
        route.fetch()
        route.abort()

    desk.page.route(MOVES, save_and_lose)
    desk.press("1")
    wait_until(lambda: desk.kept() and filed(period))
    desk.page.route(MOVES, lambda route: route.abort())

    desk.open()

    assert desk.kept() == 1
    assert desk.count("Warm Up") == "1"


def test_a_reload_loses_nothing(desk, period, tracks):
    desk.page.route(MOVES, lambda route: route.abort())
    desk.press("1", "2", "3")
    expect(desk.page.locator("#tray")).to_contain_text("3 decisions")

    desk.open()
    assert desk.shown() == tracks[3].pk
    assert desk.count("Groove") == "1"
    desk.page.unroute(MOVES)

    desk.wait_until_saved()
    assert filed(period) == [
        (tracks[0].pk, "Warm Up"),
        (tracks[1].pk, "Groove"),
        (tracks[2].pk, "Peak Time"),
    ]


def test_another_dj_sends_nothing_of_the_first(desk, log_in, period, tracks):
    desk.page.route(MOVES, lambda route: route.abort())
    desk.press("1")
    expect(desk.page.locator("#tray")).to_contain_text("1 decision not saved")
    other = CurationPeriodFactory(user=UserFactory(), style=period.style)
    CurationTrackFactory(curation_period=other)
    log_in(desk.page, other.user)

    theirs = DeskPage(desk.page, other)
    theirs.open()
    desk.page.unroute(MOVES)
    theirs.press("1")
    wait_until(lambda: len(filed(other)) == 1 and theirs.kept() == 1)

    assert filed(period) == []


def test_a_refused_decision_is_told_and_can_be_taken_back(desk, period, tracks):
    periods.close_period(period, rest_to_trash=False)

    desk.press("1")

    tray = desk.page.locator("#tray")
    expect(tray).to_contain_text("This week is closed. Reopen it to change it.")
    assert desk.count("Warm Up") == "0"

    tray.get_by_role("button", name="Take back").click()
    desk.wait_until_shown(tracks[0].pk)
    expect(tray).to_be_empty()
    assert desk.kept() == 0


def test_one_who_was_logged_out_keeps_the_decisions(desk, log_in, period, tracks):
    desk.page.context.clear_cookies(name="sessionid")

    desk.press("1")

    expect(desk.page.locator("#tray")).to_contain_text("You are logged out.")
    assert desk.kept() == 1
    log_in(desk.page, period.user)
    desk.open()
    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, "Warm Up")]


def test_two_tabs_file_each_decision_once(desk, period, tracks):
    other = DeskPage(desk.page.context.new_page(), period)
    other.open()
    desk.page.context.route(MOVES, lambda route: route.abort())
    desk.press("1")
    other.press("j", "2")
    expect(desk.page.locator("#tray")).to_contain_text("not saved")
    third = DeskPage(desk.page.context.new_page(), period)
    third.open()

    desk.page.context.unroute(MOVES)

    third.wait_until_saved()
    assert sorted(filed(period)) == [(tracks[0].pk, "Warm Up"), (tracks[1].pk, "Groove")]
    assert Move.objects.count() == 2


# What is said and where the focus is


def test_the_focus_goes_on_with_the_card(desk, tracks):
    desk.page.locator(SHOWN).focus()

    desk.press("1")

    expect(desk.page.locator(f"{SHOWN}[data-track='{tracks[1].pk}']")).to_be_focused()
    desk.wait_until_saved()
    expect(desk.page.locator(f"{SHOWN}[data-track='{tracks[1].pk}']")).to_be_focused()


def test_the_focus_stays_on_a_button_pressed(desk, tracks):
    button = desk.page.locator("#bank").get_by_role("button", name="Groove")
    button.focus()

    desk.press("Enter")
    desk.wait_until_saved()

    expect(button).to_be_focused()


def test_the_focus_does_not_fall_off_a_row_undone(desk, tracks):
    desk.press("1")
    desk.wait_until_saved()
    desk.page.get_by_role(
        "button", name=f"Undo {tracks[0].track.title}: Warm Up", exact=True
    ).focus()

    desk.press("Enter")
    desk.wait_until_saved()

    desk.wait_until_shown(tracks[0].pk)
    expect(desk.page.locator("body :focus")).to_have_count(1)


def test_the_status_tells_where_it_went_and_what_is_next(desk, tracks):
    desk.press("1")

    status = desk.page.locator("#status")
    expect(status).to_contain_text("Warm Up. 8 left. Next: ")
    expect(status).to_contain_text(tracks[1].track.title)


def test_the_week_fills_the_desk_while_it_arrives(page, log_in, period):
    first = CurationTrackFactory(curation_period=period)
    period.style.genres.add(first.track.genre)
    period.filled_at = None
    period.save()
    IngestRun.objects.create(
        genre=first.track.genre, year=2026, week=46, status="running", expected=90, collected=1
    )
    log_in(page, period.user)
    page.goto(f"/curation/periods/{period.pk}/sort/")
    page.get_by_role("link", name="Start with the 1 that are here").click()
    desk = DeskPage(page, period)
    desk.wait_until_alive()
    desk.press("1")
    expect(page.get_by_role("heading", name="All that is here is sorted.")).to_be_visible()

    second = CurationTrackFactory(curation_period=period)

    desk.wait_until_shown(second.pk)
    expect(page.locator("#message")).to_be_hidden()


# Other ways


def test_without_javascript(browser, live_server, log_in, period, tracks):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, period.user)
    page.goto(f"/curation/periods/{period.pk}/sort/")
    title = page.locator(f"{SHOWN} h2")

    page.get_by_role("button", name="Warm Up").click()
    expect(title).to_have_text(tracks[1].track.title)
    page.get_by_role("link", name="Next").click()
    expect(title).to_have_text(tracks[2].track.title)
    page.get_by_role("button", name="Later").click()
    expect(title).to_have_text(tracks[3].track.title)
    page.locator("#undo-latest").click()
    expect(title).to_have_text(tracks[2].track.title)
    page.get_by_role("button", name="Trash").click()
    expect(title).to_have_text(tracks[3].track.title)

    assert filed(period) == [(tracks[0].pk, "Warm Up"), (tracks[2].pk, "Trash")]
    context.close()


def test_on_a_phone_with_a_thumb(browser, live_server, log_in, period, tracks):
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 390, "height": 664},
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    log_in(page, period.user)
    desk = DeskPage(page, period)
    desk.open()

    for name in ("Warm Up", "Later", "Trash"):
        button = page.get_by_role("button", name=name)
        box = button.bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 664
        button.tap()
    page.locator(".status-undo").get_by_role("button", name="Undo").tap()

    desk.wait_until_saved()
    assert filed(period) == [(tracks[0].pk, "Warm Up"), (tracks[1].pk, "Later")]
    context.close()

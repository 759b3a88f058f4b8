import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from catalog.tests.factories import TrackFactory
from curation import sifting
from curation.selection import Selection
from curation.tests.browser.conftest import SHOWN, DeskPage, filed
from curation.tests.factories import CurationTrackFactory

pytestmark = [pytest.mark.browser, pytest.mark.once]

MOVE = re.compile(r"/sort/move/$")
SELECT = re.compile(r"/sort/selection/$")


@pytest.fixture
def tracks(period):
    """Twelve from 131 BPM down to 120, four in each of three keys."""
    return [
        CurationTrackFactory(
            curation_period=period,
            track=TrackFactory(bpm=131 - number, key="8A 9A 2B".split()[number % 3]),
        )
        for number in range(12)
    ]


def choose(desk, **fields):
    panel = desk.page.locator("#finder")
    if not panel.get_attribute("open") is not None:
        panel.locator("summary").click()
    for name, value in fields.items():
        field = panel.locator(f"[name={name}]")
        field.select_option(value) if name == "order" else field.fill(value)
    panel.get_by_role("button", name="Show", exact=True).click()


def at(desk) -> str:
    return desk.page.url.partition("?")[2]


def test_three_sorted_by_key_in_a_selection_that_stands_after_a_reload(desk, period, tracks):
    shown = desk.page.locator("#sifted p")
    choose(desk, order="bpm", bpm_from="122", bpm_to="127")
    expect(shown).to_have_text("6 of 12 shown")
    desk.wait_until_shown(tracks[9].pk)
    assert at(desk) == "order=bpm&bpm_from=122&bpm_to=127"

    desk.press("1", "2", "1")

    assert desk.shown() == tracks[6].pk
    expect(shown).to_have_text("3 of 9 shown")
    desk.wait_until_saved()
    expect(shown).to_have_text("3 of 9 shown")
    expect(desk.page.locator(".week-count")).to_have_text("3 of 12 sorted")
    assert filed(period) == [
        (tracks[9].pk, "Warm Up"),
        (tracks[8].pk, "Groove"),
        (tracks[7].pk, "Warm Up"),
    ]

    desk.page.reload()
    desk.wait_until_alive()
    assert desk.shown() == tracks[6].pk
    expect(shown).to_have_text("3 of 9 shown")

    desk.press("z")
    desk.wait_until_shown(tracks[7].pk)
    desk.wait_until_saved()
    desk.press("j")
    assert desk.shown() == tracks[6].pk
    desk.press("j", "j", "j")
    assert desk.shown() == tracks[7].pk

    desk.page.goto(reverse("sort", args=[period.pk]))
    assert at(desk) == "order=bpm&bpm_from=122&bpm_to=127"
    expect(shown).to_have_text("4 of 10 shown")


def test_what_mixes_with_the_card_and_back_to_all(desk, period, tracks):
    desk.press("j")
    desk.page.locator("article.card:not([hidden]) a.mix").click()

    parts = desk.page.locator("#sifted .part")
    expect(parts).to_have_text([re.compile(f"Mixes with {tracks[1].track.title}")])
    expect(desk.page.locator("#sifted p")).to_have_text("6 of 12 shown")
    walked = []
    for _ in range(6):
        walked.append(desk.shown())
        desk.press("j")
    assert walked == [tracks[place].pk for place in (1, 4, 7, 0, 3, 6)]

    parts.click()
    expect(desk.page.locator("#sifted")).to_be_hidden()
    assert at(desk) == ""
    assert desk.shown() == tracks[1].pk


def test_nothing_found_has_a_way_out_and_the_keys_rest_while_one_types(desk, period, tracks):
    desk.press("/", "1")
    expect(desk.page.locator("#f-q")).to_have_value("1")
    desk.page.locator("#f-q").fill("xyz1")
    desk.press("Enter")
    expect(desk.page.get_by_role("heading", name="None left of these.")).to_be_visible()
    assert filed(period) == []

    desk.page.get_by_role("link", name="Show all 12").click()

    desk.wait_until_shown(tracks[0].pk)
    assert desk.page.locator("#f-q").input_value() == ""


def test_a_decision_on_its_way_is_not_shown_again_by_another_order(desk, period, tracks):
    held = []
    desk.page.route(MOVE, lambda route: held.append(route))
    with desk.page.expect_request(MOVE):
        desk.press("1")

    choose(desk, order="bpm")
    expect(desk.page.locator(".scale-ends")).to_contain_text("by BPM")
    held[0].continue_()
    desk.wait_until_saved()

    expect(desk.page.locator(".week-count b")).to_have_text("1")
    assert desk.shown() == tracks[1].pk
    desk.press("k")
    assert desk.shown() == tracks[2].pk
    assert sifting.remembered(period) == Selection(order="bpm")


def test_a_choice_that_did_not_arrive_changes_nothing(desk, tracks):
    desk.page.route(SELECT, lambda route: route.abort())

    choose(desk, bpm_from="300")

    expect(desk.page.locator(".toast")).to_contain_text("Nothing was changed")
    assert desk.shown() == tracks[0].pk
    assert at(desk) == ""
    desk.page.unroute(SELECT)
    choose(desk)
    expect(desk.page.locator("#sifted p")).to_have_text("0 of 12 shown")


@pytest.fixture
def desk(page, log_in, period, tracks) -> DeskPage:
    log_in(page, period.user)
    desk = DeskPage(page, period)
    desk.open()
    return desk


def test_without_javascript_it_is_a_form_with_an_address(
    browser, live_server, log_in, period, tracks
):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    log_in(page, period.user)
    page.goto(reverse("sort", args=[period.pk]))
    shown, title = page.locator("#sifted p"), page.locator(f"{SHOWN} h2")

    page.get_by_text("Order and find").click()
    page.get_by_label("Order", exact=True).select_option("bpm")
    page.get_by_label("BPM to").fill("122")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(shown).to_have_text("3 of 12 shown")
    page.get_by_role("button", name="Warm Up").click()
    expect(title).to_have_text(tracks[10].track.title)
    page.get_by_role("link", name="Next").click()
    expect(title).to_have_text(tracks[9].track.title)
    page.locator("#undo-latest").click()
    expect(shown).to_have_text("3 of 12 shown")
    page.get_by_role("link", name="up to 122 BPM").click()
    expect(title).to_have_text(tracks[11].track.title)
    expect(page.locator(".scale-ends")).to_contain_text("12 left in Bronze, by BPM")
    page.get_by_text("Order and find").click()
    page.get_by_role("button", name="Reset").click()
    expect(title).to_have_text(tracks[0].track.title)

    context.close()

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from catalog.models import ExternalData, SpotifyMatch
from curation.models import Verdict
from curation.tests.browser.conftest import DeskPage
from curation.tests.test_views_matches import FIRST, SECOND, waiting

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def accepted() -> dict[str, str]:
    """Title and uri."""
    uris = dict(ExternalData.objects.filter(entity_type="track").values_list("entity_id", "uri"))
    matches = SpotifyMatch.objects.select_related("track")
    return {one.track.title: uris[one.track_id] for one in matches if one.track_id in uris}


def test_the_doubtful_rest_is_cleared_by_keyboard(page: Page, log_in, period):
    for title in "ABCD":
        waiting(period, title=title)
    waiting(period, title="Missing", state="not_found", candidates=[])
    log_in(page, period.user)
    page.goto(reverse("matches"))
    title = page.locator(".side-ours .side-title")
    expect(title).to_contain_text("A")

    def press(key: str, then: str) -> None:
        """Waits for the next page to listen to keys."""
        page.keyboard.press(key)
        expect(title).to_contain_text(then)
        page.wait_for_load_state()

    press("1", then="B")
    press("Shift+2", then="C")
    press("0", then="D")
    press("j", then="Missing")
    press("k", then="D")
    assert accepted() == {"A": FIRST, "B": SECOND}
    assert SpotifyMatch.objects.get(track__title="B").state == "other_edit"

    press("z", then="C")
    assert SpotifyMatch.objects.get(track__title="C").state == "review"

    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(page.locator(".side").nth(1).locator(":focus")).to_have_count(1)
    page.keyboard.press("p")
    expect(page.locator("#link")).to_be_focused()
    page.keyboard.type("https://open.spotify.com/track/" + "x" * 22)
    press("Enter", then="D")
    assert accepted()["C"] == "spotify:track:" + "x" * 22

    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_contain_text("Candidate 1 is the same recording")


def test_a_lost_connection_loses_nothing(page: Page, log_in, period):
    waiting(period, title="A")
    waiting(period, title="B")
    log_in(page, period.user)
    page.goto(reverse("matches"))
    title = page.locator(".side-ours .side-title")
    page.keyboard.press("p")
    expect(page.locator("#link")).to_be_focused()
    page.keyboard.type("https://open.spotify.com/track/" + "x" * 22)
    page.context.set_offline(True)

    page.keyboard.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("cannot be reached")
    assert not Verdict.objects.exists()
    page.context.set_offline(False)
    page.keyboard.press("Enter")
    expect(title).to_contain_text("B")
    assert accepted() == {"A": "spotify:track:" + "x" * 22}
    expect(page).to_have_url(re.compile(r"\?track=\d+$"))
    expect(page.locator("#sides")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(re.compile("/matches/$"))
    expect(page.locator("#main h1")).to_contain_text("the same recording")


def test_a_wrong_version_is_undone_on_the_desk(desk: DeskPage, period, tracks):
    track = tracks[0].track
    SpotifyMatch.objects.filter(track=track).update(state="matched")
    ExternalData.objects.update_or_create(
        provider="spotify",
        entity_type="track",
        entity_id=track.pk,
        defaults={"uri": FIRST, "external_id": "a" * 22, "fetched_at": track.created_at},
    )
    desk.open()
    desk.press("m")
    desk.wait_until_saved()
    row = desk.page.locator("#log li", has_text="Matches")
    expect(row).to_have_count(1)
    assert SpotifyMatch.objects.get(track=track).state == "review"

    desk.press("z")
    desk.wait_until_saved()

    expect(row).to_have_count(0)
    assert SpotifyMatch.objects.get(track=track).state == "matched"
    assert desk.shown() == tracks[0].pk
    uri = desk.page.locator(f"article.card[data-track='{tracks[0].pk}']").get_attribute("data-uri")
    assert uri == FIRST

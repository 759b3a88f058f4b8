import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from catalog.models import ExternalData, SpotifyMatch
from curation.tests.browser.conftest import DeskPage
from curation.tests.test_views_matches import FIRST, SECOND, waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def accepted() -> dict[str, str]:
    """Title and uri."""
    uris = dict(ExternalData.objects.filter(entity_type="track").values_list("entity_id", "uri"))
    matches = SpotifyMatch.objects.select_related("track")
    return {one.track.title: uris[one.track_id] for one in matches if one.track_id in uris}


def test_the_doubtful_rest_is_cleared_by_keyboard(page: Page, log_in, period):
    for title in ("D", "C", "B", "A"):
        waiting(period, title=title)
    waiting(period, title="Missing", state="not_found", candidates=[])
    log_in(page, period.user)
    page.goto(reverse("matches"))
    title = page.locator(".side-ours .side-title")
    expect(title).to_contain_text("A")

    page.keyboard.press("1")
    expect(title).to_contain_text("B")
    page.keyboard.press("Shift+2")
    expect(title).to_contain_text("C")
    page.keyboard.press("0")
    expect(title).to_contain_text("D")
    page.keyboard.press("j")
    expect(title).to_contain_text("Missing")
    page.keyboard.press("k")
    expect(title).to_contain_text("D")
    assert accepted() == {"A": FIRST, "B": SECOND}
    assert SpotifyMatch.objects.get(track__title="B").state == "other_edit"

    page.keyboard.press("z")
    expect(title).to_contain_text("C")
    expect(page.get_by_role("status").or_(page.locator(".messages")).first).to_be_attached()
    assert SpotifyMatch.objects.get(track__title="C").state == "review"

    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(page.locator(".side").nth(1).locator(":focus")).to_have_count(1)
    page.keyboard.press("p")
    expect(page.locator("#link")).to_be_focused()
    page.keyboard.type("https://open.spotify.com/track/" + "x" * 22)
    page.keyboard.press("Enter")
    expect(title).to_contain_text("D")
    assert accepted()["C"] == "spotify:track:" + "x" * 22

    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_contain_text("Candidate 1 is the same recording")


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

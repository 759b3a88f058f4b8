import pytest
from django.urls import reverse
from playwright.sync_api import expect

from curation.tests.mirrored import Desk

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_a_merge_and_its_undo_reach_spotify(page, log_in, sandbox, uris, transactional_db):
    dj = Desk(sandbox, uris)
    rows = dj.fill(5)
    dj.sort(rows[:3], "Warm Up")
    dj.sort(rows[3:], "Peak Time")
    dj.promote(rows[:1])
    dj.send()
    before = dj.at_spotify()
    style = dj.period.style
    log_in(page, dj.user)
    page.goto(reverse("style", args=[style.slug]))

    page.get_by_role("link", name="Merge Warm Up").click()
    expect(page.get_by_text("2 tracks of 1 open week move to Peak Time.")).to_be_visible()
    expect(page.get_by_text("1 track moves to Peak Time.")).to_be_visible()
    expect(page.get_by_text("2 playlists leave your library.")).to_be_visible()
    page.get_by_role("button", name="Merge Warm Up into Peak Time").click()
    expect(page.get_by_text("Warm Up is part of Peak Time now.")).to_be_visible()
    dj.send()
    held = dj.at_spotify()
    assert not [name for name in held if name.endswith("Warm Up")]
    assert len(held[f"{style} · Peak Time"]) == 1
    assert len(held[f"{style} W46 2026 · Peak Time"]) == 4

    page.get_by_role("button", name="Undo the merge of Warm Up into Peak Time").click()
    expect(page.get_by_text("Warm Up is no part of Peak Time any more.")).to_be_visible()
    expect(page.get_by_label("Key of Warm Up")).to_have_value("1")
    dj.send()
    assert {name: held for name, held in dj.at_spotify().items() if held} == before

"""What has the focus is seen: at each stop of Tab, on each page, forth and back."""

import pytest
from django.urls import reverse

from curation.tests.browser import focus, pages
from curation.tests.browser.conftest import set_size

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_the_focus_is_seen_wherever_tracks_are_sorted(page, full):
    found = []
    for name in ("sort", "period_tracks", "review"):
        page.goto(reverse(name, args=[full.pk]))
        found += focus.walk(page)

    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("size", pages.SIZES)
def test_the_focus_is_seen_on_every_page(page, full, size):
    set_size(page, size)

    found = []
    for address in pages.addresses(full):
        page.goto(address)
        found += focus.walk(page, and_back=True)

    assert found == []

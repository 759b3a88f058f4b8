"""Whatever stands in an address or a form, a page answers; it never breaks."""

import uuid

import pytest
from django.urls import reverse

from catalog.tests.factories import TrackFactory
from curation import urls
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = pytest.mark.django_db
ODD = ["x\x00", "9" * 20, "²"]
ASKED = [*("style", "status", "page", "q", "place", "state", "track", "removed"), "at", "held"]
SENT = [
    *("style", "year", "week", "source", "name", "name-new", "key-new", "up", "remove", "link"),
    *("since", "until"),
    *("same", "edit", "track", "to", "client_id", "move", "playlist", "kept", "removal", "rest"),
    *("later", "keys_enabled"),
]


@pytest.fixture
def period(dj):
    dj.is_staff = True
    dj.save()
    period = CurationPeriodFactory(user=dj)
    CurationTrackFactory(curation_period=period, track=TrackFactory(match="review"))
    return period


@pytest.fixture
def addresses(period):
    """Each address of the room once, with rows that are there."""
    category = playlist_of(period, "Warm Up").user_category.pk
    mirrored = period.user.mirrored_playlists.values_list("pk", flat=True).first() or 0
    rows = {"golden": category, "match": period.tracks.get().track_id, "playlist": mirrored}
    label = period.tracks.get().track.release.label
    rule = period.user.trash_rules.create(style=period.style, label=label, action_id=uuid.uuid4())

    def address(route):
        if "<int:year>" in str(route.pattern):
            return reverse(route.name, args=[period.style.slug, period.year, period.week])
        if route.name == "trash_rule_remove":
            return reverse(route.name, args=[period.style.slug, rule.pk])
        if route.name.startswith("merge"):
            return reverse(route.name, args=[period.style.slug, category])
        if "<slug:" in str(route.pattern):
            return reverse(route.name, args=[period.style.slug])
        if "<int:" in str(route.pattern):
            return reverse(route.name, args=[rows.get(route.name.partition("_")[0], period.pk)])
        return reverse(route.name)

    return [address(route) for route in urls.urlpatterns]


@pytest.mark.parametrize("odd", ODD)
def test_no_question_breaks_a_page(pages, addresses, odd):
    for address in addresses:
        assert pages.get(address, dict.fromkeys(ASKED, odd)).status_code < 500, address


@pytest.mark.parametrize("odd", ODD)
def test_no_form_breaks_a_page(pages, addresses, odd):
    for address in addresses:
        assert pages.post(address, dict.fromkeys(SENT, odd)).status_code < 500, address


def test_no_number_breaks_a_page(pages, period):
    for route in urls.urlpatterns:
        if "<int:" in str(route.pattern):
            odd = dict.fromkeys(route.pattern.converters, 10**20)
            address = reverse(route.name, kwargs=odd)
            for answer in (pages.get(address), pages.post(address, {"none": "1"})):
                assert answer.status_code in (404, 405), address

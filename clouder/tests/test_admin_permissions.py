"""Staff who are no superusers see and do what they were permitted."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from accounts.tests.factories import UserFactory
from catalog.models import SpotifyMatch, Track
from catalog.tests.factories import TrackFactory
from clouder.tests import rows
from clouder.tests.test_admin_pages import pages_of_one

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    """Logged in as somebody with exactly these permissions."""

    def permitted(*names: str):
        user = UserFactory(is_staff=True)
        for name in names:
            app, codename = name.split(".")
            found = Permission.objects.get(content_type__app_label=app, codename=codename)
            user.user_permissions.add(found)
        client.force_login(user)
        return client

    return permitted


def list_of(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_without_a_permission_nothing_is_shown(staff):
    rows.fill(range(1, 3))
    client = staff()

    lists = [list_of(model) for model in admin.site._registry]
    more = [reverse("admin:curation_style_fetch")]

    for address in [*lists, *more, *pages_of_one()]:
        assert client.get(address).status_code == 403, address
    assert "You have no permission" in client.get("/admin/").content.decode()


def test_who_may_look_at_tracks_finds_tracks_and_nothing_to_do(staff):
    track = TrackFactory(match="not_found", match__next_try_at=None)
    client = staff("catalog.view_track")

    home = client.get("/admin/").content.decode()
    found = client.get(list_of(Track)).content.decode()
    page = client.get(f"{list_of(Track)}{track.pk}/change/").content.decode()

    assert list_of(Track) in home
    assert list_of(User) not in home
    assert "Outbox" not in home
    assert track.title in found
    assert "Match again" not in found + page


def test_an_action_without_its_permission_does_nothing(staff):
    track = TrackFactory(match="not_found", match__next_try_at=None)
    client = staff("catalog.view_track")

    client.post(list_of(Track), {"action": "match_again", "_selected_action": [track.pk]})
    refused = client.post(f"{list_of(Track)}{track.pk}/do/match_again/")

    assert refused.status_code == 403
    assert SpotifyMatch.objects.get(track=track).state == SpotifyMatch.State.NOT_FOUND


def test_the_button_of_one_row_does_what_the_action_does(staff):
    track, other = (TrackFactory(match="not_found", match__next_try_at=None) for _ in range(2))
    client = staff("catalog.view_track", "catalog.change_track")
    address = f"{list_of(Track)}{track.pk}/do/match_again/"

    assert client.get(address).status_code == 405
    answer = client.post(address, follow=True)

    assert "1 will be looked up on Spotify again" in answer.content.decode()
    assert SpotifyMatch.objects.get(track=track).state == SpotifyMatch.State.PENDING
    assert SpotifyMatch.objects.get(track=other).state == SpotifyMatch.State.NOT_FOUND


@pytest.mark.parametrize(
    "where", ["999999/do/match_again/", "x/do/match_again/", "1/do/delete_selected/"]
)
def test_what_is_not_there_cannot_be_done(staff, where):
    TrackFactory(pk=1)
    client = staff("catalog.view_track", "catalog.change_track")

    assert client.post(list_of(Track) + where).status_code in (403, 404)
    assert Track.objects.count() == 1


@pytest.mark.parametrize("chosen", ["x", "9" * 40, "-1"])
def test_rows_that_cannot_be_are_refused(admin_client, chosen):
    form = {"action": "match_again", "_selected_action": [chosen]}

    assert admin_client.post(list_of(Track), form).status_code == 400

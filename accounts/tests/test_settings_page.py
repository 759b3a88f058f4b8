from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.connection import warn_of_ends
from accounts.forms import zones
from accounts.models import Preferences, SpotifyCredential, User
from accounts.tests.factories import UserFactory, connect
from accounts.tests.walks import HOST, log_in

pytestmark = pytest.mark.django_db
Status = SpotifyCredential.Status
GOOD = {
    "timezone": "Asia/Tokyo",
    "theme": "light",
    "start_at_percent": "45",
    "keys_enabled": "on",
}


@pytest.fixture
def dj(client) -> User:
    user = UserFactory()
    client.force_login(user)
    return user


def page_of(client) -> str:
    answer = client.get("/settings/")
    assert answer.status_code == 200
    return answer.content.decode()


# Preferences


def test_a_stranger_is_sent_to_the_login(client):
    for path in ("/settings/", "/settings/disconnect/"):
        assert client.get(path)["Location"] == f"/login/?next={path}"
    assert client.post("/settings/disconnect/now/")["Location"].startswith("/login/")


def test_preferences_are_saved(client, dj):
    answer = client.post("/settings/", GOOD, follow=True)

    preferences = Preferences.objects.get(user=dj)
    assert "Saved." in answer.content.decode()
    assert preferences.timezone == "Asia/Tokyo"
    assert preferences.theme == "light"
    assert preferences.start_at_percent == 45
    assert preferences.keys_enabled
    assert not preferences.autoplay
    assert not preferences.leaves_out_golden


def test_the_page_shows_what_is_saved(client, dj):
    client.post("/settings/", GOOD)

    page = page_of(client)

    assert 'data-theme="light"' in page
    assert '<option value="Asia/Tokyo" selected>' in page
    assert 'value="45"' in page


def test_each_dj_has_preferences_of_his_own(client, dj):
    other = UserFactory()

    client.post("/settings/", GOOD)

    assert Preferences.objects.get(user=other).timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("timezone", "Mars/Base"),
        ("timezone", ""),
        ("theme", "pink"),
        ("start_at_percent", "91"),
        ("start_at_percent", "-1"),
        ("start_at_percent", "x"),
        ("start_at_percent", ""),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_saved(client, dj, name, value):
    answer = client.post("/settings/", GOOD | {name: value})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{name}-error"' in page
    assert Preferences.objects.get(user=dj).timezone == "Europe/Berlin"


def test_zones_are_places():
    names = [name for name, _ in zones()]

    assert names[0] == "UTC"
    assert {"Europe/Berlin", "America/New_York", "Asia/Kolkata"} <= set(names)
    assert len(names) == len(set(names))
    assert not any(name.startswith("Etc/") for name in names)


def test_a_zone_outside_the_list_is_kept(client, dj):
    Preferences.objects.update(timezone="US/Pacific")

    assert '<option value="US/Pacific" selected>' in page_of(client)
    assert client.post("/settings/", GOOD | {"timezone": "US/Pacific"}).status_code == 302


def test_the_page_costs_few_queries(client, dj, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get("/settings/")


# The connection


def test_without_a_connection_there_is_a_way_to_one(client, dj):
    page = page_of(client)

    assert "Not connected" in page
    assert "Connect Spotify" in page
    assert "Disconnect" not in page


def test_the_connection_is_shown_with_its_end(client, dj, sandbox):
    connect(dj, sandbox)
    SpotifyCredential.objects.update(
        authorized_at=timezone.now().replace(year=2026, month=11, day=25, hour=12)
    )

    page = page_of(client)

    assert "Connected as" in page
    assert "24 May 2027" in page
    assert 'name="show_dialog" value="true"' in page
    assert 'name="next" value="/settings/"' in page


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.NEEDS_RECONNECT, "no longer accepts"),
        (Status.NOT_ALLOWED, "developer dashboard"),
        (Status.PREMIUM_REQUIRED, "Premium of this Clouder"),
    ],
)
def test_a_refusal_is_explained_with_the_way_out(client, dj, sandbox, status, words):
    connect(dj, sandbox)
    SpotifyCredential.objects.update(status=status)

    page = page_of(client)

    assert words in page
    assert "Your sorting is safe" in page
    assert "Reconnect Spotify" in page


def test_the_end_is_announced(client, dj, sandbox):
    connect(dj, sandbox)
    SpotifyCredential.objects.update(authorized_at=timezone.now() - timedelta(days=160))
    warn_of_ends()

    page = page_of(client)

    assert "The connection ends on" in page
    assert "Reconnect Spotify" in page


def test_a_new_scope_is_asked_for(client, dj, sandbox, settings):
    connect(dj, sandbox)
    settings.SPOTIFY_SCOPES = [*settings.SPOTIFY_SCOPES, "something-new"]

    assert "consent once more" in page_of(client)


def test_a_scope_that_spotify_took_back_is_asked_for(client, dj, sandbox):
    connect(dj, sandbox)
    SpotifyCredential.objects.update(status=Status.NEEDS_RECONNECT, scopes=["user-read-private"])

    page = page_of(client)

    assert "needs your consent again" in page
    assert "Your sorting is safe" in page


def test_tokens_are_not_in_the_page(client, dj, sandbox):
    connect(dj, sandbox)
    credential = SpotifyCredential.objects.get()

    page = page_of(client)

    assert credential.access_token not in page
    assert credential.refresh_token not in page


# Disconnect


def test_disconnecting_asks_first(client, dj, sandbox):
    connect(dj, sandbox)

    page = client.get("/settings/disconnect/").content.decode()

    assert 'action="/settings/disconnect/now/"' in page
    assert SpotifyCredential.objects.exists()
    assert client.get("/settings/disconnect/now/").status_code == 405
    assert SpotifyCredential.objects.exists()


def test_a_disconnect_ends_all_sessions_but_this_one(client, sandbox):
    phone = Client()
    log_in(client)
    log_in(phone)

    answer = client.post("/settings/disconnect/now/", headers=HOST, follow=True)

    assert "is disconnected" in answer.content.decode()
    assert "Not connected" in answer.content.decode()
    assert client.get("/settings/").status_code == 200
    assert phone.get("/settings/")["Location"] == "/login/?next=/settings/"


def test_a_disconnect_ends_no_session_of_another_dj(client, sandbox):
    other = Client()
    log_in(client, dj="nadja")
    log_in(other, dj="tomek")

    client.post("/settings/disconnect/now/")

    assert other.get("/settings/").status_code == 200


def test_nothing_of_spotify_is_left_in_the_session(client, sandbox):
    log_in(client)
    credential = SpotifyCredential.objects.get()

    client.post("/settings/disconnect/now/")

    session = str(dict(client.session.items()))
    for word in (credential.account_id, credential.access_token, credential.profile_url):
        assert word not in session


def test_who_disconnected_comes_back_as_the_same_dj(client, sandbox):
    log_in(client)
    user = User.objects.get()
    Preferences.objects.update(start_at_percent=12)
    client.post("/settings/disconnect/now/")
    client.post("/logout/")

    log_in(client)

    assert User.objects.get() == user
    assert user.spotify.is_ok
    assert Preferences.objects.get().start_at_percent == 12


def test_a_disconnected_dj_reconnects_from_the_settings(client, sandbox):
    log_in(client)
    client.post("/settings/disconnect/now/")

    answer = log_in(client, next="/settings/")

    assert answer["Location"] == "/settings/"
    assert "Connected as" in page_of(client)


def test_a_changed_password_still_ends_sessions(client):
    user = UserFactory()
    client.force_login(user)

    user.set_password("another long secret")
    user.save()

    assert client.get("/settings/").status_code == 302

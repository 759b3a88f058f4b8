import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry

from accounts import api_tokens, quota
from accounts.models import SpotifyCredential, User
from accounts.tests.factories import UserFactory, connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def test_users_are_shown_with_their_connection(staff, sandbox):
    user = connect(None, sandbox)

    page = staff.get("/admin/accounts/user/").content.decode()

    assert user.username in page
    assert "Connected" in page


def test_tokens_are_nowhere(staff, sandbox):
    user = connect(None, sandbox)
    secrets = (user.spotify.access_token, user.spotify.refresh_token, user.spotify_account_hash)

    for path in ("", f"{user.pk}/change/", f"{user.pk}/history/", f"{user.pk}/delete/"):
        page = staff.get(f"/admin/accounts/user/{path}")
        assert page.status_code == 200
        assert not any(secret in page.content.decode() for secret in secrets)
    assert not admin.site.is_registered(SpotifyCredential)


def test_api_tokens_are_listed_without_their_hash(staff):
    token, raw = api_tokens.make(UserFactory(username="nadja"), name="Laptop")
    address = "/admin/accounts/apitoken/"

    pages = [
        staff.get(address + path)
        for path in ("", "?q=nadja", f"{token.pk}/change/", f"{token.pk}/history/")
    ]

    for page in pages:
        assert page.status_code == 200
        assert "Laptop" in page.content.decode()
        assert raw not in page.content.decode()
        assert token.sha256 not in page.content.decode()
    assert token.prefix in pages[0].content.decode()
    assert staff.get(f"{address}add/").status_code == 403


def test_staff_revoke_an_api_token(staff):
    token, raw = api_tokens.make(UserFactory(), name="Laptop")

    asked = staff.get(f"/admin/accounts/apitoken/{token.pk}/delete/")
    staff.post(f"/admin/accounts/apitoken/{token.pk}/delete/", {"post": "yes"})

    assert token.sha256 not in asked.content.decode()
    assert api_tokens.authenticate(raw) is None


def test_staff_disconnect_a_dj_after_a_question(staff, sandbox):
    user = connect(None, sandbox)
    form = {"action": "disconnect", "_selected_action": [str(user.pk)]}

    asked = staff.post("/admin/accounts/user/", form)

    assert "weeks and Golden stay" in asked.content.decode()
    assert SpotifyCredential.objects.exists()

    staff.post("/admin/accounts/user/", form | {"is_sure": "yes"})

    assert not SpotifyCredential.objects.exists()
    assert User.objects.filter(pk=user.pk).exists()
    assert LogEntry.objects.get().change_message == "Disconnected Spotify."


def test_a_user_is_added_with_preferences(staff):
    form = {"username": "new", "password1": "a long secret", "password2": "a long secret"}
    staff.post("/admin/accounts/user/add/", form | {"usable_password": "true"})

    assert User.objects.get(username="new").preferences


def test_a_user_is_changed(staff):
    user = UserFactory()
    page = staff.get(f"/admin/accounts/user/{user.pk}/change/")
    form = page.context["adminform"].form.initial | {
        "display_name": "Nadja W.",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "10:00",
        "preferences-TOTAL_FORMS": "1",
        "preferences-INITIAL_FORMS": "1",
        "preferences-0-id": str(user.preferences.pk),
        "preferences-0-user": str(user.pk),
        "preferences-0-timezone": "Asia/Tokyo",
        "preferences-0-start_at_percent": "40",
    }

    staff.post(
        f"/admin/accounts/user/{user.pk}/change/",
        {name: value for name, value in form.items() if value is not None},
    )

    user = User.objects.get(pk=user.pk)
    assert user.display_name == "Nadja W."
    assert user.preferences.timezone == "Asia/Tokyo"


def test_the_ledger_is_shown_and_cannot_be_changed(staff):
    quota.take("search")

    page = staff.get("/admin/accounts/quotabucket/").content.decode()

    assert "search" in page
    assert "9999" in page.replace(",", "")
    assert staff.get("/admin/accounts/quotahour/").status_code == 200
    assert staff.get("/admin/accounts/quotabucket/add/").status_code == 403
    assert staff.get("/admin/accounts/quotahour/add/").status_code == 403

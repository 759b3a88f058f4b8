from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessLog
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import api_tokens, quota
from accounts.models import QuotaBucket, QuotaHour, SpotifyCredential, User
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


def test_a_connection_is_told_in_the_time_of_who_looks(staff, sandbox):
    own = User.objects.get()
    own.preferences.timezone = "Asia/Tokyo"
    own.preferences.save()
    user = connect(None, sandbox)
    at = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    SpotifyCredential.objects.update(authorized_at=at)

    page = staff.get(f"/admin/accounts/user/{user.pk}/change/").content.decode()

    assert "25 Nov 2026, 00:30" in page
    assert "24 May 2027, 00:30" in page


def test_a_user_is_added_with_preferences(staff):
    form = {"username": "new", "password1": "a long secret", "password2": "a long secret"}
    staff.post("/admin/accounts/user/add/", form | {"usable_password": "true"})

    assert User.objects.get(username="new").preferences


def test_a_user_is_changed(staff):
    user = UserFactory()
    page = staff.get(f"/admin/accounts/user/{user.pk}/change/")
    form = page.context["adminform"].form.initial | {
        "display_name": "Nadja W.",
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


def test_the_ledger_says_by_what_hour_and_until_when(staff):
    quota.take("search", QuotaHour.Purpose.OPEN_WEEKS)
    quota.close("search", timezone.now() + timedelta(hours=3))
    bucket = QuotaBucket.objects.get(name="search")

    page = staff.get(f"/admin/accounts/quotabucket/{bucket.pk}/change/").content.decode()

    assert "Looking tracks up" in page
    assert "Looking up tracks of open weeks" in page
    assert f"{hour_where(staff):%d %b %H}:00" in page
    assert '<div class="readonly">0</div>' in page  # left while it is closed


def hour_where(client):
    """The one hour of the ledger, as the clock of who is logged in shows it."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    return QuotaHour.objects.get().hour.astimezone(user.preferences.zone)


@pytest.fixture
def clerk(client):
    """Staff who may change users, and are no superusers."""
    user = UserFactory(is_staff=True)
    names = ["view_user", "change_user", "delete_user"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    client.user = user
    return client


def test_who_is_no_superuser_makes_none(clerk):
    address = f"/admin/accounts/user/{clerk.user.pk}/change/"

    clerk.post(address, {"username": "clerk", "is_active": "on", "is_superuser": "on"})

    user = User.objects.get(pk=clerk.user.pk)
    assert user.username == "clerk"
    assert user.is_staff
    assert not user.is_superuser


@pytest.mark.parametrize("page", ["change/", "password/", "delete/"])
def test_who_is_no_superuser_leaves_superusers_alone(clerk, page):
    chief = UserFactory(is_superuser=True)
    form = {"username": "taken", "password1": "a long secret", "password2": "a long secret"}

    answer = clerk.post(f"/admin/accounts/user/{chief.pk}/{page}", form | {"post": "yes"})

    assert answer.status_code == 403
    assert User.objects.get(pk=chief.pk).password == chief.password


def test_superusers_are_not_disconnected_by_others(clerk, sandbox):
    chief = connect(UserFactory(is_superuser=True), sandbox)

    form = {"action": "disconnect", "_selected_action": [chief.pk], "is_sure": "yes"}
    answer = clerk.post("/admin/accounts/user/", form, follow=True)

    assert "None of them is connected, or may be touched by you." in answer.content.decode()
    assert SpotifyCredential.objects.filter(user=chief).exists()


@pytest.mark.parametrize("is_chosen_in_the_list", [False, True])
def test_a_user_without_work_goes_with_logins_and_log_lines(staff, is_chosen_in_the_list):
    user = UserFactory(username="wanderer")
    Client().force_login(user)
    AccessLog.objects.create(username="wanderer")
    staff.post(f"/admin/accounts/user/{user.pk}/password/", {"usable_password": "false"})

    chosen = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    if is_chosen_in_the_list:
        staff.post("/admin/accounts/user/", chosen)
    else:
        staff.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"})

    assert not User.objects.filter(pk=user.pk).exists()
    assert Session.objects.count() == 1
    assert not AccessLog.objects.exists()
    assert not LogEntry.objects.exists()


def test_nobody_deletes_oneself(staff):
    own = User.objects.get()

    staff.post(f"/admin/accounts/user/{own.pk}/delete/", {"post": "yes"})

    assert User.objects.filter(pk=own.pk).exists()

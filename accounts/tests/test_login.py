from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts import connection, quota
from accounts.models import SpotifyCredential, User, account_hash
from accounts.tests.factories import UserFactory
from accounts.tests.walks import HOST, come_back, decide, leave_for_spotify, log_in

pytestmark = pytest.mark.django_db
TOKEN_PATH = "/api/token$"
PROFILE_PATH = "/v1/me$"


def fault(sandbox, kind, path, **more):
    sandbox.post("faults", kind=kind, match={"path": path}, **more)


def is_logged_in(client) -> bool:
    return "_auth_user_id" in client.session


def assert_problem(answer, status, *words):
    """A whole page with a sentence and a way on."""
    page = answer.content.decode()
    assert answer.status_code == status
    for word in (*words, reverse("spotify_login"), "Try again with Spotify"):
        assert word in page


# The way in


def test_a_new_dj_comes_in(client, sandbox):
    answer = log_in(client)

    user = User.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("home")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.display_name
    assert not user.has_usable_password()
    assert user.email == ""
    assert user.preferences.start_at_percent == 30


def test_the_credential_is_ours_and_complete(client, sandbox):
    log_in(client)

    credential = SpotifyCredential.objects.get()
    assert set(settings.SPOTIFY_SCOPES) <= set(credential.scopes)
    assert credential.is_ok
    assert credential.is_fresh
    assert credential.refresh_token
    assert timezone.now() - credential.authorized_at < timedelta(minutes=1)


def test_allauth_keeps_nothing(client, sandbox):
    log_in(client)

    credential = SpotifyCredential.objects.get()
    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()
    for secret in (credential.access_token, credential.refresh_token, credential.account_id):
        assert secret not in str(dict(client.session.items()))


def test_the_account_is_known_by_its_account_id(client, sandbox):
    log_in(client)

    user = User.objects.get()
    assert user.spotify_account_hash == account_hash(user.spotify.account_id)
    assert user.spotify.account_id != "nadja"


def test_spotify_is_asked_with_pkce_state_and_our_scopes(client, sandbox):
    asked = parse_qs(urlsplit(leave_for_spotify(client)).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert asked["state"][0]
    assert set(asked["scope"][0].split()) == set(settings.SPOTIFY_SCOPES)
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/accounts/spotify/login/callback/"]
    assert "show_dialog" not in asked


def test_a_reconnect_asks_for_consent_again(client, sandbox):
    asked = parse_qs(urlsplit(leave_for_spotify(client, show_dialog="true")).query)

    assert asked["show_dialog"] == ["true"]


def test_a_request_cannot_widen_scopes_or_change_the_process(client, sandbox):
    answer = client.post(
        "/accounts/spotify/login/?scope=streaming&auth_params=client_id%3Dx&process=redirect",
        headers=HOST,
    )

    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert set(asked["scope"][0].split()) == set(settings.SPOTIFY_SCOPES)
    assert asked["client_id"] == [settings.SPOTIFY_CLIENT_ID]
    log_in_answer = come_back(client, decide(answer["Location"]))
    assert log_in_answer.status_code == 302
    assert is_logged_in(client)


def test_the_token_goes_in_the_header_and_a_login_costs_one_call(client, sandbox):
    log_in(client)

    calls = sandbox.get("log", side="spotify")
    rows = calls["rows"] if isinstance(calls, dict) else calls
    assert [(row["method"], row["path"], row["query"]) for row in rows] == [
        ("GET", "/spotify/v1/me", {})
    ]
    assert quota.used("other") == 1


def test_the_same_dj_comes_back(client, sandbox):
    log_in(client)
    first = SpotifyCredential.objects.get()
    client.post("/logout/")

    log_in(client)

    second = SpotifyCredential.objects.get()
    assert User.objects.count() == 1
    assert second.pk == first.pk
    assert second.refresh_token != first.refresh_token


def test_two_djs_are_two_users(client, sandbox):
    log_in(client, dj="nadja")
    log_in(client, dj="tomek")

    assert User.objects.count() == 2
    assert SpotifyCredential.objects.count() == 2
    assert client.session["_auth_user_id"] == str(
        User.objects.get(display_name__icontains="tomek").pk
    )


def test_a_reconnect_ends_a_refusal(client, sandbox):
    log_in(client)
    SpotifyCredential.objects.update(
        status=SpotifyCredential.Status.NEEDS_RECONNECT, retry_at=timezone.now()
    )

    log_in(client, show_dialog="true")

    assert SpotifyCredential.objects.get().is_ok
    assert SpotifyCredential.objects.get().retry_at is None


def test_a_reconnect_keeps_what_is_stored_when_spotify_is_down(client, sandbox):
    log_in(client)
    before = SpotifyCredential.objects.values().get()
    fault(sandbox, "status", PROFILE_PATH, status=503)

    answer = log_in(client, show_dialog="true")

    assert_problem(answer, 502, "still logged in")
    assert SpotifyCredential.objects.values().get() == before
    assert is_logged_in(client)


# Where to go next


def test_next_leads_to_a_page_of_ours(client, sandbox):
    answer = log_in(client, next="/styles/?a=1")

    assert answer["Location"] == "/styles/?a=1"


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://127.0.0.1:8000/styles/",
        "\thttps://evil.example",
        "styles/",
        "",
    ],
)
def test_next_never_leads_elsewhere(client, sandbox, evil):
    answer = log_in(client, next=evil)

    assert answer["Location"] == reverse("home")


# The page


def test_the_page_has_one_form(client):
    page = client.get("/login/", {"next": "/golden/"}, headers=HOST)

    content = page.content.decode()
    assert page.status_code == 200
    assert content.count("<form") == 1
    assert "Continue with Spotify" in content
    assert 'name="next" value="/golden/"' in content


def test_the_page_forgets_a_foreign_next(client):
    page = client.get("/login/", {"next": "https://evil.example/"}, headers=HOST)

    assert b"evil.example" not in page.content


def test_localhost_moves_to_the_address_that_spotify_accepts(client):
    answer = client.get("/login/?next=/golden/", headers={"host": "localhost:8000"})

    assert answer["Location"] == "http://127.0.0.1:8000/login/?next=/golden/"


def test_who_is_logged_in_needs_no_login(client):
    client.force_login(UserFactory())

    assert client.get("/login/?next=/golden/")["Location"] == "/golden/"
    assert client.get("/login/")["Location"] == reverse("home")


def test_a_link_to_the_login_shows_the_page(client):
    answer = client.get("/accounts/spotify/login/?next=/golden/")

    assert answer["Location"] == "/login/?next=%2Fgolden%2F"


def test_login_needs_a_csrf_token(sandbox):
    answer = Client(enforce_csrf_checks=True).post("/accounts/spotify/login/", headers=HOST)

    assert answer.status_code == 403


def test_logout_is_a_post(client):
    client.force_login(UserFactory())

    assert client.get("/logout/").status_code == 405
    assert is_logged_in(client)
    assert client.post("/logout/")["Location"] == "/login/"
    assert not is_logged_in(client)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/password/reset/",
        "/accounts/3rdparty/",
        "/accounts/3rdparty/signup/",
        "/accounts/social/signup/",
        "/accounts/confirm-email/",
        "/accounts/inactive/",
        "/accounts/reauthenticate/",
    ],
)
def test_pages_of_allauth_are_not_there(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", ["account_login", "account_signup", "socialaccount_signup"])
def test_allauth_has_no_addresses(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_staff_come_in_by_password(client):
    UserFactory(username="boss", is_staff=True, is_superuser=True)

    form = {"username": "boss", "password": "a long secret", "next": "/admin/"}
    answer = client.post("/admin/login/?next=/admin/", form)

    assert answer["Location"] == "/admin/"
    assert is_logged_in(client)


# What can go wrong


def test_who_is_not_on_the_allow_list_is_told(client, sandbox):
    answer = log_in(client, dj="ruben")

    assert_problem(answer, 403, "developer dashboard", "show_dialog")
    assert not is_logged_in(client)
    assert not User.objects.exists()


def test_the_owner_without_premium_is_told(client, sandbox):
    fault(
        sandbox,
        "status",
        PROFILE_PATH,
        status=403,
        body={"error": {"status": 403, "message": "Active premium subscription required"}},
    )

    assert_problem(log_in(client), 403, "Premium")


def test_a_denied_consent_is_told(client, sandbox):
    back = decide(leave_for_spotify(client), answer="cancel")

    assert_problem(come_back(client, back), 403, "You said no", "show_dialog")
    assert not User.objects.exists()


def test_another_error_from_spotify_is_told(client, sandbox):
    state = parse_qs(urlsplit(leave_for_spotify(client)).query)["state"][0]

    answer = come_back(
        client, f"/accounts/spotify/login/callback/?error=server_error&state={state}"
    )

    assert_problem(answer, 502, "did not finish")


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=wrong", "?state=wrong"])
def test_a_wrong_state_is_told(client, sandbox, query):
    leave_for_spotify(client)

    answer = come_back(client, f"/accounts/spotify/login/callback/{query}")

    assert_problem(answer, 400, "Start once more")
    assert not User.objects.exists()


def test_a_code_is_good_for_one_login(client, sandbox):
    back = decide(leave_for_spotify(client))
    come_back(client, back)

    assert_problem(come_back(client, back), 400, "Start once more")


def test_a_code_of_another_login_is_refused(client, sandbox):
    """The verifier belongs to the state, so a stolen code is worth nothing."""
    stolen = parse_qs(urlsplit(decide(leave_for_spotify(client))).query)["code"][0]
    state = parse_qs(urlsplit(leave_for_spotify(client)).query)["state"][0]

    answer = come_back(client, f"/accounts/spotify/login/callback/?code={stolen}&state={state}")

    assert_problem(answer, 400, "Start once more")
    assert not User.objects.exists()


BROKEN = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503, "body": "<h1>busy</h1>"},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "string_error"},
    {"kind": "reset"},
    {"kind": "truncate"},
    {"kind": "status", "status": 200, "body": "[]"},
    {"kind": "status", "status": 200, "body": '"access_token"'},
    {"kind": "status", "status": 200, "body": {"access_token": 7, "id": 7}},
    {"kind": "status", "status": 302, "headers": {"Location": "https://evil.example/"}},
    {"kind": "status", "status": 404, "body": ""},
]


@pytest.mark.parametrize("path", [TOKEN_PATH, PROFILE_PATH])
@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_a_broken_answer_is_told(client, sandbox, path, broken):
    sandbox.post("faults", match={"path": path}, **broken)

    assert_problem(log_in(client), 502, "does not answer")
    assert not is_logged_in(client)
    assert not User.objects.exists()


@pytest.mark.parametrize("path", [TOKEN_PATH, PROFILE_PATH])
def test_a_slow_answer_is_told(client, sandbox, settings, path):
    settings.HTTP_TIMEOUT = (1, 0.2)
    fault(sandbox, "delay", path, delay_ms=600)

    assert_problem(log_in(client), 502, "does not answer")


def test_no_connection_is_told(client, sandbox, settings):
    back = decide(leave_for_spotify(client))
    settings.SPOTIFY_ACCOUNTS_URL = "http://127.0.0.1:1"

    assert_problem(come_back(client, back), 502, "does not answer")


def test_wrong_keys_are_told(client, sandbox, settings):
    back = decide(leave_for_spotify(client))
    settings.SPOTIFY_CLIENT_SECRET = "wrong"

    assert_problem(come_back(client, back), 502, "client id")


def test_a_token_that_is_not_accepted_is_told(client, sandbox):
    fault(sandbox, "status", PROFILE_PATH, status=401)

    assert_problem(log_in(client), 400, "Start once more")


@pytest.mark.parametrize("path", [TOKEN_PATH, PROFILE_PATH])
def test_a_rate_limit_is_told(client, sandbox, path):
    fault(sandbox, "retry_after", path, headers={"Retry-After": "20"})

    assert_problem(log_in(client), 503, "short break")


def test_an_exhausted_quota_is_told(client, sandbox):
    fault(sandbox, "quota", PROFILE_PATH)

    assert_problem(log_in(client), 503, "lets us continue")


def test_our_own_cap_is_told(client, sandbox, settings):
    settings.SPOTIFY_QUOTA = {**settings.SPOTIFY_QUOTA, "other": 0}

    assert_problem(log_in(client), 503, "lets us continue")
    assert not User.objects.exists()


def test_an_account_that_is_switched_off_is_told(client, sandbox):
    log_in(client)
    User.objects.update(is_active=False)
    client.logout()

    assert_problem(log_in(client), 403, "switched off")
    assert not is_logged_in(client)


def test_a_changed_secret_key_does_not_lose_a_connected_dj(client, sandbox):
    log_in(client)
    User.objects.update(spotify_account_hash="made with another key")
    client.logout()

    log_in(client)

    assert User.objects.count() == 1


def test_a_session_that_another_process_ended_is_over(client, sandbox):
    log_in(client)

    Session.objects.all().delete()

    assert not is_logged_in(client)


def test_names_are_cut_to_fit(client, sandbox):
    profile = connection.Profile(account_id="x", display_name="N" * 500, url="")
    tokens = connection.Tokens("a", "r", timezone.now(), [])

    assert connection.connect(profile=profile, tokens=tokens).display_name == "N" * 200

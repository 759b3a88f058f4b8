from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.tests.conftest import StandIn

CALLBACK = "http://127.0.0.1:8000/accounts/spotify/login/callback/"
VERIFIER = "v" * 64
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPE = "playlist-modify-private user-library-modify"
SECRET = ("sandbox-client", "sandbox-secret")
HALF_A_YEAR = 183 * 24 * 3600


def question(**changes: str) -> dict[str, str]:
    return {
        "client_id": "sandbox-client",
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": SCOPE,
        "state": "s t/ate",
        "code_challenge_method": "S256",
        "code_challenge": CHALLENGE,
    } | changes


def authorize(stand_in: StandIn, choice: dict[str, str], **changes: str) -> dict[str, str]:
    """What comes back to the app in the query string."""
    url = f"{stand_in.url}/spotify-accounts/authorize"
    answer = stand_in.http.post(url, params=question(**changes), data=choice, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    target = answer.headers["Location"]
    assert target.startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}


def agree(stand_in: StandIn, user: str = "nadja", **changes: str) -> str:
    return authorize(stand_in, {"listener": user, "answer": "agree"}, **changes)["code"]


def token(stand_in: StandIn, auth: Any = SECRET, **form: str) -> requests.Response:
    return requests.post(f"{stand_in.url}/spotify-accounts/api/token", data=form, auth=auth)


def redeem(stand_in: StandIn, code: str, auth: Any = SECRET, **changes: str) -> requests.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    return token(stand_in, auth, **(form | {"code_verifier": VERIFIER} | changes))


def refresh(stand_in: StandIn, refresh_token: str, auth: Any = SECRET) -> requests.Response:
    return token(stand_in, auth, grant_type="refresh_token", refresh_token=refresh_token)


def profile(stand_in: StandIn, access_token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {access_token}"}
    return requests.get(f"{stand_in.url}/spotify/v1/me", headers=headers)


def test_the_whole_login(stand_in: StandIn) -> None:
    back = authorize(stand_in, {"listener": "tomek", "answer": "agree"})
    body = redeem(stand_in, back["code"]).json()

    assert back["state"] == "s t/ate"
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 3600
    assert body["scope"] == SCOPE
    assert profile(stand_in, body["access_token"]).json()["id"] == "tomek"


def test_the_page_offers_each_dj_and_a_way_out(stand_in: StandIn) -> None:
    page = stand_in.http.get(f"{stand_in.url}/spotify-accounts/authorize", params=question()).text

    for name in ("Nadja", "Tomek", "Inês", "Ruben"):
        assert f"Continue as {name}" in page
    assert "Cancel" in page


def test_the_client_may_prove_itself_in_the_body_or_not_at_all(stand_in: StandIn) -> None:
    in_body = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}

    assert redeem(stand_in, agree(stand_in), None, **in_body).ok
    assert redeem(stand_in, agree(stand_in), None, client_id="sandbox-client").ok


def test_a_denied_consent_comes_back_as_an_error(stand_in: StandIn) -> None:
    back = authorize(stand_in, {"answer": "cancel"})

    assert back == {"error": "access_denied", "state": "s t/ate"}


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "somebody"},
        {"redirect_uri": CALLBACK.removesuffix("/")},
        {"redirect_uri": CALLBACK.replace("127.0.0.1", "localhost")},
        {"redirect_uri": CALLBACK.replace("127.0.0.1", "example.org")},
    ],
)
def test_a_wrong_client_never_leaves_the_page(stand_in: StandIn, changes: dict[str, str]) -> None:
    url = f"{stand_in.url}/spotify-accounts/authorize"
    answer = stand_in.http.get(url, params=question(**changes), allow_redirects=False)

    assert answer.status_code == 400
    assert "INVALID_CLIENT" in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "playlist-read-private everything"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_a_wrong_question_comes_back(
    stand_in: StandIn, changes: dict[str, str], error: str
) -> None:
    assert authorize(stand_in, {"answer": "agree"}, **changes)["error"] == error


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 64},
        {"code_verifier": ""},
        {"redirect_uri": CALLBACK.replace("8000", "8010")},
        {"client_id": "sandbox-client", "code_verifier": "V" * 64},
    ],
)
def test_a_code_needs_its_verifier_and_its_address(
    stand_in: StandIn, changes: dict[str, str]
) -> None:
    answer = redeem(stand_in, agree(stand_in), **changes)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


def test_a_code_works_once_and_not_for_long(stand_in: StandIn) -> None:
    used, old = agree(stand_in), agree(stand_in)
    redeem(stand_in, used)
    assert redeem(stand_in, used).status_code == 400
    stand_in.control("clock", {"advance_seconds": 601})

    assert redeem(stand_in, "never-given").status_code == 400
    assert redeem(stand_in, old).status_code == 400


@pytest.mark.parametrize("auth", [("sandbox-client", "wrong"), ("somebody", "sandbox-secret")])
def test_a_wrong_client_gets_no_token(stand_in: StandIn, auth: tuple[str, str]) -> None:
    answer = redeem(stand_in, agree(stand_in), auth)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client")


def test_an_access_token_lives_an_hour(stand_in: StandIn) -> None:
    access = redeem(stand_in, agree(stand_in)).json()["access_token"]

    stand_in.control("clock", {"advance_seconds": 3590})
    assert profile(stand_in, access).status_code == 200
    stand_in.control("clock", {"advance_seconds": 11})
    late = profile(stand_in, access)

    assert late.status_code == 401
    assert late.json()["error"] == {"status": 401, "message": "The access token expired"}


def test_a_refresh_answer_lacks_a_new_refresh_token_every_other_time(stand_in: StandIn) -> None:
    first = redeem(stand_in, agree(stand_in)).json()["refresh_token"]

    without = refresh(stand_in, first).json()
    with_new = refresh(stand_in, first).json()

    assert "refresh_token" not in without
    assert with_new["refresh_token"] != first
    assert refresh(stand_in, first).json()["error"] == "invalid_grant"
    assert refresh(stand_in, with_new["refresh_token"]).ok


def test_a_refresh_token_dies_half_a_year_after_the_consent(stand_in: StandIn) -> None:
    stand_in.control("switches", {"new_refresh_token": "never"})
    token_ = redeem(stand_in, agree(stand_in)).json()["refresh_token"]

    stand_in.control("clock", {"advance_seconds": HALF_A_YEAR / 2})
    assert refresh(stand_in, token_).ok
    stand_in.control("clock", {"advance_seconds": HALF_A_YEAR / 2})

    answer = refresh(stand_in, token_)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_revoked_consent_is_over_at_once_and_a_new_one_works(stand_in: StandIn) -> None:
    body = redeem(stand_in, agree(stand_in)).json()

    stand_in.control("users/nadja", {"revoked": True})

    assert profile(stand_in, body["access_token"]).status_code == 401
    assert refresh(stand_in, body["refresh_token"]).json()["error"] == "invalid_grant"
    again = redeem(stand_in, agree(stand_in)).json()
    assert profile(stand_in, again["access_token"]).ok


def test_an_app_token_knows_no_user(stand_in: StandIn) -> None:
    access = token(stand_in, grant_type="client_credentials").json()["access_token"]

    assert profile(stand_in, access).status_code == 401


def test_an_app_token_needs_the_secret(stand_in: StandIn) -> None:
    form = {"grant_type": "client_credentials", "client_id": "sandbox-client"}

    assert token(stand_in, None, **form).json()["error"] == "invalid_client"


def test_the_log_keeps_no_secrets(stand_in: StandIn) -> None:
    body = redeem(stand_in, agree(stand_in)).json()
    refresh(stand_in, body["refresh_token"])

    rows = stand_in.log(side="accounts")

    assert [row["body"]["grant_type"] for row in rows] == ["authorization_code", "refresh_token"]
    assert body["refresh_token"] not in str(rows)
    assert VERIFIER not in str(rows)

from __future__ import annotations

import pytest
import requests

from sandbox.tests.conftest import Client, StandIn

ALL_BUT = "user-read-private playlist-read-private user-library-read"


def test_the_profile_has_no_mail_country_or_product(nadja: Client) -> None:
    profile = nadja("GET", "/me").json()

    assert profile["account_id"] != profile["id"] == "nadja"
    assert profile["display_name"] == "Nadja Orlow"
    assert not {"email", "country", "product"} & set(profile)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "x"}])
def test_without_a_good_token_there_is_a_401(stand_in: StandIn, header: dict[str, str]) -> None:
    answer = requests.get(f"{stand_in.url}/spotify/v1/me", headers=header)

    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == 401


def test_a_dj_who_is_not_allow_listed_is_refused_everywhere(stand_in: StandIn) -> None:
    ruben = stand_in.spotify("ruben")

    for path in ("/me", "/me/playlists", "/search?q=a&type=track"):
        answer = ruben("GET", path)
        assert answer.status_code == 403
        assert answer.json() == {"error": {"status": 403, "message": "Forbidden"}}


def test_allow_list_and_premium_can_be_switched(stand_in: StandIn) -> None:
    nadja, ruben = stand_in.spotify("nadja"), stand_in.spotify("ruben")

    stand_in.control("users/ruben", {"allow_listed": True})
    stand_in.control("users/nadja", {"premium_lapsed": True})

    assert ruben("GET", "/me").status_code == 200
    assert nadja("GET", "/me").status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/me/playlists", None),
        ("POST", "/me/playlists", {"name": "x", "public": False}),
        ("POST", "/me/playlists", {"name": "x", "public": True}),
        ("PUT", "/me/library?uris=spotify:playlist:" + "a" * 22, None),
        ("DELETE", "/me/library?uris=spotify:playlist:" + "a" * 22, None),
        ("GET", "/me/library/contains?uris=spotify:playlist:" + "a" * 22, None),
    ],
)
def test_scopes_are_needed(stand_in: StandIn, method: str, path: str, body: object) -> None:
    client = stand_in.spotify("nadja", scope="user-read-private")

    answer = client(method, path, json=body)

    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == "Insufficient client scope"


def test_writing_to_a_private_playlist_needs_the_private_scope(stand_in: StandIn) -> None:
    playlist = stand_in.spotify().playlist()
    reader = stand_in.spotify(scope="playlist-read-private playlist-modify-public")

    assert reader("PUT", f"/playlists/{playlist}", json={"name": "x"}).status_code == 403
    assert reader.add(playlist, []).status_code == 403


def test_a_scope_can_be_taken_away(stand_in: StandIn, nadja: Client) -> None:
    stand_in.control("users/nadja", {"scopes_removed": ["playlist-modify-private"]})

    answer = nadja("POST", "/me/playlists", json={"name": "x", "public": False})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/tracks?ids=a",
        "/users/nadja/playlists",
        "/users/nadja",
        "/playlists/abc/tracks",
        "/playlists/abc/followers",
        "/audio-features/abc",
        "/audio-analysis/abc",
        "/recommendations",
        "/browse/new-releases",
        "/artists/abc/top-tracks",
        "/me/tracks",
        "/me/albums",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_what_is_gone_answers_403(nadja: Client, method: str, path: str) -> None:
    answer = nadja(method, path)

    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == "Forbidden"


def test_what_never_was_answers_404_and_a_wrong_method_405(nadja: Client) -> None:
    assert nadja("GET", "/nowhere").status_code == 404
    assert nadja("PATCH", "/me").status_code == 405

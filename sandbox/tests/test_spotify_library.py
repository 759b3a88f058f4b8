from __future__ import annotations

import pytest

from sandbox.tests.conftest import Client, StandIn


def in_library(client: Client, *playlists: str) -> list[bool]:
    uris = ",".join(f"spotify:playlist:{playlist}" for playlist in playlists)
    return client("GET", "/me/library/contains", params={"uris": uris}).json()


def test_deleting_takes_a_playlist_off_the_library_and_leaves_it_readable(
    nadja: Client, track_uris: list[str]
) -> None:
    playlist, other = nadja.playlist("Gone"), nadja.playlist("Stays")
    nadja.add(playlist, track_uris[:2])

    answer = nadja("DELETE", f"/me/library?uris=spotify:playlist:{playlist}")

    assert (answer.status_code, answer.content) == (200, b"")
    assert [row["id"] for row in nadja("GET", "/me/playlists").json()["items"]] == [other]
    assert nadja.uris(playlist) == track_uris[:2]
    assert in_library(nadja, playlist, other) == [False, True]


def test_it_can_be_put_back(nadja: Client) -> None:
    playlist = nadja.playlist()
    nadja("DELETE", f"/me/library?uris=spotify:playlist:{playlist}")

    answer = nadja("PUT", f"/me/library?uris=spotify:playlist:{playlist}")

    assert answer.status_code == 200
    assert in_library(nadja, playlist) == [True]


@pytest.mark.parametrize("uris", ["", "spotify:playlist:short", "spotify:track:" + "a" * 22])
def test_wrong_uris_are_refused(nadja: Client, uris: str) -> None:
    assert nadja("DELETE", "/me/library", params={"uris": uris}).status_code == 400


def test_the_uris_belong_in_the_query_and_are_forty_at_most(nadja: Client) -> None:
    playlist = nadja.playlist()
    uri = f"spotify:playlist:{playlist}"

    assert nadja("DELETE", f"/me/library?uris={uri}", json={"uris": [uri]}).status_code == 400
    many = ",".join([uri] * 41)
    assert nadja("GET", "/me/library/contains", params={"uris": many}).status_code == 400


def test_nobody_takes_away_what_is_not_his(stand_in: StandIn, nadja: Client) -> None:
    playlist = nadja.playlist()

    answer = stand_in.spotify("tomek")("DELETE", f"/me/library?uris=spotify:playlist:{playlist}")

    assert answer.status_code == 404
    assert in_library(nadja, playlist) == [True]

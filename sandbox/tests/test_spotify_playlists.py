from __future__ import annotations

import pytest

from sandbox.tests.conftest import Client, StandIn


def test_a_new_playlist_is_as_asked_and_in_the_library(nadja: Client) -> None:
    body = {"name": "Peak Time", "public": False, "collaborative": False, "description": "c:1"}
    answer = nadja("POST", "/me/playlists", json=body)
    made = answer.json()

    assert answer.status_code == 201
    assert (made["name"], made["public"], made["description"]) == ("Peak Time", False, "c:1")
    assert made["external_urls"]["spotify"].endswith(f"/spotify/playlist/{made['id']}")
    listed = nadja("GET", "/me/playlists").json()
    assert [row["id"] for row in listed["items"]] == [made["id"]]
    assert listed["items"][0]["snapshot_id"] == made["snapshot_id"]
    assert listed["items"][0]["items"]["total"] == 0


def test_without_a_word_a_playlist_is_public(nadja: Client) -> None:
    assert nadja("POST", "/me/playlists", json={"name": "x"}).json()["public"] is True


def test_private_may_come_back_public(stand_in: StandIn, nadja: Client) -> None:
    stand_in.control("switches", {"public_comes_back_true": True})

    made = nadja("POST", "/me/playlists", json={"name": "x", "public": False}).json()

    assert made["public"] is True


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"name": 3}', b'{"public": false}'])
def test_a_playlist_needs_a_name(nadja: Client, body: bytes) -> None:
    answer = nadja("POST", "/me/playlists", data=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == 400


def test_my_playlists_come_in_pages(nadja: Client) -> None:
    made = [nadja.playlist(f"List {number}") for number in range(7)]

    first = nadja("GET", "/me/playlists", params={"limit": 5}).json()
    second = nadja.stand_in.http.get(first["next"], headers=nadja.headers).json()

    found = [row["id"] for page in (first, second) for row in page["items"]]
    assert found == made[::-1]
    assert (first["total"], second["next"]) == (7, None)
    assert nadja("GET", "/me/playlists", params={"limit": 51}).status_code == 400


def test_fields_choose_what_is_told(nadja: Client, track_uris: list[str]) -> None:
    playlist = nadja.playlist()
    nadja.add(playlist, track_uris[:3])
    path = f"/playlists/{playlist}"

    short = nadja("GET", path, params={"fields": "snapshot_id,items.total"}).json()
    whole = nadja("GET", path).json()

    assert short == {"snapshot_id": whole["snapshot_id"], "items": {"total": 3}}
    assert [row["item"]["uri"] for row in whole["items"]["items"]] == track_uris[:3]


def test_renaming_changes_the_snapshot_and_answers_nothing(nadja: Client) -> None:
    playlist = nadja.playlist()
    before = nadja("GET", f"/playlists/{playlist}").json()["snapshot_id"]

    body = {"name": "Renamed", "description": "d", "public": True}
    answer = nadja("PUT", f"/playlists/{playlist}", json=body)

    after = nadja("GET", f"/playlists/{playlist}").json()
    assert (answer.status_code, answer.content) == (200, b"")
    assert (after["name"], after["description"], after["public"]) == ("Renamed", "d", True)
    assert after["snapshot_id"] != before


def test_readers_may_see_an_older_snapshot_for_a_while(stand_in: StandIn, nadja: Client) -> None:
    stand_in.control("switches", {"snapshot_lag_seconds": 30})
    playlist = nadja.playlist()
    path = f"/playlists/{playlist}"
    before = nadja("GET", path).json()["snapshot_id"]

    nadja("PUT", path, json={"name": "Renamed"})
    at_once = nadja("GET", path).json()
    stand_in.control("clock", {"advance_seconds": 31})
    later = nadja("GET", path).json()

    assert (at_once["name"], at_once["snapshot_id"]) == ("Renamed", before)
    assert later["snapshot_id"] != before


def test_a_strangers_playlist_can_be_seen_but_not_read_or_changed(
    stand_in: StandIn, nadja: Client, track_uris: list[str]
) -> None:
    playlist = nadja.playlist()
    nadja.add(playlist, track_uris[:2])
    tomek = stand_in.spotify("tomek")

    assert tomek("GET", f"/playlists/{playlist}").json()["items"]["items"] == []
    assert tomek("GET", f"/playlists/{playlist}/items").status_code == 403
    assert tomek("PUT", f"/playlists/{playlist}", json={"name": "x"}).status_code == 403
    assert tomek.add(playlist, track_uris[:1]).status_code == 403
    assert nadja.uris(playlist) == track_uris[:2]


def test_an_unknown_playlist_is_not_found(nadja: Client) -> None:
    assert nadja("GET", "/playlists/" + "z" * 22).status_code == 404
    assert nadja.add("z" * 22, []).status_code == 404

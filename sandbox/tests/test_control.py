from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import requests

from sandbox.tests.conftest import Client, StandIn


def test_the_clock_moves_and_comes_back(stand_in: StandIn) -> None:
    stand_in.control("clock", {"now": "2027-01-01T12:00:00"})
    moved = stand_in.control("clock", {"advance_seconds": 60})
    back = stand_in.control("clock", {"offset_seconds": 0})

    assert moved["now"].startswith("2027-01-01T12:01:0")
    assert abs(datetime.fromisoformat(back["now"]) - datetime.now(UTC)).total_seconds() < 5


def test_the_log_tells_every_request_in_order(
    stand_in: StandIn, nadja: Client, track_uris: list[str]
) -> None:
    since = stand_in.log()[-1]["seq"]
    playlist = nadja.playlist("Logged")
    nadja.add(playlist, track_uris[:2])
    nadja("GET", f"/playlists/{playlist}/items?limit=50")
    nadja("GET", "/me")

    rows = stand_in.log(side="spotify", since=since)

    assert [(row["method"], row["bucket"], row["status"]) for row in rows] == [
        ("POST", "write", 201),
        ("POST", "write", 201),
        ("GET", "read", 200),
        ("GET", "other", 200),
    ]
    assert {row["user"] for row in rows} == {"nadja"}
    assert rows[1]["body"] == {"uris": track_uris[:2]}
    assert rows[2]["query"] == {"limit": "50"}
    assert [row["seq"] for row in rows] == list(range(since + 1, since + 5))


def test_a_row_is_written_on_arrival_and_completed_later(
    stand_in: StandIn, nadja: Client, wait: Any
) -> None:
    stand_in.control("faults", {"kind": "delay", "match": {"path": "/me$"}, "delay_ms": 1500})
    asking = threading.Thread(target=_ask, args=(stand_in, nadja.headers))
    asking.start()

    arrived = wait(lambda: [row for row in stand_in.log() if row["path"].endswith("/me")])[0]
    assert arrived["status"] is None
    asking.join()

    assert stand_in.log()[-1]["status"] == 200


def test_the_log_can_be_emptied(stand_in: StandIn, nadja: Client) -> None:
    nadja("GET", "/me")

    stand_in.http.delete(f"{stand_in.url}/_/log")

    assert stand_in.log() == []


def test_reset_clears_all_but_the_music(stand_in: StandIn, nadja: Client) -> None:
    rows = stand_in.techno()
    nadja.playlist()
    stand_in.control("faults", {"kind": "status", "times": None})
    stand_in.control("quota", {"other": 0})
    stand_in.control("clock", {"advance_seconds": 99})
    stand_in.control("switches", {"challenge": True})
    stand_in.control("users/ruben", {"allow_listed": True})

    stand_in.control("reset", {})

    assert nadja("GET", "/me").status_code == 401
    assert stand_in.control("playlists/nadja") == []
    assert stand_in.control("faults") == []
    assert abs(stand_in.control("clock")["offset_seconds"]) < 1
    assert stand_in.control("switches")["challenge"] is False
    assert stand_in.control("users/ruben", {})["allow_listed"] is False
    assert stand_in.techno() == rows


def test_the_truth_about_playlists(stand_in: StandIn, nadja: Client, track_uris: list[str]) -> None:
    first, second = nadja.playlist("First", description="c:1"), nadja.playlist("Second")
    nadja.add(first, track_uris[:120][:100])
    nadja.add(first, track_uris[100:120])
    nadja("DELETE", f"/me/library?uris=spotify:playlist:{second}")

    told = stand_in.control("playlists/nadja")

    assert [(row["name"], row["in_library"]) for row in told] == [
        ("First", True),
        ("Second", False),
    ]
    assert told[0]["items"] == track_uris[:120]
    assert (told[0]["id"], told[0]["description"]) == (first, "c:1")


def test_a_dj_works_in_spotify_itself(
    stand_in: StandIn, nadja: Client, track_uris: list[str]
) -> None:
    playlist = nadja.playlist("Ours")
    before = nadja("GET", f"/playlists/{playlist}").json()["snapshot_id"]
    seen = len(stand_in.log())

    edit = {"id": playlist, "name": "Mine", "items": track_uris[:2], "in_library": False}
    stand_in.control("playlists/nadja", edit)

    assert len(stand_in.log()) == seen
    after = nadja("GET", f"/playlists/{playlist}").json()
    assert (after["name"], after["items"]["total"]) == ("Mine", 2)
    assert after["snapshot_id"] != before


def test_a_weeks_volume_can_be_changed_and_the_first_tracks_stay(stand_in: StandIn) -> None:
    asked = {"genre_id": 98, "publish_date": "2026-11-02:2026-11-08"}
    stand_in.control("weeks", {"genre_id": 98, "year": 2026, "week": 45, "tracks": 20})
    before = {row["id"]: row for row in stand_in.techno(**asked)}

    stand_in.control("weeks", {"genre_id": 98, "year": 2026, "week": 45, "tracks": 33})
    after = {row["id"]: row for row in stand_in.techno(**asked)}

    assert (len(before), len(after)) == (20, 33)
    assert {key: after[key] for key in before} == before


def test_wrong_words_get_a_sentence(stand_in: StandIn) -> None:
    for path, body in (
        ("switches", {"gravity": False}),
        ("weeks", {"genre_id": 4, "year": 2026, "week": 1, "tracks": 1}),
        ("weeks", {"genre_id": 6, "year": 2026, "week": 54, "tracks": 1}),
        ("clock", {"now": "tomorrow"}),
    ):
        answer = stand_in.http.post(f"{stand_in.url}/_/{path}", json=body)
        assert answer.status_code == 400
        assert answer.json()["error"]


def test_an_unknown_user_is_not_found(stand_in: StandIn) -> None:
    assert stand_in.http.get(f"{stand_in.url}/_/playlists/nobody").status_code == 404
    assert stand_in.http.post(f"{stand_in.url}/_/users/nobody", json={}).status_code == 404


def _ask(stand_in: StandIn, headers: dict[str, str]) -> None:
    requests.get(f"{stand_in.url}/spotify/v1/me", headers=headers)

from __future__ import annotations

import pytest

from sandbox.tests.conftest import Client, StandIn


def test_items_are_appended_or_put_where_asked(nadja: Client, track_uris: list[str]) -> None:
    playlist = nadja.playlist()

    first = nadja.add(playlist, track_uris[:3])
    nadja.add(playlist, track_uris[3:4], position=1)

    assert first.status_code == 201
    wanted = [track_uris[0], track_uris[3], track_uris[1], track_uris[2]]
    assert nadja.uris(playlist) == wanted


def test_every_change_has_its_own_snapshot(nadja: Client, track_uris: list[str]) -> None:
    playlist = nadja.playlist()
    path = f"/playlists/{playlist}/items"

    answers = [
        nadja.add(playlist, track_uris[:5]),
        nadja("PUT", path, json={"range_start": 0, "insert_before": 3}),
        nadja("DELETE", path, json={"items": [{"uri": track_uris[0]}]}),
        nadja("PUT", path, json={"uris": track_uris[:2]}),
    ]

    snapshots = {answer.json()["snapshot_id"] for answer in answers}
    assert len(snapshots) == 4
    assert nadja("GET", f"/playlists/{playlist}").json()["snapshot_id"] in snapshots


def test_removing_takes_every_occurrence(nadja: Client, track_uris: list[str]) -> None:
    a, b, c = track_uris[:3]
    playlist = nadja.playlist()
    nadja.add(playlist, [a, b, a, c, a])

    answer = nadja("DELETE", f"/playlists/{playlist}/items", json={"items": [{"uri": a}]})

    assert answer.status_code == 200
    assert nadja.uris(playlist) == [b, c]


def test_replacing_and_emptying(nadja: Client, track_uris: list[str]) -> None:
    playlist = nadja.playlist()
    nadja.add(playlist, track_uris[:5])
    path = f"/playlists/{playlist}/items"

    nadja("PUT", path, json={"uris": track_uris[5:8]})
    assert nadja.uris(playlist) == track_uris[5:8]
    nadja("PUT", path, json={"uris": []})

    assert nadja.uris(playlist) == []


@pytest.mark.parametrize(
    ("start", "before", "length", "order"),
    [
        (0, 3, 1, [1, 2, 0, 3, 4]),
        (3, 0, 2, [3, 4, 0, 1, 2]),
        (1, 5, 2, [0, 3, 4, 1, 2]),
        (2, 2, 1, [0, 1, 2, 3, 4]),
        (1, 2, 3, [0, 1, 2, 3, 4]),
    ],
)
def test_reordering(
    nadja: Client, track_uris: list[str], start: int, before: int, length: int, order: list[int]
) -> None:
    playlist = nadja.playlist()
    nadja.add(playlist, track_uris[:5])
    body = {"range_start": start, "insert_before": before, "range_length": length}

    answer = nadja("PUT", f"/playlists/{playlist}/items", json=body)

    assert answer.status_code == 200
    assert nadja.uris(playlist) == [track_uris[place] for place in order]


def test_replacing_and_reordering_at_once_is_refused(nadja: Client, track_uris: list[str]) -> None:
    playlist = nadja.playlist()
    body = {"uris": track_uris[:1], "range_start": 0, "insert_before": 1}

    assert nadja("PUT", f"/playlists/{playlist}/items", json=body).status_code == 400
    assert nadja("PUT", f"/playlists/{playlist}/items", json={}).status_code == 400


@pytest.mark.parametrize(
    "uris",
    [
        "spotify:track:" + "a" * 22,
        ["spotify:track:short"],
        ["https://example.org"],
        [None],
        ["spotify:track:" + "a" * 22],
    ],
)
def test_uris_that_are_none_or_lead_nowhere_are_refused(nadja: Client, uris: object) -> None:
    playlist = nadja.playlist()

    answer = nadja("POST", f"/playlists/{playlist}/items", json={"uris": uris})

    assert answer.status_code == 400
    assert nadja.uris(playlist) == []


def test_a_hundred_at_a_time(nadja: Client, track_uris: list[str]) -> None:
    playlist = nadja.playlist()
    many = track_uris[:101]
    path = f"/playlists/{playlist}/items"

    assert nadja.add(playlist, many).status_code == 400
    assert nadja("PUT", path, json={"uris": many}).status_code == 400
    rows = [{"uri": uri} for uri in many]
    assert nadja("DELETE", path, json={"items": rows}).status_code == 400
    assert nadja.add(playlist, many[:100]).status_code == 201


@pytest.mark.parametrize("body", [[], {}, {"tracks": []}, {"items": ["x"]}, {"items": [{}]}])
def test_removing_needs_the_documented_body(nadja: Client, body: object) -> None:
    playlist = nadja.playlist()

    assert nadja("DELETE", f"/playlists/{playlist}/items", json=body).status_code == 400


def test_a_bare_list_or_positions_are_refused(nadja: Client, track_uris: list[str]) -> None:
    playlist = nadja.playlist()
    path = f"/playlists/{playlist}/items"

    assert nadja("POST", path, json=track_uris[:1]).status_code == 400
    row = {"uri": track_uris[0], "positions": [0]}
    assert nadja("DELETE", path, json={"items": [row]}).status_code == 400
    assert nadja.add(playlist, track_uris[:1], position=5).status_code == 400


def test_ten_thousand_items_and_not_one_more(
    stand_in: StandIn, nadja: Client, track_uris: list[str]
) -> None:
    playlist = nadja.playlist()
    full = {"id": playlist, "items": track_uris[:100] * 100}
    stand_in.control("playlists/nadja", full)

    answer = nadja.add(playlist, track_uris[:1])

    assert answer.status_code == 500
    assert nadja("GET", f"/playlists/{playlist}/items").json()["total"] == 10_000


def test_items_come_in_pages_of_fifty_with_the_fields_asked(
    nadja: Client, track_uris: list[str]
) -> None:
    playlist = nadja.playlist()
    nadja.add(playlist, track_uris[:70])
    path = f"/playlists/{playlist}/items"
    chosen = {"fields": "items(added_at,is_local,item(uri,id)),next,total", "limit": 50}

    page = nadja("GET", path, params=chosen).json()

    assert set(page) == {"items", "next", "total"}
    assert set(page["items"][0]["item"]) == {"uri", "id"}
    assert (len(page["items"]), page["total"]) == (50, 70)
    rest = nadja("GET", path, params={"offset": 50, "limit": 50}).json()
    assert (len(rest["items"]), rest["next"]) == (20, None)
    assert nadja("GET", path, params={"limit": 51}).status_code == 400


def test_a_row_holds_a_full_track(nadja: Client, track_uris: list[str]) -> None:
    playlist = nadja.playlist()
    nadja.add(playlist, track_uris[:1])

    row = nadja("GET", f"/playlists/{playlist}/items").json()["items"][0]

    assert row["is_local"] is False
    assert row["added_by"]["id"] == "nadja"
    assert row["item"]["uri"] == track_uris[0]
    assert row["item"]["preview_url"] is None
    assert row["item"]["album"]["images"][0]["width"] == 640


def test_the_old_shape_can_be_switched_on(
    stand_in: StandIn, nadja: Client, track_uris: list[str]
) -> None:
    playlist = nadja.playlist()
    nadja.add(playlist, track_uris[:1])
    stand_in.control("switches", {"old_item_shape": True})

    row = nadja("GET", f"/playlists/{playlist}/items").json()["items"][0]

    assert row["track"]["uri"] == track_uris[0]
    assert "item" not in row


def test_a_dead_uri_fails_the_whole_call_each_time(
    stand_in: StandIn, nadja: Client, track_uris: list[str]
) -> None:
    stand_in.control("switches", {"dead_uris": [track_uris[1]]})
    playlist = nadja.playlist()

    assert nadja.add(playlist, track_uris[:3]).status_code == 502
    assert nadja.add(playlist, track_uris[:3]).status_code == 502
    assert nadja.add(playlist, [track_uris[0], track_uris[2]]).status_code == 201


def test_a_dj_can_add_local_files_and_episodes_and_rows_can_be_empty(
    stand_in: StandIn, nadja: Client, track_uris: list[str]
) -> None:
    playlist = nadja.playlist()
    local, episode = "spotify:local:An+Artist:An+Album:A+Title:321", "spotify:episode:" + "e" * 22
    items = [track_uris[0], local, episode, track_uris[1]]
    stand_in.control("playlists/nadja", {"id": playlist, "items": items})
    stand_in.control("switches", {"null_uris": [track_uris[1]]})

    rows = nadja("GET", f"/playlists/{playlist}/items").json()["items"]

    assert [row["is_local"] for row in rows] == [False, True, False, False]
    assert (rows[1]["item"]["name"], rows[1]["item"]["id"]) == ("A Title", None)
    assert rows[2]["item"]["type"] == "episode"
    assert rows[3]["item"] is None

from __future__ import annotations

from typing import Any

import pytest

from sandbox import search
from sandbox.tests.conftest import Client, StandIn


@pytest.fixture
def song(stand_in: StandIn, nadja: Client, track_uris: list[str]) -> dict[str, Any]:
    """A track with a title of two words at least, and an ISRC."""
    for uri in track_uris:
        found = nadja("GET", "/tracks/" + uri.rsplit(":", 1)[1]).json()
        if found["name"].count(" ") and found["name"].isascii() and found["external_ids"]:
            return found
    raise AssertionError("no such track")


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in found]


def test_free_words_find_title_and_artist(nadja: Client, song: dict[str, Any]) -> None:
    found = nadja.search(f"{song['name']} {song['artists'][0]['name']}".lower(), limit=10)

    assert song["id"] in ids(found)
    assert song["name"] == found[0]["name"]


def test_filters_quoted_and_bare(nadja: Client, song: dict[str, Any]) -> None:
    title, artist = song["name"], song["artists"][0]["name"]

    assert song["id"] in ids(nadja.search(f'track:"{title}" artist:"{artist}"', limit=10))
    assert song["id"] in ids(nadja.search(f"track:{title} artist:{artist}", limit=10))
    assert song["id"] in ids(nadja.search(f'album:"{song["album"]["name"]}"', limit=10))
    assert nadja.search(f'track:"{title}" artist:"{artist} (UK)"') == []
    assert nadja.search(f'artist:"{title} {artist}"') == []


def test_the_isrc_filter(stand_in: StandIn, nadja: Client, song: dict[str, Any]) -> None:
    isrc = song["external_ids"]["isrc"]

    assert song["id"] in ids(nadja.search(f"isrc:{isrc}", limit=10))
    assert nadja.search("isrc:XX0000000000") == []
    assert nadja.search(f"isrc:XX0000000000 OR isrc:{isrc}") == []
    stand_in.control("switches", {"isrc_or": True})
    assert song["id"] in ids(nadja.search(f"isrc:XX0000000000 OR isrc:{isrc}", limit=10))


def test_the_year_filter(nadja: Client, song: dict[str, Any]) -> None:
    words = f'track:"{song["name"]}"'
    year = int(song["album"]["release_date"][:4])

    assert song["id"] in ids(nadja.search(f"{words} year:{year}", limit=10))
    assert song["id"] in ids(nadja.search(f"{words} year:{year - 1}-{year + 1}", limit=10))
    assert nadja.search(f"{words} year:1999") == []


def test_a_release_is_found_by_upc_and_lists_its_tracks(stand_in: StandIn, nadja: Client) -> None:
    row = next(row for row in stand_in.techno() if _is_found(stand_in, row))
    upc = stand_in.beatport(f"catalog/releases/{row['release']['id']}/").json()["upc"]

    albums = nadja.search(f"upc:{upc}", type="album", limit=1)
    tracks = nadja("GET", f"/albums/{albums[0]['id']}/tracks", params={"limit": 50}).json()

    assert albums[0]["name"] == row["release"]["name"]
    assert tracks["total"] == albums[0]["total_tracks"] > 0
    assert all("external_ids" not in track for track in tracks["items"])
    assert nadja("GET", f"/albums/{albums[0]['id']}").json()["external_ids"]["upc"] == upc
    assert nadja.search(f"upc:{upc}") == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": 11}, "Invalid limit"),
        ({"limit": 0}, "Invalid limit"),
        ({"offset": 1001}, "Invalid offset"),
        ({"q": ""}, "No search query"),
        ({"type": "song"}, "Bad search type field"),
    ],
)
def test_limits(nadja: Client, query: dict[str, Any], message: str) -> None:
    answer = nadja("GET", "/search", params={"q": "night", "type": "track"} | query)

    assert answer.status_code == 400
    assert answer.json() == {"error": {"status": 400, "message": message}}


def test_five_by_default_and_more_by_offset(nadja: Client, track_uris: list[str]) -> None:
    first = nadja("GET", "/search", params={"q": "the", "type": "track"}).json()["tracks"]
    following = nadja.stand_in.http.get(first["next"], headers=nadja.headers).json()["tracks"]

    assert len(first["items"]) == len(following["items"]) == 5
    assert not set(ids(first["items"])) & set(ids(following["items"]))


def test_two_types_at_once(nadja: Client, track_uris: list[str]) -> None:
    body = nadja("GET", "/search", params={"q": "night", "type": "track,album"}).json()

    assert set(body) == {"tracks", "albums"}


def test_an_app_needs_a_market(stand_in: StandIn, track_uris: list[str]) -> None:
    form = {"grant_type": "client_credentials"}
    url = f"{stand_in.url}/spotify-accounts/api/token"
    token = stand_in.http.post(url, data=form, auth=("sandbox-client", "sandbox-secret")).json()
    app = Client(stand_in, token["access_token"])
    path = "/tracks/" + track_uris[0].rsplit(":", 1)[1]

    assert app("GET", path).status_code == 404
    assert app("GET", path, params={"market": "DE"}).status_code == 200
    assert app.search("the") == []
    assert len(app.search("the", market="DE")) == 5


@pytest.mark.parametrize(
    "q", ['"', "track:", 'track:"', "((", "a*b^c:d", "NEAR(a b)", "'", "-x", "夜"]
)
def test_odd_questions_do_no_harm(nadja: Client, q: str) -> None:
    assert nadja("GET", "/search", params={"q": q, "type": "track"}).status_code == 200


def test_unknown_tracks_and_albums_are_not_found(nadja: Client) -> None:
    assert nadja("GET", "/tracks/" + "z" * 22).status_code == 404
    assert nadja("GET", "/albums/" + "z" * 22).status_code == 404


def test_how_a_question_is_read() -> None:
    query = search.parse('night drive track:"Blue Hour" artist:Ada Voss year:2025-2026')

    assert query.words == ["night", "drive"]
    assert query.columns == {"title": ["Blue", "Hour"], "artist": ["Ada", "Voss"]}
    assert query.years == (2025, 2026)


def _is_found(stand_in: StandIn, row: dict[str, Any]) -> bool:
    return bool(stand_in.truth().get(str(row["id"]), {}).get("same"))

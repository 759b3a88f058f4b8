from __future__ import annotations

import json
from typing import Any

import lxml.html
import pytest
import requests

from sandbox.tests.conftest import StandIn

TECHNO_PAGE = "beatport/genre/techno-peak-time-driving/6/tracks"
ASKED = {"publish_date": "2026-11-16:2026-11-22", "page": 1, "per_page": 100}


def get(stand_in: StandIn, path: str, **query: Any) -> requests.Response:
    return requests.get(f"{stand_in.url}/{path}", params=query)


def queries(page: str) -> list[dict[str, Any]]:
    script = lxml.html.fromstring(page).get_element_by_id("__NEXT_DATA__")
    data = json.loads(script.text)
    return data["props"]["pageProps"]["dehydratedState"]["queries"]


def tracks(page: str) -> dict[str, Any]:
    """The query whose results are tracks."""
    found = [
        query["state"]["data"]
        for query in queries(page)
        if "mix_name" in str(query["state"]["data"].get("results", "")[:1])
    ]
    assert len(found) == 1
    return found[0]


def test_a_genre_page_carries_the_apis_rows(stand_in: StandIn) -> None:
    page = get(stand_in, TECHNO_PAGE, **ASKED).text
    api = stand_in.techno()
    found = tracks(page)

    assert [row["id"] for row in found["results"]] == [row["id"] for row in api[:100]]
    assert found["count"] == len(api)
    assert found["results"][0]["url"].startswith("https://api-internal.beatportprod.com/v4/")
    assert set(found["results"][0]) == set(api[0])


def test_the_tracks_are_not_the_first_query(stand_in: StandIn) -> None:
    page = get(stand_in, TECHNO_PAGE, **ASKED).text

    assert "mix_name" not in str(queries(page)[0])
    assert len(queries(page)) == 3


def test_the_pages_follow_each_other(stand_in: StandIn) -> None:
    total = len(stand_in.techno())
    last = tracks(get(stand_in, TECHNO_PAGE, **(ASKED | {"page": -(-total // 100)})).text)

    assert last["next"] is None
    assert len(last["results"]) == total % 100 or 100


def test_hostile_rows_do_not_break_out_of_the_script(stand_in: StandIn) -> None:
    stand_in.control("switches", {"hostile_rows": True})

    page = get(stand_in, TECHNO_PAGE, **ASKED).text

    assert "<script>alert" not in page
    assert len(tracks(page)["results"]) == 100


def test_the_challenge(stand_in: StandIn) -> None:
    stand_in.control("switches", {"challenge": True})

    answer = get(stand_in, TECHNO_PAGE, **ASKED)

    assert answer.status_code == 403
    assert answer.headers["cf-mitigated"] == "challenge"
    assert "<title>Just a moment...</title>" in answer.text
    assert "__NEXT_DATA__" not in answer.text
    assert stand_in.beatport("catalog/genres/").ok


@pytest.mark.parametrize(
    ("kind", "where", "words"),
    [
        ("title", "/genre/", "<title>Just a moment...</title>"),
        ("redirect", "/human-test/", "Are you human?"),
        ("no-data", "/genre/", "One moment, please."),
    ],
)
def test_the_challenge_has_other_faces(
    stand_in: StandIn, kind: str, where: str, words: str
) -> None:
    stand_in.control("switches", {"challenge": kind})

    answer = get(stand_in, TECHNO_PAGE, **ASKED)

    assert answer.status_code == 200
    assert where in answer.url
    assert words in answer.text
    assert "__NEXT_DATA__" not in answer.text


def test_store_pages_of_a_track_and_its_release(stand_in: StandIn) -> None:
    row = stand_in.techno()[0]
    release = row["release"]

    page = get(stand_in, f"beatport/track/{row['slug']}/{row['id']}").text
    release_page = get(stand_in, f"beatport/release/{release['slug']}/{release['id']}").text

    assert queries(page)[0]["state"]["data"]["isrc"] == row["isrc"]
    assert lxml.html.fromstring(page).xpath("//h1")[0].text == row["name"]
    assert f"/beatport/track/{row['slug']}/{row['id']}" in release_page
    assert get(stand_in, "beatport/track/x/7").status_code == 404


def test_pages_are_logged_as_beatport(stand_in: StandIn) -> None:
    get(stand_in, TECHNO_PAGE, **ASKED)

    row = stand_in.log(side="beatport")[-1]

    assert (row["path"], row["status"]) == (f"/{TECHNO_PAGE}", 200)
    assert row["query"]["publish_date"] == ASKED["publish_date"]

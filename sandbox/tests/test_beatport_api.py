from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from sandbox.genres import genres
from sandbox.tests.conftest import BEATPORT, StandIn

CALLBACK = "http://127.0.0.1:8000/beatport/callback/"
VERIFIER = "a verifier of some length"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
OAUTH = {"client_id": "sandbox-beatport-client", "client_secret": "sandbox-beatport-secret"}


def page(stand_in: StandIn, **query: Any) -> dict[str, Any]:
    asked = {"genre_id": 6, "publish_date": "2026-11-16:2026-11-22", "per_page": 100} | query
    return stand_in.beatport("catalog/tracks/", **asked).json()


def token(stand_in: StandIn, **form: str) -> requests.Response:
    return requests.post(f"{stand_in.url}/beatport/v4/auth/o/token/", data=form)


def test_the_envelope_and_its_traps(stand_in: StandIn) -> None:
    first = page(stand_in)

    assert set(first) == {"results", "next", "previous", "count", "page", "per_page"}
    assert first["next"].startswith(f"127.0.0.1:{stand_in.port}/beatport/v4/catalog/tracks/?")
    assert first["page"] == f"1/{-(-first['count'] // 100)}"
    assert first["previous"] is None
    assert page(stand_in, per_page=5000)["per_page"] == 100
    assert len(stand_in.beatport("catalog/genres/").json()["results"]) == 10


def test_ten_rows_unless_asked(stand_in: StandIn) -> None:
    asked = {"genre_id": 6, "publish_date": "2026-11-16:2026-11-22"}

    assert len(stand_in.beatport("catalog/tracks/", **asked).json()["results"]) == 10


def test_all_pages_together_are_the_week_each_row_once(stand_in: StandIn) -> None:
    rows = stand_in.techno()

    assert len({row["id"] for row in rows}) == len(rows) == page(stand_in)["count"]
    assert {row["publish_date"] for row in rows} <= {f"2026-11-{day}" for day in range(16, 23)}
    dates = [row["publish_date"] for row in stand_in.techno(order_by="-publish_date")]
    assert dates == sorted(dates, reverse=True)


def test_both_dates_are_inclusive(stand_in: StandIn) -> None:
    friday = stand_in.techno(publish_date="2026-11-20:2026-11-20")
    rest = stand_in.techno(publish_date="2026-11-16:2026-11-19")
    rest += stand_in.techno(publish_date="2026-11-21:2026-11-22")

    assert {row["publish_date"] for row in friday} == {"2026-11-20"}
    assert len(friday) + len(rest) == page(stand_in)["count"]


def test_a_range_may_span_weeks_and_years(stand_in: StandIn) -> None:
    rows = stand_in.techno(genre_id=98, publish_date="2026-12-21:2027-01-10")

    assert {row["publish_date"][:4] for row in rows} == {"2026", "2027"}


def test_without_an_end_the_future_comes_first(stand_in: StandIn) -> None:
    stand_in.control("clock", {"now": "2026-11-20T12:00:00"})

    asked = {"genre_id": 98, "publish_date": "2026-11-16:", "order_by": "-publish_date"}
    first = stand_in.beatport("catalog/tracks/", **asked).json()["results"][0]

    assert first["publish_date"] > "2026-11-22"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"genre_id": "4"}, "genre_id"),
        ({"genre_id": "x"}, "genre_id"),
        ({"publish_date": "2026-11-16"}, "publish_date"),
        ({"publish_date": "2026-13-01:2026-11-16"}, "publish_date"),
        ({"publish_date": "2020-01-01:2026-11-16"}, "publish_date"),
        ({"page": "-1"}, "page"),
        ({"order_by": "name"}, "order_by"),
    ],
)
def test_wrong_questions_are_named(stand_in: StandIn, query: dict[str, str], name: str) -> None:
    asked = {"genre_id": 6, "publish_date": "2026-11-16:2026-11-22"} | query

    answer = stand_in.beatport("catalog/tracks/", **asked)

    assert answer.status_code == 400
    assert list(answer.json()) == [name]


def test_a_page_too_far_is_not_found(stand_in: StandIn) -> None:
    asked = {"genre_id": 6, "publish_date": "2026-11-16:2026-11-22", "page": 99}

    assert stand_in.beatport("catalog/tracks/", **asked).status_code == 404


def test_one_track_and_one_release(stand_in: StandIn) -> None:
    row = page(stand_in)["results"][0]

    assert stand_in.beatport(f"catalog/tracks/{row['id']}/").json() == row
    release = stand_in.beatport(f"catalog/releases/{row['release']['id']}/").json()
    assert (release["name"], release["publish_date"]) == (
        row["release"]["name"],
        row["publish_date"],
    )
    assert release["track_count"] >= 1
    assert stand_in.beatport("catalog/tracks/7/").status_code == 404
    assert stand_in.beatport("catalog/releases/7/").status_code == 404


def test_a_track_is_there_before_its_week_was_asked_for(stand_in: StandIn) -> None:
    row = stand_in.techno(publish_date="2026-07-06:2026-07-12", genre_id=7)[0]
    later = row["id"] + 128 * 4096

    assert stand_in.beatport(f"catalog/tracks/{later}/").json()["publish_date"] > "2026-07-12"


def test_all_genres(stand_in: StandIn) -> None:
    body = stand_in.beatport("catalog/genres/", per_page=200).json()

    assert body["count"] == 46
    assert {row["id"]: row["slug"] for row in body["results"]} == {
        genre.id: genre.slug for genre in genres().values()
    }


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nothing"}])
def test_without_a_good_token_there_is_a_401(stand_in: StandIn, header: dict[str, str]) -> None:
    answer = requests.get(f"{stand_in.url}/beatport/v4/catalog/genres/", headers=header)

    assert answer.status_code == 401
    assert "detail" in answer.json()


def test_refreshing(stand_in: StandIn) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox-beatport-refresh"}

    first, second = token(stand_in, **form).json(), token(stand_in, **form).json()

    assert (first["expires_in"], first["token_type"]) == (36_000, "Bearer")
    assert ("refresh_token" in first) != ("refresh_token" in second)
    header = {"Authorization": f"Bearer {second['access_token']}"}
    url = f"{stand_in.url}/beatport/v4/catalog/genres/"
    assert requests.get(url, headers=header).status_code == 200
    stand_in.control("clock", {"advance_seconds": 36_001})
    assert requests.get(url, headers=header).status_code == 401
    assert requests.get(url, headers=BEATPORT).status_code == 200


def test_the_well_known_tokens_can_be_over(stand_in: StandIn) -> None:
    stand_in.control("switches", {"beatport_access_expired": True})
    form = {"grant_type": "refresh_token", "refresh_token": "sandbox-beatport-refresh"}

    assert stand_in.beatport("catalog/genres/").status_code == 401
    assert token(stand_in, **form).status_code == 200
    stand_in.control("switches", {"beatport_refresh_dead": True})
    assert token(stand_in, **form).json() == {"error": "invalid_grant"}


def test_an_own_oauth_app_by_itself(stand_in: StandIn) -> None:
    body = token(stand_in, grant_type="client_credentials", **OAUTH).json()

    assert "access_token" in body
    assert "refresh_token" not in body
    assert token(stand_in, grant_type="client_credentials").status_code == 401
    assert token(stand_in, grant_type="password", **OAUTH).status_code == 400


def consent(stand_in: StandIn, answer: str = "agree", **changes: str) -> requests.Response:
    """The answer to somebody who presses a button on the consent page."""
    asked = {
        "response_type": "code",
        "client_id": OAUTH["client_id"],
        "redirect_uri": CALLBACK,
        "state": "a-state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return requests.post(
        f"{stand_in.url}/beatport/v4/auth/o/authorize/",
        params=asked | changes,
        data={"answer": answer},
        allow_redirects=False,
    )


def sent_back(answer: requests.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(CALLBACK)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def test_a_person_lets_an_app_in(stand_in: StandIn) -> None:
    back = sent_back(consent(stand_in))
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": CALLBACK}

    assert back["state"] == "a-state"
    assert token(stand_in, **form, **OAUTH, code_verifier="wrong").json() == {
        "error": "invalid_grant"
    }
    body = token(stand_in, **form, **OAUTH, code_verifier=VERIFIER).json()
    assert {"access_token", "refresh_token"} <= set(body)
    again = token(stand_in, **form, **OAUTH, code_verifier=VERIFIER)
    assert again.json() == {"error": "invalid_grant"}


def test_a_code_is_soon_too_old(stand_in: StandIn) -> None:
    back = sent_back(consent(stand_in))
    stand_in.control("clock", {"advance_seconds": 61})
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": CALLBACK}

    answer = token(stand_in, **form, **OAUTH, code_verifier=VERIFIER)

    assert answer.json() == {"error": "invalid_grant"}


def test_a_person_may_say_no(stand_in: StandIn) -> None:
    assert sent_back(consent(stand_in, "cancel")) == {"error": "access_denied", "state": "a-state"}


@pytest.mark.parametrize(
    "change", [{"client_id": "x"}, {"redirect_uri": "http://elsewhere.example/beatport/callback/"}]
)
def test_a_wrong_app_is_sent_nowhere(stand_in: StandIn, change: dict[str, str]) -> None:
    assert consent(stand_in, **change).status_code == 400


def test_a_wrong_challenge_is_an_invalid_request(stand_in: StandIn) -> None:
    assert sent_back(consent(stand_in, code_challenge="short"))["error"] == "invalid_request"


def test_rows_can_drift_and_the_count_can_be_off(stand_in: StandIn) -> None:
    total = page(stand_in)["count"]

    stand_in.control("switches", {"drifting_rows": True, "count_off_by": 3})
    rows = stand_in.techno()

    assert page(stand_in)["count"] == total + 3
    assert len(rows) == total
    assert len({row["id"] for row in rows}) < total
    stand_in.control("switches", {"drifting_rows": False})
    assert len({row["id"] for row in stand_in.techno()}) == total


def test_hostile_rows_are_ten_and_on_the_first_page(stand_in: StandIn) -> None:
    before = page(stand_in)["results"]
    stand_in.control("switches", {"hostile_rows": True})

    after = page(stand_in)["results"]

    assert sum(old != new for old, new in zip(before, after, strict=True)) == 10
    assert after[0]["name"] == "Null\x00and Void"
    assert after[2]["artists"] == []


def test_a_day_may_have_another_order_for_each_request(stand_in: StandIn) -> None:
    stand_in.control("switches", {"restless_order": True})

    first, second = (page(stand_in)["results"] for _ in range(2))

    assert [row["id"] for row in first] != [row["id"] for row in second]
    dates = [row["publish_date"] for row in first]
    assert dates == sorted(dates, reverse=True)


def test_ten_rows_whatever_was_asked(stand_in: StandIn) -> None:
    stand_in.control("switches", {"ignores_per_page": True})

    found = page(stand_in, per_page=100)

    assert (len(found["results"]), found["per_page"]) == (10, 10)
    assert found["page"] == f"1/{-(-found['count'] // 10)}"


def test_the_last_page_may_name_a_next_one(stand_in: StandIn) -> None:
    last = -(-page(stand_in)["count"] // 100)
    assert page(stand_in, page=last)["next"] is None

    stand_in.control("switches", {"bogus_next": True})

    assert f"page={last + 1}" in page(stand_in, page=last)["next"]


def test_pages_without_end(stand_in: StandIn) -> None:
    pages = -(-page(stand_in)["count"] // 100)
    stand_in.control("switches", {"endless_pages": True})

    beyond = page(stand_in, page=7 * pages + 1)

    assert beyond["results"] == page(stand_in)["results"]
    assert beyond["count"] > 10_000_000


def test_tracks_are_taken_down_or_listed_no_more(stand_in: StandIn) -> None:
    one, other, third = (row["id"] for row in page(stand_in)["results"][:3])
    total = page(stand_in)["count"]

    stand_in.control("switches", {"taken_down": [one], "unlisted": [other], "corrected": [third]})

    rows = {row["id"]: row["publish_status"] for row in stand_in.techno()}
    assert page(stand_in)["count"] == len(rows) == total - 1
    assert [number for number, status in rows.items() if status == "takedown"] == [one]
    titles = {row["id"]: row["name"] for row in stand_in.techno()}
    assert [number for number, name in titles.items() if "Corrected" in name] == [third]


def test_the_count_may_be_missing(stand_in: StandIn) -> None:
    stand_in.control("switches", {"count_is_missing": True})

    assert page(stand_in)["count"] is None

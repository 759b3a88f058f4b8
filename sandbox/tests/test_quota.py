from __future__ import annotations

import pytest

from sandbox import quota
from sandbox.tests.conftest import Client, StandIn


@pytest.mark.parametrize(
    ("method", "path", "bucket"),
    [
        ("GET", "/spotify/v1/search", "search"),
        ("POST", "/spotify/v1/me/playlists", "write"),
        ("DELETE", "/spotify/v1/me/library", "write"),
        ("PUT", "/spotify/v1/playlists/x/items", "write"),
        ("GET", "/spotify/v1/playlists/x/items", "read"),
        ("GET", "/spotify/v1/me/playlists", "read"),
        ("GET", "/spotify/v1/me/library/contains", "read"),
        ("GET", "/spotify/v1/tracks/x", "other"),
        ("GET", "/spotify/v1/me", "other"),
    ],
)
def test_each_endpoint_has_its_bucket(method: str, path: str, bucket: str) -> None:
    assert quota.bucket_of(method, path) == bucket


def test_over_the_cap_a_bucket_is_closed_for_the_rest_of_the_day(
    stand_in: StandIn, nadja: Client
) -> None:
    stand_in.control("quota", {"other": 2})

    answers = [nadja("GET", "/me") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    error = answers[2].json()["error"]
    assert error == {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}
    assert 86_000 < int(answers[2].headers["Retry-After"]) <= 86_400
    assert nadja("GET", "/me/playlists").status_code == 200


def test_the_day_rolls(stand_in: StandIn) -> None:
    stand_in.control("quota", {"other": 2})

    def status_after(hours: float) -> int:
        stand_in.control("clock", {"advance_seconds": hours * 3600 + 1})
        return stand_in.spotify()("GET", "/me").status_code

    assert [status_after(0), status_after(20), status_after(1)] == [200, 200, 429]
    assert [status_after(3), status_after(0)] == [200, 429]


def test_all_users_share_the_quota(stand_in: StandIn, nadja: Client) -> None:
    stand_in.control("quota", {"other": 1})
    nadja("GET", "/me")

    assert stand_in.spotify("tomek")("GET", "/me").status_code == 429


def test_too_many_in_half_a_minute_is_another_429(stand_in: StandIn, nadja: Client) -> None:
    stand_in.control("quota", {"requests_per_30s": 3})

    answers = [nadja("GET", "/me") for _ in range(4)]

    assert answers[3].json() == {"error": {"status": 429, "message": "API rate limit exceeded"}}
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 30
    stand_in.control("clock", {"advance_seconds": 31})
    assert nadja("GET", "/me").status_code == 200


def test_the_state_can_be_read(stand_in: StandIn, nadja: Client) -> None:
    nadja.search("night")
    nadja("GET", "/me")

    state = stand_in.control("quota")

    assert state["spent"] == {"search": 1, "write": 0, "read": 0, "other": 1}
    assert state["caps"]["search"] == 10_000


def test_an_unknown_bucket_is_refused(stand_in: StandIn) -> None:
    answer = stand_in.http.post(f"{stand_in.url}/_/quota", json={"searches": 1})

    assert answer.status_code == 400
    assert "searches" in answer.json()["error"]

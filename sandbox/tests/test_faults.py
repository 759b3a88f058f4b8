from __future__ import annotations

from typing import Any

import pytest
import requests

from sandbox.tests.conftest import Client, StandIn

ME = {"path": "/me$"}


def fault(stand_in: StandIn, kind: str, **rule: Any) -> None:
    stand_in.control("faults", {"kind": kind, "match": ME} | rule)


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("status", 500, '{"error": {"status": 500, "message": "Server error"}}'),
        ("string_error", 503, '{"error": "Service unavailable"}'),
        ("empty", 200, ""),
        ("html", 502, "<!doctype html><title>502</title><h1>Bad gateway</h1>"),
    ],
)
def test_answers_that_are_none(
    stand_in: StandIn, nadja: Client, kind: str, status: int, text: str
) -> None:
    fault(stand_in, kind)

    answer = nadja("GET", "/me")

    assert (answer.status_code, answer.text) == (status, text)
    assert nadja("GET", "/me").status_code == 200


def test_status_body_and_headers_can_be_chosen(stand_in: StandIn, nadja: Client) -> None:
    fault(stand_in, "status", status=403, body={"error": "x"}, headers={"Retry-After": "7"})
    fault(stand_in, "status", status=502, body="plain words")

    chosen, plain = nadja("GET", "/me"), nadja("GET", "/me")

    assert (chosen.status_code, chosen.json()) == (403, {"error": "x"})
    assert chosen.headers["Retry-After"] == "7"
    assert plain.headers["Content-Type"] == "text/plain"


def test_a_body_may_be_any_bytes_and_packed(stand_in: StandIn, nadja: Client) -> None:
    fault(stand_in, "status", status=200, body="a\udcff")
    fault(stand_in, "status", status=200, body="b" * 999, headers={"Content-Encoding": "gzip"})

    raw, packed = nadja("GET", "/me"), nadja("GET", "/me")

    assert raw.content == b"a\xff"
    assert packed.text == "b" * 999
    assert int(packed.headers["Content-Length"]) < 99


def test_both_kinds_of_too_many(stand_in: StandIn, nadja: Client) -> None:
    fault(stand_in, "retry_after", headers={"Retry-After": "12"})
    fault(stand_in, "quota")

    rate, quota = nadja("GET", "/me"), nadja("GET", "/me")

    assert (rate.status_code, rate.headers["Retry-After"]) == (429, "12")
    assert "reason" not in rate.json()["error"]
    assert (quota.status_code, quota.headers["Retry-After"]) == (429, "48925")
    assert quota.json()["error"]["reason"] == "QUOTA_EXCEEDED"


def test_a_reset_connection(stand_in: StandIn, nadja: Client) -> None:
    fault(stand_in, "reset")

    with pytest.raises(requests.ConnectionError):
        nadja("GET", "/me")

    row = stand_in.log()[-1]
    assert (row["fault"], row["status"]) == ("reset", None)
    assert nadja("GET", "/me").status_code == 200


def test_half_an_answer(stand_in: StandIn, nadja: Client) -> None:
    fault(stand_in, "truncate")

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        nadja("GET", "/me")

    assert nadja("GET", "/me").status_code == 200


def test_a_timeout_before_does_nothing_and_one_after_has_done_it(
    stand_in: StandIn, nadja: Client, wait: Any
) -> None:
    slow = {"match": {"method": "POST", "path": "/me/playlists$"}, "delay_ms": 400}
    stand_in.control(
        "faults", [{"kind": "timeout_before"} | slow, {"kind": "timeout_after"} | slow]
    )

    for name in ("before", "after"):
        with pytest.raises(requests.ReadTimeout):
            nadja("POST", "/me/playlists", json={"name": name, "public": False}, timeout=0.2)

    wait(lambda: [row["status"] for row in stand_in.log()[-2:]] == [504, 201])
    assert [row["name"] for row in stand_in.control("playlists/nadja")] == ["after"]


def test_a_delay_is_only_a_delay(stand_in: StandIn, nadja: Client) -> None:
    fault(stand_in, "delay", delay_ms=120)

    answer = nadja("GET", "/me")

    assert answer.status_code == 200
    assert answer.elapsed.total_seconds() > 0.12


@pytest.mark.parametrize("kind", ["status", "reset", "html", "string_error"])
def test_a_request_can_be_carried_out_and_answered_wrongly(
    stand_in: StandIn, nadja: Client, kind: str
) -> None:
    match = {"method": "POST", "path": "/me/playlists$"}
    stand_in.control("faults", {"kind": kind, "match": match, "after_apply": True})

    try:
        status = nadja("POST", "/me/playlists", json={"name": "x", "public": False}).status_code
    except requests.ConnectionError:
        status = 599

    assert status >= 500
    assert [row["name"] for row in stand_in.control("playlists/nadja")] == ["x"]


def test_rules_count_and_skip(stand_in: StandIn, nadja: Client) -> None:
    fault(stand_in, "status", status=503, times=2, skip=1)

    answers = [nadja("GET", "/me").status_code for _ in range(5)]

    assert answers == [200, 503, 503, 200, 200]
    assert stand_in.control("faults")[0]["hits"] == 2


def test_a_rule_without_end_is_ended_by_clearing(stand_in: StandIn, nadja: Client) -> None:
    fault(stand_in, "status", times=None)
    assert {nadja("GET", "/me").status_code for _ in range(5)} == {500}

    stand_in.http.delete(f"{stand_in.url}/_/faults")

    assert nadja("GET", "/me").status_code == 200


def test_a_rule_can_look_at_query_and_body(
    stand_in: StandIn, nadja: Client, track_uris: list[str]
) -> None:
    stand_in.control("faults", {"kind": "status", "match": {"query": "offset=10"}, "times": None})
    stand_in.control("faults", {"kind": "status", "match": {"body": track_uris[1]}, "times": None})
    playlist = nadja.playlist()

    assert nadja("GET", "/me/playlists?offset=10").status_code == 500
    assert nadja("GET", "/me/playlists?offset=0").status_code == 200
    assert nadja.add(playlist, track_uris[:3]).status_code == 500
    assert nadja.add(playlist, track_uris[:1]).status_code == 201


def test_beatport_and_the_token_endpoint_can_fail_too(stand_in: StandIn) -> None:
    stand_in.control("faults", {"kind": "status", "match": {"path": "/beatport/"}, "status": 503})
    stand_in.control("faults", {"kind": "status", "match": {"path": "/api/token"}})

    answer = stand_in.beatport("catalog/genres/")
    token = stand_in.http.post(f"{stand_in.url}/spotify-accounts/api/token")

    assert (answer.status_code, answer.json()) == (503, {"detail": "Server error"})
    assert token.status_code == 500


@pytest.mark.parametrize("rule", [{"kind": "gremlins"}, {"kind": "status", "match": {"path": "("}}])
def test_a_wrong_rule_is_refused(stand_in: StandIn, rule: dict[str, Any]) -> None:
    answer = stand_in.http.post(f"{stand_in.url}/_/faults", json=rule)

    assert answer.status_code == 400


def test_an_answer_that_ends_in_the_middle_of_a_word(stand_in: StandIn, nadja: Client) -> None:
    whole = nadja("GET", "/me").text
    fault(stand_in, "cut")

    assert nadja("GET", "/me").text == whole[: len(whole) // 2]


def test_an_answer_comes_drop_by_drop(stand_in: StandIn, nadja: Client) -> None:
    whole = nadja("GET", "/me").text
    fault(stand_in, "drip", delay_ms=100)

    answer = nadja("GET", "/me", stream=True)

    assert answer.elapsed.total_seconds() < 0.1
    assert answer.text == whole

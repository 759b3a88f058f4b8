import os
import subprocess
import sys
from datetime import timedelta
from threading import Thread

import pytest
from django.conf import settings
from django.db import connection as database
from django.utils import timezone

from ingestion import connection, credentials, tokens
from ingestion.errors import (
    BeatportChallenge,
    BeatportNeedsReconnect,
    BeatportUnavailable,
    TokenRefused,
)
from ingestion.models import BeatportCredential, Lease
from ingestion.tokens import App

pytestmark = pytest.mark.django_db

ACCESS, REFRESH = "sandbox-beatport-access", "sandbox-beatport-refresh"
APP = App("sandbox-beatport-client", "sandbox-beatport-secret")
TOKEN = {"path": "/auth/o/token"}
Way = BeatportCredential.Way


def candidate(access: str = ACCESS, refresh: str = "") -> BeatportCredential:
    return BeatportCredential(access_token=access, refresh_token=refresh)


def held() -> BeatportCredential:
    return BeatportCredential.objects.get()


def token_calls(sandbox) -> list[dict]:
    return [row for row in sandbox.get("log", side="beatport") if "token" in row["path"]]


def in_minutes(minutes: float):
    return timezone.now() + timedelta(minutes=minutes)


# Connecting with pasted tokens


def test_a_pasted_token_is_tried_and_kept(sandbox):
    assert connection.connect_with_tokens(candidate()) is True

    assert (held().access_token, held().way, held().status) == (ACCESS, Way.TOKENS, "ok")
    assert held().expires_at is None
    assert held().ends_by == held().connected_at + timedelta(hours=10)
    assert not held().can_renew


def test_an_old_access_token_with_a_good_refresh_token_is_renewed_at_once(sandbox):
    connection.connect_with_tokens(candidate("old", REFRESH))

    assert held().access_token not in ("", "old")
    assert held().expires_at > in_minutes(590)
    assert held().can_renew


def test_a_refresh_token_alone_is_enough(sandbox):
    assert connection.connect_with_tokens(candidate("", REFRESH)) is True

    assert held().access_token


@pytest.mark.parametrize(("access", "refresh"), [("wrong", ""), ("wrong", "wrong"), ("", "wrong")])
def test_tokens_that_are_refused_replace_nothing(sandbox, access, refresh):
    connection.connect_with_tokens(candidate())

    with pytest.raises(TokenRefused):
        connection.connect_with_tokens(candidate(access, refresh))

    assert (held().access_token, held().is_ok) == (ACCESS, True)


def test_while_beatport_is_away_tokens_are_kept_unproven(sandbox):
    sandbox.post("faults", kind="status", status=503, match={"path": "/catalog/genres"})

    assert connection.connect_with_tokens(candidate("perhaps")) is False

    assert (held().access_token, held().is_ok) == ("perhaps", True)


def test_connecting_again_ends_all_trouble(sandbox):
    credentials.put(candidate("lost"))
    credentials.needs_reconnect(held())
    assert credentials.needs_a_person()

    connection.connect_with_tokens(candidate())

    assert not credentials.needs_a_person()
    assert (held().lost_at, held().renewed_at) == (None, None)
    assert credentials.is_connected()


# An own app


def test_an_app_connects_by_itself(sandbox):
    connection.connect_app(APP)

    assert (held().way, held().client_id) == (Way.CLIENT, APP.client_id)
    assert held().can_renew
    connection.check()


def test_an_app_gets_its_next_token_in_the_same_way(sandbox):
    connection.connect_app(APP)
    BeatportCredential.objects.update(access_token="over")

    connection.check()

    grants = [row["body"]["grant_type"] for row in token_calls(sandbox)]
    assert grants == ["client_credentials", "client_credentials"]
    assert held().access_token != "over"
    assert held().renewed_at


@pytest.mark.parametrize(
    "app", [App("wrong", APP.client_secret), App(APP.client_id, "wrong"), App(APP.client_id)]
)
def test_a_wrong_app_is_refused_in_plain_words(sandbox, app):
    with pytest.raises(TokenRefused, match="does not know this client id"):
        connection.connect_app(app)

    assert not BeatportCredential.objects.exists()


def test_a_wrong_code_is_refused_in_plain_words(sandbox):
    with pytest.raises(TokenRefused, match="used up or too old"):
        connection.connect_with_code(APP, code="x", verifier="y", redirect_uri="z")


def test_what_the_token_endpoint_says_is_not_repeated(sandbox):
    body = {"error": f"{APP.client_secret} is wrong"}
    sandbox.post("faults", kind="status", status=400, body=body, match=TOKEN)

    with pytest.raises(TokenRefused) as raised:
        connection.connect_app(APP)

    assert str(raised.value) == "Beatport refuses (400)."


def test_a_bot_check_before_the_token_endpoint_is_no_refusal(sandbox):
    headers = {"cf-mitigated": "challenge"}
    sandbox.post("faults", kind="status", status=403, headers=headers, match=TOKEN)
    credentials.put(candidate("old", REFRESH))

    with pytest.raises(BeatportChallenge):
        connection.renew(held())

    assert (held().is_ok, held().refresh_claimed_until) == (True, None)


@pytest.mark.parametrize(
    ("lifetime", "hours"), [(3600, 1), ("3600", 10), (None, 10), (-1, 10), (10**12, 10)]
)
def test_a_lifetime_that_is_none_is_ten_hours(sandbox, lifetime, hours):
    body = {"access_token": "new", "expires_in": lifetime, "refresh_token": ["no", "text"]}
    sandbox.post("faults", kind="status", status=200, body=body, match=TOKEN)

    found = tokens.for_app(APP)

    assert found.refresh == ""
    assert timedelta(hours=hours) - (found.expires_at - timezone.now()) < timedelta(minutes=1)


@pytest.mark.parametrize("token", ["", None, 7, "two words", "line\nbreak", "ü", "x" * 5000])
def test_what_cannot_be_sent_as_a_token_is_none(sandbox, token):
    body = {"access_token": token, "expires_in": 3600}
    sandbox.post("faults", kind="status", status=200, body=body, match=TOKEN)

    with pytest.raises(BeatportUnavailable, match="without a token"):
        tokens.for_app(APP)


# Renewing


@pytest.mark.django_db(transaction=True)
def test_many_at_once_renew_once(sandbox):
    credentials.put(candidate("stale", REFRESH))
    answers: list[object] = []

    def ask() -> None:
        try:
            connection.check()
            answers.append("good")
        finally:
            database.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == ["good"] * 4
    assert len(token_calls(sandbox)) == 1
    assert held().refresh_claimed_until is None


PROCESS = """
import django
django.setup()
from ingestion import connection
print("ready", flush=True)
input()
connection.check()
print("good")
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_processes_one_renews(sandbox):
    """The token endpoint is slow, so that the second comes while the first is at it."""
    credentials.put(candidate("stale", REFRESH))
    sandbox.post("faults", kind="delay", delay_ms=500, match=TOKEN)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS],
            cwd=settings.BASE_DIR,
            env={**os.environ, "TEST_DATABASE_READY": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    ready = [process.stdout.readline() for process in processes if process.stdout]

    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=30)[0] for process in processes]

    assert ready == ["ready\n"] * 2
    assert said == ["good\n"] * 2
    assert len(token_calls(sandbox)) == 1
    assert (held().access_token, held().refresh_token) != ("stale", REFRESH)


def test_whoever_lost_the_claim_overwrites_nothing(sandbox):
    """Staff connects anew while a worker is at renewing the former token."""
    credentials.put(candidate("stale", REFRESH))
    slow_worker = held()
    claim = credentials.claim_refresh(slow_worker)
    credentials.put(candidate(ACCESS, "another"))

    found = tokens.for_refresh_token(REFRESH, App())
    credentials.store(slow_worker, found, claim=claim)

    assert (held().access_token, held().refresh_token) == (ACCESS, "another")
    assert slow_worker.access_token == ACCESS


def test_a_refusal_of_the_former_token_leaves_the_new_connection_alone(sandbox):
    credentials.put(candidate("stale"))
    slow_worker = held()
    credentials.put(candidate())

    credentials.needs_reconnect(slow_worker)

    assert held().is_ok


def test_a_second_refusal_ends_the_connection(sandbox):
    """The renewed token is refused, too: nobody tries a third time."""
    credentials.put(candidate("stale", REFRESH))
    sandbox.post("faults", kind="status", status=401, match={"path": "/genres"}, times=None)

    with pytest.raises(BeatportNeedsReconnect):
        connection.check()

    asked = [row["path"] for row in sandbox.get("log", side="beatport")]
    assert len(asked) == 3
    assert (held().status, credentials.needs_a_person()) == ("needs_reconnect", True)
    assert held().lost_at


def test_who_waits_for_a_renewal_hears_that_it_failed(sandbox):
    credentials.put(candidate("stale", REFRESH))
    waiting = held()
    credentials.claim_refresh(held())
    BeatportCredential.objects.update(status="needs_reconnect")

    with pytest.raises(BeatportNeedsReconnect):
        connection.renew(waiting)

    assert token_calls(sandbox) == []


def test_nobody_waits_for_ever(sandbox, monkeypatch):
    monkeypatch.setattr(connection, "REFRESH_WAIT_SECONDS", 0.2)
    credentials.put(candidate("stale", REFRESH))
    credentials.claim_refresh(held())

    with pytest.raises(BeatportUnavailable) as raised:
        connection.renew(held())

    assert raised.value.retry_after == 30


def test_a_claim_of_a_dead_worker_ends(sandbox):
    credentials.put(candidate("stale", REFRESH))
    credentials.claim_refresh(held())
    BeatportCredential.objects.update(refresh_claimed_until=in_minutes(-1))

    connection.renew(held())

    assert held().access_token != "stale"


# Keeping it alive


def test_a_token_is_renewed_before_its_end_though_nobody_uses_it(sandbox):
    credentials.put(candidate(ACCESS, REFRESH))
    BeatportCredential.objects.update(expires_at=in_minutes(10))

    connection.keep_alive()

    assert len(token_calls(sandbox)) == 1
    assert held().expires_at > in_minutes(500)


def test_a_token_with_time_left_is_left_alone(sandbox):
    credentials.put(candidate(ACCESS, REFRESH))
    BeatportCredential.objects.update(expires_at=in_minutes(60))

    connection.keep_alive()

    assert token_calls(sandbox) == []


def test_a_pasted_token_is_renewed_after_ten_hours_at_the_latest(sandbox):
    credentials.put(candidate(ACCESS, REFRESH))
    BeatportCredential.objects.update(connected_at=in_minutes(-595))

    connection.keep_alive()

    assert len(token_calls(sandbox)) == 1


def test_a_dead_token_endpoint_is_asked_now_and_then(sandbox, caplog):
    credentials.put(candidate(ACCESS, REFRESH))
    BeatportCredential.objects.update(expires_at=in_minutes(10))
    sandbox.post("faults", kind="status", status=503, match=TOKEN, times=None)

    for _ in range(3):
        connection.keep_alive()

    assert len(token_calls(sandbox)) == 1
    assert "was not renewed" in caplog.text
    assert (held().is_ok, held().refresh_claimed_until) == (True, None)
    Lease.objects.update(until=in_minutes(-1))
    connection.keep_alive()
    assert len(token_calls(sandbox)) == 2


def test_staff_hears_early_of_a_dead_refresh_token(sandbox, caplog):
    credentials.put(candidate(ACCESS, "dead"))
    BeatportCredential.objects.update(expires_at=in_minutes(10))

    connection.keep_alive()

    assert credentials.needs_a_person()
    assert "staff has to reconnect" in caplog.text


@pytest.mark.parametrize(("minutes", "is_over"), [(-1, True), (10, False)])
def test_a_token_that_cannot_be_renewed_ends(sandbox, minutes, is_over):
    credentials.put(candidate())
    BeatportCredential.objects.update(expires_at=in_minutes(minutes))

    connection.keep_alive()

    assert credentials.needs_a_person() == is_over
    assert sandbox.get("log", side="beatport") == []


@pytest.mark.parametrize("status", ["needs_reconnect", "disconnected"])
def test_what_is_not_connected_is_not_kept_alive(sandbox, status):
    credentials.put(candidate(ACCESS, REFRESH))
    BeatportCredential.objects.update(expires_at=in_minutes(-10), status=status)

    connection.keep_alive()

    assert sandbox.get("log", side="beatport") == []


# Disconnecting


def test_disconnecting_takes_all_secrets_away_and_stays(sandbox, settings):
    credentials.put(candidate(ACCESS, REFRESH))
    assert settings.BEATPORT_ACCESS_TOKEN

    credentials.forget()

    assert credentials.current().secrets == ["", "", ""]
    assert (credentials.is_connected(), credentials.needs_a_person()) == (False, False)
    with pytest.raises(BeatportNeedsReconnect):
        connection.check()


def test_a_broken_token_of_the_settings_is_said_and_not_used(sandbox, settings, caplog):
    settings.BEATPORT_ACCESS_TOKEN = "two words"

    assert credentials.current() is None
    assert "BEATPORT_ACCESS_TOKEN" in caplog.text
    assert "two words" not in caplog.text

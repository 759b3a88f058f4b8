import traceback

import pytest
from django.utils import timezone

from ingestion import transport
from ingestion.errors import (
    BeatportChallenge,
    BeatportRefused,
    BeatportUnavailable,
    BeatportUnreadable,
)
from ingestion.models import Lease

pytestmark = pytest.mark.django_db

GENRES = {"path": "/catalog/genres"}


def ask(settings, token: str = "sandbox-beatport-access", path: str = "/catalog/genres/"):
    address = settings.BEATPORT_API_URL + path
    return transport.ask(transport.session(), "GET", address, headers=transport.bearer(token))


def checked(settings, secrets=()) -> transport.Answer:
    answer = ask(settings)
    transport.check(answer, secrets)
    return answer


def test_an_answer_comes_whole(sandbox, settings):
    answer = checked(settings)

    assert answer.json()["count"] == 46


@pytest.mark.parametrize("kind", ["truncate", "reset"])
def test_half_an_answer_is_none(sandbox, settings, kind):
    sandbox.post("faults", kind=kind, match=GENRES)

    with pytest.raises(BeatportUnavailable, match="could not be reached"):
        ask(settings)


def test_an_answer_that_comes_drop_by_drop_is_given_up(sandbox, settings, monkeypatch):
    """Each drop is in time; all of them together are not."""
    monkeypatch.setattr(transport, "LONGEST_ANSWER", 0.2)
    sandbox.post("faults", kind="drip", match=GENRES, delay_ms=1500)
    began = timezone.now()

    with pytest.raises(BeatportUnavailable, match="took over"):
        ask(settings)

    assert (timezone.now() - began).total_seconds() < 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"detail": "Not for you."}, "Not for you."),
        ({"error": "no_such_thing"}, "no_such_thing"),
        ({"publish_date": ["Enter a valid date range."]}, "publish_date: Enter a valid date range"),
        ({"error": {"deeper": 1}}, "deeper"),
        ([], "without a reason"),
        ("<html>", "without a reason"),
    ],
)
def test_what_beatport_says_is_passed_on(sandbox, settings, body, words):
    sandbox.post("faults", kind="status", status=400, body=body, match=GENRES)

    with pytest.raises(BeatportRefused, match=words):
        checked(settings)


def test_what_beatport_says_may_quote_our_token(sandbox, settings):
    body = {"detail": "The token canary-token is not for this."}
    sandbox.post("faults", kind="status", status=403, body=body, match=GENRES)

    with pytest.raises(BeatportRefused, match="The token … is not") as raised:
        checked(settings, secrets=["canary-token", ""])

    assert "canary-token" not in str(raised.value)


def test_a_token_is_sent_to_no_other_place(sandbox, settings):
    elsewhere = f"{sandbox.url}/beatport/v4/catalog/tracks/"
    headers = {"Location": elsewhere}
    sandbox.post("faults", kind="status", status=307, headers=headers, match=GENRES)

    with pytest.raises(BeatportUnreadable, match="307"):
        checked(settings)

    assert len(sandbox.get("log", side="beatport")) == 1


def test_the_way_to_the_bot_check_is_a_bot_check(sandbox, settings):
    headers = {"Location": "https://www.beatport.com/human-test/"}
    sandbox.post("faults", kind="status", status=302, headers=headers, match=GENRES)

    with pytest.raises(BeatportChallenge):
        checked(settings)


def test_a_token_that_fits_no_header_is_not_quoted(settings):
    with pytest.raises(BeatportUnavailable) as raised:
        ask(settings, token="canary\n")

    told = "".join(traceback.format_exception(raised.value, chain=True))
    assert "could not be reached (InvalidHeader)" in told
    assert "Bearer canary" not in told


# Breaks


def test_a_break_holds_for_every_question_to_that_host(sandbox, settings):
    sandbox.post("faults", kind="retry_after", match=GENRES)
    with pytest.raises(BeatportUnavailable):
        checked(settings)

    with pytest.raises(BeatportUnavailable, match="asked for a break") as raised:
        ask(settings, path="/catalog/tracks/1/")

    assert 0 < raised.value.retry_after <= 5
    assert len(sandbox.get("log", side="beatport")) == 1


def test_a_break_ends(sandbox, settings):
    sandbox.post("faults", kind="retry_after", match=GENRES)
    with pytest.raises(BeatportUnavailable):
        checked(settings)
    Lease.objects.filter(name__startswith="Break").update(until=timezone.now())

    assert checked(settings).status == 200


def test_another_host_knows_of_no_break(sandbox, settings):
    sandbox.post("faults", kind="retry_after", match=GENRES)
    with pytest.raises(BeatportUnavailable):
        checked(settings)
    settings.BEATPORT_API_URL = settings.BEATPORT_API_URL.replace("127.0.0.1", "localhost")

    assert ask(settings).status == 200

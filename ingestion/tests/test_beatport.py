from datetime import date, timedelta
from threading import Timer

import pytest
from django.db import connection
from django.utils import timezone

from ingestion import beatport, credentials
from ingestion.beatport import ApiReader, Days, WebReader
from ingestion.errors import (
    BeatportChallenge,
    BeatportError,
    BeatportNeedsReconnect,
    BeatportRefused,
    BeatportUnavailable,
    BeatportUnreadable,
)
from ingestion.models import BeatportCredential

WEEK = Days.of_week(2026, 47)
TRACKS = {"path": "/catalog/tracks"}
TOKEN = {"path": "/auth/o/token"}


@pytest.fixture
def week(db, sandbox):
    sandbox.post("weeks", genre_id=6, year=2026, week=47, tracks=230)
    return sandbox


def api() -> ApiReader:
    return ApiReader(genre_id=6, days=WEEK)


def web() -> WebReader:
    return WebReader(genre_id=6, slug="techno-peak-time-driving", days=WEEK)


def asked(sandbox, part: str = "tracks") -> list[dict]:
    return [row for row in sandbox.get("log", side="beatport") if part in row["path"]]


def connected(**fields) -> BeatportCredential:
    return BeatportCredential.objects.create(
        **{
            "access_token": "sandbox-beatport-access",
            "refresh_token": "sandbox-beatport-refresh",
        }
        | fields
    )


def test_a_week_has_its_first_and_last_day():
    assert str(Days.of_week(2026, 53)) == "2026-12-28:2027-01-03"
    assert Days.of_week(2026, 47).first == date(2026, 11, 16)


# The API


@pytest.mark.parametrize("reader", [api, web])
def test_pages_follow_each_other_to_the_last(week, reader):
    pages = [reader().page(number) for number in (1, 2, 3)]

    ids = {row["id"] for page in pages for row in page.rows}
    assert [page.is_last for page in pages] == [False, False, True]
    assert pages[0].expected == len(ids) >= 230
    assert len(pages[0].rows) == 100


@pytest.mark.parametrize("reader", [api, web])
def test_a_question_names_both_days_and_the_size_of_a_page(week, reader):
    reader().page(1)

    query = asked(week)[-1]["query"]
    assert query["publish_date"] == "2026-11-16:2026-11-22"
    assert (query["page"], query["per_page"]) == ("1", "100")


@pytest.mark.parametrize("reader", [api, web])
def test_a_page_behind_the_last_is_empty_and_the_last(week, reader):
    page = reader().page(9)

    assert (page.rows, page.is_last) == ([], True)


@pytest.mark.parametrize("reader", [api, web])
def test_a_week_without_tracks_is_no_error(db, sandbox, reader):
    sandbox.post("weeks", genre_id=6, year=2026, week=47, tracks=0)

    page = reader().page(1)

    assert (page.rows, page.expected, page.is_last) == ([], 0, True)


def test_genres_come_with_their_names(week):
    rows = beatport.genres()

    assert len(rows) == 46
    assert {row.beatport_id: row.slug for row in rows}[6] == "techno-peak-time-driving"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 500}, BeatportUnavailable),
        ({"kind": "status", "status": 503}, BeatportUnavailable),
        ({"kind": "status", "status": 408}, BeatportUnavailable),
        ({"kind": "status", "status": 400}, BeatportRefused),
        ({"kind": "status", "status": 404}, BeatportRefused),
        (
            {"kind": "status", "status": 403, "body": {"detail": "Territory Restricted."}},
            BeatportRefused,
        ),
        ({"kind": "retry_after"}, BeatportUnavailable),
        ({"kind": "reset"}, BeatportUnavailable),
        ({"kind": "truncate"}, BeatportError),
        ({"kind": "html"}, BeatportUnavailable),
        ({"kind": "empty"}, BeatportUnreadable),
        ({"kind": "string_error"}, BeatportUnavailable),
        ({"kind": "status", "status": 200, "body": {"results": 7}}, BeatportUnreadable),
        ({"kind": "status", "status": 200, "body": "<html>"}, BeatportUnreadable),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_goes_wrong_has_a_name(week, fault, error):
    week.post("faults", match=TRACKS, times=1, **fault)

    with pytest.raises(error) as raised:
        api().page(1)

    assert str(raised.value)


def test_a_slow_answer_is_given_up(week, settings):
    settings.HTTP_TIMEOUT = (1, 0.2)
    week.post("faults", kind="timeout_before", match=TRACKS, delay_ms=2000, times=1)

    with pytest.raises(BeatportUnavailable, match="could not be reached"):
        api().page(1)


def test_nobody_listening_is_said(db, settings):
    settings.BEATPORT_API_URL = "http://127.0.0.1:1/v4"

    with pytest.raises(BeatportUnavailable, match="could not be reached"):
        api().page(1)


def test_the_reason_of_a_refusal_is_passed_on(week):
    body = {"detail": "Territory Restricted."}
    week.post("faults", kind="status", status=403, body=body, match=TRACKS, times=1)

    with pytest.raises(BeatportRefused, match="Territory Restricted"):
        api().page(1)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), ("999999999", 86_400), ("soon", None), ("", None), ("-5", None)],
)
def test_retry_after_in_seconds(week, said, seconds):
    headers = {"Retry-After": said}
    week.post("faults", kind="status", status=429, headers=headers, match=TRACKS, times=1)

    with pytest.raises(BeatportUnavailable) as raised:
        api().page(1)

    assert raised.value.retry_after == seconds


def test_retry_after_as_a_date(week):
    moment = timezone.now() + timedelta(seconds=90)
    headers = {"Retry-After": moment.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    week.post("faults", kind="status", status=503, headers=headers, match=TRACKS, times=1)

    with pytest.raises(BeatportUnavailable) as raised:
        api().page(1)

    assert 80 <= raised.value.retry_after <= 90


def test_an_answer_without_end_is_given_up(week, monkeypatch):
    monkeypatch.setattr("ingestion.envelopes.LARGEST_DOCUMENT", 50_000)

    with pytest.raises(BeatportUnreadable, match="too large"):
        api().page(1)


# Its token


def test_the_token_of_the_settings_becomes_the_first_credential(week):
    api().page(1)

    held = BeatportCredential.objects.get()
    assert (held.access_token, held.status) == ("sandbox-beatport-access", "ok")


def test_tokens_are_encrypted_at_rest(db):
    connected(access_token="a-secret-token")

    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM ingestion_beatportcredential")
        stored = str(cursor.fetchall())

    assert "a-secret-token" not in stored
    assert "sandbox-beatport-refresh" not in stored


def test_without_any_credential_we_say_so(db, settings):
    settings.BEATPORT_ACCESS_TOKEN = ""

    assert not credentials.is_connected()
    with pytest.raises(BeatportNeedsReconnect):
        api().page(1)


def test_a_refused_token_is_renewed_once(week):
    connected(access_token="stale")

    page = api().page(1)

    held = BeatportCredential.objects.get()
    assert len(page.rows) == 100
    assert held.access_token not in ("stale", "")
    assert held.expires_at > timezone.now() + timedelta(hours=9)
    assert held.refresh_claimed_until is None
    assert len(asked(week, "token")) == 1


def test_a_token_about_to_end_is_renewed_before(week):
    connected(expires_at=timezone.now() + timedelta(seconds=30))

    api().page(1)

    assert [row["status"] for row in asked(week)] == [200]
    assert len(asked(week, "token")) == 1


def test_an_answer_without_a_new_refresh_token_keeps_the_old_one(week):
    connected(access_token="stale")
    body = {"access_token": "sandbox-beatport-access", "expires_in": 36_000}
    week.post("faults", kind="status", status=200, body=body, match=TOKEN, times=1)

    api().page(1)

    held = BeatportCredential.objects.get()
    assert held.refresh_token == "sandbox-beatport-refresh"
    assert held.access_token == "sandbox-beatport-access"


def test_a_dead_refresh_token_asks_for_a_reconnect(week):
    connected(access_token="stale", refresh_token="dead")

    with pytest.raises(BeatportNeedsReconnect):
        api().page(1)

    assert BeatportCredential.objects.get().status == "needs_reconnect"
    assert not credentials.is_connected()


def test_after_that_nobody_is_asked_any_more(week):
    connected(status="needs_reconnect")

    with pytest.raises(BeatportNeedsReconnect):
        api().page(1)

    assert asked(week, "") == []


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "empty"}])
def test_a_failing_token_endpoint_is_no_reason_to_reconnect(week, fault):
    connected(access_token="stale")
    week.post("faults", match=TOKEN, times=1, **fault)

    with pytest.raises(BeatportUnavailable):
        api().page(1)

    held = BeatportCredential.objects.get()
    assert (held.status, held.refresh_claimed_until) == ("ok", None)
    assert len(api().page(1).rows) == 100


@pytest.mark.django_db(transaction=True)
def test_while_another_worker_renews_the_token_we_wait_for_it(sandbox):
    sandbox.post("weeks", genre_id=6, year=2026, week=47, tracks=50)
    held = connected(access_token="stale")
    assert credentials.claim_refresh(held)
    good = BeatportCredential.objects.get()
    good.access_token = "sandbox-beatport-access"
    other_worker = Timer(0.3, save_and_leave, [good])
    other_worker.start()

    page = api().page(1)

    other_worker.join()
    assert len(page.rows) >= 50
    assert asked(sandbox, "token") == []


def save_and_leave(held: BeatportCredential) -> None:
    held.save()
    connection.close()


# The web site


def test_a_bot_check_is_named(week):
    week.post("switches", challenge=True)

    with pytest.raises(BeatportChallenge, match="human"):
        web().page(1)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 403, "body": "<html>Forbidden"},
        {"status": 503, "headers": {"cf-mitigated": "challenge"}},
        {"status": 200, "body": "<html><title>Just a moment...</title></html>"},
        {"status": 200, "body": "<html><body>Welcome</body></html>"},
    ],
)
def test_a_bot_check_has_many_faces(week, fault):
    week.post("faults", kind="status", match={"path": "/genre/"}, times=1, **fault)

    with pytest.raises(BeatportChallenge):
        web().page(1)


def test_a_page_that_is_only_overloaded_is_no_bot_check(week):
    week.post("faults", kind="status", status=503, body="busy", match={"path": "/genre/"}, times=1)

    with pytest.raises(BeatportUnavailable):
        web().page(1)


def test_a_page_without_its_list_is_not_an_empty_week(week):
    body = '<script id="__NEXT_DATA__">{"props": {}}</script>'
    week.post("faults", kind="status", status=200, body=body, match={"path": "/genre/"}, times=1)

    with pytest.raises(BeatportUnreadable):
        web().page(1)

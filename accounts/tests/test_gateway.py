import logging
import time
import traceback
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import quota
from accounts.errors import Unreachable
from accounts.gateway import (
    Ambiguous,
    Gateway,
    Gone,
    NeedsReconnect,
    NotAllowed,
    PremiumRequired,
    QuotaExceeded,
    RateLimited,
    Refused,
    SpotifyError,
    Unavailable,
)
from accounts.models import QuotaBucket, SpotifyCredential, User
from accounts.tests.factories import UserFactory, connect, credential_of
from accounts.tests.walks import log_in

pytestmark = pytest.mark.django_db
Status = SpotifyCredential.Status


@pytest.fixture
def gateway(sandbox) -> Gateway:
    return Gateway(credential_of(sandbox))


@pytest.fixture(scope="module")
def uris(sandbox_process) -> list[str]:
    """Tracks that Spotify has."""
    truth = sandbox_process.get("truth", genre_id=6, year=2026, week=46)
    found = [track["same"][0] for track in truth.values() if track["same"]]
    return [f"spotify:track:{track_id}" for track_id in dict.fromkeys(found)]


@pytest.fixture
def playlist_id(gateway, sandbox) -> str:
    playlist_id = gateway.create_playlist(name="Peak Time", description="clouder:1").id
    sandbox.delete("log")
    return playlist_id


def calls(sandbox, side="spotify") -> list[dict]:
    return sandbox.get("log", side=side)


def only_call(sandbox) -> tuple:
    (row,) = calls(sandbox)
    path = row["path"].removeprefix("/spotify/v1")
    return row["method"], path, row["query"], row["body"]


def held(sandbox, dj="nadja") -> list[str]:
    (playlist,) = sandbox.get(f"playlists/{dj}")
    return playlist["items"]


def fault(sandbox, kind, path, **more):
    sandbox.post("faults", kind=kind, match={"path": path}, **more)


def fresh(gateway) -> SpotifyCredential:
    return SpotifyCredential.objects.get(pk=gateway.credential.pk)


# The calls, as Spotify documents them


def test_me(gateway, sandbox):
    profile = gateway.me()

    assert profile.account_id == gateway.credential.account_id
    assert profile.display_name == gateway.credential.user.display_name
    assert profile.url.startswith("http")
    assert only_call(sandbox) == ("GET", "/me", {}, None)


def test_search(gateway, sandbox, uris):
    known = gateway.track(uris[0].rpartition(":")[2])
    sandbox.delete("log")

    found = gateway.search_tracks(f"isrc:{known.isrc}", limit=10)

    assert only_call(sandbox)[:2] == ("GET", "/search")
    assert calls(sandbox)[0]["query"]["type"] == "track"
    track = next(track for track in found if track.id == known.id)
    assert track.uri == uris[0]
    assert track.title
    assert track.artists[0].name
    assert track.artists[0].uri.startswith("spotify:artist:")
    assert track.album.title
    assert track.album.type in {"single", "album", "compilation"}
    assert track.album.released_on.startswith("20")
    assert track.length_ms > 60_000
    assert track.url.endswith(track.id)
    assert track.raw["external_ids"] == {"isrc": track.isrc}


def test_a_search_without_hits_is_an_empty_list(gateway):
    assert gateway.search_tracks("isrc:XX0000000000") == []


def test_a_search_for_too_many_is_refused(gateway):
    with pytest.raises(Refused) as refusal:
        gateway.search_tracks("techno", limit=11)

    assert refusal.value.detail == "Invalid limit"


def test_create_playlist(gateway, sandbox):
    made = gateway.create_playlist(name="Peak Time · 2026-W46", description="clouder:1")

    assert only_call(sandbox) == (
        "POST",
        "/me/playlists",
        {},
        {
            "name": "Peak Time · 2026-W46",
            "public": False,
            "collaborative": False,
            "description": "clouder:1",
        },
    )
    assert made.uri == f"spotify:playlist:{made.id}"
    assert made.snapshot_id
    assert made.total == 0
    assert made.url
    assert gateway.in_library([made.uri]) == [True]


def test_playlist(gateway, sandbox, playlist_id, uris):
    gateway.add_items(playlist_id, uris[:3])
    sandbox.delete("log")

    found = gateway.playlist(playlist_id)

    assert only_call(sandbox)[:2] == ("GET", f"/playlists/{playlist_id}")
    assert (found.id, found.name, found.description) == (playlist_id, "Peak Time", "clouder:1")
    assert found.total == 3
    assert found.snapshot_id


def test_my_playlists_come_in_pages(gateway, sandbox):
    for number in range(52):
        gateway.create_playlist(name=f"List {number}", description="")
    sandbox.delete("log")

    first = gateway.my_playlists()
    second = gateway.my_playlists(offset=first.next_offset)

    assert (first.total, len(first.items), first.next_offset) == (52, 50, 50)
    assert (second.offset, len(second.items), second.next_offset) == (50, 2, None)
    assert len({playlist.id for playlist in first.items + second.items}) == 52
    assert calls(sandbox)[0]["query"] == {"limit": "50", "offset": "0"}


@pytest.mark.parametrize("old_shape", [False, True])
def test_playlist_items_come_in_pages(gateway, sandbox, playlist_id, uris, old_shape):
    sandbox.post("switches", old_item_shape=old_shape, null_uris=[uris[1]])
    gateway.add_items(playlist_id, uris[:60])
    sandbox.delete("log")

    first = gateway.playlist_items(playlist_id)
    second = gateway.playlist_items(playlist_id, offset=50)

    assert (first.total, first.next_offset, second.next_offset) == (60, 50, None)
    assert [row.uri for row in first.items] == [uris[0], None, *uris[2:50]]
    assert [row.uri for row in second.items] == uris[50:60]
    assert calls(sandbox)[1]["query"]["offset"] == "50"
    assert len(calls(sandbox)) == 2


def test_add_items(gateway, sandbox, playlist_id, uris):
    snapshot = gateway.add_items(playlist_id, uris[:2])

    assert only_call(sandbox) == (
        "POST",
        f"/playlists/{playlist_id}/items",
        {},
        {"uris": uris[:2]},
    )
    assert snapshot == gateway.playlist(playlist_id).snapshot_id
    assert held(sandbox) == uris[:2]


def test_add_items_at_a_position(gateway, sandbox, playlist_id, uris):
    gateway.add_items(playlist_id, uris[:2])

    gateway.add_items(playlist_id, uris[2:4], position=0)

    assert held(sandbox) == [*uris[2:4], *uris[:2]]


def test_a_hundred_go_in_a_call_and_not_one_more(gateway, sandbox, playlist_id, uris):
    gateway.add_items(playlist_id, uris[:100])

    with pytest.raises(Refused):
        gateway.add_items(playlist_id, uris[:101])

    assert held(sandbox) == uris[:100]


def test_replace_items(gateway, sandbox, playlist_id, uris):
    gateway.add_items(playlist_id, uris[:3])
    sandbox.delete("log")

    assert gateway.replace_items(playlist_id, [uris[5], uris[4]])

    assert only_call(sandbox)[0::3] == ("PUT", {"uris": [uris[5], uris[4]]})
    assert held(sandbox) == [uris[5], uris[4]]
    gateway.replace_items(playlist_id, [])
    assert held(sandbox) == []


def test_remove_items(gateway, sandbox, playlist_id, uris):
    gateway.add_items(playlist_id, [*uris[:3], uris[0]])
    sandbox.delete("log")

    assert gateway.remove_items(playlist_id, [uris[0]])

    assert only_call(sandbox)[0::3] == ("DELETE", {"items": [{"uri": uris[0]}]})
    assert held(sandbox) == uris[1:3]


def test_rename_playlist(gateway, sandbox, playlist_id):
    gateway.rename_playlist(playlist_id, name="Closing", description="clouder:2")

    assert only_call(sandbox)[0::3] == ("PUT", {"name": "Closing", "description": "clouder:2"})
    found = gateway.playlist(playlist_id)
    assert (found.name, found.description) == ("Closing", "clouder:2")


def test_a_playlist_leaves_the_library_and_comes_back(gateway, sandbox, playlist_id):
    uri = f"spotify:playlist:{playlist_id}"

    gateway.take_off_library([uri])

    assert only_call(sandbox) == ("DELETE", "/me/library", {"uris": uri}, None)
    assert gateway.in_library([uri]) == [False]
    assert gateway.playlist(playlist_id).name == "Peak Time"
    gateway.put_back([uri])
    assert gateway.in_library([uri]) == [True]


def test_the_library_takes_forty_at_a_time(gateway, sandbox):
    uris = [gateway.create_playlist(name=str(n), description="").uri for n in range(41)]
    sandbox.delete("log")

    gateway.take_off_library(uris)

    assert [len(row["query"]["uris"].split(",")) for row in calls(sandbox)] == [40, 1]
    assert gateway.in_library(uris) == [False] * 41


def test_nothing_for_the_library_is_no_call(gateway, sandbox):
    gateway.take_off_library([])

    assert gateway.in_library([]) == []
    assert calls(sandbox) == []


def test_each_call_is_in_its_bucket_as_spotify_counts_it(gateway, sandbox, playlist_id, uris):
    gateway.me()
    gateway.track(uris[0].rpartition(":")[2])
    gateway.search_tracks("techno")
    gateway.playlist(playlist_id)
    gateway.my_playlists()
    gateway.playlist_items(playlist_id)
    gateway.in_library([f"spotify:playlist:{playlist_id}"])
    gateway.add_items(playlist_id, uris[:1])
    gateway.remove_items(playlist_id, uris[:1])

    counted = [row["bucket"] for row in calls(sandbox)]
    for bucket, before in [("search", 0), ("read", 0), ("other", 0), ("write", 1)]:
        assert quota.used(bucket) == counted.count(bucket) + before


def test_every_call_says_who_we_are(gateway, settings):
    assert gateway._session.headers["User-Agent"] == settings.USER_AGENT


# Whose connection


def test_the_gateway_of_a_user(sandbox):
    user = connect(None, sandbox, "tomek")

    assert Gateway.of(user).me().account_id == user.spotify.account_id


def test_a_user_without_a_connection_needs_one(db):
    with pytest.raises(NeedsReconnect):
        Gateway.of(UserFactory())


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (Status.NEEDS_RECONNECT, NeedsReconnect),
        (Status.NOT_ALLOWED, NotAllowed),
        (Status.PREMIUM_REQUIRED, PremiumRequired),
    ],
)
def test_who_was_turned_away_waits(sandbox, status, error):
    user = connect(None, sandbox)
    later = timezone.now() + timedelta(minutes=1)
    SpotifyCredential.objects.update(status=status, retry_at=later)

    with pytest.raises(error):
        Gateway.of(user)

    SpotifyCredential.objects.update(retry_at=timezone.now())
    Gateway.of(user).me()
    assert SpotifyCredential.objects.get().is_ok


def test_anybody_is_taken_in_turn(sandbox):
    users = {connect(None, sandbox, dj) for dj in ("nadja", "tomek", "ines")}

    taken = [Gateway.of_anybody().credential.user for _ in range(6)]

    assert set(taken[:3]) == users
    assert taken[3:] == taken[:3]


def test_anybody_is_somebody_who_can(sandbox):
    refused, able, off = (connect(None, sandbox, dj) for dj in ("nadja", "tomek", "ines"))
    SpotifyCredential.objects.filter(user=refused).update(status=Status.NEEDS_RECONNECT)
    User.objects.filter(pk=off.pk).update(is_active=False)

    assert {Gateway.of_anybody().credential.user for _ in range(3)} == {able}


def test_nobody_is_there(db):
    with pytest.raises(NeedsReconnect):
        Gateway.of_anybody()


# Tokens


def test_an_expired_token_is_renewed_before_the_call(gateway, sandbox):
    SpotifyCredential.objects.update(expires_at=timezone.now())
    gateway.credential.refresh_from_db()

    gateway.me()

    assert [row["status"] for row in calls(sandbox)] == [200]
    assert len(calls(sandbox, "accounts")) == 1


def test_a_token_that_died_early_is_renewed_and_the_call_repeated(gateway, sandbox):
    sandbox.post("clock", advance_seconds=3601)

    gateway.me()

    assert [row["status"] for row in calls(sandbox)] == [401, 200]
    assert len(calls(sandbox, "accounts")) == 1
    assert fresh(gateway).access_token == gateway.credential.access_token


def test_a_repeated_401_is_the_end(gateway, sandbox):
    fault(sandbox, "status", "/me$", status=401, times=None)

    with pytest.raises(NeedsReconnect):
        gateway.me()

    assert len(calls(sandbox)) == 2
    assert fresh(gateway).status == Status.NEEDS_RECONNECT


def test_a_revoked_consent_needs_a_reconnect(gateway, sandbox):
    sandbox.post("users/nadja", revoked=True)

    with pytest.raises(NeedsReconnect):
        gateway.me()

    assert fresh(gateway).status == Status.NEEDS_RECONNECT
    assert fresh(gateway).retry_at > timezone.now()
    with pytest.raises(NeedsReconnect):
        Gateway.of(gateway.credential.user)


# Refusals


def test_who_is_not_allowed(gateway, sandbox):
    sandbox.post("users/nadja", allow_listed=False)

    with pytest.raises(NotAllowed):
        gateway.create_playlist(name="A", description="")

    assert fresh(gateway).status == Status.NOT_ALLOWED


def test_who_is_allowed_again_goes_on(gateway, sandbox):
    sandbox.post("users/nadja", allow_listed=False)
    with pytest.raises(NotAllowed):
        gateway.me()
    sandbox.post("users/nadja", allow_listed=True)
    SpotifyCredential.objects.update(retry_at=timezone.now())

    Gateway.of(gateway.credential.user).me()

    assert fresh(gateway).is_ok
    assert fresh(gateway).retry_at is None


def test_a_strangers_playlist_says_nothing_about_the_account(gateway, sandbox):
    other = Gateway(credential_of(sandbox, "tomek"))
    playlist_id = other.create_playlist(name="Mine", description="").id

    with pytest.raises(NotAllowed):
        gateway.playlist_items(playlist_id)

    assert fresh(gateway).is_ok


@pytest.mark.parametrize(
    "message", ["Active premium subscription required", "Premium required for the owner"]
)
def test_premium_is_named_when_spotify_names_it(gateway, sandbox, message):
    body = {"error": {"status": 403, "message": message}}
    fault(sandbox, "status", "/me$", status=403, body=body)

    with pytest.raises(PremiumRequired):
        gateway.me()

    assert fresh(gateway).status == Status.PREMIUM_REQUIRED


def test_a_missing_scope_needs_a_new_consent(gateway, sandbox):
    sandbox.post("users/nadja", scopes_removed=["playlist-modify-private"])

    with pytest.raises(NeedsReconnect) as refusal:
        gateway.create_playlist(name="A", description="")

    assert "consent" in str(refusal.value)
    assert fresh(gateway).status == Status.NEEDS_RECONNECT


def test_what_is_not_there(gateway):
    with pytest.raises(Gone):
        gateway.playlist("0" * 22)


def test_a_wrong_request(gateway, playlist_id):
    with pytest.raises(Refused) as refusal:
        gateway.add_items(playlist_id, ["no uri"])

    assert refusal.value.detail


# Limits


def test_a_break_of_two_seconds_is_waited_for_once(gateway, sandbox):
    fault(sandbox, "retry_after", "/me$", headers={"Retry-After": "1"})
    began = time.monotonic()

    gateway.me()

    assert 0.9 < time.monotonic() - began < 3
    assert [row["status"] for row in calls(sandbox)] == [429, 200]
    assert quota.used("other") == 2


def test_a_second_break_is_the_callers(gateway, sandbox):
    fault(sandbox, "retry_after", "/me$", headers={"Retry-After": "1"}, times=None)

    with pytest.raises(RateLimited):
        gateway.me()

    assert len(calls(sandbox)) == 2


def test_what_is_late_does_not_leave_any_more(gateway, sandbox, playlist_id, uris):
    with pytest.raises(Unreachable), gateway.leaving_by(time.monotonic()):
        gateway.add_items(playlist_id, uris[:1])

    assert calls(sandbox) == []
    assert quota.used("write") == 1  # the playlist
    gateway.add_items(playlist_id, uris[:1])
    assert held(sandbox) == uris[:1]


def test_a_break_may_last_too_long_to_go_on(gateway, sandbox, playlist_id, uris):
    fault(sandbox, "retry_after", "/items$", headers={"Retry-After": "1"})

    with pytest.raises(Unreachable), gateway.leaving_by(time.monotonic() + 0.5):
        gateway.add_items(playlist_id, uris[:1])

    assert [row["status"] for row in calls(sandbox)] == [429]
    assert held(sandbox) == []


@pytest.mark.parametrize("seconds", [3, 30])
def test_a_longer_break_is_the_callers(gateway, sandbox, seconds):
    fault(sandbox, "retry_after", "/me$", headers={"Retry-After": str(seconds)})
    began = time.monotonic()

    with pytest.raises(RateLimited) as refusal:
        gateway.me()

    assert time.monotonic() - began < 1
    assert abs(refusal.value.until - timezone.now() - timedelta(seconds=seconds)) < timedelta(
        seconds=1
    )
    assert quota.opens_at("other") is None


def test_the_quota_closes_its_bucket_and_no_other(gateway, sandbox, playlist_id):
    fault(sandbox, "quota", "/items$")

    with pytest.raises(QuotaExceeded) as refusal:
        gateway.add_items(playlist_id, [])

    assert refusal.value.bucket == "write"
    assert abs(refusal.value.until - timezone.now() - timedelta(seconds=48925)) < timedelta(
        seconds=5
    )
    sandbox.delete("log")
    with pytest.raises(QuotaExceeded):
        gateway.create_playlist(name="A", description="")
    assert calls(sandbox) == []
    gateway.search_tracks("techno")


def test_the_real_quota_of_the_sandbox(gateway, sandbox):
    sandbox.post("quota", search=2)
    gateway.search_tracks("a")
    gateway.search_tracks("b")

    with pytest.raises(QuotaExceeded):
        gateway.search_tracks("c")
    with pytest.raises(QuotaExceeded):
        gateway.search_tracks("d")

    assert len(calls(sandbox)) == 3


@pytest.mark.parametrize(
    "value", [None, "", "soon", "-5", "1.5", "Wed, 25 Nov 2026 10:00:00 GMT", "9" * 40]
)
def test_a_429_without_a_sensible_time(gateway, sandbox, value):
    headers = {} if value is None else {"Retry-After": value}
    fault(sandbox, "status", "/me$", status=429, headers=headers, body="slow down")

    with pytest.raises(QuotaExceeded) as refusal:
        gateway.me()

    hours = 48 if value and value.startswith("9") else 1
    assert round((refusal.value.until - timezone.now()) / timedelta(hours=1)) == hours


def test_a_second_429_without_a_time_doubles_until_an_answer_comes(gateway, sandbox):
    fault(sandbox, "status", "/me$", status=429, times=2)
    for hours in (1, 2):
        with pytest.raises(QuotaExceeded) as refusal:
            gateway.me()
        assert round((refusal.value.until - timezone.now()) / timedelta(hours=1)) == hours
        QuotaBucket.objects.update(closed_until=timezone.now())

    gateway.me()

    assert QuotaBucket.objects.get(name="other").refusals == 0


# Answers that are none

NO_ANSWER = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503, "body": ["busy"]},
    {"kind": "html"},
    {"kind": "string_error"},
    {"kind": "reset"},
    {"kind": "truncate"},
    {"kind": "empty"},
    {"kind": "status", "status": 200, "body": "<html>log in to this hotel</html>"},
    {"kind": "status", "status": 200, "body": "null"},
    {"kind": "status", "status": 200, "body": "[1, 2]"},
    {"kind": "status", "status": 200, "body": {"items": 7, "tracks": 7, "id": 7}},
]


@pytest.mark.parametrize("broken", NO_ANSWER, ids=str)
def test_a_read_without_an_answer_did_not_happen(gateway, sandbox, playlist_id, broken):
    reads = [
        gateway.me,
        lambda: gateway.search_tracks("techno"),
        gateway.my_playlists,
        lambda: gateway.playlist(playlist_id),
        lambda: gateway.playlist_items(playlist_id),
        lambda: gateway.in_library([f"spotify:playlist:{playlist_id}"]),
    ]
    sandbox.post("faults", match={"method": "GET"}, times=None, **broken)

    for read in reads:
        with pytest.raises(Unavailable):
            read()


@pytest.mark.parametrize("broken", NO_ANSWER, ids=str)
def test_a_write_without_an_answer_may_have_happened(gateway, sandbox, playlist_id, uris, broken):
    writes = [
        lambda: gateway.create_playlist(name="A", description=""),
        lambda: gateway.add_items(playlist_id, uris[:1]),
        lambda: gateway.replace_items(playlist_id, uris[:1]),
        lambda: gateway.remove_items(playlist_id, uris[:1]),
    ]
    sandbox.post("faults", times=None, **broken)

    for write in writes:
        with pytest.raises(Ambiguous):
            write()


def test_an_ambiguous_write_may_indeed_have_happened(gateway, sandbox, playlist_id, uris):
    fault(sandbox, "status", "/items$", status=502, after_apply=True)

    with pytest.raises(Ambiguous):
        gateway.add_items(playlist_id, uris[:1])

    assert held(sandbox) == uris[:1]


@pytest.mark.parametrize(("kind", "expected"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_write_that_takes_too_long_is_ambiguous(
    gateway, sandbox, playlist_id, uris, settings, kind, expected
):
    settings.HTTP_TIMEOUT = (1, 0.3)
    fault(sandbox, kind, "/items$", delay_ms=600)

    with pytest.raises(Ambiguous):
        gateway.add_items(playlist_id, uris[:1])

    assert len(held(sandbox)) == expected


def test_a_read_that_takes_too_long_did_not_happen(gateway, sandbox, settings):
    settings.HTTP_TIMEOUT = (1, 0.3)
    fault(sandbox, "delay", "/me$", delay_ms=600)

    with pytest.raises(Unavailable):
        gateway.me()


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://no.such.host.invalid"])
def test_without_a_connection_nothing_happened_and_nothing_is_counted(sandbox, settings, address):
    settings.SPOTIFY_API_URL = address
    gateway = Gateway(credential_of(sandbox))

    with pytest.raises(Unreachable):
        gateway.add_items("x", [])

    assert quota.used("write") == 0


def test_a_redirect_is_not_followed(gateway, sandbox):
    fault(sandbox, "status", "/me$", status=302, headers={"Location": "/spotify/v1/search"})

    with pytest.raises(Unavailable):
        gateway.me()

    assert len(calls(sandbox)) == 1


def test_nothing_is_repeated_behind_our_back(gateway, sandbox, playlist_id):
    fault(sandbox, "status", "", status=503, times=None)

    with pytest.raises(Ambiguous):
        gateway.add_items(playlist_id, [])

    assert len(calls(sandbox)) == 1


@pytest.mark.parametrize("status", [400, 404, 403, 429, 500])
@pytest.mark.parametrize("body", ["", "plain words", "<html></html>", '{"error": "words"}', "7"])
def test_error_bodies_of_all_kinds_are_survived(gateway, sandbox, status, body):
    fault(sandbox, "status", "/me$", status=status, body=body)

    with pytest.raises(SpotifyError) as refusal:
        gateway.me()

    assert str(refusal.value)
    assert "<" not in str(refusal.value)


# Secrets


@pytest.fixture
def every_logger(caplog):
    """Everything that is logged, at DEBUG, whatever the settings say."""
    names = list(logging.root.manager.loggerDict)
    before = [
        (name, logging.getLogger(name).level, logging.getLogger(name).propagate) for name in names
    ]
    caplog.set_level(logging.DEBUG)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).propagate = True
    yield caplog
    for name, level, propagate in before:
        logging.getLogger(name).setLevel(level)
        logging.getLogger(name).propagate = propagate


def test_tokens_are_in_no_log_at_any_level(client, sandbox, every_logger, uris, settings):
    settings.DEBUG = True  # Django logs its statements, too
    log_in(client)
    gateway = Gateway(SpotifyCredential.objects.get())
    secrets = {gateway.credential.access_token, gateway.credential.refresh_token}
    sandbox.post("switches", new_refresh_token="always")
    SpotifyCredential.objects.update(expires_at=timezone.now())
    gateway.credential.refresh_from_db()
    playlist_id = gateway.create_playlist(name="A", description="").id
    gateway.add_items(playlist_id, uris[:2])
    secrets |= {gateway.credential.access_token, gateway.credential.refresh_token}
    errors = []
    for kind in ("html", "reset", "truncate", "string_error", "quota"):
        fault(sandbox, kind, "/v1/me$")
        with pytest.raises(SpotifyError) as refusal:
            gateway.me()
        errors.append(refusal.value)
    sandbox.post("users/nadja", revoked=True)
    with pytest.raises(SpotifyError) as refusal:
        gateway.my_playlists()
    errors.append(refusal.value)

    traces = "".join("".join(traceback.format_exception(error)) for error in errors)

    assert len(secrets) == 4
    assert "Sending POST to" in every_logger.text  # spotipy did talk
    for secret in secrets:
        assert secret not in every_logger.text
        assert secret not in traces
        assert secret not in repr(gateway.credential)

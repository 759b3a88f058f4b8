import threading
import time
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from accounts import connection
from accounts.errors import NeedsReconnect, RateLimited, Refused, Unavailable
from accounts.models import SpotifyCredential, User, account_hash
from accounts.tests.elsewhere import Elsewhere, together
from accounts.tests.factories import UserFactory, connect, credential_of
from conftest import wait_until

Status = SpotifyCredential.Status
TOKEN_PATH = "/api/token$"


@pytest.fixture
def credential(db, sandbox) -> SpotifyCredential:
    return credential_of(sandbox)


@pytest.fixture
def shared_credential(transactional_db, sandbox) -> SpotifyCredential:
    """As above, and other threads and processes see it."""
    return credential_of(sandbox)


def expire(credential, seconds=0):
    """The token lasts for so many seconds more."""
    moment = timezone.now() + timedelta(seconds=seconds)
    SpotifyCredential.objects.filter(pk=credential.pk).update(expires_at=moment)
    credential.refresh_from_db()


def refreshes(sandbox) -> int:
    return len(sandbox.get("log", side="accounts"))


def fault(sandbox, kind, **more):
    sandbox.post("faults", kind=kind, match={"path": TOKEN_PATH}, **more)


# A token that is good


def test_a_fresh_token_is_used_as_it_is(credential, sandbox):
    assert connection.access_token(credential) == credential.access_token
    assert refreshes(sandbox) == 0


def test_a_token_with_a_minute_left_is_renewed(credential, sandbox):
    expire(credential, seconds=59)
    old = credential.access_token

    new = connection.access_token(credential)

    stored = SpotifyCredential.objects.get()
    assert new not in ("", old)
    assert stored.access_token == new
    assert stored.is_fresh
    assert stored.refresh_claimed_until is None
    assert refreshes(sandbox) == 1


def test_a_token_with_more_than_a_minute_left_is_not(credential, sandbox):
    expire(credential, seconds=62)

    connection.access_token(credential)

    assert refreshes(sandbox) == 0


def test_the_old_refresh_token_is_kept_when_there_is_no_new_one(credential, sandbox):
    sandbox.post("switches", new_refresh_token="never")
    expire(credential)
    old = credential.refresh_token

    connection.access_token(credential)
    assert credential.refresh_token == old
    expire(credential)
    connection.access_token(credential)

    assert refreshes(sandbox) == 2


def test_scopes_are_kept_when_the_answer_has_none(credential, sandbox):
    fault(sandbox, "status", status=200, body={"access_token": "new", "expires_in": 3600})
    expire(credential)

    assert connection.access_token(credential) == "new"
    assert credential.missing_scopes == []


def test_a_new_refresh_token_takes_the_place_of_the_old(credential, sandbox):
    sandbox.post("switches", new_refresh_token="always")
    expire(credential)
    old = credential.refresh_token

    connection.access_token(credential)
    assert credential.refresh_token not in ("", old)
    expire(credential)
    connection.access_token(credential)

    assert refreshes(sandbox) == 2


def test_a_renewal_does_not_move_the_day_of_the_authorisation(credential, sandbox):
    SpotifyCredential.objects.update(authorized_at=timezone.now() - timedelta(days=100))
    expire(credential)
    ends_at = credential.ends_at

    connection.access_token(credential)

    assert credential.ends_at == ends_at


def test_scopes_that_came_later_are_named(credential, settings):
    settings.SPOTIFY_SCOPES = [*settings.SPOTIFY_SCOPES, "ugc-video-upload"]

    assert credential.missing_scopes == ["ugc-video-upload"]


# A token that is not


def test_a_dead_refresh_token_asks_for_a_reconnect(credential, sandbox):
    sandbox.post("users/nadja", revoked=True)
    expire(credential)

    with pytest.raises(NeedsReconnect):
        connection.access_token(credential)

    stored = SpotifyCredential.objects.get()
    assert stored.status == Status.NEEDS_RECONNECT
    assert stored.refresh_token == credential.refresh_token
    assert not stored.is_usable
    assert stored.refresh_claimed_until is None


def test_a_dead_refresh_token_is_tried_once_more_after_a_day(credential, sandbox):
    sandbox.post("users/nadja", revoked=True)
    expire(credential)
    with pytest.raises(NeedsReconnect):
        connection.access_token(credential)
    a_day = timezone.now() + timedelta(days=1)
    assert abs(credential.retry_at - a_day) < timedelta(minutes=1)
    SpotifyCredential.objects.update(retry_at=timezone.now())
    credential.refresh_from_db()
    assert credential.is_usable

    with pytest.raises(NeedsReconnect):
        connection.access_token(credential)

    assert credential.retry_at is None
    assert not credential.is_usable


def test_a_false_refusal_is_forgotten(credential, sandbox):
    fault(sandbox, "status", status=400, body={"error": "invalid_grant"})
    expire(credential)
    with pytest.raises(NeedsReconnect):
        connection.access_token(credential)

    connection.access_token(credential)

    assert credential.is_ok
    assert credential.retry_at is None


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "status", "status": 500},
        {"kind": "html"},
        {"kind": "empty"},
        {"kind": "string_error"},
        {"kind": "reset"},
        {"kind": "truncate"},
        {"kind": "status", "status": 200, "body": "null"},
        {"kind": "status", "status": 200, "body": {"expires_in": 3600}},
        {"kind": "status", "status": 403, "body": "<html>no</html>"},
        {"kind": "status", "status": 404, "body": ""},
    ],
    ids=str,
)
def test_a_broken_answer_changes_nothing(credential, sandbox, broken):
    expire(credential)
    sandbox.post("faults", match={"path": TOKEN_PATH}, **broken)

    with pytest.raises(Unavailable):
        connection.access_token(credential)

    stored = SpotifyCredential.objects.get()
    assert stored.is_ok
    assert stored.refresh_claimed_until is None
    assert stored.refresh_token == credential.refresh_token
    assert connection.access_token(credential)


@pytest.mark.parametrize("lifetime", [0, -5, None, "soon"])
def test_a_senseless_lifetime_is_an_hour(lifetime):
    tokens = connection.read_tokens({"access_token": "a", "expires_in": lifetime})

    assert timedelta(minutes=59) < tokens.expires_at - timezone.now() < timedelta(minutes=61)


def test_a_slow_answer_changes_nothing(credential, sandbox, settings):
    settings.HTTP_TIMEOUT = (1, 0.2)
    expire(credential)
    fault(sandbox, "delay", delay_ms=500)

    with pytest.raises(Unavailable):
        connection.access_token(credential)


def test_a_busy_token_endpoint_says_when(credential, sandbox):
    expire(credential)
    fault(sandbox, "retry_after", headers={"Retry-After": "20"})

    with pytest.raises(RateLimited) as refusal:
        connection.access_token(credential)

    assert timedelta(seconds=15) < refusal.value.until - timezone.now() <= timedelta(seconds=20)


def test_wrong_keys_of_the_installation_are_not_the_djs_fault(credential, sandbox, settings):
    settings.SPOTIFY_CLIENT_SECRET = "wrong"
    expire(credential)

    with pytest.raises(Refused):
        connection.access_token(credential)

    assert SpotifyCredential.objects.get().is_ok


def test_wrong_keys_are_told_apart_from_a_wrong_token(credential, sandbox):
    expire(credential)
    fault(sandbox, "status", status=401, body={"error": "invalid_client"})

    with pytest.raises(Refused):
        connection.access_token(credential)

    assert SpotifyCredential.objects.get().is_ok


def test_without_a_refresh_token_nobody_is_asked(credential, sandbox):
    SpotifyCredential.objects.update(refresh_token="")
    expire(credential)

    with pytest.raises(NeedsReconnect):
        connection.access_token(credential)

    assert refreshes(sandbox) == 0


def test_without_a_secret_the_client_id_is_enough(credential, sandbox, settings):
    settings.SPOTIFY_CLIENT_SECRET = ""
    expire(credential)

    assert connection.access_token(credential)


# Two at once


def test_two_threads_refresh_once(shared_credential, sandbox):
    expire(shared_credential)
    fault(sandbox, "delay", delay_ms=300, times=None)
    barrier = threading.Barrier(2)
    tokens = []

    def work():
        mine = SpotifyCredential.objects.get(pk=shared_credential.pk)
        barrier.wait()
        tokens.append(connection.access_token(mine))
        database.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refreshes(sandbox) == 1
    assert tokens == [SpotifyCredential.objects.get().access_token] * 2


def test_three_processes_refresh_once(shared_credential, sandbox):
    expire(shared_credential)
    fault(sandbox, "delay", delay_ms=300, times=None)

    tokens = together(*(Elsewhere("refresh", shared_credential.pk) for _ in range(3)))

    assert refreshes(sandbox) == 1
    assert tokens == [SpotifyCredential.objects.get().access_token] * 3


def test_who_waits_learns_that_it_failed(shared_credential, sandbox):
    sandbox.post("users/nadja", revoked=True)
    expire(shared_credential)
    fault(sandbox, "delay", delay_ms=300, times=None)

    outcomes = together(*(Elsewhere("refresh", shared_credential.pk) for _ in range(2)))

    assert outcomes == ["NeedsReconnect"] * 2
    assert refreshes(sandbox) == 1
    assert SpotifyCredential.objects.get().retry_at is not None


def test_a_stale_copy_takes_the_tokens_of_another_process(credential, sandbox):
    expire(credential)
    stale = SpotifyCredential.objects.get()
    connection.access_token(credential)

    assert connection.access_token(stale) == credential.access_token
    assert refreshes(sandbox) == 1


def test_the_claim_of_a_dead_process_runs_out(credential, sandbox):
    expire(credential)
    SpotifyCredential.objects.update(refresh_claimed_until=timezone.now() - timedelta(seconds=1))

    assert connection.access_token(credential)
    assert refreshes(sandbox) == 1


def test_who_waits_in_vain_is_told(credential, sandbox, monkeypatch):
    monkeypatch.setattr(connection, "PATIENCE", 0.1)
    expire(credential)
    SpotifyCredential.objects.update(refresh_claimed_until=timezone.now() + timedelta(seconds=9))

    with pytest.raises(Unavailable):
        connection.access_token(credential)

    assert refreshes(sandbox) == 0


def test_who_waits_does_not_wait_for_a_renewal_that_was_given_up(shared_credential, sandbox):
    expire(shared_credential)
    claimed = timezone.now() + timedelta(seconds=20)
    SpotifyCredential.objects.update(refresh_claimed_until=claimed)
    refused = []

    def wait():
        mine = SpotifyCredential.objects.get(pk=shared_credential.pk)
        try:
            connection.access_token(mine)
        except Unavailable as refusal:
            refused.append(refusal)
        database.close()

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.2)
    SpotifyCredential.objects.update(refresh_claimed_until=None)
    thread.join(5)

    assert refused or refreshes(sandbox) == 1
    assert not thread.is_alive()


def test_a_login_during_a_renewal_wins(shared_credential, sandbox):
    expire(shared_credential)
    fault(sandbox, "delay", delay_ms=500)
    late = []

    def renew():
        mine = SpotifyCredential.objects.get(pk=shared_credential.pk)
        late.append(connection.access_token(mine))
        database.close()

    thread = threading.Thread(target=renew)
    thread.start()
    wait_until(lambda: SpotifyCredential.objects.get().is_being_renewed)
    connect(None, sandbox)
    at_login = SpotifyCredential.objects.get().access_token
    thread.join()

    assert SpotifyCredential.objects.get().access_token == at_login
    assert late == [at_login]


def test_a_disconnect_during_a_renewal_wins(shared_credential, sandbox):
    expire(shared_credential)
    fault(sandbox, "delay", delay_ms=500)
    late = []

    def renew():
        mine = SpotifyCredential.objects.get(pk=shared_credential.pk)
        try:
            connection.access_token(mine)
        except NeedsReconnect as refusal:
            late.append(refusal)
        database.close()

    thread = threading.Thread(target=renew)
    thread.start()
    wait_until(lambda: SpotifyCredential.objects.get().is_being_renewed)
    connection.disconnect(shared_credential.user)
    thread.join()

    assert late
    assert not SpotifyCredential.objects.exists()


# The end, and the way back


def test_a_disconnect_deletes_tokens_and_profile(credential):
    user = credential.user

    connection.disconnect(user)

    user = User.objects.get(pk=user.pk)
    assert not SpotifyCredential.objects.exists()
    assert user.display_name == ""
    assert user.spotify_account_hash
    assert user.preferences


def test_a_disconnect_leaves_no_word_of_spotify_in_the_users_row(credential):
    user = credential.user
    words = {credential.account_id, user.display_name, "nadja", credential.profile_url}

    connection.disconnect(user)

    row = str(User.objects.filter(pk=user.pk).values().get()).lower()
    assert not any(word.lower() in row for word in words)


def test_a_disconnected_dj_is_found_again(credential, sandbox):
    user = credential.user
    connection.disconnect(user)

    assert connect(None, sandbox) == user
    assert User.objects.count() == 1


def test_a_disconnect_twice_is_a_disconnect(credential):
    connection.disconnect(credential.user)
    connection.disconnect(User.objects.get())

    assert not SpotifyCredential.objects.exists()


def test_the_hash_needs_our_key(settings):
    known = account_hash("sbx-7f3a9c41")

    settings.SECRET_KEY = "another"

    assert account_hash("sbx-7f3a9c41") != known


def test_a_changed_key_does_not_lose_a_disconnected_dj(credential, sandbox, settings):
    user = credential.user
    connection.disconnect(user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert connect(None, sandbox) == user

    user.refresh_from_db()
    assert user.spotify_account_hash == account_hash(user.spotify.account_id)


def test_a_login_renews_the_hash_of_a_connected_dj(credential, sandbox, settings):
    settings.SECRET_KEY = "another"

    user = connect(None, sandbox)

    user.refresh_from_db()
    assert user == credential.user
    assert user.spotify_account_hash == account_hash(credential.account_id)


def test_a_user_becomes_the_dj_of_the_sandbox(db, sandbox):
    user = UserFactory()

    assert connect(user, sandbox, "ines") == user
    assert user.spotify.account_id


# By the clock


def authorized(days_ago: int) -> None:
    SpotifyCredential.objects.update(authorized_at=timezone.now() - timedelta(days=days_ago))


@pytest.mark.parametrize(("days_ago", "is_warned"), [(149, False), (150, True), (200, True)])
def test_the_end_is_announced_a_month_before(credential, days_ago, is_warned):
    authorized(days_ago)

    connection.warn_of_ends()

    credential.refresh_from_db()
    assert credential.ends_soon == is_warned


def test_a_warning_is_given_once(credential):
    authorized(170)
    connection.warn_of_ends()
    credential.refresh_from_db()
    first = credential.warned_at

    assert connection.warn_of_ends() == 0

    credential.refresh_from_db()
    assert credential.warned_at == first


def test_a_new_login_ends_the_warning(credential, sandbox):
    authorized(170)
    connection.warn_of_ends()

    again = credential_of(sandbox)

    assert not again.ends_soon
    assert connection.warn_of_ends() == 0


def test_a_token_that_rested_for_a_day_is_renewed_once(credential, sandbox):
    expire(credential, seconds=-21 * 3600)

    connection.renew_rested()
    connection.renew_rested()

    credential.refresh_from_db()
    assert credential.is_fresh
    assert refreshes(sandbox) == 1


def test_a_token_in_use_is_renewed_when_it_is_needed(credential, sandbox):
    expire(credential, seconds=-3600)

    connection.renew_rested()

    assert refreshes(sandbox) == 0


def test_an_authorisation_taken_back_is_noticed_without_work_to_do(credential, sandbox):
    sandbox.post("users/nadja", revoked=True)
    expire(credential, seconds=-21 * 3600)

    connection.renew_rested()

    credential.refresh_from_db()
    assert credential.status == Status.NEEDS_RECONNECT


def test_one_lost_authorisation_keeps_no_other_waiting(credential, sandbox):
    other = credential_of(sandbox, "tomek")
    sandbox.post("users/nadja", revoked=True)
    for one in (credential, other):
        expire(one, seconds=-21 * 3600)

    connection.renew_rested()

    other.refresh_from_db()
    assert other.is_fresh

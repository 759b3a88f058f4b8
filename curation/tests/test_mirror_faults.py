"""One evening under each kind of trouble. At its end a second client of Spotify's finds what our
tables say, item by item."""

import os
import uuid
from datetime import timedelta

import kombu
import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import SpotifyCredential
from clouder.celery import app as celery_app
from curation import mirror, moves, tasks
from curation.models import MirroredPlaylist, RefusedUri
from curation.tests.accidents import Process
from curation.tests.mirrored import Desk
from curation.tests.test_mirror_drift import look_tomorrow

pytestmark = pytest.mark.django_db(transaction=True)
WRITES = {"method": "POST|PUT|DELETE", "path": "playlists|library"}
QUOTA = {"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}}

FAULTS = {
    "a quota of fourteen hours": {
        "kind": "status",
        "status": 429,
        "body": QUOTA,
        "headers": {"Retry-After": "50400"},
    },
    "a 429 without Retry-After": {"kind": "status", "status": 429},
    "500 before": {"kind": "status", "status": 500},
    "500 after": {"kind": "status", "status": 500, "after_apply": True},
    "timeout after": {"kind": "timeout_after", "delay_ms": 600},
    "reset before": {"kind": "reset"},
    "reset after": {"kind": "reset", "after_apply": True},
    "truncated": {"kind": "truncate"},
    "a page in HTML": {"kind": "html", "after_apply": True},
    "404 on a playlist just made": {"kind": "status", "status": 404},
}


class Evening:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.tracks = desk.fill(12)
        desk.sort(self.tracks[:6], "Warm Up")
        desk.promote(self.tracks[:3])
        desk.send()
        self.silver = desk.row("silver", "Warm Up").name
        self.gold = desk.row("golden", "Warm Up").name

    def go_on(self) -> None:
        """Adds, removals, a new playlist, an undo and a late match."""
        desk, tracks = self.desk, self.tracks
        desk.sort(tracks[6:8], "Peak Time")
        desk.sort(tracks[3:5], "Peak Time")
        moves.undo(desk.period)
        desk.promote(tracks[5:6])

    def end(self) -> None:
        self.desk.send()
        self.desk.assert_in_step()
        self.desk.assert_witnessed()


@pytest.fixture
def evening(desk) -> Evening:
    return Evening(desk)


# Spotify is in trouble


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_spotify_answers_wrongly(evening, sandbox, settings, fault):
    settings.HTTP_TIMEOUT = (3.05, 0.3)
    sandbox.post("faults", match=WRITES, skip=1, **fault)

    evening.go_on()
    evening.end()

    assert [rule["hits"] for rule in sandbox.get("faults")] == [1]


def test_one_dead_uri(evening, sandbox):
    dead = evening.tracks[6]
    (uri,) = evening.desk.uris_of(evening.desk.period.tracks.filter(pk=dead.pk), "pk")
    sandbox.post("switches", dead_uris=[uri])
    evening.go_on()
    evening.desk.send()
    assert RefusedUri.objects.get().uri == uri

    sandbox.post("switches", dead_uris=[])
    RefusedUri.objects.update(try_again_at=timezone.now())
    mirror.mark_rested()

    evening.end()


def test_snapshots_are_shown_half_a_minute_late(evening, sandbox):
    sandbox.post("switches", snapshot_lag_seconds=30)

    evening.go_on()
    evening.end()


# The connection is in trouble


def test_the_token_expired(evening, sandbox):
    SpotifyCredential.objects.update(expires_at=timezone.now() - timedelta(hours=1))

    evening.go_on()
    evening.end()


def test_the_consent_was_revoked(evening, sandbox):
    sandbox.post("users/nadja", revoked=True)
    evening.go_on()
    evening.desk.send_once()
    assert evening.desk.row().is_waiting

    evening.desk.reconnect()

    evening.end()


def test_two_workers_renew_the_token_at_once(evening, sandbox):
    evening.go_on()
    evening.desk.time_passes()
    SpotifyCredential.objects.update(expires_at=timezone.now())
    sandbox.delete("log")

    at_once(evening.desk)

    assert len(sandbox.get("log", side="accounts")) == 1
    evening.end()


def at_once(desk: Desk) -> None:
    """Two workers send everything."""
    workers = [Process(lambda: mirror.send_due(user_id=desk.user.pk, seconds=60)) for _ in range(2)]
    for worker in workers:
        assert worker.wait()


# We are in trouble


def test_two_workers(evening):
    evening.go_on()
    evening.desk.time_passes()

    at_once(evening.desk)

    evening.end()


def lose_the_broker() -> None:
    """For a process that ends soon."""
    os.environ["CELERY_BROKER_URL"] = "redis://127.0.0.1:1/0"
    celery_app.conf.broker_transport_options = settings.REDIS_OPTIONS
    celery_app._pool = celery_app.amqp._producer_pool = None
    kombu.pools.reset()
    with pytest.raises(kombu.exceptions.OperationalError):
        tasks.send_waiting.delay()


def test_the_broker_is_gone(evening):
    def decide() -> None:
        lose_the_broker()
        evening.go_on()
        mirror.send_now(evening.desk.period)

    assert Process(decide).wait()

    assert evening.desk.row("silver", "Peak Time").is_waiting
    evening.end()


def test_two_tabs_move_the_same_track(evening):
    desk, track = evening.desk, evening.tracks[7]
    tabs = [
        Process(
            lambda place=place: moves.move_track(
                user=desk.user, track=track, to=desk.playlist(place), client_id=uuid.uuid4()
            )
        )
        for place in ("Warm Up", "Peak Time")
    ]
    for tab in tabs:
        assert tab.wait()

    assert desk.period.tracks.get(pk=track.pk).moves.count() == 2
    evening.end()


# The DJ is at it, too


def test_the_dj_deletes_a_playlist_in_the_middle(evening):
    evening.go_on()
    evening.desk.edit_by_hand(evening.silver, in_library=False)
    look_tomorrow()
    evening.desk.send()
    assert evening.desk.row("silver", "Warm Up").state == MirroredPlaylist.State.MISSING

    mirror.make_again(evening.desk.row("silver", "Warm Up"))

    evening.end()


def test_the_dj_renames_a_playlist_in_the_middle(evening):
    evening.go_on()
    evening.desk.edit_by_hand(evening.silver, name="Mine now")
    look_tomorrow()
    evening.desk.send()
    evening.desk.edit_by_hand("Mine now", name=evening.silver)

    evening.end()


def test_the_dj_reorders_a_playlist_in_the_middle(evening):
    rows = evening.desk.at_spotify()[evening.silver]
    evening.go_on()
    evening.desk.edit_by_hand(evening.silver, items=rows[::-1])
    look_tomorrow()

    evening.end()


def test_the_dj_edits_playlists_in_the_middle(evening):
    """What is taken off Silver comes back, what is taken off Golden after the DJ was asked."""
    desk = evening.desk
    held = desk.at_spotify()
    evening.go_on()
    desk.edit_by_hand(evening.silver, items=held[evening.silver][1:])
    desk.edit_by_hand(evening.gold, items=held[evening.gold][:1])
    look_tomorrow()
    desk.send()

    category = desk.playlist("Warm Up").user_category
    asked = mirror.absent(category)
    assert len(asked) == 2
    mirror.put_back(category, asked)

    evening.end()

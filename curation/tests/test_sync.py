from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.connection import warn_of_ends
from accounts.models import AUTHORIZATION_LIFETIME, SpotifyCredential, User
from curation import sync
from curation.models import MirroredPlaylist
from curation.templatetags.words import day
from curation.tests.factories import CurationPeriodFactory

pytestmark = pytest.mark.django_db
State = MirroredPlaylist.State


@pytest.fixture
def period():
    return CurationPeriodFactory()


@pytest.fixture
def dj(period, settings):
    SpotifyCredential.objects.create(
        user=period.user,
        account_id="nadja",
        scopes=settings.SPOTIFY_SCOPES,
        authorized_at=timezone.now(),
        expires_at=timezone.now() + timedelta(hours=1),
    )
    return period.user


@pytest.fixture
def bronze(period):
    return period.mirrored_playlists.get(layer=MirroredPlaylist.Layer.BRONZE)


def words(mirrored, *, connected=True):
    return sync.of_playlist(mirrored, connected=connected, now=timezone.now())


def test_a_playlist_without_tracks_says_when_it_appears(bronze):
    assert words(bronze) == sync.Sync("", "appears with its first track")


def test_a_playlist_that_spotify_has_is_in_step(bronze):
    bronze.spotify_id, bronze.sent_at = "abc", timezone.now()

    assert words(bronze).state == "in-step"
    assert words(bronze).words.startswith("in step, ")


def test_a_change_waits_for_its_time(bronze):
    bronze.wanted, bronze.due_at = 3, timezone.now() + timedelta(seconds=100)

    assert words(bronze).state == "waiting"
    assert words(bronze).words.startswith("sent in 1:")


def test_a_late_match_says_at_what_time_it_leaves(bronze):
    in_eleven_hours = timezone.now() + timedelta(hours=11)
    bronze.wanted, bronze.due_at = 1, in_eleven_hours

    assert words(bronze).words == f"sent at {in_eleven_hours:%H:%M}"


def test_a_change_that_is_due_is_sent_in_a_moment(bronze):
    bronze.wanted, bronze.due_at = 3, timezone.now() - timedelta(seconds=1)

    assert words(bronze) == sync.Sync("waiting", "sent in a moment")


def test_a_claimed_playlist_is_being_sent(bronze):
    bronze.wanted, bronze.claimed_until = 1, timezone.now() + timedelta(minutes=1)

    assert words(bronze).state == "sending"


def test_a_used_up_quota_pauses_with_the_time(bronze):
    bronze.wanted, bronze.retry_at = 1, timezone.now() + timedelta(hours=2)

    assert words(bronze).state == "closed"
    assert words(bronze).words.startswith("paused until ")


def test_without_a_connection_it_asks_to_reconnect(bronze):
    bronze.wanted = 1

    assert words(bronze, connected=False) == sync.Sync("closed", "waits for Spotify: reconnect")


def test_a_playlist_deleted_in_spotify_is_gone(bronze):
    bronze.state, bronze.spotify_id = State.MISSING, "abc"

    assert words(bronze) == sync.Sync("closed", "gone in Spotify", lost=bronze.pk)


def test_an_error_says_when_it_is_tried_again(bronze):
    bronze.wanted, bronze.retry_at = 1, timezone.now() + timedelta(minutes=2)
    bronze.trouble = MirroredPlaylist.Trouble.ERROR

    assert words(bronze).words.startswith("no answer, again at ")


def test_a_playlist_in_spotify_can_be_opened_there(bronze, settings):
    bronze.spotify_id = "abc"

    assert words(bronze).url == f"{settings.SPOTIFY_OPEN_URL}/playlist/abc"


def test_a_closed_week_is_taken_off(bronze):
    bronze.state, bronze.spotify_id = State.OFF, "abc"

    assert words(bronze).words == "taken off Spotify"


def test_the_bar_of_a_dj_without_spotify_says_so(period):
    assert sync.of_user(period.user).words == "Spotify: not connected"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (SpotifyCredential.Status.NEEDS_RECONNECT, "please reconnect"),
        (SpotifyCredential.Status.NOT_ALLOWED, "not allowed here"),
        (SpotifyCredential.Status.PREMIUM_REQUIRED, "no Premium"),
    ],
)
def test_the_bar_says_why_spotify_lets_nothing_through(dj, status, words):
    dj.spotify.status = status

    assert words in sync.of_user(dj).words


def test_the_bar_says_that_nothing_was_sent_yet(dj):
    assert sync.of_user(dj).words == "Spotify: nothing sent yet"


def test_the_bar_counts_what_waits(dj, period):
    soon = timezone.now() + timedelta(seconds=100)
    period.mirrored_playlists.update(wanted=1, due_at=soon)

    line = sync.of_user(dj)

    assert line.state == "waiting"
    assert line.words.startswith("Spotify: 3 playlists wait, sent in 1:")


def test_the_bar_is_paused_only_when_all_that_waits_is(dj, period, bronze):
    period.mirrored_playlists.update(wanted=1)
    later = timezone.now() + timedelta(hours=2)
    MirroredPlaylist.objects.filter(pk=bronze.pk).update(retry_at=later)

    assert sync.of_user(dj).state == "waiting"

    period.mirrored_playlists.update(retry_at=later)

    assert sync.of_user(dj).state == "closed"


def test_the_bar_of_a_dj_in_step_says_since_when(dj, period):
    period.mirrored_playlists.update(sent_at=timezone.now())

    assert sync.of_user(dj).state == "in-step"


def test_the_bar_says_when_the_connection_ends(dj, period):
    period.mirrored_playlists.update(sent_at=timezone.now())
    dj.spotify.authorized_at -= timedelta(days=160)
    dj.spotify.save()
    warn_of_ends()
    dj.spotify.refresh_from_db()

    line = sync.of_user(dj)

    assert line.words == f"Spotify: reconnect by {day(dj.spotify.ends_at)}"
    assert line.url == "/settings/#spotify"


def test_the_bar_says_what_was_not_agreed_to(dj):
    dj.spotify.scopes = dj.spotify.scopes[1:]

    assert sync.of_user(dj).words == "Spotify: needs your consent"


@pytest.mark.parametrize(("days", "said"), [(20, "playlists wait"), (6, "reconnect by")])
def test_in_the_last_week_that_goes_before_what_waits(dj, period, days, said):
    period.mirrored_playlists.update(wanted=1, due_at=timezone.now())
    dj.spotify.warned_at = timezone.now()
    dj.spotify.authorized_at = timezone.now() + timedelta(days=days) - AUTHORIZATION_LIFETIME

    assert said in sync.of_user(dj).words


def test_the_bar_asks_twice_at_most(dj, django_assert_max_num_queries):
    fresh = User.objects.get(pk=dj.pk)

    with django_assert_max_num_queries(2):
        sync.of_user(fresh)

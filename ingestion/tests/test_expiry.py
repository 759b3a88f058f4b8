from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import connection
from accounts.models import SpotifyCredential, User
from accounts.tests.factories import UserFactory
from catalog.models import ExternalData, Provider, SpotifyMatch
from catalog.tests.factories import TrackFactory, matched_track
from ingestion import expiry
from ingestion.models import RawPage
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody(db) -> User:
    """A DJ who is connected: what Spotify said may be kept for a while."""
    now = timezone.now()
    user = UserFactory()
    SpotifyCredential.objects.create(user=user, account_id="ada", authorized_at=now, expires_at=now)
    return user


LONG_AGO = timezone.now() - timedelta(days=31)
CANDIDATE = {
    "uri": "spotify:track:x",
    "likeness": "doubtful",
    "score": 0.7,
    "parts": {"title": 1.0},
    "title": "Rain",
    "artists": ["Ada"],
    "url": "https://open.spotify.com/track/x",
    "reasons": ["same title"],
}


def test_raw_pages_are_forgotten_after_thirty_days():
    run = IngestRunFactory()
    for number in (1, 2):
        RawPage.objects.create(run=run, number=number, body=b"x")
    RawPage.objects.filter(number=1).update(fetched_at=LONG_AGO)

    expiry.forget()

    assert list(run.pages.values_list("number", flat=True)) == [2]


def test_of_spotify_only_the_pair_stays(somebody):
    old, fresh = matched_track(1), matched_track(2)
    spotify = ExternalData.objects.filter(provider=Provider.SPOTIFY)
    spotify.update(raw={"name": "Rain"})
    spotify.filter(entity_id=old.pk).update(fetched_at=LONG_AGO)

    expiry.forget()

    assert spotify.get(entity_id=old.pk).raw is None
    assert spotify.get(entity_id=old.pk).uri
    assert spotify.get(entity_id=fresh.pk).raw == {"name": "Rain"}


def test_what_beatport_said_stays():
    track = TrackFactory()
    data = ExternalData.objects.create(
        provider=Provider.BEATPORT,
        entity_type="track",
        entity_id=track.pk,
        external_id="1",
        raw={"id": 1},
        fetched_at=LONG_AGO,
    )

    expiry.forget()

    data.refresh_from_db()
    assert data.raw == {"id": 1}


def test_candidates_shrink_to_uri_and_score():
    track = TrackFactory(match="review", match__candidates=[CANDIDATE])
    SpotifyMatch.objects.update(candidates_until=timezone.now() - timedelta(seconds=1))

    expiry.forget()

    match = SpotifyMatch.objects.get(track=track)
    assert match.candidates == [
        {"uri": "spotify:track:x", "likeness": "doubtful", "score": 0.7, "parts": {"title": 1.0}}
    ]
    assert match.candidates_until is None
    assert match.state == SpotifyMatch.State.REVIEW


def test_fresh_candidates_stay_whole(somebody):
    TrackFactory(match="review", match__candidates=[CANDIDATE])
    SpotifyMatch.objects.update(candidates_until=timezone.now() + timedelta(days=1))

    expiry.forget()

    assert SpotifyMatch.objects.get().candidates == [CANDIDATE]


def test_nothing_of_spotify_stays_when_the_last_dj_disconnects(somebody):
    track = matched_track(1)
    TrackFactory(match="review", match__candidates=[CANDIDATE])
    SpotifyMatch.objects.update(candidates_until=timezone.now() + timedelta(days=1))
    spotify = ExternalData.objects.filter(provider=Provider.SPOTIFY)
    spotify.update(raw={"name": "Rain"})

    connection.disconnect(somebody)
    expiry.forget()

    assert spotify.get(entity_id=track.pk).raw is None
    assert spotify.get(entity_id=track.pk).uri
    assert "title" not in str(SpotifyMatch.objects.get(state="review").candidates[0].keys())

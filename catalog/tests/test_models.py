"""What must hold is a constraint with a name."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import ExternalData, Provider, SpotifyMatch, TrackArtist
from catalog.tests.factories import (
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    ReleaseFactory,
    TrackFactory,
    matched_track,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory, ReleaseFactory, TrackFactory])
def test_a_beatport_id_belongs_to_one(factory):
    one = factory()

    with pytest.raises(IntegrityError), transaction.atomic():
        factory(beatport_id=one.beatport_id)


def test_a_genre_is_there_once():
    genre = GenreFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        type(genre).objects.create(beatport_id=genre.beatport_id, name="x", slug="x")


def test_a_place_among_the_artists_is_taken_once():
    track = TrackFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        TrackArtist.objects.create(track=track, artist=ArtistFactory(), role="artist", position=0)


def test_a_track_has_one_match():
    track = TrackFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        SpotifyMatch.objects.create(track=track)


def test_a_service_has_one_name_for_an_entity():
    track = matched_track()

    with pytest.raises(IntegrityError), transaction.atomic():
        ExternalData.objects.create(
            provider=Provider.SPOTIFY,
            entity_type="track",
            entity_id=track.pk,
            external_id="another",
            fetched_at=timezone.now(),
        )


def test_two_tracks_may_be_one_on_spotify():
    matched_track(7)
    matched_track(7)

    assert ExternalData.objects.filter(uri=f"spotify:track:{7:022d}").count() == 2


def test_rows_to_look_up_come_by_value_then_the_newest_music():
    now = timezone.now()
    old = TrackFactory(published_on=date(2001, 1, 1), match__next_try_at=now)
    first = TrackFactory(match__priority=5, match__next_try_at=now)
    third = TrackFactory(match__priority=0, match__next_try_at=now)
    second = TrackFactory(match="not_found", match__priority=1, match__next_try_at=now)
    TrackFactory(match__next_try_at=now + timedelta(minutes=1))
    TrackFactory(match__next_try_at=None)
    TrackFactory(match="review", match__next_try_at=now)
    TrackFactory(match="not_found", match__method="person", match__next_try_at=now)

    due = [match.track for match in SpotifyMatch.objects.due(now)]

    assert due == [first, second, third, old]


def test_artwork_comes_in_every_size():
    release = ReleaseFactory(artwork="https://media.invalid/{w}x{h}/a.jpg")

    assert release.artwork_url(300) == "https://media.invalid/300x300/a.jpg"

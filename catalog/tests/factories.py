"""The smallest valid music. Other rooms import these."""

from datetime import date

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from catalog.models import (
    Artist,
    Entity,
    ExternalData,
    Genre,
    Label,
    Provider,
    Release,
    SpotifyMatch,
    Track,
    TrackArtist,
)


class GenreFactory(DjangoModelFactory):
    class Meta:
        model = Genre
        django_get_or_create = ("beatport_id",)

    beatport_id = factory.Sequence(lambda n: 1000 + n)
    name = factory.LazyAttribute(lambda genre: f"Genre {genre.beatport_id}")
    slug = factory.LazyAttribute(lambda genre: f"genre-{genre.beatport_id}")


class ArtistFactory(DjangoModelFactory):
    class Meta:
        model = Artist

    beatport_id = factory.Sequence(lambda n: 50_000 + n)
    name = factory.Sequence(lambda n: f"Artist {n}")
    slug = factory.Sequence(lambda n: f"artist-{n}")


class LabelFactory(DjangoModelFactory):
    class Meta:
        model = Label

    beatport_id = factory.Sequence(lambda n: 20_000 + n)
    name = factory.Sequence(lambda n: f"Label {n}")
    slug = factory.Sequence(lambda n: f"label-{n}")


class ReleaseFactory(DjangoModelFactory):
    class Meta:
        model = Release

    beatport_id = factory.Sequence(lambda n: 5_000_000 + n)
    title = factory.Sequence(lambda n: f"Release {n}")
    slug = factory.Sequence(lambda n: f"release-{n}")
    label = factory.SubFactory(LabelFactory)
    catalog_number = factory.Sequence(lambda n: f"CAT{n:03d}")


class TrackFactory(DjangoModelFactory):
    """With one artist ("Artist n") unless `artists=[…]` or `remixers=[…]` say otherwise.

    Its SpotifyMatch is pending; `match="matched"` is another state, `match=False` leaves it out;
    `spotify_uri="spotify:track:…"` records what was accepted.
    """

    class Meta:
        model = Track
        skip_postgeneration_save = True

    beatport_id = factory.Sequence(lambda n: 30_000_000 + n)
    title = factory.Sequence(lambda n: f"Title {n}")
    mix_name = "Original Mix"
    slug = factory.Sequence(lambda n: f"title-{n}")
    release = factory.SubFactory(ReleaseFactory)
    genre = factory.SubFactory(GenreFactory)
    isrc = factory.Sequence(lambda n: f"GBXXX26{n:05d}")
    bpm = 136
    key = "8A"
    length_ms = 360_000
    published_on = date(2026, 11, 13)
    released_on = date(2026, 11, 13)
    recording_key = factory.LazyAttribute(
        lambda track: f"isrc:{track.isrc}" if track.isrc else f"text:{track.beatport_id}:360"
    )

    @factory.post_generation
    def artists(self, create, extracted, **kwargs):
        people = [ArtistFactory()] if extracted is None else extracted
        credit(self, people, TrackArtist.Role.ARTIST)

    @factory.post_generation
    def remixers(self, create, extracted, **kwargs):
        credit(self, extracted or [], TrackArtist.Role.REMIXER)

    @factory.post_generation
    def match(self, create, extracted, **kwargs):
        if extracted is not False:
            SpotifyMatchFactory(track=self, state=extracted or "pending", **kwargs)

    @factory.post_generation
    def spotify_uri(self, create, extracted, **kwargs):
        if extracted:
            accept(self, extracted)


class SpotifyMatchFactory(DjangoModelFactory):
    class Meta:
        model = SpotifyMatch

    track = factory.SubFactory(TrackFactory, match=False)
    state = SpotifyMatch.State.PENDING
    next_try_at = factory.LazyFunction(timezone.now)
    matched_at = factory.LazyAttribute(
        lambda match: timezone.now() if match.state in SpotifyMatch.PLAYABLE else None
    )


def credit(track, people, role):
    for position, artist in enumerate(people):
        TrackArtist.objects.create(track=track, artist=artist, role=role, position=position)


def accept(track, uri):
    """Records what a match of this track was accepted as."""
    return ExternalData.objects.create(
        provider=Provider.SPOTIFY,
        entity_type=Entity.TRACK,
        entity_id=track.pk,
        external_id=uri.rpartition(":")[2],
        uri=uri,
        fetched_at=timezone.now(),
    )


def matched_track(number: int = 1, **fields) -> Track:
    """A track that is on Spotify."""
    uri = f"spotify:track:{number:022d}"
    return TrackFactory(match=SpotifyMatch.State.MATCHED, spotify_uri=uri, **fields)

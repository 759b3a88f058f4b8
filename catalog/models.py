from datetime import datetime
from typing import Any

from django.db import models

from catalog.fields import FoldedField


class RawField(models.JSONField):
    """Large JSON. PostgreSQL gets it value by value: in an array it would be quoted twice."""

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        return "%s"

    def deconstruct(self) -> Any:
        """For migrations it is what it is to the database."""
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options


class Provider(models.TextChoices):
    BEATPORT = "beatport", "Beatport"
    SPOTIFY = "spotify", "Spotify"


class Entity(models.TextChoices):
    ARTIST = "artist", "Artist"
    LABEL = "label", "Label"
    RELEASE = "release", "Release"
    TRACK = "track", "Track"


class Genre(models.Model):
    beatport_id = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["beatport_id"], name="catalog_genre_beatport_id")
        ]

    def __str__(self) -> str:
        return self.name


class SubGenre(models.Model):
    beatport_id = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    slug = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["beatport_id"], name="catalog_sub_genre_beatport_id")
        ]

    def __str__(self) -> str:
        return self.name


class Artist(models.Model):
    beatport_id = models.PositiveBigIntegerField()
    name = models.CharField(max_length=255)
    slug = models.CharField(max_length=255, blank=True)
    search_text = FoldedField(names=["name"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["beatport_id"], name="catalog_artist_beatport_id")
        ]
        indexes = [models.Index(fields=["search_text"], name="catalog_artist_called")]

    def __str__(self) -> str:
        return self.name


class Label(models.Model):
    beatport_id = models.PositiveBigIntegerField()
    name = models.CharField(max_length=255)
    slug = models.CharField(max_length=255, blank=True)
    search_text = FoldedField(names=["name"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["beatport_id"], name="catalog_label_beatport_id")
        ]
        indexes = [models.Index(fields=["search_text"], name="catalog_label_called")]

    def __str__(self) -> str:
        return self.name


class Release(models.Model):
    beatport_id = models.PositiveBigIntegerField()
    title = models.CharField(max_length=255)
    slug = models.CharField(max_length=255, blank=True)
    label = models.ForeignKey(
        Label, null=True, blank=True, on_delete=models.SET_NULL, related_name="releases"
    )
    catalog_number = models.CharField(max_length=60, blank=True)
    upc = models.CharField(max_length=50, blank=True)
    upc_asked_at = models.DateTimeField(null=True, blank=True)  # lists of tracks do without it
    artwork = models.CharField(max_length=500, blank=True)  # a URL with {w}x{h} in it
    search_text = FoldedField(names=["title"], codes=["catalog_number"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["beatport_id"], name="catalog_release_beatport_id")
        ]

    def __str__(self) -> str:
        return self.title

    def artwork_url(self, size: int) -> str:
        return self.artwork.replace("{w}", str(size)).replace("{h}", str(size))


class Track(models.Model):
    class Status(models.TextChoices):
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    beatport_id = models.PositiveBigIntegerField()
    title = models.CharField(max_length=255)
    mix_name = models.CharField(max_length=255, blank=True)
    slug = models.CharField(max_length=255, blank=True)
    artists = models.ManyToManyField(Artist, through="TrackArtist", related_name="tracks")
    release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="tracks"
    )
    genre = models.ForeignKey(
        Genre, null=True, blank=True, on_delete=models.PROTECT, related_name="tracks"
    )
    sub_genre = models.ForeignKey(
        SubGenre, null=True, blank=True, on_delete=models.SET_NULL, related_name="tracks"
    )
    isrc = models.CharField(max_length=12, blank=True)
    bpm = models.PositiveSmallIntegerField(null=True, blank=True)
    key = models.CharField(max_length=3, blank=True)  # Camelot: 1A to 12B
    length_ms = models.PositiveIntegerField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)  # on sale at Beatport
    released_on = models.DateField(null=True, blank=True)  # first release anywhere
    encoded_on = models.DateField(null=True, blank=True)  # when Beatport took it in
    status = models.CharField(max_length=10, choices=Status, default=Status.PUBLISHED)
    is_exclusive = models.BooleanField(default=False)
    sample_url = models.CharField(max_length=500, blank=True)
    recording_key = models.CharField(max_length=200)
    text_digest = models.CharField(max_length=40, blank=True)  # of title, mix, artists: no ISRC
    is_primary = models.BooleanField(default=True)  # on sale first of its recording's tracks
    search_text = FoldedField(names=["title", "mix_name"], codes=["isrc"])
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["beatport_id"], name="catalog_track_beatport_id")
        ]
        indexes = [
            models.Index(fields=["genre", "published_on"], name="catalog_track_week"),
            models.Index(fields=["recording_key"], name="catalog_track_recording"),
            models.Index(fields=["updated_at"], name="catalog_track_updated"),
            models.Index(fields=["-published_on", "-id"], name="catalog_track_newest"),
            models.Index(
                fields=["text_digest"],
                condition=~models.Q(text_digest=""),
                name="catalog_track_without_isrc",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TrackArtist(models.Model):
    class Role(models.TextChoices):
        ARTIST = "artist", "Artist"
        REMIXER = "remixer", "Remixer"

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="credits")
    artist = models.ForeignKey(Artist, on_delete=models.CASCADE, related_name="credits")
    role = models.CharField(max_length=7, choices=Role)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["track", "role", "position"], name="catalog_one_artist_per_credit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.artist_id} on {self.track_id} as {self.role}"


class ExternalData(models.Model):
    """What an outside service calls one of our entities, and what it said about it."""

    provider = models.CharField(max_length=8, choices=Provider)
    entity_type = models.CharField(max_length=7, choices=Entity)
    entity_id = models.PositiveBigIntegerField()
    external_id = models.CharField(max_length=64)
    uri = models.CharField(max_length=200, blank=True)
    raw = RawField(null=True, blank=True)
    fetched_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "external data"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "entity_type", "entity_id"],
                name="catalog_one_external_id_per_provider",
            )
        ]
        indexes = [
            models.Index(
                fields=["provider", "entity_type", "external_id"], name="catalog_external_id"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.entity_type} {self.external_id}"


class SpotifyMatchQuerySet(models.QuerySet["SpotifyMatch"]):
    def open(self) -> "SpotifyMatchQuerySet":
        """Rows that rules may still decide. What a person has decided stays decided."""
        undecided = self.filter(state__in=SpotifyMatch.LOOKED_UP_AGAIN)
        return undecided.exclude(method=SpotifyMatch.Method.PERSON)

    def due(self, at: datetime) -> "SpotifyMatchQuerySet":
        """Rows to look up now: the most valuable first, then the newest music."""
        due = self.open().filter(next_try_at__lte=at)
        return due.order_by("-priority", "-track__published_on", "pk")

    def look_up_again(self, at: datetime) -> int:
        """All that are not on Spotify are due, doubtful ones too; returns how many.

        What is there stays, and so does what a person has decided.
        """
        missing = self.exclude(state__in=SpotifyMatch.PLAYABLE)
        return missing.exclude(method=SpotifyMatch.Method.PERSON).update(
            state=SpotifyMatch.State.PENDING,
            attempts=0,
            misses=0,
            error="",
            matched_at=None,
            next_try_at=at,
        )


class SpotifyMatch(models.Model):
    """Where we stand with finding a track on Spotify. The uri itself is in ExternalData."""

    class State(models.TextChoices):
        PENDING = "pending", "Not looked up yet"
        MATCHED = "matched", "On Spotify"
        OTHER_EDIT = "other_edit", "Other edit on Spotify"
        REVIEW = "review", "Doubtful"
        NOT_FOUND = "not_found", "Not on Spotify"

    class Method(models.TextChoices):
        ISRC = "isrc", "ISRC"
        TEXT = "text", "Title and artist"
        RECORDING = "recording", "Same recording as another track"
        PERSON = "person", "Decided by a person"

    PLAYABLE = [State.MATCHED, State.OTHER_EDIT]
    LOOKED_UP_AGAIN = [State.PENDING, State.NOT_FOUND]

    track = models.OneToOneField(Track, on_delete=models.CASCADE, related_name="match")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    method = models.CharField(max_length=9, choices=Method, blank=True)
    score = models.FloatField(null=True, blank=True)  # 0 to 1
    reasons = models.JSONField(default=list)  # sentences a DJ can read
    candidates = models.JSONField(default=list)  # see ingestion.candidates.Candidate
    candidates_until = models.DateTimeField(null=True, blank=True)  # then only uris stay
    priority = models.PositiveSmallIntegerField(default=0)  # higher is sooner
    attempts = models.PositiveSmallIntegerField(default=0)  # that failed, in a row
    misses = models.PositiveSmallIntegerField(default=0)  # times it was not on Spotify
    error = models.CharField(max_length=300, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)  # null: only by hand
    matched_at = models.DateTimeField(null=True, blank=True)

    objects = SpotifyMatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "Spotify matches"
        indexes = [
            models.Index(
                fields=["state", "-priority", "next_try_at"], name="catalog_match_next_up"
            ),
            models.Index(fields=["matched_at"], name="catalog_match_matched"),
        ]

    def __str__(self) -> str:
        return f"Match of {self.track_id}: {self.state}"

    @property
    def is_playable(self) -> bool:
        return self.state in self.PLAYABLE

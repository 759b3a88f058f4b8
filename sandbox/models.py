"""What the stand-in remembers across restarts."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from django.db import models

from sandbox import clock


class StoredWeek(models.Model):
    """A genre-week that has been asked for, and is therefore written down."""

    genre_id = models.IntegerField()
    year = models.IntegerField()
    week = models.IntegerField()
    track_count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["genre_id", "year", "week"], name="one_stored_week")
        ]


class BeatportRelease(models.Model):
    id = models.BigIntegerField(primary_key=True)
    body = models.TextField()


class BeatportTrack(models.Model):
    id = models.BigIntegerField(primary_key=True)
    genre_id = models.IntegerField()
    published_on = models.DateField()
    release_id = models.BigIntegerField()
    body = models.TextField()
    truth = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["genre_id", "published_on"], name="track_by_genre_and_day")]


class SpotifyAlbum(models.Model):
    spotify_id = models.CharField(max_length=22, unique=True)
    upc = models.CharField(max_length=20, db_index=True)
    year = models.IntegerField()
    body = models.JSONField()


class SpotifyTrack(models.Model):
    spotify_id = models.CharField(max_length=22, unique=True)
    album = models.ForeignKey(SpotifyAlbum, models.CASCADE, related_name="tracks")
    isrc = models.CharField(max_length=12, db_index=True)
    number = models.IntegerField()
    popularity = models.IntegerField()
    visible_at = models.DateTimeField(null=True)
    role = models.CharField(max_length=10)
    beatport_id = models.BigIntegerField(db_index=True)
    body = models.JSONField()


class Listener(models.Model):
    """A demo DJ's Spotify account."""

    id = models.CharField(max_length=40, primary_key=True)
    account_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    is_allow_listed = models.BooleanField(default=True)
    has_premium = models.BooleanField(default=True)
    withheld_scopes = models.JSONField(default=list)

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


class Consent(models.Model):
    """One authorisation: it lives six months, and its refresh token with it."""

    listener = models.ForeignKey(Listener, models.CASCADE)
    client_id = models.CharField(max_length=80)
    redirect_uri = models.TextField()
    scopes = models.TextField()
    challenge = models.CharField(max_length=200)
    code = models.CharField(max_length=200, unique=True)
    code_used = models.BooleanField(default=False)
    refresh_token = models.CharField(max_length=200, unique=True, null=True)
    refreshed = models.IntegerField(default=0)
    authorized_at = models.DateTimeField()
    is_revoked = models.BooleanField(default=False)


class AccessToken(models.Model):
    token = models.CharField(max_length=200, primary_key=True)
    consent = models.ForeignKey(Consent, models.CASCADE, null=True)
    expires_at = models.DateTimeField()


class BeatportConsent(models.Model):
    """A person's yes to an app, good for one exchange."""

    code = models.CharField(max_length=200, unique=True)
    redirect_uri = models.TextField()
    challenge = models.CharField(max_length=200)
    authorized_at = models.DateTimeField()
    is_used = models.BooleanField(default=False)


class BeatportToken(models.Model):
    token = models.CharField(max_length=200, primary_key=True)
    kind = models.CharField(max_length=10)
    expires_at = models.DateTimeField()


class Playlist(models.Model):
    """`items` holds [uri, added_at] pairs in order, `changes` [revision, time] of the last ones."""

    spotify_id = models.CharField(max_length=22, unique=True)
    owner = models.ForeignKey(Listener, models.CASCADE, related_name="playlists")
    name = models.TextField()
    description = models.TextField(blank=True)
    is_public = models.BooleanField()
    is_collaborative = models.BooleanField(default=False)
    in_library = models.BooleanField(default=True)
    revision = models.IntegerField(default=1)
    changes = models.JSONField(default=list)
    items = models.JSONField(default=list)
    created_at = models.DateTimeField()

    def record_change(self) -> None:
        """Each change has a new snapshot."""
        self.revision += 1
        self.changes = [*self.changes[-30:], [self.revision, clock.now().timestamp()]]
        self.save()

    def snapshot(self) -> str:
        return _snapshot(self.spotify_id, self.revision)

    def settled_snapshot(self, lag_seconds: float) -> str:
        """The one that readers see: the newest that is older than the lag."""
        settled = clock.now().timestamp() - lag_seconds
        pending = [revision for revision, at in self.changes if at > settled]
        return _snapshot(self.spotify_id, min(pending, default=self.revision + 1) - 1)


def _snapshot(playlist_id: str, revision: int) -> str:
    digest = sha256(f"{playlist_id}/{revision}".encode()).hexdigest()[:32]
    return b64encode(f"{revision},{digest}".encode()).decode()

import hashlib
import hmac
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.fields import EncryptedTextField

# Spotify: a refresh token dies six months after the authorisation, however often it is used.
AUTHORIZATION_LIFETIME = timedelta(days=180)
AUTHORIZATION_WARNING = timedelta(days=30)


def account_hash(account_id: str) -> str:
    """Recognises a Spotify account again after a disconnect, without keeping its id."""
    return account_hashes(account_id)[0]


def account_hashes(account_id: str) -> list[str]:
    """Under the key of today, then under those before it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.new(key.encode(), account_id.encode(), hashlib.sha256).hexdigest() for key in keys]


@cache
def zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def validate_timezone(name: str) -> None:
    if name not in zone_names():
        raise ValidationError(f"There is no time zone called {name}.")


class User(AbstractUser):
    display_name = models.CharField(max_length=200, blank=True)
    spotify_account_hash = models.CharField(max_length=64, null=True, blank=True, editable=False)
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["spotify_account_hash"], name="accounts_one_user_per_spotify_account"
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with the password, as Django has it, and when `sessions_ended` moves."""
        known = f"{self.password}:{self.sessions_ended}"
        return salted_hmac("accounts.session", known, secret=secret, algorithm="sha256").hexdigest()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Every user has preferences from the start."""
        is_new = self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new:
                Preferences.objects.create(user=self)


class Preferences(models.Model):
    """How a DJ likes to work."""

    class Theme(models.TextChoices):
        SYSTEM = "", "System"
        DARK = "dark", "Dark"
        LIGHT = "light", "Light"

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preferences")
    timezone = models.CharField(
        max_length=64, default="Europe/Berlin", validators=[validate_timezone]
    )
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.SYSTEM, blank=True)
    start_at_percent = models.PositiveSmallIntegerField(
        default=30, validators=[MaxValueValidator(90)]
    )
    autoplay = models.BooleanField(default=True)
    keys_enabled = models.BooleanField(default=True)
    own_keys = models.JSONField(
        default=dict, blank=True, editable=False
    )  # key by action, "" is none
    leaves_out_golden = models.BooleanField(default=True)
    mirrors_bronze = models.BooleanField(default=True)
    mirrors_silver = models.BooleanField(default=True)
    mirrors_golden = models.BooleanField(default=True)
    mirrors_edits = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"Preferences of {self.user}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class SpotifyCredential(models.Model):
    """A DJ's permission to work in one Spotify account. Tokens are encrypted at rest."""

    class Status(models.TextChoices):
        OK = "ok", "Connected"
        NEEDS_RECONNECT = "needs_reconnect", "Needs reconnect"
        NOT_ALLOWED = "not_allowed", "Not on the allow list"
        PREMIUM_REQUIRED = "premium_required", "The app owner has no Premium"

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="spotify")
    account_id = models.CharField(max_length=100)
    profile_url = models.URLField(blank=True)
    access_token = EncryptedTextField(blank=True)
    refresh_token = EncryptedTextField(blank=True)
    scopes = models.JSONField(default=list)
    authorized_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    status = models.CharField(max_length=20, choices=Status, default=Status.OK)
    retry_at = models.DateTimeField(null=True, blank=True)  # while the status is not OK
    refresh_claimed_until = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)  # for work that anybody can do
    warned_at = models.DateTimeField(null=True, blank=True)  # the pages tell of the end since then

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"], name="accounts_one_credential_per_spotify_account"
            )
        ]

    def __str__(self) -> str:
        return f"Spotify of {self.user}"

    @property
    def is_ok(self) -> bool:
        return self.status == self.Status.OK

    @property
    def is_usable(self) -> bool:
        """OK, or turned away so long ago that it may be tried again."""
        return self.is_ok or (self.retry_at is not None and self.retry_at <= timezone.now())

    @property
    def is_being_renewed(self) -> bool:
        until = self.refresh_claimed_until
        return until is not None and until > timezone.now()

    @property
    def ends_at(self) -> datetime:
        return self.authorized_at + AUTHORIZATION_LIFETIME

    @property
    def ends_soon(self) -> bool:
        return self.warned_at is not None

    @property
    def missing_scopes(self) -> list[str]:
        """What Clouder asks for today and the DJ has not agreed to."""
        return sorted(set(settings.SPOTIFY_SCOPES) - set(self.scopes))

    @property
    def is_fresh(self) -> bool:
        return self.expires_at > timezone.now() + timedelta(seconds=60)


class ApiToken(models.Model):
    """Lets a program act as a DJ. The secret is shown once and kept nowhere."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64, editable=False)
    form_id = models.UUIDField(editable=False)  # of the form that asked for it
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"
        constraints = [
            models.UniqueConstraint(fields=["sha256"], name="accounts_one_api_token_a_secret"),
            models.UniqueConstraint(fields=["user", "name"], name="accounts_one_api_token_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"


class QuotaBucket(models.Model):
    """A group of Spotify endpoints that share a daily quota, for the whole installation."""

    name = models.CharField(max_length=20)
    closed_until = models.DateTimeField(null=True, blank=True)
    refusals = models.PositiveIntegerField(default=0)  # in a row, without a Retry-After

    class Meta:
        verbose_name = "quota"
        constraints = [models.UniqueConstraint(fields=["name"], name="accounts_one_bucket_a_name")]

    def __str__(self) -> str:
        return self.name


class QuotaPace(models.Model):
    """One row: when the next call of the installation may leave."""

    free_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"free at {self.free_at}"


class QuotaHour(models.Model):
    """Calls counted in one hour of one bucket, by what they were made for."""

    class Purpose(models.TextChoices):
        PLAYLISTS = "playlists", "Playlists that DJs decided on"
        LATE = "late", "Late matches, changes made in Spotify"
        OPEN_WEEKS = "open weeks", "Looking up tracks of open weeks"
        REST = "rest", "Looking up all other tracks"
        OTHER = "other", "Logins and the rest"

    # No DJ waits for these; see settings.SPOTIFY_RESERVE.
    IN_THE_BACKGROUND = [Purpose.LATE, Purpose.REST]

    bucket = models.ForeignKey(QuotaBucket, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.OTHER)
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "hour of calls"
        verbose_name_plural = "calls by hour"
        constraints = [
            models.UniqueConstraint(
                fields=["bucket", "hour", "purpose"], name="accounts_one_count_an_hour"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bucket} {self.hour:%Y-%m-%d %H}h: {self.calls}"

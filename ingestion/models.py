from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.fields import EncryptedTextField
from catalog.models import Genre


class IngestRunQuerySet(models.QuerySet["IngestRun"]):
    def waiting(self, at: datetime) -> "IngestRunQuerySet":
        """Runs that somebody should take up: never started, or left by a dead worker."""
        nobody_has_it = Q(claimed_until=None) | Q(claimed_until__lt=at)
        may_start = Q(not_before=None) | Q(not_before__lte=at)
        return self.filter(nobody_has_it & may_start, status__in=IngestRun.UNFINISHED)

    def in_line(self, at: datetime) -> "IngestRunQuerySet":
        """Runs that only wait for their turn; none of them has failed."""
        return self.filter(status=IngestRun.Status.QUEUED, attempts=0, not_before__gt=at)


class IngestRun(models.Model):
    """One attempt to bring one genre-week (or one file) into the catalogue."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        COMPLETE = "complete", "Complete"
        PARTIAL = "partial", "Partial"
        FAILED = "failed", "Failed"

    class Source(models.TextChoices):
        API = "api", "Beatport API"
        PAGE = "page", "Beatport page"
        FILE = "file", "File"

    class Trouble(models.TextChoices):
        """Why a run has less than it should."""

        UNAVAILABLE = "unavailable", "Beatport does not answer"
        UNREADABLE = "unreadable", "Beatport's answer cannot be read"
        NOT_CONNECTED = "not_connected", "Beatport is not connected"
        CHALLENGE = "challenge", "The website wants to see a human"
        REFUSED = "refused", "Beatport refuses"
        ENDLESS = "endless", "More pages than a week can have"
        FILE = "file", "The file cannot be read"
        OURS = "ours", "A fault of Clouder's"
        SHORT = "short", "Tracks are missing"
        SET_ASIDE = "set_aside", "Rows were set aside"

    UNFINISHED = [Status.QUEUED, Status.RUNNING]
    FOR_WANT_OF_A_CONNECTION = [Trouble.NOT_CONNECTED, Trouble.CHALLENGE]
    READ_TO_THE_END = ["", Trouble.SHORT, Trouble.SET_ASIDE]

    genre = models.ForeignKey(
        Genre, null=True, blank=True, on_delete=models.CASCADE, related_name="runs"
    )
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    week = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=4, choices=Source, default=Source.API)
    file_name = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    expected = models.PositiveIntegerField(null=True, blank=True)  # what Beatport counts
    collected = models.PositiveIntegerField(default=0)  # distinct ids that we hold
    set_aside = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)  # tracks that were in nobody's catalogue yet
    changed = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)  # taken down, or listed no more
    absent_ids = models.JSONField(default=list, blank=True)  # ours of this week, not in the list
    pages_done = models.PositiveSmallIntegerField(default=0)  # of this reading
    readings = models.PositiveSmallIntegerField(default=0)  # from the first page to the last
    attempts = models.PositiveSmallIntegerField(default=0)
    resumed = models.PositiveSmallIntegerField(default=0)  # by the sweep, since somebody asked
    trouble = models.CharField(max_length=13, choices=Trouble, blank=True)
    error = models.CharField(max_length=500, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)  # also when a stopped run goes on
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = IngestRunQuerySet.as_manager()

    class Meta:
        verbose_name = "run"
        constraints = [
            models.UniqueConstraint(
                fields=["genre", "year", "week"],
                condition=Q(status__in=["queued", "running"]),
                name="ingestion_one_open_run_per_week",
            ),
        ]
        indexes = [models.Index(fields=["status", "claimed_until"], name="ingestion_run_waiting")]

    def __str__(self) -> str:
        what = self.file_name or f"{self.genre}, {self.year} week {self.week}"
        return f"{what}: {self.get_status_display().lower()}"

    @property
    def is_finished(self) -> bool:
        return self.status not in self.UNFINISHED

    @property
    def wants_connection(self) -> bool:
        return self.trouble in self.FOR_WANT_OF_A_CONNECTION

    @property
    def stopped_half_way(self) -> bool:
        """Some pages are in, the rest never came."""
        is_stopped = self.is_finished and self.trouble not in self.READ_TO_THE_END
        return is_stopped and self.pages_done > 0

    @property
    def is_read_to_the_end(self) -> bool:
        """Every page came once, though rows may have been set aside or be missing."""
        is_partial = self.status == self.Status.PARTIAL and self.readings > 0
        return is_partial or self.status == self.Status.COMPLETE


class RawPage(models.Model):
    """What a source sent, gzipped, kept for 30 days."""

    run = models.ForeignKey(IngestRun, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField()  # 0 is an imported file as a whole
    body = models.BinaryField()
    track_ids = models.JSONField(default=list)  # Beatport's, of the rows that were registered
    fetched_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="ingestion_one_raw_page")
        ]
        indexes = [models.Index(fields=["fetched_at"], name="ingestion_raw_page_age")]

    def __str__(self) -> str:
        return f"Page {self.number} of run {self.run_id}"


class RowSetAside(models.Model):
    """A row that could not be registered, and why."""

    run = models.ForeignKey(IngestRun, on_delete=models.CASCADE, related_name="rows_set_aside")
    page = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    raw = models.TextField()  # at most the first 10,000 characters

    class Meta:
        verbose_name_plural = "rows set aside"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "page", "position"], name="ingestion_one_row_set_aside"
            )
        ]

    def __str__(self) -> str:
        return self.reason


class Upload(models.Model):
    """A file that somebody of staff has sent and not imported yet; kept for a day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads"
    )
    name = models.CharField(max_length=255)
    body = models.BinaryField(default=b"")  # gzipped; empty when it cannot be read
    size = models.PositiveIntegerField(default=0)  # unpacked
    error = models.CharField(max_length=500, blank=True)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["uploaded_at"], name="ingestion_upload_age")]

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """Who is at something that only one may be at. It ends by itself: see ingestion.leases."""

    name = models.CharField(max_length=40)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="ingestion_one_lease_per_name")
        ]

    def __str__(self) -> str:
        return f"{self.name} until {self.until:%H:%M:%S}"


class BeatportCredential(models.Model):
    """The installation's own access to Beatport's API. At most one row."""

    class Status(models.TextChoices):
        OK = "ok", "Connected"
        NEEDS_RECONNECT = "needs_reconnect", "Needs reconnect"
        DISCONNECTED = "disconnected", "Disconnected"

    class Way(models.TextChoices):
        TOKENS = "tokens", "Pasted tokens"
        CODE = "code", "Own app, allowed by a person"
        CLIENT = "client", "Own app by itself"
        SETTINGS = "settings", "Tokens of the settings"

    LIFETIME = timedelta(seconds=36_000)  # of an access token

    way = models.CharField(max_length=8, choices=Way, default=Way.TOKENS)
    client_id = models.CharField(max_length=200, blank=True)
    client_secret = EncryptedTextField(blank=True)
    access_token = EncryptedTextField(blank=True)
    refresh_token = EncryptedTextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.OK)
    refresh_claimed_until = models.DateTimeField(null=True, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    renewed_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    is_the_one = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_the_one"], name="ingestion_one_beatport"),
            models.CheckConstraint(
                condition=Q(is_the_one=True), name="ingestion_only_one_beatport"
            ),
        ]

    def __str__(self) -> str:
        return f"Beatport: {self.get_status_display()}"

    @property
    def is_ok(self) -> bool:
        return self.status == self.Status.OK

    @property
    def ends_by(self) -> datetime | None:
        """When the access token ends; at the latest, where Beatport has not said when."""
        if self.expires_at or self.connected_at is None:
            return self.expires_at
        return self.connected_at + self.LIFETIME

    @property
    def can_renew(self) -> bool:
        is_app = self.way == self.Way.CLIENT and bool(self.client_id and self.client_secret)
        return is_app or bool(self.refresh_token)

    @property
    def secrets(self) -> list[str]:
        return [self.access_token, self.refresh_token, self.client_secret]

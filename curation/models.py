import uuid
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q

from catalog.models import Artist, Genre, Label, Track
from curation import weeks

# A DJ who has not touched a style for so long has left it, until the next visit.
LATELY = timedelta(weeks=8)


class StyleQuerySet(models.QuerySet["Style"]):
    def active(self) -> "StyleQuerySet":
        """What a DJ can choose, in the order of the admin."""
        return self.filter(is_active=True).order_by("position", "name")

    def called(self, asked: int | str) -> "StyleQuerySet":
        """By its id or its slug. A slug that looks like an id comes first."""
        by_slug = self.filter(slug=asked)
        is_id = str(asked).isdecimal() and len(str(asked)) <= 18
        return self.filter(pk=asked) if is_id and not by_slug.exists() else by_slug

    def in_use(self, at: datetime) -> "StyleQuerySet":
        """Some DJ opened or sorted a week of it lately, or has set it up and is about to."""
        since = at - LATELY
        worked_on = CurationPeriod.objects.filter(
            Q(created_at__gte=since) | Q(decided_at__gte=since),
            style=OuterRef("pk"),
            user__is_active=True,
        )
        any_week = CurationPeriod.objects.filter(style=OuterRef("style"), user=OuterRef("user"))
        set_up = UserCategory.objects.filter(
            Q(user__last_login__gte=since) | Q(user__date_joined__gte=since),
            ~Exists(any_week),
            style=OuterRef("pk"),
            user__is_active=True,
            is_trash=False,
            archived_at=None,
        )
        return self.filter(Exists(worked_on) | Exists(set_up), is_active=True)


class Style(models.Model):
    """What a DJ calls a style, made of Beatport's genres. Managed by admins."""

    name = models.CharField(max_length=100)
    slug = models.SlugField(max_length=100)
    genres = models.ManyToManyField(Genre, related_name="styles")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = StyleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="curation_style_name"),
            models.UniqueConstraint(fields=["slug"], name="curation_style_slug"),
        ]

    def __str__(self) -> str:
        return self.name


class UserCategory(models.Model):
    """Where a DJ puts tracks of a style: 'Warm Up', 'Peak Time', and Trash."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="categories"
    )
    style = models.ForeignKey(Style, on_delete=models.CASCADE, related_name="categories")
    name = models.CharField(max_length=60)
    is_trash = models.BooleanField(default=False)
    hotkey = models.CharField(max_length=1, blank=True)  # 1 to 9 or a letter; Trash has 0
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)  # no longer for new weeks
    # Archived, too: its closed weeks keep it, all else went along.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged"
    )

    class Meta:
        verbose_name = "category"
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "style", "name"], name="curation_category_name"
            ),
            models.UniqueConstraint(
                fields=["user", "style"],
                condition=Q(is_trash=True),
                name="curation_one_trash_per_style",
            ),
            models.UniqueConstraint(
                fields=["user", "style", "hotkey"],
                condition=~Q(hotkey=""),
                name="curation_one_category_per_key",
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None, merged_into=None)
                | Q(archived_at__isnull=False, hotkey="", is_trash=False),
                name="curation_archived_without_a_key",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def spotify_playlist_id(self) -> str | None:
        """The Golden playlist. Null until its first track is on Spotify."""
        mirrored = getattr(self, "golden_playlist", None)
        return mirrored.spotify_id if mirrored else None


class Merge(models.Model):
    """A category that became part of another, with all that undo needs."""

    source = models.ForeignKey(UserCategory, on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey(UserCategory, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField()  # see curation.merging.merge
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.source} into {self.into}"


class RememberedSelection(models.Model):
    """In which order a DJ sorts the weeks of a style, and what of them is left out."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="selections"
    )
    style = models.ForeignKey(Style, on_delete=models.CASCADE, related_name="+")
    selection = models.CharField(max_length=1000)  # see curation.selection

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "style"], name="curation_one_selection_per_style"
            )
        ]

    def __str__(self) -> str:
        return self.selection


class CurationPeriod(models.Model):
    """One DJ's work on one style and one ISO week."""

    class Status(models.TextChoices):
        IN_PROGRESS = "IN_PROGRESS", "In progress"
        SORTED = "SORTED", "Sorted"
        CLOSED = "CLOSED", "Closed"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="periods"
    )
    style = models.ForeignKey(Style, on_delete=models.PROTECT, related_name="periods")
    year = models.PositiveSmallIntegerField()
    week = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=11, choices=Status, default=Status.IN_PROGRESS)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)  # the DJ's last decision
    sorted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    filled_at = models.DateTimeField(null=True, blank=True)  # first fetched completely
    swept_at = models.DateTimeField(null=True, blank=True)
    stays_on_spotify = models.BooleanField(default=False)  # asked when the week is closed
    late_tracks = models.PositiveIntegerField(default=0)  # arrived since the DJ was last told

    class Meta:
        verbose_name = "week"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "style", "year", "week"], name="curation_one_period_per_week"
            ),
            models.CheckConstraint(
                condition=Q(week__gte=1, week__lte=53), name="curation_week_of_the_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.style}, week {self.week} of {self.year}"

    @property
    def first_day(self) -> date:
        return weeks.first_day(self.year, self.week)

    @property
    def last_day(self) -> date:
        return weeks.last_day(self.year, self.week)

    @property
    def is_closed(self) -> bool:
        return self.status == self.Status.CLOSED

    @property
    def bronze_spotify_playlist_id(self) -> str | None:
        """Null until the first track of the week is found on Spotify."""
        mirrored = self.mirrored_playlists.all()
        return next((one.spotify_id for one in mirrored if one.is_bronze), None)


class PeriodPlaylistQuerySet(models.QuerySet["PeriodPlaylist"]):
    def shown(self) -> "PeriodPlaylistQuerySet":
        """That of an archived category only while it holds tracks."""
        held = CurationTrack.objects.filter(current_silver_playlist=OuterRef("pk"))
        return self.filter(Q(user_category__archived_at=None) | Exists(held))

    def with_counts(self) -> "PeriodPlaylistQuerySet":
        """In the order of the keys; `track_count` is what lies in Silver now."""
        in_silver = Q(tracks__promoted_at=None)
        return (
            self.select_related("user_category")
            .annotate(
                track_count=Count("tracks"),
                silver_count=Count("tracks", filter=in_silver),
                promoted_count=Count("tracks", filter=~in_silver),
            )
            .order_by("user_category__is_trash", "user_category__position", "pk")
            .shown()
        )


class PeriodPlaylist(models.Model):
    """A category in one week: the Silver playlist."""

    curation_period = models.ForeignKey(
        CurationPeriod, on_delete=models.CASCADE, related_name="playlists"
    )
    user_category = models.ForeignKey(
        UserCategory, on_delete=models.RESTRICT, related_name="period_playlists"
    )

    # with_counts() sets these.
    track_count: int
    silver_count: int
    promoted_count: int

    objects = PeriodPlaylistQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["curation_period", "user_category"],
                name="curation_one_playlist_per_category",
            )
        ]

    def __str__(self) -> str:
        return str(self.user_category)

    @property
    def spotify_playlist_id(self) -> str | None:
        mirrored = getattr(self, "silver_playlist", None)
        return mirrored.spotify_id if mirrored else None

    def heir(self) -> "PeriodPlaylist":
        """Where decisions for it go if its category is merged into another by now; else itself."""
        same_week = PeriodPlaylist.objects.filter(curation_period=self.curation_period_id)
        into = same_week.filter(user_category__merged__period_playlists=self)
        return into.select_related("user_category").first() or self


class CurationTrackQuerySet(models.QuerySet["CurationTrack"]):
    def unsorted(self) -> "CurationTrackQuerySet":
        return self.filter(status=CurationTrack.Status.UNSORTED)

    def in_bronze_order(self) -> "CurationTrackQuerySet":
        """Releases stay together; what the DJ put off comes last."""
        return self.order_by(F("later_at").asc(nulls_first=True), "position", "pk")

    def in_silver_order(self) -> "CurationTrackQuerySet":
        return self.order_by("sorted_at", "pk")


class CurationTrack(models.Model):
    """A recording in one week of one DJ, and where the DJ put it."""

    class Status(models.TextChoices):
        UNSORTED = "UNSORTED", "Unsorted"
        SORTED = "SORTED", "Sorted"

    curation_period = models.ForeignKey(
        CurationPeriod, on_delete=models.CASCADE, related_name="tracks"
    )
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="curation_tracks")
    recording_key = models.CharField(max_length=200)
    position = models.PositiveIntegerField()  # in Bronze
    status = models.CharField(max_length=8, choices=Status, default=Status.UNSORTED)
    current_silver_playlist = models.ForeignKey(
        PeriodPlaylist, null=True, blank=True, on_delete=models.RESTRICT, related_name="tracks"
    )
    sorted_at = models.DateTimeField(null=True, blank=True)
    promoted_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    later_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(default=False)  # came after the week had been opened
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CurationTrackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["curation_period", "track"], name="curation_one_row_per_track"
            ),
            models.UniqueConstraint(
                fields=["curation_period", "recording_key"],
                name="curation_one_row_per_recording",
            ),
            models.CheckConstraint(
                condition=Q(status="UNSORTED", current_silver_playlist=None, sorted_at=None)
                | Q(
                    status="SORTED",
                    current_silver_playlist__isnull=False,
                    sorted_at__isnull=False,
                ),
                name="curation_sorted_means_in_a_playlist",
            ),
            models.CheckConstraint(
                condition=Q(promoted_at=None) | Q(status="SORTED"),
                name="curation_promoted_means_sorted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["curation_period", "status", "position"], name="curation_track_bronze"
            )
        ]

    def __str__(self) -> str:
        return f"{self.track_id} in period {self.curation_period_id}: {self.status}"


class GoldenTrack(models.Model):
    """A track the DJ keeps for good, in one category."""

    user_category = models.ForeignKey(
        UserCategory, on_delete=models.CASCADE, related_name="golden_tracks"
    )
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="golden_tracks")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = "Golden track"
        constraints = [
            models.UniqueConstraint(fields=["user_category", "track"], name="curation_golden_once")
        ]

    def __str__(self) -> str:
        return f"{self.track_id} in {self.user_category_id}"


class Move(models.Model):
    """One line of the log: what a DJ did to one track, with all that undo needs."""

    class Kind(models.TextChoices):
        MOVE = "move", "Moved"
        LATER = "later", "Put off"
        PROMOTE = "promote", "Promoted"

    class Cause(models.TextChoices):
        DJ = "", "The DJ"
        NEW_RULE = "new_rule", "A rule that was set"
        RULE = "rule", "A rule, on arrival"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="moves", db_index=False
    )
    curation_track = models.ForeignKey(
        CurationTrack, on_delete=models.CASCADE, related_name="moves"
    )
    kind = models.CharField(max_length=7, choices=Kind)
    # The database knows the default, too: code from before the column goes on while it is made.
    cause = models.CharField(
        max_length=8, choices=Cause, default=Cause.DJ, db_default=Cause.DJ, blank=True
    )
    client_id = models.UUIDField(default=uuid.uuid4)
    # Moves made by one key or button share an action and are undone together.
    action_id = models.UUIDField(default=uuid.uuid4)
    from_playlist = models.ForeignKey(
        PeriodPlaylist, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    to_playlist = models.ForeignKey(
        PeriodPlaylist, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    was_sorted_at = models.DateTimeField(null=True, blank=True)
    was_later_at = models.DateTimeField(null=True, blank=True)
    was_promoted_at = models.DateTimeField(null=True, blank=True)
    made_golden = models.BooleanField(default=False)  # this put the track into Golden
    took_golden = models.BooleanField(default=False)  # this took it out
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "client_id"], name="curation_move_once")
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="curation_move_of_dj"),
            models.Index(fields=["curation_track", "-id"], name="curation_move_of_track"),
            models.Index(fields=["action_id"], name="curation_move_action"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.curation_track_id} by {self.user_id}"


class TrashRule(models.Model):
    """A label or an artist of which a DJ wants to hear nothing in a style."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="trash_rules"
    )
    style = models.ForeignKey(Style, on_delete=models.CASCADE, related_name="+")
    label = models.ForeignKey(
        Label, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    artist = models.ForeignKey(
        Artist, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    action_id = models.UUIDField(default=uuid.uuid4)  # of the moves that are undone with it
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "style", "label"], name="curation_one_rule_per_label"
            ),
            models.UniqueConstraint(
                fields=["user", "style", "artist"], name="curation_one_rule_per_artist"
            ),
            models.CheckConstraint(
                condition=Q(label__isnull=False, artist=None) | Q(label=None, artist__isnull=False),
                name="curation_rule_about_one_name",
            ),
        ]

    def __str__(self) -> str:
        return str(self.label or self.artist)


class Verdict(models.Model):
    """What a DJ said about a match, with all that undo needs. It holds for the recording."""

    class Kind(models.TextChoices):
        SAME = "same", "Same recording"
        EDIT = "edit", "Other edit"
        NOT_THERE = "none", "Not on Spotify"
        DOUBT = "doubt", "Wrong version"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="verdicts"
    )
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="+")
    recording_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=5, choices=Kind)
    before = models.JSONField()  # see ingestion.decisions.as_it_is
    client_id = models.UUIDField(default=uuid.uuid4)
    # Verdicts given by one button share an action and are undone together.
    action_id = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "client_id"], name="curation_verdict_once")
        ]
        indexes = [
            models.Index(fields=["recording_key"], name="curation_verdict_recording"),
            models.Index(fields=["user", "-id"], name="curation_verdict_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} about {self.track_id} by {self.user_id}"


class MirroredPlaylistQuerySet(models.QuerySet["MirroredPlaylist"]):
    def with_counts(self) -> "MirroredPlaylistQuerySet":
        """`row_count` is what we believe Spotify has of ours."""
        return self.annotate(row_count=Count("items"))

    def waiting(self) -> "MirroredPlaylistQuerySet":
        return self.filter(wanted__gt=F("sent"), state__in=MirroredPlaylist.SENDING_STATES)

    def unclaimed(self, at: datetime) -> "MirroredPlaylistQuerySet":
        """Nobody is sending these. One that killed its senders again and again rests for a day."""
        harmless = Q(attempts__lt=MirroredPlaylist.MOST_ATTEMPTS)
        return self.filter(
            Q(claimed_until=None)
            | Q(claimed_until__lt=at) & harmless
            | Q(claimed_until__lt=at - timedelta(days=1))
        )

    def due(self, at: datetime) -> "MirroredPlaylistQuerySet":
        """What a worker should send now.

        Bronze only empties while the DJ sorts, and whoever sorts does not hear it in Spotify: it
        waits for a pause, or for the end, when one call empties it.
        """
        empties = Q(layer=MirroredPlaylist.Layer.BRONZE, sent_at__isnull=False)
        is_much = Q(changes__gte=MirroredPlaylist.ENOUGH_CHANGES) & ~empties
        return (
            self.waiting()
            .unclaimed(at)
            .filter(Q(due_at__lte=at) | is_much, Q(retry_at=None) | Q(retry_at__lte=at))
        )


class MirroredPlaylist(models.Model):
    """A playlist of ours in the DJ's Spotify account, what we believe it holds, and the outbox.

    `wanted` counts our changes, `sent` is the count that Spotify has: a row with
    wanted > sent waits. One row per playlist, so at most one waits and, by the lease in
    `claimed_until`, at most one is being sent.
    """

    class Layer(models.TextChoices):
        BRONZE = "bronze", "Bronze"
        SILVER = "silver", "Silver"
        GOLDEN = "golden", "Golden"

    class State(models.TextChoices):
        ACTIVE = "active", "Mirrored"
        OFF = "off", "Taken off Spotify"  # its week is closed
        MISSING = "missing", "Deleted in Spotify"
        STOPPED = "stopped", "No longer mirrored"
        FULL = "full", "Full"
        LEFT = "left", "Left out"  # the DJ does not want this layer in Spotify

    class Trouble(models.TextChoices):
        QUOTA = "quota", "Spotify's quota is used up"
        ACCOUNT = "account", "Spotify does not let us in"
        ERROR = "error", "Spotify does not answer"

    SENDING_STATES = [State.ACTIVE, State.OFF, State.FULL]
    ENOUGH_CHANGES = 100  # as many as one call takes
    MOST_ATTEMPTS = 5  # then once a day

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mirrored_playlists"
    )
    layer = models.CharField(max_length=6, choices=Layer)
    # The week of Bronze and Silver; the two below say which playlist exactly.
    curation_period = models.ForeignKey(
        CurationPeriod,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="mirrored_playlists",
    )
    period_playlist = models.OneToOneField(
        PeriodPlaylist,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="silver_playlist",
    )
    user_category = models.OneToOneField(
        UserCategory,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="golden_playlist",
    )

    spotify_id = models.CharField(max_length=64, null=True, blank=True)
    marker = models.UUIDField(default=uuid.uuid4)  # in the description, to find it again
    name = models.CharField(max_length=100, blank=True)  # as Spotify has it
    snapshot_id = models.CharField(max_length=200, blank=True)
    in_library = models.BooleanField(default=True)  # we did not take it off
    seen_at = models.DateTimeField(null=True, blank=True)  # in the library, last time we looked
    state = models.CharField(max_length=7, choices=State, default=State.ACTIVE)
    is_adopted = models.BooleanField(default=False)  # the DJ's own playlist, under its own name
    takes_edits = models.BooleanField(default=True)  # what the DJ wished when we last followed
    must_read = models.BooleanField(default=False)  # others have written: look before the next call
    foreign_rows = models.PositiveIntegerField(default=0)  # not ours, when we last read it
    # The one write under way (curation.mirror.lease.Flight); still set after a crash.
    in_flight = models.JSONField(null=True, blank=True)

    wanted = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    changes = models.PositiveIntegerField(default=0)  # waiting since the last sending
    in_background = models.BooleanField(default=False)  # the DJ does not wait for what waits here
    due_at = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)  # after an error or a quota
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # failed in a row
    trouble = models.CharField(max_length=7, choices=Trouble, blank=True)
    error = models.CharField(max_length=300, blank=True)
    # One call was refused as often; one of so many uris in it must be what Spotify cannot take.
    refusals = models.PositiveSmallIntegerField(default=0)
    suspects = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    row_count: int  # with_counts() sets it

    objects = MirroredPlaylistQuerySet.as_manager()

    class Meta:
        verbose_name = "playlist"
        constraints = [
            models.UniqueConstraint(fields=["spotify_id"], name="curation_one_mirror_per_playlist"),
            models.UniqueConstraint(fields=["marker"], name="curation_mirror_marker"),
            models.UniqueConstraint(
                fields=["curation_period"],
                condition=Q(layer="bronze"),
                name="curation_one_bronze_per_period",
            ),
            models.CheckConstraint(
                condition=Q(
                    layer="bronze",
                    curation_period__isnull=False,
                    period_playlist=None,
                    user_category=None,
                )
                | Q(
                    layer="silver",
                    curation_period__isnull=False,
                    period_playlist__isnull=False,
                    user_category=None,
                )
                | Q(
                    layer="golden",
                    curation_period=None,
                    period_playlist=None,
                    user_category__isnull=False,
                ),
                name="curation_mirror_of_one_playlist",
            ),
            models.CheckConstraint(
                condition=Q(sent__lte=F("wanted")), name="curation_sent_within_wanted"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="curation_mirror_due")]

    def __str__(self) -> str:
        return f"{self.layer} {self.name or self.pk}"

    @property
    def is_bronze(self) -> bool:
        return self.layer == self.Layer.BRONZE

    @property
    def is_waiting(self) -> bool:
        return self.wanted > self.sent


class MirroredItem(models.Model):
    """A row that we believe stands in the DJ's playlist, written by us."""

    playlist = models.ForeignKey(MirroredPlaylist, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()  # ascending, with gaps
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="+")
    uri = models.CharField(max_length=200)  # as sent: relinking may show another one

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["playlist", "track"], name="curation_mirrored_track_once"
            ),
            models.UniqueConstraint(
                fields=["playlist", "position"], name="curation_mirrored_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uri} at {self.position}"


class Absence(models.Model):
    """A track of Golden that the DJ took off its playlist in Spotify; the page asks about it."""

    playlist = models.ForeignKey(
        MirroredPlaylist, on_delete=models.CASCADE, related_name="absences"
    )
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="+")
    noticed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["playlist", "track"], name="curation_absent_once")
        ]

    def __str__(self) -> str:
        return f"{self.track_id} no longer in {self.playlist_id}"


class RefusedUri(models.Model):
    """A uri that Spotify takes into no playlist. Set aside, and tried again some days later."""

    uri = models.CharField(max_length=200)
    times = models.PositiveSmallIntegerField(default=1)
    try_again_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["uri"], name="curation_refused_uri")]

    def __str__(self) -> str:
        return self.uri

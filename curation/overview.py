"""Weeks at a glance: what waits for a DJ, and how far each week is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from accounts.models import User
from catalog.models import Track
from curation import fetching, pace
from curation.models import CurationPeriod, CurationTrack, Style
from curation.weeks import Week, last_full_week
from ingestion.models import IngestRun

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

Status = CurationPeriod.Status
INCOMPLETE = [IngestRun.Status.PARTIAL, IngestRun.Status.FAILED]
SORTED = Q(tracks__status=CurationTrack.Status.SORTED)
SILVER = SORTED & Q(
    tracks__promoted_at=None, tracks__current_silver_playlist__user_category__is_trash=False
)


class Progress(TypedDict):
    total: int
    sorted_count: int
    silver_count: int
    golden_count: int


def with_progress(
    periods: QuerySet[CurationPeriod],
) -> "QuerySet[WithAnnotations[CurationPeriod, Progress]]":
    """Each period carries its progress."""
    return periods.select_related("style").annotate(
        total=Count("tracks"),
        sorted_count=Count("tracks", filter=SORTED),
        silver_count=Count("tracks", filter=SILVER),
        golden_count=Count("tracks", filter=Q(tracks__promoted_at__isnull=False)),
    )


def listed(
    user: User, *, styles: QuerySet[Style] | None = None, status: str | None = None
) -> "QuerySet[WithAnnotations[CurationPeriod, Progress]]":
    """The DJ's weeks, the newest first: all, or those of some styles or one status."""
    found = user.periods.order_by("-year", "-week", "style__name", "pk")
    if styles is not None:
        found = found.filter(style__in=styles)
    return with_progress(found.filter(status=status) if status else found)


@dataclass(frozen=True)
class OpenWeek:
    """A week that the DJ has opened; `period` carries its progress."""

    period: "WithAnnotations[CurationPeriod, Progress]"
    runs: list[IngestRun]  # the newest of each genre
    pace: timedelta | None

    @property
    def run(self) -> IngestRun | None:
        """A fetch that is under way."""
        return next((run for run in self.runs if not run.is_finished), None)

    @property
    def is_settling(self) -> bool:
        return fetching.is_settling(self.period, self.runs)

    @property
    def is_incomplete(self) -> bool:
        return any(run.status in INCOMPLETE for run in self.runs)

    @property
    def left(self) -> int:
        return self.period.total - self.period.sorted_count

    @property
    def time_left(self) -> timedelta | None:
        return pace.needed(self.pace, self.left)

    @property
    def is_sorted(self) -> bool:
        return self.period.status == Status.SORTED


@dataclass(frozen=True)
class ProposedWeek:
    """The last full week of a style the DJ sorts, not opened yet."""

    style: Style
    week: Week
    known_tracks: int
    pace: timedelta | None

    @property
    def time_left(self) -> timedelta | None:
        return pace.needed(self.pace, self.known_tracks)


class Weeks:
    """What the home page shows of one DJ, in a fixed number of queries."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.latest = last_full_week(now=timezone.now(), zone=user.preferences.zone)

    @cached_property
    def pace(self) -> timedelta | None:
        return pace.per_track(self.user)

    @cached_property
    def open(self) -> list[OpenWeek]:
        """The one the DJ touched last comes first."""
        opened = self.user.periods.exclude(status=Status.CLOSED)
        weeks = at_a_glance(with_progress(opened), pace=self.pace)
        return sorted(weeks, key=lambda one: touched_at(one.period), reverse=True)

    @cached_property
    def resumed(self) -> OpenWeek | None:
        """Where the DJ stopped."""
        return next((week for week in self.open if week.left and not week.is_sorted), None)

    @property
    def rest(self) -> list[OpenWeek]:
        return [week for week in self.open if week is not self.resumed]

    @cached_property
    def proposed(self) -> list[ProposedWeek]:
        opened = self.user.periods.filter(year=self.latest.year, week=self.latest.number)
        styles = (
            Style.objects.active()
            .filter(
                categories__user=self.user,
                categories__is_trash=False,
                categories__archived_at=None,
            )
            .exclude(pk__in=opened.values("style"))
            .distinct()
            .prefetch_related("genres")
        )
        known = known_tracks(styles, self.latest)
        return [ProposedWeek(one, self.latest, known[one.pk], self.pace) for one in styles]


def at_a_glance(
    periods: "Iterable[WithAnnotations[CurationPeriod, Progress]]", *, pace: timedelta | None = None
) -> list[OpenWeek]:
    """With the fetches of each, in a fixed number of queries."""
    shown = list(periods)
    prefetch_related_objects(shown, "style__genres")
    runs = newest_runs(shown)
    return [OpenWeek(one, runs_of(one, runs), pace) for one in shown]


def touched_at(period: CurationPeriod) -> datetime:
    return period.decided_at or period.created_at


def newest_runs(periods: Iterable[CurationPeriod]) -> dict[tuple, IngestRun]:
    """By genre, year and week."""
    weeks = {(period.year, period.week) for period in periods}
    wanted = [Q(year=year, week=week) for year, week in weeks]
    if not wanted:
        return {}
    runs = IngestRun.objects.filter(reduce(or_, wanted), genre__isnull=False).order_by("pk")
    return {(run.genre_id, run.year, run.week): run for run in runs}


def runs_of(period: CurationPeriod, runs: dict[tuple, IngestRun]) -> list[IngestRun]:
    keys = [(genre.pk, period.year, period.week) for genre in period.style.genres.all()]
    return [runs[key] for key in keys if key in runs]


def known_tracks(styles: Iterable[Style], week: Week) -> dict[int, int]:
    """How many recordings of the week each style has in the catalogue already."""
    published = Track.objects.filter(
        published_on__range=(week.first_day, week.last_day), status=Track.Status.PUBLISHED
    )
    by_genre = dict(
        published.values_list("genre").annotate(Count("recording_key", distinct=True)).order_by()
    )
    return {
        style.pk: sum(by_genre.get(genre.pk, 0) for genre in style.genres.all()) for style in styles
    }

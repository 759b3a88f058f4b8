"""How a week's music arrives: from Beatport, and then on Spotify."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, Q
from django.utils import timezone

from accounts import quota
from catalog.models import SpotifyMatch
from curation import periods
from curation.models import CurationPeriod, CurationTrack, Style
from ingestion import runs
from ingestion.models import IngestRun

FRESH = timedelta(minutes=1)
State = SpotifyMatch.State


@dataclass(frozen=True)
class Arrival:
    """Where a week's fetch and its search on Spotify stand, in a fixed number of queries."""

    period: CurationPeriod

    @cached_property
    def runs(self) -> list[IngestRun]:
        return periods.fetches(self.period)

    @cached_property
    def counts(self) -> dict[str, int]:
        now = timezone.now()
        waiting = Q(track__match__state=State.PENDING)
        return self.period.tracks.aggregate(
            total=Count("pk"),
            sorted=Count("pk", filter=Q(status=CurationTrack.Status.SORTED)),
            late=Count("pk", filter=Q(is_late=True, status=CurationTrack.Status.UNSORTED)),
            playable=Count("pk", filter=Q(track__match__state__in=SpotifyMatch.PLAYABLE)),
            doubtful=Count("pk", filter=Q(track__match__state=State.REVIEW)),
            missing=Count("pk", filter=Q(track__match__state=State.NOT_FOUND)),
            waiting=Count("pk", filter=waiting),
            due=Count("pk", filter=waiting & Q(track__match__next_try_at__lte=now)),
        )

    @property
    def left(self) -> int:
        return self.counts["total"] - self.counts["sorted"]

    @property
    def is_asked_for(self) -> bool:
        return bool(self.runs)

    @property
    def is_fetching(self) -> bool:
        return any(not run.is_finished for run in self.runs)

    @property
    def is_complete(self) -> bool:
        return self.is_asked_for and all(
            run.status == IngestRun.Status.COMPLETE for run in self.runs
        )

    @property
    def ended_at(self) -> datetime | None:
        return ended_at(self.runs)

    @property
    def is_settling(self) -> bool:
        return is_settling(self.period, self.runs)

    @property
    def problems(self) -> list[IngestRun]:
        """Fetches that brought only a part, or nothing."""
        incomplete = (IngestRun.Status.PARTIAL, IngestRun.Status.FAILED)
        return [run for run in self.runs if run.status in incomplete]

    @property
    def wants_connection(self) -> bool:
        """Somebody of staff has to connect Beatport, or to bring the pages."""
        return any(run.wants_connection for run in self.problems)

    @property
    def collected(self) -> int:
        return sum(run.collected for run in self.runs)

    @property
    def expected(self) -> int | None:
        """What Beatport counts; None until each of the style's genres has answered."""
        counted = [run.expected for run in self.runs if run.expected is not None]
        return sum(counted) if counted and len(counted) == len(self.runs) else None

    @cached_property
    def searches_resume_at(self) -> datetime | None:
        """When the day's searches are used up and some still wait."""
        return quota.opens_at("search") if self.counts["waiting"] else None

    @property
    def is_looking_up(self) -> bool:
        return self.counts["due"] > 0 and self.searches_resume_at is None

    @property
    def goes_on(self) -> bool:
        """Something changes by itself in the next seconds."""
        is_moving = self.is_fetching or self.is_settling or self.is_looking_up
        return is_moving and not self.period.is_closed


def ended_at(runs: Sequence[IngestRun]) -> datetime | None:
    """When the last of them ended; None while one is under way."""
    if any(not run.is_finished for run in runs):
        return None
    return max((run.finished_at for run in runs if run.finished_at), default=None)


def is_settling(period: CurationPeriod, runs: Sequence[IngestRun]) -> bool:
    """Fetched, but the next sweep has still to bring the last tracks into Bronze."""
    ended = ended_at(runs)
    if ended is None or period.is_closed:
        return False
    return period.swept_at is None or period.swept_at < ended


def fetch_again(period: CurationPeriod) -> list[IngestRun]:
    return fetch_week(period.style, year=period.year, week=period.week)


def fetch_week(style: Style, *, year: int, week: int) -> list[IngestRun]:
    """Asks Beatport for the week once more; what is under way or a minute old stays."""
    return [
        runs.request_week(genre=genre, year=year, week=week, max_age=FRESH)
        for genre in style.genres.order_by("name")
    ]

"""How a week's music arrives: from Beatport, and then on Spotify."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, Q
from django.utils import timezone

from accounts import quota
from catalog.models import SpotifyMatch
from curation import periods
from curation.models import CurationPeriod, CurationTrack
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
    def is_fetched(self) -> bool:
        return self.is_asked_for and all(
            run.status == IngestRun.Status.COMPLETE for run in self.runs
        )

    @property
    def problems(self) -> list[IngestRun]:
        """Fetches that brought only a part, or nothing."""
        incomplete = (IngestRun.Status.PARTIAL, IngestRun.Status.FAILED)
        return [run for run in self.runs if run.status in incomplete]

    @property
    def collected(self) -> int:
        return sum(run.collected for run in self.runs)

    @property
    def expected(self) -> int | None:
        """What Beatport counts; None until each of the style's genres has answered."""
        counted = [run.expected for run in self.runs if run.expected is not None]
        return sum(counted) if counted and len(counted) == len(self.runs) else None

    @property
    def fetched_at(self) -> datetime | None:
        ended = [run.finished_at for run in self.runs if run.finished_at]
        return max(ended) if self.is_fetched and ended else None

    @property
    def looked_up(self) -> int:
        return self.counts["total"] - self.counts["waiting"]

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
        return not self.period.is_closed and (self.is_fetching or self.is_looking_up)


def fetch_again(period: CurationPeriod) -> list[IngestRun]:
    """Asks Beatport for the week once more; what is under way or a minute old stays."""
    return [
        runs.request_week(genre=genre, year=period.year, week=period.week, max_age=FRESH)
        for genre in period.style.genres.all()
    ]

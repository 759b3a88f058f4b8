"""What is fetched of each style's weeks: this year and last, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, reduce
from operator import or_

from django.db.models import Count, Max, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from catalog.models import Genre, SpotifyMatch, Track
from curation.line import stand_in_line
from curation.models import Style
from curation.weeks import Week
from ingestion import runs
from ingestion.models import IngestRun

Key = tuple[int, Week]  # genre, week
FRESH = timedelta(minutes=1)
JUST_NOW = timedelta(seconds=20)  # pages ask every 3


class State(StrEnum):
    COMPLETE = "complete"
    PARTIAL = "partial"
    RUNNING = "running"
    FAILED = "failed"
    MISSING = "missing"

    @property
    def words(self) -> str:
        return LEGEND[self]


LEGEND = {
    State.COMPLETE: "complete",
    State.PARTIAL: "partial",
    State.RUNNING: "running or in line",
    State.FAILED: "failed",
    State.MISSING: "not fetched",
}


@dataclass
class Held:
    """Tracks of a genre's week in the catalogue, and how many of them are on Spotify."""

    tracks: int = 0
    matched: int = 0


@dataclass(frozen=True)
class Cell:
    """A style's week: the sum of its genres, complete only when all of them are."""

    style: Style
    week: Week
    genres: int
    runs: list[IngestRun] = field(default_factory=list)  # the newest of each genre that has one
    tracks: int = 0
    matched: int = 0

    @cached_property
    def state(self) -> State:
        statuses = {run.status for run in self.runs}
        if not statuses:
            return State.MISSING
        if any(not run.is_finished for run in self.runs):
            return State.RUNNING
        if statuses == {IngestRun.Status.COMPLETE} and len(self.runs) == self.genres:
            return State.COMPLETE
        nothing_came = not any(run.collected for run in self.runs)
        return (
            State.FAILED if nothing_came and IngestRun.Status.FAILED in statuses else State.PARTIAL
        )

    @property
    def collected(self) -> int:
        return sum(run.collected for run in self.runs)

    @property
    def expected(self) -> int | None:
        """What Beatport counts, as far as its genres have answered."""
        counted = [run.expected for run in self.runs if run.expected is not None]
        return sum(counted) if counted else None

    @property
    def is_short(self) -> bool:
        """Fewer came than Beatport counts; otherwise it is a genre that is not complete."""
        return self.expected is not None and self.collected < self.expected

    @property
    def complete_genres(self) -> int:
        return self.genres - len(self.incomplete)

    @property
    def share(self) -> int | None:
        """Percent on Spotify; all of them only when it is all of them."""
        return self.matched * 100 // self.tracks if self.tracks else None

    @property
    def fetched_at(self) -> datetime | None:
        """When the oldest of its readings ended."""
        ends = [run.finished_at for run in self.runs if run.finished_at]
        return min(ends) if ends and len(ends) == len(self.runs) else None

    @property
    def incomplete(self) -> list[Genre]:
        complete = {run.genre_id for run in self.runs if run.status == IngestRun.Status.COMPLETE}
        return [genre for genre in self.style.genres.all() if genre.pk not in complete]

    @property
    def waits_only(self) -> bool:
        """In line, and nothing of it is being read."""
        return all(run.is_finished or run.status == IngestRun.Status.QUEUED for run in self.runs)


@dataclass(frozen=True)
class Row:
    week: Week
    cells: list[Cell]
    is_running: bool  # the week itself is not over


class Coverage:
    """Of some styles and weeks."""

    def __init__(self, styles: Iterable[Style], weeks: Collection[Week]) -> None:
        self.styles = list(styles)
        self.weeks = weeks
        prefetch_related_objects(self.styles, "genres")

    def cell(self) -> Cell:
        """Of one style and one week."""
        (cell,) = self.cells.values()
        return cell

    @cached_property
    def cells(self) -> dict[tuple[int, Week], Cell]:
        return {
            (style.pk, week): self._cell(style, week)
            for week in self.weeks
            for style in self.styles
        }

    def rows(self, today: date) -> list[Row]:
        running = Week.of(today)
        return [
            Row(week, [self.cells[style.pk, week] for style in self.styles], week == running)
            for week in self.weeks
        ]

    def _cell(self, style: Style, week: Week) -> Cell:
        keys = [(genre.pk, week) for genre in style.genres.all()]
        held = [self._held[key] for key in keys if key in self._held]
        return Cell(
            style=style,
            week=week,
            genres=len(keys),
            runs=[self._runs[key] for key in keys if key in self._runs],
            tracks=sum(one.tracks for one in held),
            matched=sum(one.matched for one in held),
        )

    @cached_property
    def _genres(self) -> list[int]:
        return sorted({genre.pk for style in self.styles for genre in style.genres.all()})

    @cached_property
    def _runs(self) -> dict[Key, IngestRun]:
        newest = newest_runs(self._genres, self.weeks).select_related("genre")
        return {(run.genre_id, Week(run.year, run.week)): run for run in newest}  # type: ignore[arg-type, misc]

    @cached_property
    def _held(self) -> dict[Key, Held]:
        if not self.weeks:
            return {}
        days = reduce(or_, (Q(published_on__range=span) for span in spans(self.weeks)))
        on_spotify = Q(match__state__in=SpotifyMatch.PLAYABLE)
        counted = (
            Track.objects.filter(days, genre__in=self._genres)
            .values_list("genre", "published_on")
            .annotate(tracks=Count("pk"), matched=Count("pk", filter=on_spotify))
            .order_by()
        )
        found: defaultdict[Key, Held] = defaultdict(Held)
        for genre, day, tracks, matched in counted:
            held = found[genre, Week.of(day)]
            held.tracks += tracks
            held.matched += matched
        return found


def spans(weeks: Iterable[Week]) -> list[tuple[date, date]]:
    """First and last days, weeks in a row put together."""
    found: list[tuple[date, date]] = []
    for week in sorted(weeks):
        if found and found[-1][1] == week.first_day - timedelta(days=1):
            found[-1] = (found[-1][0], week.last_day)
        else:
            found.append((week.first_day, week.last_day))
    return found


def newest_runs(genres: Iterable[int], weeks: Collection[Week]) -> QuerySet[IngestRun]:
    """Of each genre and week. Files have neither and do not count."""
    years = {week.year for week in weeks}
    asked = IngestRun.objects.filter(genre__in=genres, year__in=years, week__isnull=False)
    if len(weeks) == 1:
        asked = asked.filter(week__in=[week.number for week in weeks])
    newest = asked.values("genre", "year", "week").annotate(newest=Max("pk")).order_by()
    return IngestRun.objects.filter(pk__in=newest.values("newest"))


def styles() -> QuerySet[Style]:
    return Style.objects.filter(is_active=True).order_by("position", "name")


def weeks_shown(today: date) -> list[Week]:
    """From the running week back to the first of last year."""
    running = Week.of(today)
    back = (running.first_day - Week(running.year - 1, 1).first_day).days // 7
    return [running.before(number) for number in range(back + 1)]


def changing(now: datetime) -> list[Cell]:
    """What changes on the page while it is looked at: being read, or read just now."""
    just_now = Q(finished_at__gte=now - JUST_NOW)
    found = IngestRun.objects.filter(
        just_now | Q(status=IngestRun.Status.RUNNING), genre__isnull=False
    ).values_list("genre", "year", "week")
    keys = {(genre, Week(year, week)) for genre, year, week in found if year and week}
    if not keys:
        return []
    affected = styles().filter(genres__in={genre for genre, _ in keys}).distinct()
    seen = Coverage(affected, {week for _, week in keys})
    return [
        cell
        for cell in seen.cells.values()
        if any((genre.pk, cell.week) in keys for genre in cell.style.genres.all())
    ]


# Asking for more


def fetch(style: Style, week: Week) -> list[IngestRun]:
    """Now; what is under way or a minute old stays."""
    return [
        runs.request_week(genre=genre, year=week.year, week=week.number, max_age=FRESH)
        for genre in style.genres.all()
    ]


def gap(cells: Iterable[Cell]) -> list[Cell]:
    """What is not complete and not being fetched."""
    kept = (State.COMPLETE, State.RUNNING)
    return [cell for cell in cells if cell.genres and cell.state not in kept]


def fetch_gap(cells: Iterable[Cell]) -> list[IngestRun]:
    """One week after another, the newest first, behind what stands in line already."""
    newest_first = sorted(gap(cells), key=lambda one: one.week, reverse=True)
    return stand_in_line((genre, cell.week) for cell in newest_first for genre in cell.incomplete)


def leave_line(style: Style) -> int:
    """Takes back what stands in line for a style and has brought nothing yet."""
    in_line = IngestRun.objects.in_line(timezone.now()).filter(genre__in=style.genres.all())
    return in_line.filter(collected=0).delete()[1].get("ingestion.IngestRun", 0)


@dataclass(frozen=True)
class Going:
    """What is fetched at this moment, and what waits for its turn."""

    running: int
    waiting: int
    last_turn_at: datetime | None

    @classmethod
    def now(cls) -> "Going":
        now = timezone.now()
        open_runs = IngestRun.objects.filter(
            status__in=IngestRun.UNFINISHED, genre__isnull=False
        ).aggregate(
            all=Count("pk"),
            waiting=Count("pk", filter=Q(status=IngestRun.Status.QUEUED, not_before__gt=now)),
            last=Max("not_before"),
        )
        return cls(open_runs["all"] - open_runs["waiting"], open_runs["waiting"], open_runs["last"])

    def __bool__(self) -> bool:
        return bool(self.running or self.waiting)

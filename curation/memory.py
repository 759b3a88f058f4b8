"""What a DJ did with a recording before: in another week, of this style or another one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from catalog.models import Track
from curation.models import CurationPeriod, CurationTrack, GoldenTrack, Move
from curation.templatetags.words import day


@dataclass(frozen=True)
class Earlier:
    """A decision that stands. `week` and `year` are those it was made in, not of the calendar."""

    name: str  # of the category
    style: str
    at: datetime
    is_trash: bool = False
    week: int = 0
    year: int = 0


@dataclass(frozen=True)
class Memory:
    """A recording met again. `again` is the playlist of this week that repeats the decision."""

    golden: tuple[Earlier, ...] = ()
    sorted: Earlier | None = None
    again: int | None = None
    style: str = ""  # of the week it is met in
    year: int = 0

    @property
    def latest(self) -> Earlier:
        """What counts: being in Golden, otherwise the last time it was sorted."""
        found = next(iter(self.golden), self.sorted)
        assert found is not None
        return found

    @property
    def sentence(self) -> str:
        if self.golden:
            return f"In Golden {self.places} since {self.when}"
        if self.latest.is_trash:
            return f"You trashed this{self.elsewhere('in')} on {self.when}, week {self.week}"
        return f"You put this into {self.places} on {self.when}, week {self.week}"

    @property
    def short(self) -> str:
        """For a narrow line: Trash, 12 Sep."""
        place = f"Golden {self.latest.name}" if self.golden else self.latest.name
        return f"{place}, {self.when}"

    @property
    def places(self) -> str:
        names = [one.name for one in self.golden] or [self.latest.name]
        return " and ".join(names) + self.elsewhere("of")

    def elsewhere(self, preposition: str) -> str:
        other = self.latest.style
        return f" {preposition} {other}" if other != self.style else ""

    @property
    def when(self) -> str:
        local = timezone.localtime(self.latest.at)
        this_year = local.year in (self.year, timezone.localdate().year)
        return day(local) if this_year else f"{day(local)} {local.year}"

    @property
    def week(self) -> str:
        week, year = self.latest.week, self.latest.year
        return str(week) if year == self.year else f"{week} of {year}"


def recall(period: CurationPeriod, tracks: Iterable[Track]) -> dict[str, Memory]:
    """By recording key, what was done before with these tracks of the week; three queries."""
    keys = {track.recording_key for track in tracks}
    golden, decided = in_golden(period, keys), sorted_before(period, keys)
    if not golden and not decided:
        return {}
    again = playlists_by_name(period)
    style, year = str(period.style), period.year
    found = {}
    for key in golden.keys() | decided.keys():
        known = Memory(golden.get(key, ()), decided.get(key), style=style, year=year)
        name = "" if known.latest.is_trash else known.latest.name.casefold()
        found[key] = Memory(known.golden, known.sorted, again.get(name), style, year)
    return found


def in_golden(period: CurationPeriod, keys: Collection[str]) -> dict[str, tuple[Earlier, ...]]:
    """Those of this style first."""
    kept = GoldenTrack.objects.filter(
        user_category__user=period.user_id, track__recording_key__in=keys
    ).select_related("user_category__style", "track")
    found: dict[str, tuple[Earlier, ...]] = {}
    for one in sorted(kept, key=lambda one: order_of(one, period)):
        category = one.user_category
        earlier = Earlier(category.name, str(category.style), one.added_at)
        key = one.track.recording_key
        found[key] = (*found.get(key, ()), earlier)
    return found


def order_of(kept: GoldenTrack, period: CurationPeriod) -> tuple[bool, int, int]:
    category = kept.user_category
    return category.style_id != period.style_id, category.position, category.pk


def sorted_before(period: CurationPeriod, keys: Collection[str]) -> dict[str, Earlier]:
    """The last time each was sorted in another week of the DJ's, and not only by a rule."""
    log = Move.objects.filter(curation_track=OuterRef("pk"))
    by_rule = log.filter(cause=Move.Cause.RULE)
    by_dj = log.filter(undone_at=None).exclude(cause=Move.Cause.RULE)
    rows = CurationTrack.objects.filter(
        track__recording_key__in=keys,
        curation_period__user=period.user_id,
        status=CurationTrack.Status.SORTED,
    ).exclude(curation_period=period.pk)
    rows = rows.exclude(Exists(by_rule), ~Exists(by_dj))
    decided: Iterable[tuple[Any, ...]] = rows.order_by("sorted_at", "pk").values_list(
        "track__recording_key",
        "current_silver_playlist__user_category__name",
        "curation_period__style__name",
        "sorted_at",
        "current_silver_playlist__user_category__is_trash",
        "curation_period__week",
        "curation_period__year",
    )
    return {key: Earlier(*facts) for key, *facts in decided}


def playlists_by_name(period: CurationPeriod) -> dict[str, int]:
    """Trash is asked for without a name."""
    offered = period.playlists.filter(user_category__archived_at=None)
    known = offered.values_list("user_category__is_trash", "user_category__name", "pk")
    return {"" if is_trash else name.casefold(): pk for is_trash, name, pk in known}

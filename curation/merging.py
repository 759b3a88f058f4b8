"""One category becomes part of another: what it holds goes along, and Spotify follows.

Closed weeks keep it in their record; one that is reopened follows then.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from curation import categories, mirror
from curation.errors import Conflict, Invalid
from curation.models import (
    CurationPeriod,
    GoldenTrack,
    Merge,
    MirroredPlaylist,
    Move,
    PeriodPlaylist,
    UserCategory,
)

OPEN = [CurationPeriod.Status.IN_PROGRESS, CurationPeriod.Status.SORTED]


@dataclass(frozen=True)
class Plan:
    """What merging would do, for the page that asks."""

    source: UserCategory
    into: UserCategory

    @cached_property
    def playlists(self) -> list[PeriodPlaylist]:
        """Of each week that has the category, the newest first."""
        newest_first = ("-curation_period__year", "-curation_period__week", "pk")
        found = self.source.period_playlists.with_counts().select_related("curation_period")
        return list(found.order_by(*newest_first))

    @property
    def weeks(self) -> list[PeriodPlaylist]:
        """Silver playlists of open weeks that are not empty."""
        return [
            one for one in self.playlists if one.silver_count and not one.curation_period.is_closed
        ]

    @property
    def tracks(self) -> int:
        return sum(playlist.silver_count for playlist in self.weeks)

    @property
    def closed_weeks(self) -> int:
        return sum(one.track_count > 0 and one.curation_period.is_closed for one in self.playlists)

    @cached_property
    def kept(self) -> int:
        return self.source.golden_tracks.count()

    @cached_property
    def kept_twice(self) -> int:
        return doubled(self.source, self.into).count()

    @cached_property
    def leaving(self) -> list[MirroredPlaylist]:
        """Playlists that leave Spotify."""
        rows = mirror.of_merged(self.source).filter(
            state__in=MirroredPlaylist.SENDING_STATES,
            spotify_id__isnull=False,
            in_library=True,
            is_adopted=False,
        )
        return list(rows.order_by("layer", "pk"))

    @cached_property
    def own(self) -> MirroredPlaylist | None:
        """The DJ's own playlist that served as its Golden one: never taken off."""
        return mirror.of_merged(self.source).filter(is_adopted=True).first()


def targets(source: UserCategory) -> list[UserCategory]:
    """What a category can become part of."""
    row = categories.of_style(source.user, source.style)
    return [one for one in row if not one.is_trash and one != source]


def check(source: UserCategory, into: UserCategory) -> None:
    if source.is_trash:
        raise Invalid("into", "Trash belongs to every style.")
    if into not in targets(source):
        raise Invalid("into", f"{source.name} cannot become part of {into.name}.")


@transaction.atomic
def merge(source: UserCategory, *, into: UserCategory) -> None:
    """Tracks of open weeks, Golden tracks and the log go along; what both keep is kept once.

    What was where is written down for curation.unmerging.

    Raises Invalid for two categories that cannot be one, Conflict for one that was merged into
    another already.
    """
    weeks = hold_open_weeks(source)
    categories.wait_for_turn(source.user)
    source.refresh_from_db()
    if source.merged_into_id == into.pk:
        return
    if source.merged_into is not None:
        raise Conflict(f"{source.name} is part of {source.merged_into.name} already.")
    check(source, into)
    now = timezone.now()
    before = {
        "hotkey": source.hotkey,
        "position": source.position,
        "archived_at": source.archived_at and source.archived_at.isoformat(),
        "merged": ids(source.merged.all()),
        "closed": ids(still_closed(source)),
        "last_move": Move.objects.aggregate(last=Max("pk"))["last"],
        "mirrored": list(mirror.of_merged(source).values_list("pk", "state")),
        **move_golden(source, into),
        "weeks": [moved for period in weeks if (moved := move_week(period, source, into))],
    }
    Merge.objects.create(source=source, into=into, before=before, made_at=now)
    source.merged.update(merged_into=into)
    source.merged_into = into
    source.archived_at = source.archived_at or now
    source.hotkey = ""
    source.save()
    mirror.mark_merged(source)


def follow(period: CurationPeriod) -> None:
    """A week that was closed when categories were merged; the caller has reopened it."""
    merged = period.playlists.filter(user_category__merged_into__isnull=False)
    for playlist in merged.select_related("user_category__merged_into"):
        category = playlist.user_category
        assert category.merged_into is not None
        move_week(period, category, category.merged_into)


def hold_open_weeks(source: UserCategory) -> list[CurationPeriod]:
    """Decisions in them wait for our commit. In one order, so that nobody waits in a ring."""
    weeks = CurationPeriod.objects.filter(playlists__user_category=source, status__in=OPEN)
    found = list(weeks.order_by("pk"))
    return [one for one in found if is_held(one)]


def is_held(period: CurationPeriod) -> bool:
    """False when it was closed a moment ago."""
    same = CurationPeriod.objects.filter(pk=period.pk, status__in=OPEN)
    return same.update(week=F("week")) == 1


def still_closed(source: UserCategory) -> QuerySet[CurationPeriod]:
    """With tracks that stay as they are until the week is reopened."""
    holding = source.period_playlists.filter(tracks__isnull=False)
    closed = CurationPeriod.objects.filter(status=CurationPeriod.Status.CLOSED)
    return closed.filter(playlists__in=holding).distinct()


def move_week(
    period: CurationPeriod, source: UserCategory, into: UserCategory
) -> dict[str, object] | None:
    """Tracks and log of one week. An undo leads to where the tracks are now.

    Returns what was where; None when the week never had the category.
    """
    old = period.playlists.filter(user_category=source).first()
    if old is None:
        return None
    new, is_new = period.playlists.get_or_create(user_category=into)
    if is_new:
        mirror.prepare(period)
    tracks = period.tracks.filter(current_silver_playlist=old)
    left, went = Move.objects.filter(from_playlist=old), Move.objects.filter(to_playlist=old)
    found = {"tracks": ids(tracks), "left": ids(left), "went": ids(went)}
    left.update(from_playlist=new)
    went.update(to_playlist=new)
    if tracks.update(current_silver_playlist=new):
        mirror.mark_changed(period, silver=[new])
    return {"period": period.pk, "old": old.pk, "new": new.pk, **found}


def ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def move_golden(source: UserCategory, into: UserCategory) -> dict[str, object]:
    """What both keep stays as the other one has it, and no undo of ours takes it from there.

    Returns what was where.
    """
    twice = doubled(source, into)
    both = {one.track_id: one.added_at.isoformat() for one in twice}
    promotions = Move.objects.filter(
        from_playlist__user_category=source,
        curation_track__track__in=list(both),
        made_golden=True,
    )
    found: dict[str, object] = {"both": list(both.items()), "promotions": ids(promotions)}
    promotions.update(made_golden=False)
    twice.delete()
    found["absences"] = mirror.move_absences(source, into)
    found["golden"] = ids(source.golden_tracks.all())
    if source.golden_tracks.update(user_category=into):
        mirror.mark_golden(into)
    return found


def doubled(source: UserCategory, into: UserCategory) -> QuerySet[GoldenTrack]:
    return source.golden_tracks.filter(track__in=into.golden_tracks.values("track"))

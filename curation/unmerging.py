"""Undoing a merge: categories, their keys, Silver, Golden and the log are as they were before.

Only as long as nobody has decided anew about what went along.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from curation import categories, merging, mirror
from curation.errors import Conflict
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    Merge,
    Move,
    UserCategory,
)


def standing(source: UserCategory) -> Merge | None:
    """The merge that made this category part of what it is part of now."""
    made = source.merges.filter(into=source.merged_into, undone_at=None)
    return made.select_related("source__user", "source__style", "into").last()


@transaction.atomic
def undo(made: Merge) -> None:
    """Raises Conflict when something that went along was changed since."""
    source, into, before = made.source, made.into, made.before
    merging.hold_open_weeks(source)
    categories.wait_for_turn(source.user)
    source.refresh_from_db()
    made.refresh_from_db(fields=["undone_at"])
    if made.undone_at:
        return
    check(made)
    take_category_back(source, before)
    for week in before["weeks"]:
        take_week_back(week)
    take_golden_back(source, before)
    mirror.mark_unmerged(source, into, stopped=dict(before["mirrored"]))
    made.undone_at = timezone.now()
    made.save(update_fields=["undone_at"])


def check(made: Merge) -> None:
    source, into, before = made.source, made.into, made.before
    if source.merged_into_id != into.pk:
        raise Conflict(f"{source} is no part of {into} any more.")
    key = before["hotkey"]
    if key and key not in categories.free_keys(source.user, source.style):
        raise Conflict(f"Key {key} has another use by now. Free it first, then {source} gets it.")
    for period in CurationPeriod.objects.filter(pk__in=before["closed"]):
        if not period.is_closed:
            raise Conflict(f"Week {period.week} was reopened since, and its tracks went along.")
    for period in CurationPeriod.objects.filter(pk__in=[one["period"] for one in before["weeks"]]):
        if period.is_closed:
            raise Conflict(f"Week {period.week} was closed since. Reopen it first.")
    if is_sorted_anew(made):
        raise Conflict(f"Tracks of {source} were sorted anew since. Undo those decisions first.")
    kept = GoldenTrack.objects.filter(pk__in=before["golden"], user_category=into)
    if kept.count() < len(before["golden"]):
        raise Conflict(f"Golden tracks of {source} were taken out of {into} since.")


def is_sorted_anew(made: Merge) -> bool:
    """Whether a track that went along is elsewhere now, or was there meanwhile."""
    weeks = made.before["weeks"]
    tracks = {pk for week in weeks for pk in week["tracks"]}
    here = CurationTrack.objects.filter(
        pk__in=tracks, current_silver_playlist__in=[week["new"] for week in weeks]
    )
    later = Q(pk__gt=made.before["last_move"] or 0, undone_at=None) | Q(undone_at__gt=made.made_at)
    decided = Move.objects.filter(later, curation_track__in=tracks)
    return here.count() < len(tracks) or decided.exists()


def take_category_back(source: UserCategory, before: dict[str, Any]) -> None:
    archived_at = before["archived_at"]
    source.merged_into = None
    source.archived_at = archived_at and datetime.fromisoformat(archived_at)
    source.hotkey, source.position = before["hotkey"], before["position"]
    source.save()
    UserCategory.objects.filter(pk__in=before["merged"]).update(merged_into=source)
    if source.archived_at is None:
        categories.join_open_weeks(source)


def take_week_back(week: dict[str, Any]) -> None:
    period = CurationPeriod.objects.get(pk=week["period"])
    tracks = period.tracks.filter(pk__in=week["tracks"])
    tracks.update(current_silver_playlist=week["old"])
    Move.objects.filter(pk__in=week["left"]).update(from_playlist=week["old"])
    Move.objects.filter(pk__in=week["went"]).update(to_playlist=week["old"])


def take_golden_back(source: UserCategory, before: dict[str, Any]) -> None:
    GoldenTrack.objects.filter(pk__in=before["golden"]).update(user_category=source)
    GoldenTrack.objects.bulk_create(
        GoldenTrack(user_category=source, track_id=track, added_at=datetime.fromisoformat(at))
        for track, at in before["both"]
    )
    Move.objects.filter(pk__in=before["promotions"]).update(made_golden=True)
    mirror.take_absences_back(source, before["absences"])

"""A DJ's week of a style: opened, filled while it is fetched, closed and reopened."""

import logging
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from accounts.models import User
from catalog.models import SpotifyMatch, Track
from curation import (
    categories,
    golden,
    merging,
    mirror,
    moves,
    news,
    priorities,
    rekeying,
    trash_rules,
    weeks,
)
from curation.errors import Conflict, Invalid
from curation.models import CurationPeriod, CurationTrack, GoldenTrack, Style
from ingestion import runs
from ingestion.models import IngestRun

logger = logging.getLogger(__name__)
FIRST_YEAR = 2004  # Beatport opened


def open_period(*, user: User, style: Style, year: int, week: int) -> CurationPeriod:
    """The DJ's work on a week, made when it is not there yet; asks for the week's music.

    Raises Invalid for a week that does not exist or has not begun.
    """
    check_week(user, year, week)
    with transaction.atomic():
        categories.ensure_trash(user, style)
        period, _ = CurationPeriod.objects.get_or_create(
            user=user, style=style, year=year, week=week
        )
        categories.prepare_playlists(period)
    for genre in style.genres.all():
        runs.request_week(genre=genre, year=year, week=week)
    bring_tracks(period)
    priorities.put_first(period)
    return period


def check_week(user: User, year: int, week: int) -> None:
    if not (FIRST_YEAR <= year <= 9999 and weeks.exists(year, week)):
        raise Invalid("week", f"{year} has no week {week}.")
    today = timezone.now().astimezone(user.preferences.zone).date()
    if weeks.first_day(year, week) > today:
        raise Invalid("week", f"Week {week} of {year} has not begun yet.")


def bring_tracks(period: CurationPeriod, *, since: datetime | None = None) -> int:
    """Brings the week's recordings into Bronze; returns how many are new.

    A closed week takes none, but counts those that wait.
    """
    with transaction.atomic():
        CurationPeriod.objects.filter(pk=period.pk).update(week=F("week"))  # one at a time
        period.refresh_from_db()
        if period.is_closed:
            waiting = len(new_recordings(period, since=None))
            CurationPeriod.objects.filter(pk=period.pk).update(late_tracks=waiting)
            return 0
        rekeying.follow_keys(period)
        was_fetched = is_fetched(period)  # first: what comes from now on is late
        arrivals = new_recordings(period, since=since)
        if arrivals:
            add_to_bronze(period, arrivals)
        if period.filled_at is None and was_fetched:
            CurationPeriod.objects.filter(pk=period.pk).update(filled_at=timezone.now())
    if arrivals:
        priorities.note_arrivals(period)
    return len(arrivals)


def new_recordings(period: CurationPeriod, *, since: datetime | None) -> list[Track]:
    """One track for each recording that is not in the period yet; releases stay together."""
    arrived = outside(period).only("pk", "recording_key")
    if since is not None:
        arrived = arrived.filter(updated_at__gte=since)
    if period.user.preferences.leaves_out_golden:
        arrived = arrived.exclude(recording_key__in=golden_recordings(period.user))
    return one_of_each(arrived)


def left_out(period: CurationPeriod) -> list[Track]:
    """One track for each recording of the week that stays out of it, as it is in Golden already."""
    if not period.user.preferences.leaves_out_golden:
        return []
    return one_of_each(outside(period).filter(recording_key__in=golden_recordings(period.user)))


def outside(period: CurationPeriod) -> QuerySet[Track]:
    """What the week has of the style and the period has not, in the order of Bronze."""
    published = Track.objects.filter(
        genre__in=period.style.genres.all(),
        published_on__range=(period.first_day, period.last_day),
        status=Track.Status.PUBLISHED,
    ).exclude(recording_key__in=period.tracks.values("track__recording_key"))
    return published.order_by("published_on", "release__beatport_id", "beatport_id")


def one_of_each(found: QuerySet[Track]) -> list[Track]:
    by_recording: dict[str, Track] = {}
    for track in found:
        by_recording.setdefault(track.recording_key, track)
    return list(by_recording.values())


def golden_recordings(user: User) -> QuerySet:
    return GoldenTrack.objects.filter(user_category__user=user).values("track__recording_key")


def add_to_bronze(period: CurationPeriod, arrivals: list[Track]) -> None:
    """What the DJ's rules trash at once is neither late nor a reason to sort again."""
    is_late = period.filled_at is not None
    highest = period.tracks.aggregate(highest=Max("position"))["highest"]
    CurationTrack.objects.bulk_create(
        [
            CurationTrack(
                curation_period=period,
                track=track,
                recording_key=track.recording_key,
                position=position,
                is_late=is_late,
            )
            for position, track in enumerate(arrivals, start=(highest or 0) + 1)
        ],
        batch_size=200,
    )
    to_hear = len(arrivals) - trash_rules.apply(period, above=highest or 0)
    if not to_hear:
        moves.note_whether_sorted(period)
        return
    changes: dict[str, Any] = {"status": CurationPeriod.Status.IN_PROGRESS, "sorted_at": None}
    if is_late:
        changes["late_tracks"] = F("late_tracks") + to_hear
    CurationPeriod.objects.filter(pk=period.pk).update(**changes)
    mirror.mark_changed(period, bronze=True)


def is_fetched(period: CurationPeriod) -> bool:
    latest = fetches(period)
    return bool(latest) and all(run.is_read_to_the_end for run in latest)


def fetches(period: CurationPeriod) -> list[IngestRun]:
    """The newest run of each of the style's genres for this week."""
    return runs.progress(period.style.genres.all(), period.year, period.week)


def follow_genres(style: Style) -> tuple[int, int]:
    """The style's genres have changed: what is there of them comes to its open weeks.

    Returns how many weeks those are, and how many tracks came. None is taken away.
    """
    open_weeks = style.periods.exclude(status=CurationPeriod.Status.CLOSED)
    found = list(open_weeks.select_related("style", "user__preferences").order_by("pk"))
    return len(found), sum(bring_tracks(period) for period in found)


def sweep() -> int:
    """Brings new tracks and late matches to the weeks; returns how many tracks came.

    A week that fails is tried again by the next sweep and keeps none of the others waiting.
    """
    began_at = timezone.now()
    waiting = news.with_news()
    news.note_without_news(waiting, at=began_at)
    brought, failures = 0, []
    found = CurationPeriod.objects.filter(pk__in=waiting).order_by("pk")
    for period in found.select_related("style", "user__preferences"):
        try:
            brought += sweep_period(period)
        except DatabaseError as error:
            logger.exception("The sweep of period %s failed", period.pk)
            failures.append(error)
    if failures:
        raise failures[0]
    return brought


@transaction.atomic
def sweep_period(period: CurationPeriod) -> int:
    began_at = timezone.now()
    since = (period.swept_at or period.created_at) - news.OVERLAP
    brought = bring_tracks(period, since=since)
    mark_late_matches(period, since=since)
    CurationPeriod.objects.filter(pk=period.pk).update(swept_at=began_at)
    return brought


def mark_late_matches(period: CurationPeriod, *, since: datetime) -> None:
    """Tracks found on Spotify since the last sweep join the playlists they are in."""
    found = period.tracks.filter(
        track__match__matched_at__gte=since, track__match__state__in=SpotifyMatch.PLAYABLE
    )
    mirror.mark_missing(period, found)


def close_period(
    period: CurationPeriod, *, rest_to_trash: bool, stays_on_spotify: bool = False
) -> CurationPeriod:
    """Ends the work on a week. Its Bronze and Silver playlists leave Spotify unless they stay."""
    with transaction.atomic():
        period = moves.begin(period)
        if rest_to_trash:
            moves.trash_rest(period)
        period.status = CurationPeriod.Status.CLOSED
        period.closed_at = timezone.now()
        period.stays_on_spotify = stays_on_spotify
        period.late_tracks = 0
        period.save(update_fields=["status", "closed_at", "stays_on_spotify", "late_tracks"])
        mirror.mark_period(period)
        mirror.send_now(period)
    priorities.put_last(period)
    return period


def reopen_period(period: CurationPeriod) -> CurationPeriod:
    """Takes up a closed week again, with all that was decided; its playlists come back."""
    with transaction.atomic():
        reopened = CurationPeriod.objects.filter(
            pk=period.pk, status=CurationPeriod.Status.CLOSED
        ).update(status=CurationPeriod.Status.IN_PROGRESS, closed_at=None, late_tracks=0)
        if not reopened:
            raise Conflict("This week is open already.")
        period.refresh_from_db()
        merging.follow(period)
        golden.forget_removed(period)
        bring_tracks(period)
        moves.note_whether_sorted(period)
        mirror.mark_period(period)
        mirror.send_now(period)
    period.refresh_from_db()
    priorities.put_first(period)
    return period

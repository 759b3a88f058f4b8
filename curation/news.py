"""In which weeks something may have happened since they were swept.

All weeks together are asked for at once: old ones in which nothing happens cost nothing.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from catalog.models import Track
from curation.models import CurationPeriod, CurationTrack, Style
from ingestion.models import IngestRun

# How far back a sweep looks again: longer than any transaction that registers tracks.
OVERLAP = timedelta(minutes=5)
# Weeks without news are noted as swept that often, which keeps the questions short.
NOTED = timedelta(hours=1)

Week = tuple[int | None, int | None, int | None]  # genre, year, week


def with_news() -> list[int]:
    """The periods to sweep."""
    rows = CurationPeriod.objects.annotate(since=Coalesce("swept_at", "created_at"))
    swept = list(rows.order_by("pk").values_list("pk", "style", "year", "week", "since"))
    if not swept:
        return []
    oldest = min(since for *_, since in swept) - OVERLAP
    of_tracks, of_weeks, genres_of = news_of_tracks(oldest), news_of_weeks(oldest), genres()
    found = []
    for pk, style, year, week, since in swept:
        news = [of_weeks.get((genre, year, week)) for genre in genres_of[style]]
        if any(at and at >= since - OVERLAP for at in [*news, of_tracks.get(pk)]):
            found.append(pk)
    return found


def note_without_news(periods: list[int], *, at: datetime) -> None:
    quiet = CurationPeriod.objects.exclude(pk__in=periods)
    quiet.filter(Q(swept_at__lt=at - NOTED) | Q(swept_at=None, created_at__lt=at - NOTED)).update(
        swept_at=at
    )


def news_of_tracks(since: datetime) -> dict[int, datetime]:
    """When a track of the period was last found on Spotify, or got another recording key."""
    matched = CurationTrack.objects.filter(track__match__matched_at__gte=since)
    changed = CurationTrack.objects.filter(track__updated_at__gte=since)
    rekeyed = changed.exclude(recording_key=F("track__recording_key"))
    found = dict(latest(matched, "track__match__matched_at"))
    for pk, at in latest(rekeyed, "track__updated_at"):
        found[pk] = max(at, found.get(pk, at))
    return found


def latest(rows: QuerySet[CurationTrack], field: str) -> QuerySet:
    return (
        rows.values("curation_period").annotate(at=Max(field)).values_list("curation_period", "at")
    )


def news_of_weeks(since: datetime) -> dict[Week, datetime]:
    """When something of a genre's week was last registered, or its fetch ended."""
    registered = Track.objects.filter(updated_at__gte=since).values("genre", "published_on")
    days = registered.annotate(at=Max("updated_at"))
    ended = IngestRun.objects.filter(finished_at__gte=since)
    news: list[tuple[Week, datetime | None]] = [
        ((genre, *day.isocalendar()[:2]), at)
        for genre, day, at in days.values_list("genre", "published_on", "at")
        if day
    ]
    news += [
        ((genre, year, week), at)
        for genre, year, week, at in ended.values_list("genre", "year", "week", "finished_at")
    ]
    found: dict[Week, datetime] = {}
    for key, at in news:
        if at:
            found[key] = max(at, found.get(key, at))
    return found


def genres() -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for style, genre in Style.genres.through.objects.values_list("style", "genre"):
        found[style].append(genre)
    return found

"""How amounts, dates and names are written on the pages."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone

from catalog.models import Track, TrackArtist

register = template.Library()

NDASH = "–"


@register.filter
def of(values: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds for a key that is a variable."""
    return values.get(key)


@register.filter
def minutes(milliseconds: int | None) -> str:
    """A track: 6:42, 1:02:03."""
    if milliseconds is None:
        return NDASH
    whole, seconds = divmod(round(milliseconds / 1000), 60)
    if whole < 60:
        return f"{whole}:{seconds:02}"
    return f"{whole // 60}:{whole % 60:02}:{seconds:02}"


@register.filter
def hours(milliseconds: int | None) -> str:
    """A playlist: hours and minutes, 21:12."""
    if not milliseconds:
        return NDASH
    whole, rest = divmod(round(milliseconds / 60_000), 60)
    return f"{whole}:{rest:02}"


@register.filter
def duration(time: timedelta) -> str:
    """How long something will take: 39 minutes, 1 h 16."""
    needed = max(1, round(time.total_seconds() / 60))
    if needed == 1:
        return "a minute"
    return f"{needed} minutes" if needed < 60 else f"{needed // 60} h {needed % 60:02}"


@register.filter
def seconds(time: timedelta) -> str:
    """A pace: 8 s, 1 s; never none at all."""
    return f"{max(1, round(time.total_seconds()))} s"


@register.filter
def artists(track: Track) -> str:
    """Those who made it, without remixers: the mix name tells them. Wants `credits` prefetched."""
    return names(track.credits.all(), TrackArtist.Role.ARTIST)


@register.filter
def remixers(track: Track) -> str:
    return names(track.credits.all(), TrackArtist.Role.REMIXER)


def names(credits: Iterable[TrackArtist], role: str) -> str:
    listed = sorted((one for one in credits if one.role == role), key=lambda one: one.position)
    return ", ".join(one.artist.name for one in listed)


@register.filter
def week_dates(week: Any) -> str:
    """9–15 Nov 2026, of anything with a first and a last day."""
    first, last = week.first_day, week.last_day
    if first.year != last.year:
        return f"{day(first)} {first.year} {NDASH} {day(last)} {last.year}"
    if first.month != last.month:
        return f"{day(first)} {NDASH} {day(last)} {last.year}"
    return f"{first.day}{NDASH}{day(last)} {last.year}"


@register.filter
def day(when: date) -> str:
    return f"{when.day} {when:%b}"


@register.filter
def moment(when: datetime | None) -> str:
    """18:07 for today, else yesterday or tomorrow, else the day."""
    if when is None:
        return NDASH
    local = timezone.localtime(when)
    days_ago = (timezone.localdate() - local.date()).days
    if days_ago == 0:
        return f"at {local:%H:%M}"
    if abs(days_ago) == 1:
        return f"{'yesterday' if days_ago == 1 else 'tomorrow'} at {local:%H:%M}"
    return (
        f"on {day(local)}"
        if local.year == timezone.localdate().year
        else f"on {day(local)} {local.year}"
    )


@register.filter
def age(when: datetime | None) -> str:
    """Short, for a narrow column: 5 min, 4 h, 12 d."""
    if when is None:
        return ""
    minutes = max(0, int((timezone.now() - when).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"

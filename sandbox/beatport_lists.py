"""A page of a genre's tracks, as API and website both show it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox import clock, hostile, switches, weeks
from sandbox.genres import genres
from sandbox.models import BeatportTrack

LONGEST_RANGE = timedelta(days=400)
ORDERS = ("publish_date", "-publish_date", "id", "-id")


class Wrong(Exception):
    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.sentence = name, sentence


@dataclass(frozen=True)
class Asked:
    genre_id: int
    first: date
    last: date
    page: int
    per_page: int
    order_by: str


@dataclass(frozen=True)
class Page:
    rows: list[str]
    count: int
    pages: int


def parse(query: dict[str, str], *, per_page: int) -> Asked:
    genre_id = number(query, "genre_id", None)
    if genre_id not in genres():
        raise Wrong("genre_id", "Select a valid choice.")
    first, last = _days(query.get("publish_date", ""))
    order_by = query.get("order_by", "-publish_date")
    if order_by not in ORDERS:
        raise Wrong("order_by", "Select a valid choice.")
    return Asked(
        genre_id=genre_id,
        first=first,
        last=last,
        page=max(1, number(query, "page", 1)),
        per_page=max(1, min(100, number(query, "per_page", per_page))),
        order_by=order_by,
    )


def page(asked: Asked) -> Page:
    weeks.ensure(asked.genre_id, asked.first, asked.last)
    found = BeatportTrack.objects.filter(
        genre_id=asked.genre_id, published_on__range=(asked.first, asked.last)
    )
    field = asked.order_by.replace("publish_date", "published_on")
    total = found.count()
    ordered = found.order_by(field, _shuffled(asked)).values_list("body", flat=True)
    start = (asked.page - 1) * asked.per_page
    rows = list(ordered[start : start + asked.per_page])
    if switches.get("drifting_rows") and asked.page > 1:
        rows[0] = ordered[start - 1]
    if switches.get("hostile_rows") and asked.page == 1:
        rows = hostile.spoil(rows)
    count = total + switches.get("count_off_by")
    return Page(rows=rows, count=count, pages=-(-total // asked.per_page))


def _shuffled(asked: Asked) -> str:
    """The day alone does not order rows: within it they come as the store likes."""
    return "-release_id" if asked.order_by.startswith("-") else "release_id"


def _days(text: str) -> tuple[date, date]:
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d):(\d{4}-\d\d-\d\d)?", text)
    try:
        first = date.fromisoformat(match[1]) if match else None
        last = date.fromisoformat(match[2]) if match and match[2] else None
    except ValueError:
        first = None
    if first is None:
        raise Wrong("publish_date", "Enter a valid date range.")
    if last is None:
        last = max(first, clock.now().date()) + timedelta(days=60)
    if last - first > LONGEST_RANGE:
        raise Wrong("publish_date", "The range is too long.")
    return first, last


def number(query: dict[str, str], name: str, default: int | None) -> int:
    text = query.get(name, "" if default is None else str(default))
    if not re.fullmatch(r"\d{1,9}", text):
        raise Wrong(name, "Enter a number.")
    return int(text)

"""A page of a genre's tracks, as API and website both show it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from django.db.models import QuerySet

from sandbox import clock, hostile, switches, weeks
from sandbox.genres import genres
from sandbox.models import BeatportTrack

LONGEST_RANGE = timedelta(days=400)
ORDERS = ("publish_date", "-publish_date", "id", "-id")
WITHOUT_END = 1_000_000
TEN = 10

_requests = count(1)


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
    count: int | None
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
        per_page=_per_page(query, per_page),
        order_by=order_by,
    )


def page(asked: Asked) -> Page:
    weeks.ensure(asked.genre_id, asked.first, asked.last)
    found = BeatportTrack.objects.filter(
        genre_id=asked.genre_id, published_on__range=(asked.first, asked.last)
    ).exclude(id__in=switches.get("unlisted"))
    total = found.count()
    pages = -(-total // asked.per_page)
    rows = _rows(_ordered(found, asked), asked, pages)
    if switches.get("endless_pages"):
        return Page(rows=rows, count=WITHOUT_END * asked.per_page, pages=WITHOUT_END)
    counted = total + switches.get("count_off_by")
    return Page(rows=rows, count=None if switches.get("count_is_missing") else counted, pages=pages)


def next_page(asked: Asked, page: Page) -> int | None:
    """The number of the next page; also one that is not there."""
    is_named = asked.page < page.pages or switches.get("bogus_next")
    return asked.page + 1 if is_named else None


def _per_page(query: dict[str, str], default: int) -> int:
    asked = max(1, min(100, number(query, "per_page", default)))
    return min(asked, TEN) if switches.get("ignores_per_page") else asked


def _ordered(found: QuerySet[BeatportTrack], asked: Asked) -> Sequence[BeatportTrack]:
    """All tracks in the order that this request sees."""
    field = asked.order_by.replace("publish_date", "published_on")
    ordered = found.order_by(field, _within_a_day(asked))
    if not switches.get("restless_order"):
        return ordered  # type: ignore[return-value]
    shuffled = list(ordered)
    Random(next(_requests)).shuffle(shuffled)
    shuffled.sort(key=lambda track: track.published_on, reverse=field.startswith("-"))
    return shuffled


def _body(track: BeatportTrack) -> str:
    changes = {}
    row = json.loads(track.body)
    if track.id in switches.get("taken_down"):
        changes["publish_status"] = "takedown"
    if track.id in switches.get("corrected"):
        changes["name"] = f"{row['name']} Corrected"
    return json.dumps(row | changes) if changes else track.body


def _rows(ordered: Sequence[BeatportTrack], asked: Asked, pages: int) -> list[str]:
    number = asked.page
    if switches.get("endless_pages"):
        number = (asked.page - 1) % max(1, pages) + 1
    start = (number - 1) * asked.per_page
    rows = [_body(track) for track in ordered[start : start + asked.per_page]]
    if switches.get("drifting_rows") and rows and start:
        rows[0] = _body(ordered[start - 1])
    if switches.get("hostile_rows") and number == 1:
        rows = hostile.spoil(rows)
    return rows


def _within_a_day(asked: Asked) -> str:
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

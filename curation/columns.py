"""The columns of a week's list, and how it is sorted by them: `bpm` in the address, or `-bpm`."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Length, Lower, NullIf

from catalog.models import SpotifyMatch, TrackArtist
from curation.models import CurationTrackQuerySet

State = SpotifyMatch.State

FIRST_ARTIST = Subquery(
    TrackArtist.objects.filter(track=OuterRef("track"), role=TrackArtist.Role.ARTIST)
    .order_by("position", "pk")
    .values("artist__name")[:1]
)
KEY = NullIf("track__key", Value(""))  # 8A, 10A: the shorter one comes first
PLACE = Case(
    When(promoted_at__isnull=False, then=2),
    When(current_silver_playlist=None, then=0),
    When(current_silver_playlist__user_category__is_trash=True, then=3),
    default=1,
)
STATE = Case(
    When(track__match__state=State.MATCHED, then=0),
    When(track__match__state=State.OTHER_EDIT, then=1),
    When(track__match__state=State.REVIEW, then=2),
    When(track__match__state=State.NOT_FOUND, then=3),
    default=4,
)


@dataclass(frozen=True)
class Column:
    """`by` is what decides, the most important first; what has no value comes last both ways."""

    name: str
    by: tuple[Combinable, ...]
    words: str
    is_number: bool = False


COLUMNS = [
    Column("title", (Lower("track__title"), Lower("track__mix_name")), "Track"),
    Column("artist", (Lower(FIRST_ARTIST),), "Artists"),
    Column("bpm", (F("track__bpm"),), "BPM", is_number=True),
    Column("key", (Length(KEY), KEY), "Key"),
    Column("length", (F("track__length_ms"),), "Length", is_number=True),
    Column("label", (Lower("track__release__label__name"),), "Label"),
    Column("released", (F("track__published_on"),), "Released"),
    Column("place", (PLACE, F("current_silver_playlist__user_category__position")), "In"),
    Column("state", (STATE,), "Spotify"),
]
NAMED = {column.name: column for column in COLUMNS}


@dataclass(frozen=True)
class Head:
    """A column as the table shows it; pressed again and again it goes up, down, and out."""

    column: Column
    sort: str

    @property
    def direction(self) -> str:
        """As aria-sort says it; empty when another column decides."""
        return {self.column.name: "ascending", f"-{self.column.name}": "descending"}.get(
            self.sort, ""
        )

    @property
    def next(self) -> str | None:
        """What to ask for when it is pressed; None is the order of Bronze."""
        name = self.column.name
        return {"": name, "ascending": f"-{name}", "descending": None}[self.direction]


def heads(sort: str) -> list[Head]:
    return [Head(column, sort) for column in COLUMNS]


def known(sort: str) -> str:
    """The order asked for in an address; empty, the order of Bronze, for what is none."""
    return sort if sort.removeprefix("-") in NAMED and not sort.startswith("--") else ""


def in_order(found: CurationTrackQuerySet, sort: str) -> CurationTrackQuerySet:
    """What is equal keeps the order of Bronze."""
    column = NAMED.get(sort.removeprefix("-"))
    way = "desc" if sort.startswith("-") else "asc"
    by = [ordered(one, way) for one in column.by] if column else []
    return found.order_by(*by, "position", "pk")


def ordered(by: Combinable, way: str) -> Any:
    return getattr(by, way)(nulls_last=True)

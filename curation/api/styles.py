"""Styles, and the categories that a DJ sorts them into."""

from typing import Annotated, Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Field, Path, Router, Schema, Status
from pydantic import StrictInt, StrictStr

from accounts.models import User
from accounts.requests import DjRequest
from curation import categories
from curation.api.answers import READING, WRITING, Refusal
from curation.api.asked import Asked, Id
from curation.errors import Conflict, Invalid
from curation.models import Style as StyleRow
from curation.models import UserCategory

router = Router(tags=["Styles"])
Name = Annotated[StrictStr, Field(min_length=1, max_length=categories.NAME_LENGTH)]
Key = Annotated[StrictStr, Field(max_length=1)]
Place = Annotated[StrictInt, Field(ge=0, le=1000)]


class Genre(Schema):
    beatport_id: int
    name: str


class StyleName(Schema):
    id: int
    name: str
    slug: str


class Style(StyleName):
    genres: list[Genre]


class Category(Schema):
    """`position` counts from 0 in the row of keys, which Trash ends.

    `spotify_playlist_id` is the Golden playlist; null until its first track is on Spotify.
    Trash's `hotkey` is the one we propose; on the pages it lies where the DJ has put it.
    """

    id: int
    style_id: int
    name: str
    is_trash: bool
    hotkey: str
    position: int
    spotify_playlist_id: str | None


class NewCategory(Asked):
    """Without `hotkey` it gets the next free one."""

    name: Name
    hotkey: Key = ""


class ChangedCategory(Asked):
    """What is left out stays. An empty `hotkey` takes the category off its key."""

    name: Name | None = None
    hotkey: Key | None = None
    position: Place | None = None


@router.get("/styles", response={200: list[Style], frozenset({401}): Refusal})
def list_styles(request: DjRequest) -> QuerySet[StyleRow]:
    return StyleRow.objects.active().prefetch_related("genres")


@router.get("/styles/{int:style_id}/categories", response={200: list[Category], READING: Refusal})
def list_categories(request: DjRequest, style_id: Path[Id]) -> Any:
    """Yours, in the order of the keys, Trash last. Empty before you have added one."""
    return of_style(request.user, get_object_or_404(StyleRow, pk=style_id))


@router.post("/styles/{int:style_id}/categories", response={201: Category, WRITING: Refusal})
def add_category(request: DjRequest, style_id: Path[Id], asked: NewCategory) -> Status[Category]:
    """At once also a key in your open weeks of the style."""
    style = get_object_or_404(StyleRow, pk=style_id)
    made = categories.add_category(user=request.user, style=style, **asked.model_dump())
    return Status(201, answer(made))


@router.patch("/categories/{int:category_id}", response={200: Category, WRITING: Refusal})
def change_category(request: DjRequest, category_id: Path[Id], asked: ChangedCategory) -> Category:
    category = own(request, category_id)
    return answer(categories.change_category(category, **asked.model_dump(exclude_none=True)))


@router.delete("/categories/{int:category_id}", response={204: None, WRITING: Refusal})
def remove_category(request: DjRequest, category_id: Path[Id]) -> Status[None]:
    """Only what was never used. 409 says why it stays."""
    try:
        categories.remove_category(own(request, category_id))
    except Invalid as refusal:  # on the page a field, here what stands in the way
        raise Conflict(refusal.message) from refusal
    return Status(204, None)


def own(request: DjRequest, pk: int) -> UserCategory:
    offered = request.user.categories.filter(archived_at=None)
    return get_object_or_404(offered.select_related("user", "style"), pk=pk)


def answer(category: UserCategory) -> Category:
    row = of_style(category.user, category.style)
    return next(one for one in row if one.id == category.pk)


def of_style(user: User, style: StyleRow) -> list[Category]:
    offered = categories.all_of(user, style).filter(archived_at=None)
    rows = offered.select_related("golden_playlist")
    in_order = rows.order_by("is_trash", "position", "pk")
    return [described(row, place) for place, row in enumerate(in_order)]


def described(row: UserCategory, position: int) -> Category:
    return Category(
        id=row.pk,
        style_id=row.style_id,
        name=row.name,
        is_trash=row.is_trash,
        hotkey=row.hotkey,
        position=position,
        spotify_playlist_id=row.spotify_playlist_id,
    )

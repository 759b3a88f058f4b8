"""The categories a DJ sorts into, and the keys they lie on."""

import string
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.text import normalize_newlines

from accounts.models import User
from curation import hotkeys, mirror
from curation.errors import Invalid
from curation.models import (
    CurationPeriod,
    Merge,
    MirroredPlaylist,
    Move,
    PeriodPlaylist,
    Style,
    UserCategory,
)

TRASH_NAME = "Trash"
TRASH_KEY = "0"
CATEGORY_KEYS = [*"123456789", *string.ascii_uppercase]
SUGGESTED_NAMES = ["Warm Up", "Groove", "Peak Time", "Closing"]
NAME_LENGTH = 60


def all_of(user: User, style: Style) -> QuerySet[UserCategory]:
    """The DJ's categories of a style, Trash and archived ones too."""
    return user.categories.filter(style=style)


def of_style(user: User, style: Style) -> list[UserCategory]:
    """In the order of the keys, Trash last; none archived."""
    offered = all_of(user, style).filter(archived_at=None)
    return list(offered.order_by("is_trash", "position", "pk"))


def archived(user: User, style: Style) -> QuerySet[UserCategory]:
    """No longer offered. `can_part` is set for those whose merge may be undone."""
    made = Merge.objects.filter(source=OuterRef("pk"), into=OuterRef("merged_into"), undone_at=None)
    found = all_of(user, style).filter(archived_at__isnull=False).annotate(can_part=Exists(made))
    return found.select_related("merged_into").order_by("position", "pk")


@transaction.atomic
def create_first(*, user: User, style: Style, names: Iterable[str]) -> list[UserCategory]:
    """The DJ's first categories of a style, with Trash. Does nothing to those that exist."""
    wait_for_turn(user)
    ensure_trash(user, style)
    known = names_of(user, style)
    for name in names:
        if name.strip() and name.strip().casefold() not in known:
            known.add(add_category(user=user, style=style, name=name).name.casefold())
    return of_style(user, style)


@transaction.atomic
def ensure_trash(user: User, style: Style) -> UserCategory:
    trash, _ = UserCategory.objects.get_or_create(
        user=user,
        style=style,
        is_trash=True,
        defaults={"name": TRASH_NAME, "hotkey": TRASH_KEY},
    )
    return trash


@transaction.atomic
def copy_from(*, user: User, source: Style, style: Style) -> list[UserCategory]:
    """The DJ's categories of another style, names and keys, for this one as well."""
    wait_for_turn(user)
    ensure_trash(user, style)
    taken = names_of(user, style)
    for original in of_style(user, source):
        if original.name.casefold() not in taken and not original.is_trash:
            is_free = original.hotkey in free_keys(user, style)
            key = original.hotkey if is_free else ""
            add_category(user=user, style=style, name=original.name, hotkey=key)
    return of_style(user, style)


@transaction.atomic
def add_category(*, user: User, style: Style, name: str, hotkey: str = "") -> UserCategory:
    """A new category, at once also a key in the DJ's open weeks of the style.

    Without a key it gets the next free one. Raises Invalid for a name that is empty, too long or
    taken, and for a key that is taken or none.
    """
    wait_for_turn(user)
    ensure_trash(user, style)
    hotkey = hotkey.upper() or next(iter(free_keys(user, style)), "")
    category = UserCategory(
        user=user,
        style=style,
        name=checked_name(user, style, name),
        hotkey=hotkey and checked_key(user, style, hotkey),
        position=next_position(user, style),
    )
    category.save()
    mirror.prepare_category(category)
    join_open_weeks(category)
    return category


def join_open_weeks(category: UserCategory) -> None:
    weeks = CurationPeriod.objects.filter(user=category.user, style=category.style)
    for period in weeks.exclude(status=CurationPeriod.Status.CLOSED):
        prepare_playlists(period)


@transaction.atomic
def change_category(
    category: UserCategory,
    *,
    name: str | None = None,
    hotkey: str | None = None,
    position: int | None = None,
) -> UserCategory:
    """Renames a category, moves it to another key or place. Trash keeps all three.

    Raises Invalid for a name or key that cannot be used.
    """
    wait_for_turn(category.user)
    category.refresh_from_db()
    if category.is_trash:
        raise Invalid("name", "Trash keeps its name, its key and its place.")
    if category.archived_at:
        raise Invalid("name", f"{category.name} is archived. Bring it back first.")
    if name is not None:
        rename(category, name)
    if hotkey is not None:
        put_on_key(category, hotkey.upper())
    if position is not None:
        place_category(category, at=position)
    return category


def rename(category: UserCategory, name: str) -> None:
    name = checked_name(category.user, category.style, name, besides=category)
    if name != category.name:
        category.name = name
        category.save(update_fields=["name"])
        mirror.mark_renamed(category)


def put_on_key(category: UserCategory, key: str) -> None:
    if key:
        key = checked_key(category.user, category.style, key, besides=category)
    category.hotkey = key
    category.save(update_fields=["hotkey"])


@transaction.atomic
def remove_category(category: UserCategory) -> None:
    """Removes a category that was never used. Raises Invalid when it was, or for Trash."""
    if category.is_trash:
        raise Invalid("name", "Trash belongs to every style.")
    kept = category.golden_tracks.count()
    sorted_in = PeriodPlaylist.objects.filter(user_category=category, tracks__isnull=False)
    if kept or sorted_in.exists():
        raise Invalid("name", f"{category.name} still holds tracks. Move them first.")
    if logged_moves(category).exists():
        raise Invalid(
            "name", f"{category.name} is in the history of your weeks. Archive it instead."
        )
    if playlists_in_spotify(category).exists():
        raise Invalid("name", f"{category.name} has a playlist in Spotify. Archive it instead.")
    if category.merged.exists():
        raise Invalid("name", f"Another category became {category.name}. Archive it instead.")
    category.period_playlists.all().delete()
    category.delete()


@transaction.atomic
def archive(category: UserCategory) -> None:
    """No longer for new weeks; its key is free. Golden stays, and what open weeks hold of it."""
    wait_for_turn(category.user)
    category.refresh_from_db()
    if category.is_trash:
        raise Invalid("name", "Trash belongs to every style.")
    if category.archived_at is None:
        category.archived_at = timezone.now()
        category.hotkey = ""
        category.save(update_fields=["archived_at", "hotkey"])


@transaction.atomic
def bring_back(category: UserCategory) -> None:
    """An archived category is offered again, on the next free key and last in the row."""
    user, style = category.user, category.style
    wait_for_turn(user)
    category.refresh_from_db()
    if category.archived_at is None:
        return
    category.archived_at = None
    category.merged_into = None
    category.hotkey = next(iter(free_keys(user, style)), "")
    category.position = next_position(user, style)
    category.save()
    join_open_weeks(category)
    mirror.mark_renamed(category)


@transaction.atomic
def move_category(category: UserCategory, *, by: int) -> None:
    """Moves a category up (-1) or down (+1) in the row of keys; its key stays its own."""
    row = row_of_keys(category)
    if category in row:
        place_category(category, at=max(0, row.index(category) + by))


def place_category(category: UserCategory, *, at: int) -> None:
    """The place in the row of keys, from 0; beyond the last it is the last."""
    row = [one for one in row_of_keys(category) if one != category]
    row.insert(at, category)
    for position, one in enumerate(row):
        one.position = position
    UserCategory.objects.bulk_update(row, ["position"])


def row_of_keys(category: UserCategory) -> list[UserCategory]:
    return [one for one in of_style(category.user, category.style) if not one.is_trash]


def wait_for_turn(user: User) -> None:
    """Of two clicks at once the second one sees what the first one has made."""
    User.objects.filter(pk=user.pk).update(username=F("username"))


def logged_moves(category: UserCategory) -> QuerySet[Move]:
    return Move.objects.filter(
        Q(from_playlist__user_category=category) | Q(to_playlist__user_category=category)
    )


def playlists_in_spotify(category: UserCategory) -> QuerySet[MirroredPlaylist]:
    named_after = Q(user_category=category) | Q(period_playlist__user_category=category)
    return MirroredPlaylist.objects.filter(named_after, spotify_id__isnull=False)


def prepare_playlists(period: CurationPeriod) -> None:
    """One Silver playlist for each category the DJ has now."""
    PeriodPlaylist.objects.bulk_create(
        [
            PeriodPlaylist(curation_period=period, user_category=category)
            for category in of_style(period.user, period.style)
        ],
        ignore_conflicts=True,
    )
    mirror.prepare(period)


def keys_taken(user: User, style: Style) -> set[str]:
    return set(all_of(user, style).exclude(hotkey="").values_list("hotkey", flat=True))


def free_keys(user: User, style: Style) -> list[str]:
    """Those on which neither a category of the style lies nor an action of the desk."""
    taken = keys_taken(user, style) | hotkeys.beside_categories(user.preferences).keys()
    return [key for key in CATEGORY_KEYS if key not in taken]


def next_position(user: User, style: Style) -> int:
    highest = all_of(user, style).aggregate(highest=Max("position"))["highest"]
    return 0 if highest is None else highest + 1


def names_of(user: User, style: Style) -> set[str]:
    return {name.casefold() for name in all_of(user, style).values_list("name", flat=True)}


def all_but(one: UserCategory | None, user: User, style: Style) -> QuerySet[UserCategory]:
    found = all_of(user, style)
    return found.exclude(pk=one.pk) if one else found


def checked_name(
    user: User, style: Style, name: str, *, besides: UserCategory | None = None
) -> str:
    name = " ".join(normalize_newlines(name).replace("\x00", "").split())
    if not name:
        raise Invalid("name", "Give the category a name.")
    if len(name) > NAME_LENGTH:
        raise Invalid("name", f"A name has at most {NAME_LENGTH} characters.")
    named = {other.name.casefold(): other for other in all_but(besides, user, style)}
    if other := named.get(name.casefold()):
        if other.archived_at:
            raise Invalid("name", f"{other.name} is archived. Bring it back instead.")
        raise Invalid("name", f"{name} exists already.")
    return name


def checked_key(user: User, style: Style, key: str, *, besides: UserCategory | None = None) -> str:
    free = ", ".join(free_keys(user, style)[:6]) or "none"
    if action := hotkeys.beside_categories(user.preferences).get(key):
        raise Invalid("hotkey", f"{key} is {action.does} on the desk. Free: {free}.")
    if key not in CATEGORY_KEYS:
        raise Invalid("hotkey", f"{key} cannot be the key of a category. Free: {free}.")
    if owner := all_but(besides, user, style).filter(hotkey=key).first():
        raise Invalid("hotkey", f"{key} already files to {owner.name}. Free: {free}.")
    return key

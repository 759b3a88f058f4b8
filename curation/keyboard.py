"""A keyboard as it is drawn: what each key does on a page, and which ones are free."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from curation.hotkeys import DESK, FILING, GROUPS, MATCHES, SHIFT, Action
from curation.models import UserCategory

ROWS = [
    [*"1234567890-="],
    [*"QWERTYUIOP[]"],
    [*"ASDFGHJKL;'#"],
    [*"ZXCVBNM,./?+"],
    [SHIFT, "Home", "←", "Space", "→", "↑", "↓", "End"],
]


@dataclass(frozen=True)
class Key:
    """`kind` is what its colour says: category, sound, walking or other. A free key has none."""

    legend: str
    does: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Board:
    page: str
    rows: list[list[Key]]


def boards(keys: Mapping[str, str], categories: Iterable[UserCategory]) -> list[Board]:
    """By the key of each action. A key may stand for a category in each style of the DJ."""
    names: dict[str, list[str]] = defaultdict(list)
    for category in categories:
        if category.name not in names[category.hotkey]:
            names[category.hotkey].append(category.name)
    filing = {key: Key(key, " / ".join(found), "category") for key, found in names.items()}
    return [
        drawn("On the desk", used(keys, DESK) | filing),
        drawn("In Matches", used(keys, MATCHES)),
    ]


def used(keys: Mapping[str, str], page: frozenset[str]) -> dict[str, Key]:
    return {
        key: Key(key, action.does, kind_of(action, title))
        for title, _, actions in GROUPS
        for action in actions
        if action.pages & page and (key := keys[action.name])
    }


def kind_of(action: Action, title: str) -> str:
    if action.pages == FILING:
        return "category"
    return {"Sound": "sound", "Walking and undo": "walking"}.get(title, "other")


def drawn(page: str, used: Mapping[str, Key]) -> Board:
    return Board(page, [[used.get(key, Key(key)) for key in row] for row in ROWS])

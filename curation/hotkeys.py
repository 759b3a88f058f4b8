"""What the pages do at a key: as we propose it, and as a DJ has set it.

A key is written as its cap shows it: A, 5, ?, ←, Space. An empty text is no key.
"""

import string
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Preferences
from ingestion.candidates import MOST_KEPT

SHIFT = "⇧"
LETTERS = string.ascii_uppercase
NAMED = ["Space", "←", "→", "↑", "↓", "Home", "End"]
KEYS = [*LETTERS, *string.digits, *NAMED, *"?,.;-/'[]=+#"]
SPELLINGS = {
    " ": "Space",
    "space": "Space",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "home": "Home",
    "end": "End",
}


@dataclass(frozen=True)
class Action:
    """One thing that a key does. Where actions share a page, they share no key.

    `always` stands beside the key and cannot be changed.
    """

    name: str
    key: str
    does: str
    pages: frozenset[str]
    note: str = ""
    always: str = ""

    @property
    def is_modifier(self) -> bool:
        return self.key == SHIFT

    @property
    def choices(self) -> list[str]:
        return [SHIFT, ""] if self.is_modifier else [*KEYS, ""]

    @property
    def meets_categories(self) -> bool:
        return bool(self.pages & FILING)

    def meets(self, other: "Action") -> bool:
        return self is not other and bool(self.pages & other.pages)


DESK = frozenset({"desk"})
FILING = frozenset({"desk", "review"})  # where the keys of the categories are
MATCHES = frozenset({"matches"})
EVERYWHERE = frozenset({"desk", "matches", "review"})

JUMPS = [(f"jump_{percent}", percent) for percent in (0, 20, 40, 60, 80)]  # of the track
CANDIDATES = range(1, MOST_KEPT + 1)

GROUPS: list[tuple[str, str, list[Action]]] = [
    (
        "Sound",
        "On the desk, in Matches and in the review.",
        [
            Action("play", "Space", "Play, pause", EVERYWHERE),
            *(
                Action(name, key, f"Jump to {percent} %", EVERYWHERE)
                for key, (name, percent) in zip("QWERT", JUMPS, strict=True)
            ),
            Action("step_back", "←", "10 seconds back", EVERYWHERE),
            Action("step_on", "→", "10 seconds on", EVERYWHERE),
        ],
    ),
    (
        "Walking and undo",
        "The same wherever there is something to walk through or to undo.",
        [
            Action("next", "J", "Next", EVERYWHERE, note="without a decision"),
            Action("back", "K", "Back", EVERYWHERE, note="without a decision"),
            Action("undo", "Z", "Undo", EVERYWHERE, always="Ctrl+Z"),
            Action("help", "?", "All keys", EVERYWHERE, note="the keys of the page you are on"),
        ],
    ),
    (
        "Desk",
        "Beside the keys of your categories. Trash and Golden also in the review.",
        [
            Action("trash", "0", "Trash", FILING),
            Action("trash_too", "X", "Trash, second key", FILING),
            Action("golden", SHIFT, "Golden at once", FILING, note="with the key of a category"),
            Action("again", "S", "Same again", DESK, note="a recording that you met before"),
            Action("later", "L", "Later", DESK, note="keeps it in Bronze, at the end"),
            Action("wrong", "M", "Wrong version", DESK, note="sends the match to Matches"),
            Action("find", "/", "Order, filter, find", DESK),
        ],
    ),
    (
        "Matches",
        "The candidates stand from left to right.",
        [
            Action("none", "0", "Not on Spotify", MATCHES),
            Action("none_too", "X", "Not on Spotify, second key", MATCHES),
            *(
                Action(f"same_{number}", str(number), f"Candidate {number} is it", MATCHES)
                for number in CANDIDATES
            ),
            Action("edit", SHIFT, "It is another edit", MATCHES, note="with a candidate’s key"),
            *(
                Action(f"listen_{number}", key, f"Listen to candidate {number}", MATCHES)
                for key, number in zip("ASDFG", CANDIDATES, strict=True)
            ),
            Action("clip", "B", "Beatport’s clip", MATCHES),
            Action("next_side", "N", "To the next candidate", MATCHES),
            Action("paste", "P", "Paste a link", MATCHES),
        ],
    ),
]
ACTIONS = {action.name: action for _, _, actions in GROUPS for action in actions}


def of(preferences: Preferences, *, categories: Iterable[str] = ()) -> dict[str, str]:
    """The key of each action.

    A key of ours gives way to what the DJ has put there: another action, or a category whose
    keys are named.
    """
    own = set_by(preferences)
    filing = set(categories)
    found = dict(own)
    for action in ACTIONS.values():
        if action.name not in own:
            is_taken = action.key in taken_beside(action, own) or (
                action.meets_categories and action.key in filing
            )
            found[action.name] = "" if is_taken else action.key
    return found


def set_by(preferences: Preferences) -> dict[str, str]:
    """What the DJ has changed, as far as it can be used."""
    return {
        name: key
        for name, key in preferences.own_keys.items()
        if name in ACTIONS and key in ACTIONS[name].choices
    }


def taken_beside(action: Action, by_name: dict[str, str]) -> set[str]:
    """The keys that other actions on the same pages have."""
    return {key for name, key in by_name.items() if action.meets(ACTIONS[name])} - {SHIFT, ""}


def beside_categories(preferences: Preferences) -> dict[str, Action]:
    """The actions by their key where the keys of the categories are: those they cannot have."""
    found = of(preferences)
    return {
        found[action.name]: action
        for action in ACTIONS.values()
        if action.meets_categories and found[action.name] and not action.is_modifier
    }


def read(text: str) -> str:
    """A key as somebody writes it. Raises ValueError when it is none."""
    word = text.strip() or text[:1]
    key = SPELLINGS.get(word.casefold().removeprefix("arrow"), word)
    key = key.upper() if len(key) == 1 else key
    if key not in [*KEYS, ""]:
        raise ValueError(text)
    return key

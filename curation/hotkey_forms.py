"""The form on which a DJ sets the keys."""

from collections.abc import Iterator, Mapping
from itertools import combinations, groupby
from typing import Any

from django import forms
from django.db import transaction

from accounts.models import User
from curation import categories, hotkeys, keyboard
from curation.hotkeys import ACTIONS, GROUPS, SHIFT, Action
from curation.keyboard import Board
from curation.models import Style, UserCategory

NO_KEY = "“{}” cannot be a key here. Take a letter, a digit, a sign, Space or an arrow."


class KeyField(forms.CharField):
    """A key as somebody writes it; empty is none."""

    def __init__(self, action: Action) -> None:
        super().__init__(required=False, strip=False, label=action.does)

    def clean(self, value: str) -> str:
        text = super().clean(value)
        try:
            return hotkeys.read(text)
        except ValueError:
            raise forms.ValidationError(NO_KEY.format(text.strip()[:20])) from None


class ShiftField(forms.BooleanField):
    """Whether Shift does something beside a key."""

    def __init__(self, action: Action) -> None:
        super().__init__(required=False, label=action.does)

    def clean(self, value: object) -> str:
        return SHIFT if super().clean(value) else ""


class KeysForm(forms.Form):
    """One field for each action, named as it is, and the switch for all keys together."""

    keys_enabled = forms.BooleanField(required=False, label="Keys on")

    def __init__(self, user: User, data: Mapping[str, str] | None = None) -> None:
        self.user = user
        self.own = own_categories(user)
        taken = [category.hotkey for category in self.own]
        self.now = hotkeys.of(user.preferences, categories=taken)
        super().__init__(data, initial=self.now | {"keys_enabled": user.preferences.keys_enabled})
        for action in ACTIONS.values():
            field = ShiftField(action) if action.is_modifier else KeyField(action)
            self.fields[action.name] = field

    @classmethod
    def as_proposed(cls, user: User, *, keys_enabled: bool) -> "KeysForm":
        """With our keys in all fields."""
        ours = {action.name: action.key for action in ACTIONS.values()}
        return cls(user, ours | ({"keys_enabled": "on"} if keys_enabled else {}))

    def groups(self) -> Iterator[tuple[str, str, list[tuple[Action, forms.BoundField]]]]:
        for title, words, actions in GROUPS:
            yield title, words, [(action, self[action.name]) for action in actions]

    def styles(self) -> list[tuple[Style, list[UserCategory]]]:
        """The keys of the categories, which are set with their style."""
        return [(style, list(row)) for style, row in groupby(self.own, lambda one: one.style)]

    def boards(self) -> list[Board]:
        """The keys as they are, drawn; what is asked for is not there yet."""
        return keyboard.boards(self.now, self.own)

    def clean(self) -> dict[str, Any]:
        asked = {name: key for name, key in self.cleaned_data.items() if name in ACTIONS and key}
        for one, other in combinations([ACTIONS[name] for name in asked], 2):
            if asked[one.name] == asked[other.name] != SHIFT and one.meets(other):
                self.refuse(one, other, key=asked[one.name])
        owners = {category.hotkey: category for category in self.own}
        for name, key in asked.items():
            if ACTIONS[name].meets_categories and (owner := owners.get(key)):
                self.add_error(name, f"{key} is {owner.name} in {owner.style}.")
        return self.cleaned_data

    def refuse(self, one: Action, other: Action, *, key: str) -> None:
        """Says so beside what was changed; beside both if both were, or none."""
        changed = [action for action in (one, other) if self.now[action.name] != key]
        for action in changed or [one, other]:
            self.add_error(action.name, f"{key} is {(other if action is one else one).does}.")

    @transaction.atomic
    def save(self) -> bool:
        """False when something was refused: then nothing is written."""
        categories.wait_for_turn(self.user)
        self.own = own_categories(self.user)  # one may have been added meanwhile
        if not self.is_valid():
            return False
        said = self.cleaned_data
        preferences = self.user.preferences
        preferences.keys_enabled = said["keys_enabled"]
        preferences.own_keys = {
            name: said[name] for name, action in ACTIONS.items() if said[name] != action.key
        }
        preferences.save(update_fields=["keys_enabled", "own_keys"])
        return True


def own_categories(user: User) -> list[UserCategory]:
    """Those with a key, style by style. Trash lies on an action's."""
    with_keys = user.categories.filter(is_trash=False).exclude(hotkey="").select_related("style")
    return list(with_keys.order_by("style__position", "style__name", "position", "pk"))

"""Buttons that answer to keys. The page gives `hotkeys`: the key of each action."""

from collections.abc import Iterable

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from curation.hotkeys import ACTIONS, SHIFT

register = template.Library()


@register.simple_tag(takes_context=True)
def answers_to(context: Context, *actions: str, number: int | None = None) -> SafeString:
    """The attribute by which a button answers to the keys of these actions.

    With `number`: what they do to the candidate of that number.
    """
    names = named(actions, number)
    fixed = [ACTIONS[name].always for name in names if ACTIONS[name].always]
    return format_html('data-keys="{}"', " ".join(keys_of(context, names) + fixed))


@register.simple_tag(takes_context=True)
def cap(context: Context, *actions: str, number: int | None = None) -> SafeString | str:
    """The cap of the first of these actions that has a key."""
    return key_cap(next(iter(keys_of(context, named(actions, number))), ""))


@register.simple_tag
def key_cap(key: str) -> SafeString | str:
    return format_html('<kbd class="cap">{}</kbd>', key) if key else ""


@register.simple_tag(takes_context=True)
def shifted(context: Context, modifier: str, action: str, *, number: int) -> str:
    """The key of an action together with Shift, if both are switched on."""
    keys = keys_of(context, named([action], number))
    return f"{SHIFT}{keys[0]}" if keys and context["hotkeys"][modifier] else ""


def named(actions: Iterable[str], number: int | None) -> list[str]:
    if number is None:
        return list(actions)
    return [name for action in actions if (name := f"{action}_{number}") in ACTIONS]


def keys_of(context: Context, names: Iterable[str]) -> list[str]:
    return [key for name in names if (key := context["hotkeys"][name])]

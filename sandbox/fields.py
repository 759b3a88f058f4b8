"""Spotify's `fields` parameter: `snapshot_id,items.total` or `items(added_at,item(id,uri))`."""

from __future__ import annotations

import re
from typing import Any

Tree = dict[str, "Tree"]


def parse(text: str) -> Tree:
    """A tree of wanted names; an empty tree wants everything."""
    tokens = re.findall(r"[\w!]+|[(),.]", text)
    return _group(tokens)


def wants_rows(tree: Tree) -> bool:
    """Whether the rows of a playlist are asked for, not only their number."""
    if not tree:
        return True
    below = tree.get("items", tree.get("tracks"))
    return below is not None and (not below or "items" in below)


def pick(value: Any, tree: Tree) -> Any:
    if not tree or value is None:
        return value
    if isinstance(value, list):
        return [pick(entry, tree) for entry in value]
    if not isinstance(value, dict):
        return value
    return {name: pick(value[name], below) for name, below in tree.items() if name in value}


def _group(tokens: list[str]) -> Tree:
    """Read names up to the closing bracket."""
    tree: Tree = {}
    while tokens and (token := tokens.pop(0)) != ")":
        if token not in ",.(":
            tree.setdefault(token, {}).update(_below(tokens))
    return tree


def _below(tokens: list[str]) -> Tree:
    if tokens and tokens[0] == ".":
        tokens.pop(0)
        return {tokens.pop(0): _below(tokens)} if tokens else {}
    if tokens and tokens[0] == "(":
        tokens.pop(0)
        return _group(tokens)
    return {}

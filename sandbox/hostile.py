"""Rows no parser should trust."""

from __future__ import annotations

import json
from typing import Any


def spoil(rows: list[str]) -> list[str]:
    """The first rows of a page, each broken in a way of its own."""
    broken = [
        json.dumps(change(json.loads(row))) for change, row in zip(CHANGES, rows, strict=False)
    ]
    return broken + rows[len(broken) :]


def _nul_in_title(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"name": "Null\x00and Void"}


def _script_in_title(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"name": "</script><script>alert(1)</script>", "mix_name": '"><img src=x>'}


def _no_artists(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"artists": []}


def _no_release(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"release": None}


def _id_as_text(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"id": str(row["id"])}


def _no_id(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "id"}


def _wrong_date(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"publish_date": "2026-02-30", "new_release_date": ""}


def _endless_title(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"name": "la " * 4000}


def _numbers_as_text(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"bpm": "128", "length_ms": -5}


def _isrc_unlike_one(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"isrc": "not-an-isrc"}


CHANGES = (
    _nul_in_title,
    _script_in_title,
    _no_artists,
    _no_release,
    _id_as_text,
    _no_id,
    _wrong_date,
    _endless_title,
    _numbers_as_text,
    _isrc_unlike_one,
)

"""The sandbox's time: ours, moved by an offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_offset = timedelta(0)


def now() -> datetime:
    return datetime.now(UTC) + _offset


def set_offset(offset: timedelta) -> None:
    global _offset
    _offset = offset


def advance(by: timedelta) -> None:
    set_offset(_offset + by)


def set_now(moment: datetime) -> None:
    set_offset(moment - datetime.now(UTC))


def offset_seconds() -> float:
    return _offset.total_seconds()

"""How a value from outside becomes one that we store: one stated rule per kind of value."""

import math
import re
from datetime import date
from typing import Any

LARGEST_ID = 2**63 - 1
A_DAY_MS = 24 * 60 * 60 * 1000

# C0 and C1 controls but the white ones, zero-width marks, direction overrides, lone surrogates.
_NOT_FOR_READING = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_NOT_FOR_JSON = re.compile("[\x00\ud800-\udfff]")
_SLUG = re.compile(r"[\w-]*")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_CLOCK = re.compile(r"(?:([0-9]{1,2}):)?([0-9]{1,3}):([0-5][0-9])")


def text(value: Any, limit: int) -> str:
    """One line without control characters, cut at the limit. HTML stays text. Not a text: ''."""
    if not isinstance(value, str):
        return ""
    if len(value) <= limit and value.isprintable() and "  " not in value:
        return value.strip()
    readable = _NOT_FOR_READING.sub("", value[: limit * 4])
    return " ".join(readable.split())[:limit].rstrip()


def slug(value: Any, limit: int) -> str:
    """Letters, digits, hyphens and underscores, for it goes into addresses; '' for any other."""
    fits = isinstance(value, str) and len(value) <= limit
    return value if fits and _SLUG.fullmatch(value) else ""


def identifier(value: Any, largest: int = LARGEST_ID) -> int | None:
    """A positive whole number, also when written as digits. Never rounded, never cut."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return value if type(value) is int and 1 <= value <= largest else None


def whole_number(value: Any, lowest: int, highest: int) -> int | None:
    """Rounded; None for what is no number or lies outside of the bounds."""
    if isinstance(value, float) and math.isfinite(value):
        value = round(value)
    return value if type(value) is int and lowest <= value <= highest else None


def length_ms(milliseconds: Any, clock: Any) -> int | None:
    """The exact length or else the one on the clock ("3:57"); None when over a day or absurd."""
    return whole_number(milliseconds, 1, A_DAY_MS) or _clock_ms(clock)


def _clock_ms(clock: Any) -> int | None:
    found = _CLOCK.fullmatch(clock) if isinstance(clock, str) else None
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return whole_number((hours * 3600 + minutes * 60 + seconds) * 1000, 1, A_DAY_MS)


def day(value: Any) -> date | None:
    """The date at the start of an ISO date or timestamp, of 1900 to 2100."""
    if not isinstance(value, str):
        return None
    try:
        found = date.fromisoformat(value[:10])
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2100 else None


def isrc(value: Any) -> str:
    """Twelve characters without hyphens, or '' when it is no ISRC."""
    if not isinstance(value, str):
        return ""
    plain = value.replace("-", "").replace(" ", "").upper()
    return plain if _ISRC.fullmatch(plain) else ""


def address(value: Any, limit: int) -> str:
    """A web address, or ''. One that is too long is dropped: a cut address is another address."""
    plain = text(value, limit + 1)
    fits = len(plain) <= limit and " " not in plain
    return plain if fits and plain.startswith(("https://", "http://")) else ""


def camelot(number: Any, letter: Any) -> str:
    """A Camelot key such as "8A", or ''."""
    hour = whole_number(number, 1, 12)
    return f"{hour}{letter}" if hour and letter in ("A", "B") else ""


def storable(value: Any) -> Any:
    """A JSON value without the text that PostgreSQL refuses: NUL and lone surrogates."""
    if isinstance(value, str):
        return _NOT_FOR_JSON.sub("", value)
    if isinstance(value, dict):
        return {storable(name): storable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [storable(inner) for inner in value]
    return value

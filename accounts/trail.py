"""Whose work a line of the log belongs to: a request, a task, a call. Ids only, never names."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

NOTHING: dict[str, object] = {}
_noted: ContextVar[dict[str, object]] = ContextVar("trail", default=NOTHING)


def now() -> dict[str, object]:
    return _noted.get()


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """What is logged inside carries these, beside what was noted outside."""
    token = _noted.set(_noted.get() | facts)
    try:
        yield
    finally:
        _noted.reset(token)


def note(**facts: object) -> None:
    """Known only now, for the rest of what goes on."""
    _noted.set(_noted.get() | facts)

"""Spotify's limits: a rolling day for each bucket of endpoints, and a rolling half minute."""

from __future__ import annotations

import re
import threading
from collections import deque
from datetime import timedelta

from sandbox import clock

DAY = timedelta(hours=24).total_seconds()
WINDOW = 30.0
BUCKETS = ("search", "write", "read", "other")
DEFAULT_CAP = 10_000

caps: dict[str, int | None] = {}
_spent: dict[str, deque[float]] = {}
_recent: deque[float] = deque()
_lock = threading.Lock()


def bucket_of(method: str, path: str) -> str:
    if re.search(r"/v1/search$", path):
        return "search"
    if re.search(r"/v1/(me/playlists|playlists/|me/library)", path):
        return "read" if method == "GET" else "write"
    return "other"


def reset() -> None:
    with _lock:
        caps.clear()
        caps.update(dict.fromkeys(BUCKETS, DEFAULT_CAP), requests_per_30s=None)
        _spent.clear()
        _spent.update({bucket: deque() for bucket in BUCKETS})
        _recent.clear()


def spend(bucket: str) -> tuple[str, int] | None:
    """Count a request; or the refusal ("rate" or "quota") and the seconds to wait."""
    moment = clock.now().timestamp()
    with _lock:
        _drop_older(_recent, moment - WINDOW)
        per_window = caps["requests_per_30s"]
        if per_window is not None and len(_recent) >= per_window:
            return "rate", max(1, round(_recent[0] + WINDOW - moment)) if _recent else 30
        hits, cap = _spent[bucket], caps[bucket]
        _drop_older(hits, moment - DAY)
        if cap is not None and len(hits) >= cap:
            return "quota", max(1, round(hits[0] + DAY - moment)) if hits else round(DAY)
        hits.append(moment)
        _recent.append(moment)
    return None


def state() -> dict[str, object]:
    moment = clock.now().timestamp()
    with _lock:
        for hits in _spent.values():
            _drop_older(hits, moment - DAY)
        return {"caps": dict(caps), "spent": {name: len(hits) for name, hits in _spent.items()}}


def _drop_older(hits: deque[float], limit: float) -> None:
    while hits and hits[0] <= limit:
        hits.popleft()


reset()

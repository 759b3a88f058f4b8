"""The log of every request to the two outside services, in the order of their arrival."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from typing import Any
from urllib.parse import parse_qs

from django.http import HttpRequest

from sandbox import clock

Row = dict[str, Any]

SIDES = (
    ("spotify", re.compile(r"^/spotify/v1/")),
    ("accounts", re.compile(r"^/spotify-accounts/api/")),
    ("beatport", re.compile(r"^/beatport/(v4|genre|track|release)/")),
)
SECRET = re.compile("token|secret|code|verifier|password", re.IGNORECASE)

_rows: deque[Row] = deque(maxlen=50_000)
_lock = threading.Lock()
_last = 0


def side_of(path: str) -> str | None:
    return next((side for side, pattern in SIDES if pattern.match(path)), None)


def arrive(request: HttpRequest, side: str, bucket: str | None) -> Row:
    global _last
    with _lock:
        _last += 1
        row: Row = {
            "seq": _last,
            "at": clock.now().isoformat(timespec="milliseconds"),
            "side": side,
            "method": request.method,
            "path": request.path,
            "query": request.GET.dict(),
            "bucket": bucket,
            "user": None,
            "fault": None,
            "status": None,
            "done_at": None,
            "body": _body(request),
        }
        _rows.append(row)
    return row


def rows(*, side: str | None = None, since: int = 0) -> list[Row]:
    with _lock:
        return [r for r in _rows if r["seq"] > since and side in (None, r["side"])]


def clear() -> None:
    with _lock:
        _rows.clear()


def _body(request: HttpRequest) -> Any:
    text = request.body.decode(errors="replace")
    if not text:
        return None
    if "form" in request.headers.get("Content-Type", ""):
        return {k: _hidden(k, v[0]) for k, v in parse_qs(text).items()}
    try:
        return json.loads(text)
    except ValueError:
        return text[:2000]


def _hidden(name: str, value: str) -> str:
    return "…" if SECRET.search(name) and name != "code_challenge_method" else value

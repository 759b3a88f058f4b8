"""Trouble on request: rules that make the next matching requests go wrong."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse

from sandbox import journal, server

KINDS = (
    "status",
    "timeout_before",
    "timeout_after",
    "reset",
    "truncate",
    "cut",
    "drip",
    "html",
    "empty",
    "string_error",
    "retry_after",
    "quota",
    "delay",
)
LONG_MS = 30_000
DROPS = 20


@dataclass
class Rule:
    kind: str
    match: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    times: int | None = 1
    skip: int = 0
    after_apply: bool = False
    delay_ms: int | None = None
    id: int = 0
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"There is no fault called {self.kind}; there are {', '.join(KINDS)}.")
        for pattern in self.match.values():
            re.compile(pattern)

    def fits(self, request: HttpRequest) -> bool:
        seen = {
            "method": request.method or "",
            "path": request.path,
            "query": request.META.get("QUERY_STRING", ""),
            "body": request.body.decode(errors="replace"),
        }
        return all(re.search(pattern, seen[part]) for part, pattern in self.match.items())


_rules: list[Rule] = []
_lock = threading.Lock()
_last = 0


def add(values: dict[str, Any]) -> Rule:
    global _last
    rule = Rule(**values)
    with _lock:
        _last += 1
        rule.id = _last
        _rules.append(rule)
    return rule


def state() -> list[dict[str, Any]]:
    with _lock:
        return [asdict(rule) for rule in _rules]


def clear() -> None:
    with _lock:
        _rules.clear()


def take(request: HttpRequest) -> Rule | None:
    """The first rule that fits and is not used up, counted as used."""
    with _lock:
        for rule in _rules:
            if rule.times is not None and rule.hits >= rule.times:
                continue
            if rule.fits(request):
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                rule.hits += 1
                return rule
    return None


def answer(rule: Rule, request: HttpRequest, handle: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer the rule spoils; `handle` does what was really asked."""
    delay = (LONG_MS if rule.delay_ms is None else rule.delay_ms) / 1000
    if rule.kind in ("delay", "timeout_after"):
        if rule.kind == "delay":
            time.sleep(delay)
            return handle()
        response = handle()
        time.sleep(delay)
        return response
    if rule.kind == "timeout_before":
        time.sleep(delay)
        return _spoiled(JsonResponse(_error(504, "Gateway timeout"), status=504))
    if rule.kind == "truncate":
        return _truncated(request, handle())
    if rule.kind == "cut":
        return _spoiled(_part(handle(), 0.5))
    if rule.kind == "drip":
        return _dripping(handle(), delay)
    if rule.after_apply:
        handle()
    if rule.delay_ms:
        time.sleep(delay)
    if rule.kind == "reset":
        server.reset(request)
    response = _made_up(rule, request)
    for name, value in rule.headers.items():
        response[name] = value
    return _spoiled(response)


def _made_up(rule: Rule, request: HttpRequest) -> HttpResponse:
    status = rule.status
    if rule.kind == "html":
        page = "<!doctype html><title>502</title><h1>Bad gateway</h1>"
        return HttpResponse(rule.body or page, status=status or 502)
    if rule.kind in ("empty", "reset"):
        return HttpResponse(b"", status=status or 200, content_type="application/json")
    if rule.kind == "string_error":
        return JsonResponse({"error": rule.body or "Service unavailable"}, status=status or 503)
    if rule.kind == "retry_after":
        response = JsonResponse(_error(429, "API rate limit exceeded"), status=429)
        response["Retry-After"] = "5"
        return response
    if rule.kind == "quota":
        body = _error(429, "Too many requests")
        body["error"]["reason"] = "QUOTA_EXCEEDED"
        response = JsonResponse(body, status=429)
        response["Retry-After"] = "48925"
        return response
    body = rule.body
    if body is None and journal.side_of(request.path) == "beatport":
        body = {"detail": "Server error"}
    elif body is None:
        body = _error(status or 500, "Server error")
    if isinstance(body, str):
        return HttpResponse(_bytes(body, rule), status=status or 500, content_type="text/plain")
    return JsonResponse(body, status=status or 500, safe=False)


def _bytes(text: str, rule: Rule) -> bytes:
    """As they are meant: a half character of U+DC80 to U+DCFF stands for a byte."""
    plain = text.encode(errors="surrogateescape")
    return gzip.compress(plain) if rule.headers.get("Content-Encoding") == "gzip" else plain


def _error(status: int, message: str) -> dict[str, Any]:
    return {"error": {"status": status, "message": message}}


def _truncated(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Half of what was promised."""
    server.end_after_answer(request)
    cut = _part(response, 0.5)
    cut["Content-Length"] = str(max(2, len(response.content)))
    return _spoiled(cut)


def _part(response: HttpResponse, share: float) -> HttpResponse:
    """The beginning of an answer, as if that were all."""
    end = int(len(response.content) * share)
    part = HttpResponse(response.content[:end], status=response.status_code)
    part["Content-Type"] = response["Content-Type"]
    return part


def _dripping(response: HttpResponse, seconds: float) -> Any:
    """The right answer, drop by drop."""

    def drops() -> Iterator[bytes]:
        size = max(1, len(response.content) // DROPS)
        for start in range(0, len(response.content), size):
            time.sleep(seconds / DROPS)
            yield response.content[start : start + size]

    answer = StreamingHttpResponse(drops(), status=response.status_code)
    answer["Content-Type"] = response["Content-Type"]
    answer["Content-Length"] = str(len(response.content))
    return _spoiled(answer)


def _spoiled(response: Any) -> Any:
    response.is_spoiled = True
    return response

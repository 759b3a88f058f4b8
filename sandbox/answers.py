"""JSON out, with our own address in it; refusals; one view per method."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from sandbox.beatport_rows import ORIGIN

View = Callable[..., HttpResponse]


class Refusal(Exception):
    """What Spotify says no with."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        reason: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.reason = status, message, reason
        self.headers = headers or {}

    def response(self) -> HttpResponse:
        error: dict[str, Any] = {"status": self.status, "message": self.message}
        if self.reason:
            error["reason"] = self.reason
        body = json.dumps({"error": error})
        return HttpResponse(
            body, status=self.status, content_type="application/json", headers=self.headers
        )


def origin(request: HttpRequest) -> str:
    return f"http://{request.get_host()}"


def with_origin(request: HttpRequest, text: str) -> str:
    return text.replace(ORIGIN, origin(request))


def answer(request: HttpRequest, body: Any, status: int = 200) -> HttpResponse:
    text = with_origin(request, json.dumps(body, ensure_ascii=False))
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")


def by_method(**views: View) -> View:
    def view(request: HttpRequest, **names: str) -> HttpResponse:
        chosen = views.get(request.method or "")
        if chosen is None:
            return Refusal(405, "Method not allowed").response()
        return chosen(request, **names)

    return view

"""Every request to the two services passes here: logged, spoiled when asked, checked."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sandbox import clock, faults, journal, openapi, quota

Handler = Callable[[HttpRequest], HttpResponse]


class Exchange:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        side = journal.side_of(request.path)
        if side is None:
            return self.get_response(request)
        bucket = quota.bucket_of(request.method or "", request.path) if side == "spotify" else None
        row = journal.arrive(request, side, bucket)
        request.journal_row = row  # type: ignore[attr-defined]
        response = self._answer(request, row)
        row["status"] = None if row["fault"] == "reset" else response.status_code
        row["done_at"] = clock.now().isoformat(timespec="milliseconds")
        if side == "spotify" and not getattr(response, "is_spoiled", False):
            openapi.check(request, response, row)
        return response

    def _answer(self, request: HttpRequest, row: journal.Row) -> HttpResponse:
        rule = faults.take(request)
        if rule is None:
            return self.get_response(request)
        row["fault"] = rule.kind
        return faults.answer(rule, request, lambda: self.get_response(request))

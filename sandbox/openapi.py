"""Checks what we answer against Spotify's own schema, when one is given (`--openapi`)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sandbox.openapi_schema import Operation, Schema

# Where the schema is known to be behind Spotify: what is excused, and why.
KNOWN_GAPS = {
    "reason": "errors carry a `reason` since July 2026; the schema is of May",
    "null item": "a playlist row's item can be null; the schema forgot to say so",
    "local file": "a local file has no id",
    "fields": "with `fields` an answer lacks what was not asked for",
    "discriminator": "its `type` names schemas that the file does not have, so it is left out",
    "bare error": "for /me/library the schema draws the 400 without its envelope",
}
MOST_KEPT = 1000

violations: list[dict[str, Any]] = []


def is_enabled() -> bool:
    return bool(settings.OPENAPI)


@cache
def schema() -> Schema:
    return Schema(Path(settings.OPENAPI))


def check(request: HttpRequest, response: HttpResponse, row: dict[str, Any]) -> None:
    if not is_enabled():
        return
    operation = schema().operation(request.method or "", request.path.partition("/spotify/v1")[2])
    if response.status_code >= 400:
        problems = _error_problems(response)
    elif operation is None:
        problems = ["not in the schema"]
    else:
        problems = _response_problems(operation, request, response)
        problems += _request_problems(operation, request)
    for problem in problems[: MOST_KEPT - len(violations)]:
        facts = {name: row[name] for name in ("seq", "method", "path", "query", "status")}
        violations.append(facts | {"problem": problem})


def _response_problems(
    operation: Operation, request: HttpRequest, response: HttpResponse
) -> list[str]:
    declared = operation.response(response.status_code)
    if declared is None:
        return [f"status {response.status_code} is not declared"]
    if not declared:
        return ["a body where none is declared"] if response.content else []
    body = json.loads(response.content)
    ignored = {"required"} if "fields" in request.GET else set()
    return schema().problems(declared, _without_gaps(body), ignored=ignored)


def _error_problems(response: HttpResponse) -> list[str]:
    """Errors are alike everywhere, declared or not, in the schema or gone from it."""
    profile = schema().operation("GET", "/me")
    declared = profile.response(401) if profile else None
    body = json.loads(response.content)
    if isinstance(body.get("error"), dict):
        body["error"].pop("reason", None)
    return schema().problems(declared, body)


def _request_problems(operation: Operation, request: HttpRequest) -> list[str]:
    """What was accepted must have been a valid question, too."""
    problems = [
        f"query parameter {name} is not declared"
        for name in request.GET
        if name not in operation.parameters
    ]
    for name, value in request.GET.dict().items():
        if declared := operation.parameters.get(name):
            problems += schema().text_problems(declared, name, value)
    if request.body:
        if operation.body is None:
            return [*problems, "a request body where none is declared"]
        problems += schema().problems(operation.body, json.loads(request.body))
    return problems


def _without_gaps(body: Any) -> Any:
    for row in _rows(body):
        for key in {"item", "track"} & set(row):
            if row[key] is None:
                del row[key]
            elif row.get("is_local") and row[key].get("id", "") is None:
                del row[key]["id"]
    return body


def _rows(body: Any) -> list[dict[str, Any]]:
    """A playlist's rows, in the playlist or on their own."""
    rows = body.get("items", []) if isinstance(body, dict) else []
    rows = rows.get("items", []) if isinstance(rows, dict) else rows
    return [row for row in rows if isinstance(row, dict)]

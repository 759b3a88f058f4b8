"""What a request's JSON body must be."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from sandbox.answers import Refusal

Body = dict[str, Any]


def read(request: HttpRequest) -> Body:
    try:
        body = json.loads(request.body or b"null")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "Error parsing JSON.")
    return body


def text(body: Body, name: str, default: str) -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise Refusal(400, f"Invalid field: {name}")
    return value


def flag(body: Body, name: str, default: bool) -> bool:
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise Refusal(400, f"Invalid field: {name}")
    return value


def number(body: Body, name: str, default: int | None = None) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal(400, f"Invalid field: {name}")
    return value

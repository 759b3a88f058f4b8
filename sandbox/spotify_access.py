"""Who calls the Web API, what he may, and whether anything is left of the day's quota."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.http import HttpRequest, HttpResponse

from sandbox import clock, quota
from sandbox.answers import Refusal, View
from sandbox.models import AccessToken, Listener


@dataclass(frozen=True)
class Caller:
    listener: Listener | None
    scopes: frozenset[str]

    @property
    def user(self) -> Listener:
        if self.listener is None:
            raise Refusal(401, "Valid user authentication required")
        return self.listener

    def need(self, scope: str) -> None:
        if scope not in self.scopes:
            raise Refusal(403, "Insufficient client scope")


def endpoint(view: Callable[..., HttpResponse]) -> View:
    """The view gets the caller; its refusals become Spotify's error bodies."""

    @wraps(view)
    def checked(request: HttpRequest, **names: str) -> HttpResponse:
        try:
            caller = _caller(request)
            _spend(request)
            return view(request, caller, **names)
        except Refusal as refusal:
            return refusal.response()

    return checked


def whole_number(request: HttpRequest, name: str, default: int, *, low: int = 0, high: int) -> int:
    text = request.GET.get(name, str(default))
    if not re.fullmatch(r"-?\d{1,9}", text) or not low <= int(text) <= high:
        raise Refusal(400, f"Invalid {name}")
    return int(text)


def _caller(request: HttpRequest) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal(401, "No token provided")
    access = (
        AccessToken.objects.select_related("consent__listener").filter(token=token.strip()).first()
    )
    if access is None:
        raise Refusal(401, "Invalid access token")
    consent = access.consent
    if access.expires_at <= clock.now() or (consent and consent.is_revoked):
        raise Refusal(401, "The access token expired")
    if consent is None:
        return Caller(None, frozenset())
    listener = consent.listener
    request.journal_row["user"] = listener.id  # type: ignore[attr-defined]
    if not listener.is_allow_listed or not listener.has_premium:
        raise Refusal(403, "Forbidden")
    return Caller(listener, frozenset(consent.scopes.split()) - set(listener.withheld_scopes))


def _spend(request: HttpRequest) -> None:
    refused = quota.spend(request.journal_row["bucket"])  # type: ignore[attr-defined]
    if refused is None:
        return
    kind, seconds = refused
    headers = {"Retry-After": str(seconds)}
    if kind == "rate":
        raise Refusal(429, "API rate limit exceeded", headers=headers)
    raise Refusal(429, "Too many requests", reason="QUOTA_EXCEEDED", headers=headers)

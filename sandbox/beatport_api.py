"""Beatport's API v4, with the traps of its envelope."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse

from sandbox import beatport_lists, clock, switches, weeks
from sandbox.answers import View, with_origin
from sandbox.genres import genres
from sandbox.models import BeatportRelease, BeatportToken, BeatportTrack
from sandbox.store import writing

ACCESS_TOKEN = "sandbox-beatport-access"
REFRESH_TOKEN = "sandbox-beatport-refresh"
CLIENT_ID = "sandbox-beatport-client"
CLIENT_SECRET = "sandbox-beatport-secret"
CODE = "sandbox-beatport-code"
ACCESS_LIFE = timedelta(seconds=36_000)


def signed_in(view: Callable[..., HttpResponse]) -> View:
    @wraps(view)
    def checked(request: HttpRequest, **names: str) -> HttpResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not _is_good(token.strip()):
            return _detail("Authentication credentials were not provided.", 401)
        return view(request, **names)

    return checked


@signed_in
def tracks(request: HttpRequest) -> HttpResponse:
    try:
        asked = beatport_lists.parse(request.GET.dict(), per_page=10)
    except beatport_lists.Wrong as wrong:
        return JsonResponse({wrong.name: [wrong.sentence]}, status=400)
    page = beatport_lists.page(asked)
    if asked.page > max(1, page.pages):
        return _detail("Invalid page.", 404)
    text = _envelope(request, asked, page)
    return HttpResponse(with_origin(request, text), content_type="application/json")


@signed_in
def track(request: HttpRequest, track_id: str) -> HttpResponse:
    weeks.ensure_track(int(track_id))
    return _one(request, BeatportTrack.objects.filter(id=track_id).first())


@signed_in
def release(request: HttpRequest, release_id: str) -> HttpResponse:
    weeks.ensure_release(int(release_id))
    return _one(request, BeatportRelease.objects.filter(id=release_id).first())


@signed_in
def genre_list(request: HttpRequest) -> HttpResponse:
    rows = [
        {
            "id": genre.id,
            "name": genre.name,
            "slug": genre.slug,
            "enabled": True,
            "sub_genres": [
                {"id": int(number), "name": name} for number, name in genre.sub_genres.items()
            ],
        }
        for genre in genres().values()
    ]
    query = request.GET.dict()
    try:
        per_page = max(1, min(200, beatport_lists.number(query, "per_page", 10)))
        number = max(1, beatport_lists.number(query, "page", 1))
    except beatport_lists.Wrong as wrong:
        return JsonResponse({wrong.name: [wrong.sentence]}, status=400)
    shown = rows[(number - 1) * per_page : number * per_page]
    pages = -(-len(rows) // per_page)
    after = f"{request.get_host()}/beatport/v4/catalog/genres/?page={number + 1}"
    return JsonResponse(
        {
            "results": shown,
            "next": f"{after}&per_page={per_page}" if number < pages else None,
            "previous": None,
            "count": len(rows),
            "page": f"{number}/{pages}",
            "per_page": per_page,
        }
    )


def token(request: HttpRequest) -> HttpResponse:
    form = request.POST
    grant = form.get("grant_type")
    if grant == "refresh_token":
        good = _is_good(form.get("refresh_token", ""), kind="refresh")
        return _new_tokens(renews=True) if good else _oauth_error("invalid_grant")
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        return _oauth_error("invalid_client", 401)
    if grant == "client_credentials":
        return _new_tokens(renews=False)
    if grant == "authorization_code":
        good = form.get("code") == CODE
        return _new_tokens(renews=True) if good else _oauth_error("invalid_grant")
    return _oauth_error("unsupported_grant_type")


def _is_good(token: str, kind: str = "access") -> bool:
    if token == ACCESS_TOKEN and kind == "access":
        return not switches.get("beatport_access_expired")
    if token == REFRESH_TOKEN and kind == "refresh":
        return not switches.get("beatport_refresh_dead")
    return BeatportToken.objects.filter(token=token, kind=kind, expires_at__gt=clock.now()).exists()


def _new_tokens(*, renews: bool) -> HttpResponse:
    """Every other answer lacks a new refresh token."""
    access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    with writing():
        count = BeatportToken.objects.filter(kind="access").count()
        BeatportToken.objects.create(
            token=access, kind="access", expires_at=clock.now() + ACCESS_LIFE
        )
        BeatportToken.objects.create(
            token=refresh, kind="refresh", expires_at=clock.now() + timedelta(days=90)
        )
    body: dict[str, Any] = {
        "access_token": access,
        "expires_in": 36_000,
        "token_type": "Bearer",
        "scope": "app:docs user:dj",
    }
    if renews and count % 2 == 0:
        body["refresh_token"] = refresh
    return JsonResponse(body)


def _oauth_error(error: str, status: int = 400) -> HttpResponse:
    return JsonResponse({"error": error}, status=status)


def _detail(sentence: str, status: int) -> HttpResponse:
    return JsonResponse({"detail": sentence}, status=status)


def _one(request: HttpRequest, found: Any) -> HttpResponse:
    if found is None:
        return _detail("Not found.", 404)
    return HttpResponse(with_origin(request, found.body), content_type="application/json")


def _envelope(request: HttpRequest, asked: Any, page: Any) -> str:
    """The rows are JSON already."""
    base = f"{request.get_host()}/beatport/v4/catalog/tracks/?"

    def link(number: int) -> str:
        return base + urlencode(sorted((request.GET.dict() | {"page": str(number)}).items()))

    rest = {
        "next": link(asked.page + 1) if asked.page < page.pages else None,
        "previous": link(asked.page - 1) if asked.page > 1 else None,
        "count": page.count,
        "page": f"{asked.page}/{max(1, page.pages)}",
        "per_page": asked.per_page,
    }
    return f'{{"results":[{",".join(page.rows)}],{json.dumps(rest)[1:]}'

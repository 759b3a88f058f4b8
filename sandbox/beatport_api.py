"""Beatport's API v4, with the traps of its envelope."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse

from sandbox import beatport_accounts, beatport_lists, weeks
from sandbox.answers import View, with_origin
from sandbox.genres import genres
from sandbox.models import BeatportRelease, BeatportTrack


def signed_in(view: Callable[..., HttpResponse]) -> View:
    @wraps(view)
    def checked(request: HttpRequest, **names: str) -> HttpResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not beatport_accounts.is_good(token.strip()):
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

    following = beatport_lists.next_page(asked, page)
    rest = {
        "next": link(following) if following else None,
        "previous": link(asked.page - 1) if asked.page > 1 else None,
        "count": page.count,
        "page": f"{asked.page}/{max(1, page.pages)}",
        "per_page": asked.per_page,
    }
    return f'{{"results":[{",".join(page.rows)}],{json.dumps(rest)[1:]}'

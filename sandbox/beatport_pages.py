"""Beatport's website: genre and store pages, with the JSON the real ones carry."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import mark_safe

from sandbox import beatport_lists, switches, weeks
from sandbox.answers import with_origin
from sandbox.beatport_rows import API
from sandbox.genres import Genre, genres
from sandbox.models import BeatportRelease, BeatportTrack

INTERNAL_HOST = "api-internal.beatportprod.com"


def genre_tracks(request: HttpRequest, slug: str, genre_id: int) -> HttpResponse:
    if switches.get("challenge"):
        return challenge(request)
    genre = genres().get(genre_id)
    if genre is None:
        raise Http404
    query = request.GET.dict() | {"genre_id": str(genre_id)}
    try:
        asked = beatport_lists.parse(query, per_page=25)
    except beatport_lists.Wrong as wrong:
        return HttpResponse(f"{wrong.name}: {wrong.sentence}", status=400)
    page = beatport_lists.page(asked)
    rows = [_internal(request, row) for row in page.rows]
    key = f"genre-{genre_id}-tracks-page={asked.page}&per_page={asked.per_page}"
    address = f"{INTERNAL_HOST}/v4/catalog/tracks/?genre_id={genre_id}&page={asked.page + 1}"
    tracks = {
        "next": address if beatport_lists.next_page(asked, page) else None,
        "previous": None,
        "count": page.count,
        "page": f"{asked.page}/{max(1, page.pages)}",
        "per_page": asked.per_page,
        "results": rows,
    }
    queries = [_query(f"genre-{genre_id}-charts", _charts(genre))]
    queries += [_query(key, tracks), _query(f"genre-{genre_id}", _genre(genre))]
    data = _next_data("/genre/[description]/[id]/tracks", queries, {"genre": _genre(genre)})
    context = {"genre": genre, "rows": rows, "page": page, "asked": asked}
    return _page(request, "beatport_genre.html", data, context)


def track(request: HttpRequest, slug: str, track_id: int) -> HttpResponse:
    if switches.get("challenge"):
        return challenge(request)
    weeks.ensure_track(track_id)
    found = BeatportTrack.objects.filter(id=track_id).first()
    if found is None:
        raise Http404
    row = _internal(request, found.body)
    data = _next_data("/track/[description]/[id]", [_query(f"track-{track_id}", row)], {})
    return _page(request, "beatport_track.html", data, {"row": row})


def release(request: HttpRequest, slug: str, release_id: int) -> HttpResponse:
    if switches.get("challenge"):
        return challenge(request)
    weeks.ensure_release(release_id)
    found = BeatportRelease.objects.filter(id=release_id).first()
    if found is None:
        raise Http404
    row = _internal(request, found.body)
    bodies = BeatportTrack.objects.filter(release_id=release_id).order_by("id")
    rows = [_internal(request, track.body) for track in bodies]
    queries = [_query(f"release-{release_id}", row)]
    data = _next_data("/release/[description]/[id]", queries, {})
    return _page(request, "beatport_release.html", data, {"row": row, "rows": rows})


def _page(
    request: HttpRequest, template: str, data: dict[str, Any], context: dict[str, Any]
) -> HttpResponse:
    """In the JSON a `<` would end the script."""
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    context |= {"next_data": mark_safe(text)}  # noqa: S308 (escaped above)
    return render(request, f"sandbox/{template}", context)


def challenge(request: HttpRequest) -> HttpResponse:
    """The bot check, in the shape that the switch names."""
    kind = switches.get("challenge")
    if kind == "redirect":
        return HttpResponseRedirect("/beatport/human-test/?next=" + quote(request.path))
    if kind == "no-data":
        return HttpResponse("<!doctype html><title>Beatport</title><p>One moment, please.</p>")
    if kind == "title":
        return render(request, "sandbox/challenge.html")
    response = render(request, "sandbox/challenge.html", status=403)
    response["cf-mitigated"] = "challenge"
    return response


def human_test(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Beatport</title><p>Are you human?</p>")


def _internal(request: HttpRequest, body: str) -> dict[str, Any]:
    """The website's rows name another host."""
    text = body.replace(API, f"https://{INTERNAL_HOST}/v4")
    return json.loads(with_origin(request, text))


def _genre(genre: Genre) -> dict[str, Any]:
    return {
        "enabled": True,
        "id": genre.id,
        "is_included_in_hype": True,
        "name": genre.name,
        "slug": genre.slug,
        "sub_genres": [],
    }


def _charts(genre: Genre) -> dict[str, Any]:
    """Lists that are no tracks stand on the same page."""
    return {
        "next": None,
        "previous": None,
        "count": 1,
        "page": "1/1",
        "per_page": 10,
        "results": [{"id": genre.id, "name": f"{genre.name} Picks", "track_count": 10}],
    }


def _query(key: str, data: Any) -> dict[str, Any]:
    return {
        "state": {
            "data": data,
            "dataUpdateCount": 1,
            "dataUpdatedAt": 1_760_000_000_000,
            "error": None,
            "errorUpdateCount": 0,
            "errorUpdatedAt": 0,
            "fetchFailureCount": 0,
            "fetchFailureReason": None,
            "fetchMeta": None,
            "isInvalidated": False,
            "status": "success",
            "fetchStatus": "idle",
        },
        "queryKey": [key],
        "queryHash": json.dumps([key], separators=(",", ":")),
    }


def _next_data(
    page: str, queries: list[dict[str, Any]], properties: dict[str, Any]
) -> dict[str, Any]:
    return {
        "props": {
            "pageProps": properties
            | {
                "dehydratedState": {"mutations": [], "queries": queries},
                "anonSession": {"token_type": "Bearer", "scope": "app:prostore user:anon"},
                "isPageExplicit": False,
            },
            "__N_SSP": True,
        },
        "page": page,
        "query": {},
        "buildId": "sandbox",
        "isFallback": False,
        "gssp": True,
        "locale": "en",
        "scriptLoader": [],
    }

"""The Web API's profile, search, tracks and albums."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.db.models import Count
from django.http import HttpRequest, HttpResponse

from sandbox import clock, search, spotify_rows
from sandbox.answers import Refusal, answer
from sandbox.models import SpotifyAlbum, SpotifyTrack
from sandbox.spotify_access import Caller, endpoint, whole_number

TYPES = {"track", "album", "artist", "playlist", "show", "episode", "audiobook"}


@endpoint
def me(request: HttpRequest, caller: Caller) -> HttpResponse:
    listener = caller.user
    profile = spotify_rows.user(listener.id, listener.name)
    picture = f"{spotify_rows.OPEN}/portrait/{listener.id}.svg"
    images = [{"url": picture, "height": 300, "width": 300}]
    return answer(request, profile | {"account_id": listener.account_id, "images": images})


@endpoint
def find(request: HttpRequest, caller: Caller) -> HttpResponse:
    limit = whole_number(request, "limit", 5, low=1, high=10)
    offset = whole_number(request, "offset", 0, high=1000)
    types = set(request.GET.get("type", "").split(","))
    text = request.GET.get("q", "").strip()
    if not text:
        raise Refusal(400, "No search query")
    if not types <= TYPES:
        raise Refusal(400, "Bad search type field")
    query = search.parse(text) if _has_market(request, caller) else search.Query(impossible=True)
    body: dict[str, Any] = {}
    for kind in sorted(types & {"track", "album"}):
        keys = search.track_ids(query) if kind == "track" else search.album_ids(query)
        shown = keys[offset : offset + limit]
        rows = _tracks_by_key(shown) if kind == "track" else _albums_by_key(shown)
        href = f"{spotify_rows.API}/search?offset={{offset}}&limit={{limit}}"
        href += f"&q={quote(text).replace('{', '{{').replace('}', '}}')}&type={kind}"
        body[f"{kind}s"] = spotify_rows.page(
            href, rows, limit=limit, offset=offset, total=len(keys)
        )
    return answer(request, body)


@endpoint
def read_track(request: HttpRequest, caller: Caller, track_id: str) -> HttpResponse:
    rows = track_rows([track_id])
    if track_id not in rows or not _has_market(request, caller):
        raise Refusal(404, "Resource not found")
    return answer(request, rows[track_id])


@endpoint
def read_album(request: HttpRequest, caller: Caller, album_id: str) -> HttpResponse:
    album = _album(album_id)
    tracks = _album_page(album, limit=50, offset=0)
    body = spotify_rows.full_album(album.body, tracks["total"], tracks)
    return answer(request, body)


@endpoint
def read_album_tracks(request: HttpRequest, caller: Caller, album_id: str) -> HttpResponse:
    limit = whole_number(request, "limit", 20, low=1, high=50)
    offset = whole_number(request, "offset", 0, high=100_000)
    return answer(request, _album_page(_album(album_id), limit=limit, offset=offset))


def track_rows(spotify_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Full track objects by their ids."""
    found = SpotifyTrack.objects.filter(spotify_id__in=spotify_ids).select_related("album")
    return {track.spotify_id: row for track, row in _full_rows(list(found))}


def _full_rows(tracks: list[SpotifyTrack]) -> list[tuple[SpotifyTrack, dict[str, Any]]]:
    totals = _totals({track.album_id for track in tracks})
    return [
        (track, spotify_rows.full_track(track.body, track.album.body, totals[track.album_id]))
        for track in tracks
    ]


def _totals(album_keys: set[int]) -> dict[int, int]:
    counted = SpotifyTrack.objects.filter(album_id__in=album_keys).values("album_id")
    return dict(counted.annotate(n=Count("id")).values_list("album_id", "n"))


def _tracks_by_key(keys: list[int]) -> list[dict[str, Any]]:
    found = SpotifyTrack.objects.filter(id__in=keys).select_related("album")
    rows = {track.id: row for track, row in _full_rows(list(found))}
    return [rows[key] for key in keys]


def _albums_by_key(keys: list[int]) -> list[dict[str, Any]]:
    albums = SpotifyAlbum.objects.in_bulk(keys)
    totals = _totals(set(keys))
    return [spotify_rows.simplified_album(albums[key].body, totals.get(key, 0)) for key in keys]


def _album(album_id: str) -> SpotifyAlbum:
    album = SpotifyAlbum.objects.filter(spotify_id=album_id).first()
    if album is None:
        raise Refusal(404, "Resource not found")
    return album


def _album_page(album: SpotifyAlbum, *, limit: int, offset: int) -> dict[str, Any]:
    tracks = album.tracks.exclude(visible_at__gt=clock.now()).order_by("number", "id")
    rows = [spotify_rows.simplified_track(t.body) for t in tracks[offset : offset + limit]]
    href = f"{spotify_rows.API}/albums/{album.spotify_id}/tracks?offset={{offset}}&limit={{limit}}"
    return spotify_rows.page(href, rows, limit=limit, offset=offset, total=tracks.count())


def _has_market(request: HttpRequest, caller: Caller) -> bool:
    """Without a user's country or a market nothing is for sale."""
    return caller.listener is not None or bool(request.GET.get("market"))

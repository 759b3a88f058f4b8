"""The Web API's playlists, their items, and the library."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import Any

from django.http import HttpRequest, HttpResponse

from sandbox import clock, fields, spotify_rows, store, switches
from sandbox.answers import Refusal, answer
from sandbox.differences import spotify_id
from sandbox.models import Playlist, SpotifyTrack
from sandbox.spotify_access import Caller, endpoint, whole_number
from sandbox.spotify_catalogue import track_rows

MOST_PER_CALL = 100
MOST_ITEMS = 10_000
MOST_PLAYLISTS = 11_000
TRACK_URI = re.compile(r"spotify:track:[0-9A-Za-z]{22}")
PLAYLIST_URI = re.compile(r"spotify:playlist:([0-9A-Za-z]{22})")


@endpoint
def list_playlists(request: HttpRequest, caller: Caller) -> HttpResponse:
    caller.need("playlist-read-private")
    limit = whole_number(request, "limit", 20, low=1, high=50)
    offset = whole_number(request, "offset", 0, high=100_000)
    own = caller.user.playlists.filter(in_library=True).order_by("-id")
    rows = [simplified(playlist) for playlist in own[offset : offset + limit]]
    href = f"{spotify_rows.API}/me/playlists?offset={{offset}}&limit={{limit}}"
    total = own.count()
    return answer(request, spotify_rows.page(href, rows, limit=limit, offset=offset, total=total))


@endpoint
def create_playlist(request: HttpRequest, caller: Caller) -> HttpResponse:
    body = _json(request)
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Refusal(400, "Missing required field: name")
    is_public = _flag(body, "public", True)
    caller.need(_modify_scope(is_public))
    if caller.user.playlists.filter(in_library=True).count() >= MOST_PLAYLISTS:
        raise Refusal(403, "Playlist limit reached")
    with store.writing():
        playlist = Playlist.objects.create(
            spotify_id=spotify_id("playlist", caller.user.id, clock.now(), name),
            owner=caller.user,
            name=name,
            description=_text(body, "description", ""),
            is_public=is_public or switches.get("public_comes_back_true"),
            is_collaborative=_flag(body, "collaborative", False),
            created_at=clock.now(),
        )
    return answer(request, _full(playlist, items=True), 201)


@endpoint
def read_playlist(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    playlist = _find(playlist_id)
    chosen = fields.parse(request.GET.get("fields", ""))
    whole = _full(playlist, items=_is_own(caller, playlist) and fields.wants_rows(chosen))
    return answer(request, fields.pick(whole, chosen))


@endpoint
def change_playlist(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    body = _json(request)
    with store.writing():
        playlist = _own(caller, playlist_id)
        playlist.name = _text(body, "name", playlist.name)
        playlist.description = _text(body, "description", playlist.description)
        playlist.is_public = _flag(body, "public", playlist.is_public)
        playlist.is_collaborative = _flag(body, "collaborative", playlist.is_collaborative)
        _save(playlist)
    return HttpResponse(b"")


@endpoint
def read_items(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    playlist = _find(playlist_id)
    if not _is_own(caller, playlist):
        raise Refusal(403, "Forbidden")
    caller.need("playlist-read-private")
    limit = whole_number(request, "limit", 20, low=1, high=50)
    offset = whole_number(request, "offset", 0, high=100_000)
    page = _items_page(playlist, limit=limit, offset=offset)
    return answer(request, fields.pick(page, fields.parse(request.GET.get("fields", ""))))


@endpoint
def add_items(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    body = _json(request)
    uris = _uris(body.get("uris"))
    position = body.get("position")
    with store.writing():
        playlist = _own(caller, playlist_id)
        place = len(playlist.items) if position is None else position
        if not isinstance(place, int) or not 0 <= place <= len(playlist.items):
            raise Refusal(400, "Index out of bounds")
        playlist.items[place:place] = _new_rows(uris)
        _save(playlist)
    return answer(request, {"snapshot_id": snapshot(playlist)}, 201)


@endpoint
def put_items(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    body = _json(request)
    reorders = "range_start" in body or "insert_before" in body
    if reorders == ("uris" in body):
        raise Refusal(400, "Either uris, or range_start and insert_before, are required")
    with store.writing():
        playlist = _own(caller, playlist_id)
        if reorders:
            playlist.items = _reordered(playlist.items, body)
        else:
            playlist.items = _new_rows(_uris(body["uris"]))
        _save(playlist)
    return answer(request, {"snapshot_id": snapshot(playlist)})


@endpoint
def remove_items(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    listed = _json(request).get("items")
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise Refusal(400, "Missing required field: items")
    if any("positions" in row for row in listed):
        raise Refusal(400, "positions is not supported")
    uris = set(_uris([row.get("uri") for row in listed], known=False))
    with store.writing():
        playlist = _own(caller, playlist_id)
        playlist.items = [row for row in playlist.items if row[0] not in uris]
        _save(playlist)
    return answer(request, {"snapshot_id": snapshot(playlist)})


@endpoint
def library_put(request: HttpRequest, caller: Caller) -> HttpResponse:
    return _keep(request, caller, in_library=True)


@endpoint
def library_delete(request: HttpRequest, caller: Caller) -> HttpResponse:
    return _keep(request, caller, in_library=False)


@endpoint
def library_contains(request: HttpRequest, caller: Caller) -> HttpResponse:
    caller.need("user-library-read")
    wanted = _library_ids(request)
    held = set(
        caller.user.playlists.filter(in_library=True, spotify_id__in=wanted).values_list(
            "spotify_id", flat=True
        )
    )
    return answer(request, [identity in held for identity in wanted])


def snapshot(playlist: Playlist) -> str:
    return _snapshot(playlist.spotify_id, playlist.revision)


def simplified(playlist: Playlist) -> dict[str, Any]:
    href = f"{spotify_rows.API}/playlists/{playlist.spotify_id}"
    return _described(playlist) | {"items": {"href": f"{href}/items", "total": len(playlist.items)}}


def _keep(request: HttpRequest, caller: Caller, *, in_library: bool) -> HttpResponse:
    caller.need("user-library-modify")
    if request.body:
        raise Refusal(400, "uris belong in the query string")
    wanted = _library_ids(request)
    with store.writing():
        own = caller.user.playlists.filter(spotify_id__in=wanted)
        if own.count() != len(set(wanted)):
            raise Refusal(404, "Resource not found")
        own.update(in_library=in_library)
    return HttpResponse(b"")


def _library_ids(request: HttpRequest) -> list[str]:
    uris = [uri for uri in request.GET.get("uris", "").split(",") if uri]
    if not uris or len(uris) > 40:
        raise Refusal(400, "Between 1 and 40 uris are required")
    found = [PLAYLIST_URI.fullmatch(uri) for uri in uris]
    if not all(found):
        raise Refusal(400, "Invalid uri")
    return [match[1] for match in found if match]


def _described(playlist: Playlist) -> dict[str, Any]:
    owner = playlist.owner
    identity = playlist.spotify_id
    return {
        "collaborative": playlist.is_collaborative,
        "description": playlist.description,
        "external_urls": {"spotify": f"{spotify_rows.OPEN}/playlist/{identity}"},
        "href": f"{spotify_rows.API}/playlists/{identity}",
        "id": identity,
        "images": [],
        "name": playlist.name,
        "owner": spotify_rows.user(owner.id, owner.name),
        "public": playlist.is_public,
        "snapshot_id": _visible_snapshot(playlist),
        "type": "playlist",
        "uri": f"spotify:playlist:{identity}",
    }


def _full(playlist: Playlist, *, items: bool) -> dict[str, Any]:
    body = _described(playlist) | {"followers": {"href": None, "total": 0}}
    if items:
        return body | {"items": _items_page(playlist, limit=100, offset=0)}
    return body | {"items": _items_page(playlist, limit=0, offset=0)}


def _items_page(playlist: Playlist, *, limit: int, offset: int) -> dict[str, Any]:
    shown = playlist.items[offset : offset + limit]
    tracks = track_rows([uri.rsplit(":", 1)[1] for uri, _ in shown])
    key = "track" if switches.get("old_item_shape") else "item"
    owner = spotify_rows.user(playlist.owner_id, playlist.owner.name)
    del owner["display_name"]
    hidden = switches.get("null_uris")
    rows = [
        {
            "added_at": added_at,
            "added_by": owner,
            "is_local": False,
            key: None if uri in hidden else tracks.get(uri.rsplit(":", 1)[1]),
        }
        for uri, added_at in shown
    ]
    href = f"{spotify_rows.API}/playlists/{playlist.spotify_id}/items"
    return spotify_rows.page(
        href + "?offset={offset}&limit={limit}",
        rows,
        limit=limit or 100,
        offset=offset,
        total=len(playlist.items),
    )


def _find(playlist_id: str) -> Playlist:
    found = Playlist.objects.select_related("owner").filter(spotify_id=playlist_id).first()
    if found is None:
        raise Refusal(404, "Resource not found")
    return found


def _is_own(caller: Caller, playlist: Playlist) -> bool:
    return caller.listener is not None and playlist.owner_id == caller.listener.id


def _own(caller: Caller, playlist_id: str) -> Playlist:
    playlist = _find(playlist_id)
    if not _is_own(caller, playlist):
        raise Refusal(403, "Forbidden")
    caller.need(_modify_scope(playlist.is_public))
    return playlist


def _modify_scope(is_public: bool) -> str:
    return "playlist-modify-public" if is_public else "playlist-modify-private"


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body or b"null")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "Error parsing JSON.")
    return body


def _text(body: dict[str, Any], name: str, default: str) -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise Refusal(400, f"Invalid field: {name}")
    return value


def _flag(body: dict[str, Any], name: str, default: bool) -> bool:
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise Refusal(400, f"Invalid field: {name}")
    return value


def _uris(uris: Any, *, known: bool = True) -> list[str]:
    """Well-formed, at most a hundred and, to be added, of tracks that exist."""
    if not isinstance(uris, list):
        raise Refusal(400, "Missing required field: uris")
    if len(uris) > MOST_PER_CALL:
        raise Refusal(400, f"You can send a maximum of {MOST_PER_CALL} tracks per request.")
    for uri in uris:
        if not isinstance(uri, str) or not TRACK_URI.fullmatch(uri):
            raise Refusal(400, f"Invalid track uri: {uri}")
    if set(uris) & set(switches.get("dead_uris")):
        raise Refusal(502, "Bad gateway.")
    ids = {uri.rsplit(":", 1)[1] for uri in uris}
    if known and SpotifyTrack.objects.filter(spotify_id__in=ids).count() != len(ids):
        raise Refusal(400, "Payload contains a non-existing ID")
    return uris


def _new_rows(uris: list[str]) -> list[list[str]]:
    added_at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return [[uri, added_at] for uri in uris]


def _reordered(rows: list[Any], body: dict[str, Any]) -> list[Any]:
    start, before = body.get("range_start"), body.get("insert_before")
    length = body.get("range_length", 1)
    if not all(isinstance(number, int) for number in (start, before, length)):
        raise Refusal(400, "range_start, insert_before and range_length are numbers")
    if not (0 <= start < len(rows) and 0 <= before <= len(rows) and length > 0):
        raise Refusal(400, "Index out of bounds")
    moved = rows[start : start + length]
    rest = rows[:start] + rows[start + length :]
    place = before if before <= start else max(start, before - len(moved))
    return rest[:place] + moved + rest[place:]


def _save(playlist: Playlist) -> None:
    if len(playlist.items) > MOST_ITEMS:
        raise Refusal(500, "Server error")
    playlist.revision += 1
    playlist.changes = [*playlist.changes[-30:], [playlist.revision, clock.now().timestamp()]]
    playlist.save()


def _visible_snapshot(playlist: Playlist) -> str:
    settled = clock.now().timestamp() - switches.get("snapshot_lag_seconds")
    pending = [revision for revision, at in playlist.changes if at > settled]
    revision = min(pending, default=playlist.revision + 1) - 1
    return _snapshot(playlist.spotify_id, revision)


def _snapshot(playlist_id: str, revision: int) -> str:
    return b64encode(
        f"{revision},{spotify_id('snapshot', playlist_id, revision)}".encode()
    ).decode()

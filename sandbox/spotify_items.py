"""The Web API's playlist items: read, added, replaced, reordered, removed."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse

from sandbox import bodies, clock, fields, playlist_rows, store, switches
from sandbox.answers import Refusal, answer
from sandbox.models import Playlist, SpotifyTrack
from sandbox.spotify_access import Caller, endpoint, whole_number
from sandbox.spotify_playlists import find, is_own, own

MOST_PER_CALL = 100
MOST_ITEMS = 10_000
TRACK_URI = re.compile(r"spotify:track:[0-9A-Za-z]{22}")
ANY_URI = re.compile(r"spotify:(?:(?:track|episode):[0-9A-Za-z]{22}|local:.+)")


@endpoint
def read_items(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    playlist = find(playlist_id)
    if not is_own(caller, playlist):
        raise Refusal(403, "Forbidden")
    caller.need("playlist-read-private")
    limit = whole_number(request, "limit", 20, low=1, high=50)
    offset = whole_number(request, "offset", 0, high=100_000)
    page = playlist_rows.page(playlist, limit=limit, offset=offset)
    return answer(request, fields.pick(page, fields.parse(request.GET.get("fields", ""))))


@endpoint
def add_items(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    body = bodies.read(request)
    uris = _tracks(_listed(body.get("uris"), TRACK_URI))
    with store.writing():
        playlist = own(caller, playlist_id)
        count = len(playlist.items)
        place = bodies.number(body, "position", count)
        if not 0 <= place <= count:
            raise Refusal(400, "Index out of bounds")
        playlist.items[place:place] = _new_rows(uris)
        _change(playlist)
    return answer(request, {"snapshot_id": playlist.snapshot()}, 201)


@endpoint
def put_items(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    body = bodies.read(request)
    reorders = "range_start" in body or "insert_before" in body
    if reorders == ("uris" in body):
        raise Refusal(400, "Either uris, or range_start and insert_before, are required")
    uris = [] if reorders else _tracks(_listed(body["uris"], TRACK_URI))
    with store.writing():
        playlist = own(caller, playlist_id)
        playlist.items = _reordered(playlist.items, body) if reorders else _new_rows(uris)
        _change(playlist)
    return answer(request, {"snapshot_id": playlist.snapshot()})


@endpoint
def remove_items(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    listed = bodies.read(request).get("items")
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise Refusal(400, "Missing required field: items")
    if any("positions" in row for row in listed):
        raise Refusal(400, "positions is not supported")
    uris = set(_listed([row.get("uri") for row in listed], ANY_URI))
    with store.writing():
        playlist = own(caller, playlist_id)
        playlist.items = [row for row in playlist.items if row[0] not in uris]
        _change(playlist)
    return answer(request, {"snapshot_id": playlist.snapshot()})


def _listed(uris: Any, form: re.Pattern[str]) -> list[str]:
    """Well-formed, and at most a hundred."""
    if not isinstance(uris, list):
        raise Refusal(400, "Missing required field: uris")
    if len(uris) > MOST_PER_CALL:
        raise Refusal(400, f"You can send a maximum of {MOST_PER_CALL} tracks per request.")
    for uri in uris:
        if not isinstance(uri, str) or not form.fullmatch(uri):
            raise Refusal(400, f"Invalid track uri: {uri}")
    return uris


def _tracks(uris: list[str]) -> list[str]:
    """Of tracks that exist; one dead one fails the whole call, each time."""
    if set(uris) & set(switches.get("dead_uris")):
        raise Refusal(502, "Bad gateway.")
    ids = {uri.rsplit(":", 1)[1] for uri in uris}
    if SpotifyTrack.objects.filter(spotify_id__in=ids).count() != len(ids):
        raise Refusal(400, "Payload contains a non-existing ID")
    return uris


def _new_rows(uris: list[str]) -> list[list[str]]:
    added_at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    return [[uri, added_at] for uri in uris]


def _reordered(rows: list[Any], body: bodies.Body) -> list[Any]:
    start, before = bodies.number(body, "range_start"), bodies.number(body, "insert_before")
    length = bodies.number(body, "range_length", 1)
    if not (0 <= start < len(rows) and 0 <= before <= len(rows) and length > 0):
        raise Refusal(400, "Index out of bounds")
    moved = rows[start : start + length]
    rest = rows[:start] + rows[start + length :]
    place = before if before <= start else max(start, before - len(moved))
    return rest[:place] + moved + rest[place:]


def _change(playlist: Playlist) -> None:
    if len(playlist.items) > MOST_ITEMS:
        raise Refusal(500, "Server error")
    playlist.record_change()

"""The Web API's playlists: listed, created, read, renamed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from sandbox import bodies, clock, fields, playlist_rows, spotify_rows, store, switches
from sandbox.answers import Refusal, answer
from sandbox.differences import spotify_id
from sandbox.models import Playlist
from sandbox.spotify_access import Caller, endpoint, whole_number

MOST_PLAYLISTS = 11_000


@endpoint
def list_playlists(request: HttpRequest, caller: Caller) -> HttpResponse:
    caller.need("playlist-read-private")
    limit = whole_number(request, "limit", 20, low=1, high=50)
    offset = whole_number(request, "offset", 0, high=100_000)
    own = caller.user.playlists.filter(in_library=True)
    shown = own.select_related("owner").order_by("-id")[offset : offset + limit]
    rows = [playlist_rows.simplified(playlist) for playlist in shown]
    href = f"{spotify_rows.API}/me/playlists?offset={{offset}}&limit={{limit}}"
    page = spotify_rows.page(href, rows, limit=limit, offset=offset, total=own.count())
    return answer(request, page)


@endpoint
def create_playlist(request: HttpRequest, caller: Caller) -> HttpResponse:
    body = bodies.read(request)
    name = bodies.text(body, "name", "")
    if not name.strip():
        raise Refusal(400, "Missing required field: name")
    is_public = bodies.flag(body, "public", True)
    caller.need(modify_scope(is_public))
    if caller.user.playlists.filter(in_library=True).count() >= MOST_PLAYLISTS:
        raise Refusal(403, "Playlist limit reached")
    with store.writing():
        playlist = Playlist.objects.create(
            spotify_id=spotify_id("playlist", caller.user.id, clock.now(), name),
            owner=caller.user,
            name=name,
            description=bodies.text(body, "description", ""),
            is_public=is_public or switches.get("public_comes_back_true"),
            is_collaborative=bodies.flag(body, "collaborative", False),
            created_at=clock.now(),
        )
    return answer(request, playlist_rows.full(playlist, items=100), 201)


@endpoint
def read_playlist(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    playlist = find(playlist_id)
    chosen = fields.parse(request.GET.get("fields", ""))
    shows_rows = is_own(caller, playlist) and fields.wants_rows(chosen)
    whole = playlist_rows.full(playlist, items=100 if shows_rows else 0)
    return answer(request, fields.pick(whole, chosen))


@endpoint
def change_playlist(request: HttpRequest, caller: Caller, playlist_id: str) -> HttpResponse:
    body = bodies.read(request)
    with store.writing():
        playlist = own(caller, playlist_id)
        playlist.name = bodies.text(body, "name", playlist.name)
        playlist.description = bodies.text(body, "description", playlist.description)
        playlist.is_public = bodies.flag(body, "public", playlist.is_public)
        playlist.is_collaborative = bodies.flag(body, "collaborative", playlist.is_collaborative)
        playlist.record_change()
    return HttpResponse(b"")


def find(playlist_id: str) -> Playlist:
    found = Playlist.objects.select_related("owner").filter(spotify_id=playlist_id).first()
    if found is None:
        raise Refusal(404, "Resource not found")
    return found


def own(caller: Caller, playlist_id: str) -> Playlist:
    """The caller's playlist, to be written to."""
    playlist = find(playlist_id)
    if not is_own(caller, playlist):
        raise Refusal(403, "Forbidden")
    caller.need(modify_scope(playlist.is_public))
    return playlist


def is_own(caller: Caller, playlist: Playlist) -> bool:
    return caller.listener is not None and playlist.owner_id == caller.listener.id


def modify_scope(is_public: bool) -> str:
    return "playlist-modify-public" if is_public else "playlist-modify-private"

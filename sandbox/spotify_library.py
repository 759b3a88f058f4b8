"""The Web API's library: how a playlist is deleted, put back, and looked for."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from sandbox import store
from sandbox.answers import Refusal, answer
from sandbox.spotify_access import Caller, endpoint

MOST_PER_CALL = 40
PLAYLIST_URI = re.compile(r"spotify:playlist:([0-9A-Za-z]{22})")


@endpoint
def put(request: HttpRequest, caller: Caller) -> HttpResponse:
    return _keep(request, caller, in_library=True)


@endpoint
def delete(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The playlist stays readable for who knows its id."""
    return _keep(request, caller, in_library=False)


@endpoint
def contains(request: HttpRequest, caller: Caller) -> HttpResponse:
    caller.need("user-library-read")
    wanted = _ids(request)
    held = caller.user.playlists.filter(in_library=True, spotify_id__in=wanted)
    known = set(held.values_list("spotify_id", flat=True))
    return answer(request, [identity in known for identity in wanted])


def _keep(request: HttpRequest, caller: Caller, *, in_library: bool) -> HttpResponse:
    caller.need("user-library-modify")
    if request.body:
        raise Refusal(400, "uris belong in the query string")
    wanted = _ids(request)
    with store.writing():
        own = caller.user.playlists.filter(spotify_id__in=wanted)
        if own.count() != len(set(wanted)):
            raise Refusal(404, "Resource not found")
        own.update(in_library=in_library)
    return HttpResponse(b"")


def _ids(request: HttpRequest) -> list[str]:
    uris = [uri for uri in request.GET.get("uris", "").split(",") if uri]
    if not uris or len(uris) > MOST_PER_CALL:
        raise Refusal(400, f"Between 1 and {MOST_PER_CALL} uris are required")
    found = [PLAYLIST_URI.fullmatch(uri) for uri in uris]
    if not all(found):
        raise Refusal(400, "Invalid uri")
    return [match[1] for match in found if match]

"""What Spotify took away from apps like ours, and what never was."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from sandbox.answers import Refusal
from sandbox.spotify_access import Caller, endpoint

GONE = re.compile(
    r"""
    tracks/? | albums/? | artists.* | shows.* | episodes.* | audiobooks.* | chapters.*
    | users/[^/]+(/playlists)? | browse/.* | markets | recommendations.*
    | audio-features.* | audio-analysis.*
    | playlists/[^/]+/(tracks|followers|images)(/contains)?
    | me/(tracks|albums|shows|episodes|audiobooks|following|top)(/.*)?
    """,
    re.VERBOSE,
)


@endpoint
def refuse(request: HttpRequest, caller: Caller, rest: str) -> HttpResponse:
    if GONE.fullmatch(rest):
        raise Refusal(403, "Forbidden")
    raise Refusal(404, "Service not found")

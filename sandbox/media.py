"""Pictures, clips and the few static files, over HTTP."""

from __future__ import annotations

import re
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse

from sandbox import audio, covers
from sandbox.beatport_rows import KEYS, picture_owner
from sandbox.catalogue import track_by_id
from sandbox.models import Listener, SpotifyTrack

STATIC = Path(__file__).with_name("static")
TYPES = {".css": "text/css", ".js": "text/javascript"}
FOREVER = "public, max-age=31536000, immutable"


def picture(request: HttpRequest, size: str, name: str) -> HttpResponse:
    owner = picture_owner(name)
    if owner is None:
        raise Http404
    kind, owner_id = owner
    if kind == "nobody":
        return _svg(covers.nobody())
    drawn = {
        "release": covers.cover,
        "label": covers.badge,
        "artist": covers.portrait,
        "waveform": covers.waveform,
    }[kind](owner_id)
    return _svg(drawn)


def portrait(request: HttpRequest, user_id: str) -> HttpResponse:
    if not Listener.objects.filter(id=user_id).exists():
        raise Http404
    return _svg(covers.portrait(sum(map(ord, user_id))))


def sample(request: HttpRequest, track_id: int) -> HttpResponse:
    return _sound(request, track_id, seed=track_id)


def preview(request: HttpRequest, spotify_id: str) -> HttpResponse:
    """The loop of a Spotify track: another remix sounds different, another copy does not."""
    track = SpotifyTrack.objects.filter(spotify_id=spotify_id).first()
    if track is None:
        raise Http404
    seed = track.beatport_id + (track.role == "rival")
    return _sound(request, track.beatport_id, seed=seed)


def static(request: HttpRequest, name: str) -> HttpResponse:
    path = STATIC / name
    if not path.is_file():
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type=f"{TYPES[path.suffix]}; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache"
    return response


def _sound(request: HttpRequest, track_id: int, *, seed: int) -> HttpResponse:
    found = track_by_id(track_id)
    if found is None:
        raise Http404
    recording = found[1].recording
    note, mode, _ = KEYS[recording.key_id or 8]
    whole = audio.clip(seed, recording.bpm or 124, note, mode)
    response = _ranged(whole, request.headers.get("Range", ""))
    response["Accept-Ranges"] = "bytes"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = FOREVER
    return response


def _ranged(whole: bytes, wanted: str) -> HttpResponse:
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted)
    if not match or not any(match.groups()):
        return HttpResponse(whole, content_type="audio/wav")
    first, last = _span(match[1], match[2], len(whole))
    if first > last:
        headers = {"Content-Range": f"bytes */{len(whole)}"}
        return HttpResponse(status=416, headers=headers)
    headers = {"Content-Range": f"bytes {first}-{last}/{len(whole)}"}
    part = whole[first : last + 1]
    return HttpResponse(part, status=206, content_type="audio/wav", headers=headers)


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


def _svg(text: str) -> HttpResponse:
    response = HttpResponse(text, content_type="image/svg+xml")
    response["Cache-Control"] = FOREVER
    response["Access-Control-Allow-Origin"] = "*"
    return response

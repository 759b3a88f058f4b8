"""What a DJ would see in Spotify: his playlists, their items, a track, the embedded player."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from sandbox import names, search
from sandbox.answers import with_origin
from sandbox.differences import spotify_id
from sandbox.models import Listener, Playlist, SpotifyAlbum, SpotifyTrack


def home(request: HttpRequest) -> HttpResponse:
    djs = [
        {"dj": dj, "playlists": dj.playlists.filter(in_library=True).count()}
        for dj in Listener.objects.order_by("name")
    ]
    return render(request, "sandbox/home.html", {"djs": djs})


def user(request: HttpRequest, user_id: str) -> HttpResponse:
    dj = get_object_or_404(Listener, id=user_id)
    shelves = {
        name: [_card(request, playlist) for playlist in found.order_by("-id")]
        for name, found in (
            ("library", dj.playlists.filter(in_library=True)),
            ("removed", dj.playlists.filter(in_library=False)),
        )
    }
    return render(request, "sandbox/user.html", {"dj": dj} | shelves)


def playlist(request: HttpRequest, playlist_id: str) -> HttpResponse:
    found = get_object_or_404(Playlist.objects.select_related("owner"), spotify_id=playlist_id)
    ids = [uri.rsplit(":", 1)[1] for uri, _ in found.items]
    songs = _songs(request, ids)
    rows = [
        {"place": place, "song": songs.get(key), "added_at": added_at}
        for place, (key, (_, added_at)) in enumerate(zip(ids, found.items, strict=True), start=1)
    ]
    minutes = sum(row["song"]["duration_ms"] for row in rows if row["song"]) // 60_000
    context = {"playlist": found, "rows": rows, "minutes": minutes} | _card(request, found)
    return render(request, "sandbox/playlist.html", context)


def track(request: HttpRequest, track_id: str) -> HttpResponse:
    return render(request, "sandbox/track.html", {"song": _song(request, track_id)})


def album(request: HttpRequest, album_id: str) -> HttpResponse:
    found = get_object_or_404(SpotifyAlbum, spotify_id=album_id)
    tracks = found.tracks.select_related("album").order_by("number", "id")
    artists = ", ".join(artist["name"] for artist in found.body["artists"])
    return _list(request, found.body["name"], f"{artists}, {found.body['release_date']}", tracks)


def artist(request: HttpRequest, artist_id: str) -> HttpResponse:
    known = {spotify_id("artist", artist.id): artist for artist in names.artists()}
    if artist_id not in known:
        raise Http404
    keys = search.track_ids(search.parse(f'artist:"{known[artist_id].name}"'))
    tracks = SpotifyTrack.objects.filter(id__in=keys).select_related("album").order_by("id")
    return _list(request, known[artist_id].name, "Tracks", tracks)


def embedded(request: HttpRequest, track_id: str) -> HttpResponse:
    return render(request, "sandbox/embed.html", {"song": _song(request, track_id)})


def _list(
    request: HttpRequest, title: str, line: str, tracks: QuerySet[SpotifyTrack]
) -> HttpResponse:
    songs = [_shown(request, track) for track in tracks[:200]]
    rows = [{"place": place, "song": song} for place, song in enumerate(songs, start=1)]
    covers = [song["cover"] for song in songs if song["cover"]][:1]
    context = {"title": title, "line": line, "rows": rows, "covers": covers}
    return render(request, "sandbox/list.html", context)


def _song(request: HttpRequest, track_id: str) -> dict[str, Any]:
    songs = _songs(request, [track_id])
    if track_id not in songs:
        raise Http404
    return songs[track_id]


def _songs(request: HttpRequest, track_ids: list[str]) -> dict[str, dict[str, Any]]:
    found = SpotifyTrack.objects.filter(spotify_id__in=track_ids).select_related("album")
    return {track.spotify_id: _shown(request, track) for track in found}


def _shown(request: HttpRequest, track: SpotifyTrack) -> dict[str, Any]:
    images = track.album.body["images"]
    seconds = track.body["duration_ms"] // 1000
    return {
        "id": track.spotify_id,
        "name": track.body["name"],
        "artists": ", ".join(artist["name"] for artist in track.body["artists"]),
        "album": track.album.body["name"],
        "released": track.album.body["release_date"],
        "isrc": track.isrc,
        "cover": with_origin(request, images[1]["url"]) if images else "",
        "duration_ms": track.body["duration_ms"],
        "length": f"{seconds // 60}:{seconds % 60:02d}",
    }


def _card(request: HttpRequest, playlist: Playlist) -> dict[str, Any]:
    """The first four covers stand for a playlist."""
    first = [uri.rsplit(":", 1)[1] for uri, _ in playlist.items[:12]]
    songs = _songs(request, first)
    covers = [songs[key]["cover"] for key in first if key in songs and songs[key]["cover"]]
    return {"playlist": playlist, "count": len(playlist.items), "covers": covers[:4]}

"""Tracks, albums and playlists as Spotify's Web API writes them."""

from __future__ import annotations

from typing import Any

from sandbox.beatport_rows import ORIGIN, cover_url
from sandbox.differences import Album, Song, spotify_id
from sandbox.names import Artist

API = f"{ORIGIN}/spotify/v1"
OPEN = f"{ORIGIN}/spotify"
MARKETS = ["DE", "GB", "US"]


def album(album: Album) -> dict[str, Any]:
    return {
        "album_type": album.kind,
        "artists": [artist_(artist) for artist in album.artists],
        "available_markets": MARKETS,
        **_names("album", album.id),
        "images": _covers(album.cover_of),
        "label": album.label,
        "name": album.name,
        "release_date": album.released_on,
        "release_date_precision": {4: "year", 7: "month", 10: "day"}[len(album.released_on)],
        "upc": album.upc,
    }


def track(song: Song, number: int) -> dict[str, Any]:
    return {
        "artists": [artist_(artist) for artist in song.artists],
        "disc_number": 1,
        "duration_ms": song.duration_ms,
        "explicit": False,
        "external_ids": {"isrc": song.isrc} if song.isrc else {},
        **_names("track", song.id),
        "is_local": False,
        "name": song.name,
        "preview_url": None,
        "track_number": number,
    }


def artist_(artist: Artist) -> dict[str, Any]:
    return {**_names("artist", spotify_id("artist", artist.id)), "name": artist.name}


def simplified_album(body: dict[str, Any], total: int) -> dict[str, Any]:
    return {k: v for k, v in body.items() if k not in ("label", "upc")} | {"total_tracks": total}


def full_album(body: dict[str, Any], total: int, tracks: dict[str, Any]) -> dict[str, Any]:
    return simplified_album(body, total) | {
        "copyrights": [{"text": f"℗ {body['release_date'][:4]} {body['label']}", "type": "P"}],
        "external_ids": {"upc": body["upc"]},
        "genres": [],
        "label": body["label"],
        "popularity": 0,
        "tracks": tracks,
    }


def simplified_track(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "external_ids"}


def full_track(
    body: dict[str, Any], album_body: dict[str, Any], album_total: int
) -> dict[str, Any]:
    return body | {"album": simplified_album(album_body, album_total), "is_playable": True}


def page(href: str, items: list[Any], *, limit: int, offset: int, total: int) -> dict[str, Any]:
    """`href` has a place for limit and offset."""
    after, before = offset + limit, max(0, offset - limit)
    return {
        "href": href.format(limit=limit, offset=offset),
        "items": items,
        "limit": limit,
        "next": href.format(limit=limit, offset=after) if after < total else None,
        "offset": offset,
        "previous": href.format(limit=limit, offset=before) if offset else None,
        "total": total,
    }


def user(identity: str, name: str) -> dict[str, Any]:
    return {
        "display_name": name,
        "external_urls": {"spotify": f"{OPEN}/user/{identity}"},
        "href": f"{API}/users/{identity}",
        "id": identity,
        "type": "user",
        "uri": f"spotify:user:{identity}",
    }


def _names(kind: str, identity: str) -> dict[str, Any]:
    return {
        "external_urls": {"spotify": f"{OPEN}/{kind}/{identity}"},
        "href": f"{API}/{kind}s/{identity}",
        "id": identity,
        "type": kind,
        "uri": f"spotify:{kind}:{identity}",
    }


def _covers(release_id: int | None) -> list[dict[str, Any]]:
    if release_id is None:
        return []
    return [
        {"url": cover_url(release_id, f"{size}x{size}"), "height": size, "width": size}
        for size in (640, 300, 64)
    ]

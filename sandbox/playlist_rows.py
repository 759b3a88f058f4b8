"""Playlists and their rows as the Web API writes them: tracks, local files, episodes, gaps."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

from sandbox import spotify_rows, switches
from sandbox.models import Playlist
from sandbox.spotify_catalogue import track_rows

Row = dict[str, Any]


def simplified(playlist: Playlist) -> Row:
    href = f"{spotify_rows.API}/playlists/{playlist.spotify_id}/items"
    return _described(playlist) | {"items": {"href": href, "total": len(playlist.items)}}


def full(playlist: Playlist, *, items: int) -> Row:
    return _described(playlist) | {
        "followers": {"href": None, "total": 0},
        "items": page(playlist, limit=items, offset=0),
    }


def page(playlist: Playlist, *, limit: int, offset: int) -> Row:
    shown = playlist.items[offset : offset + limit]
    tracks = track_rows([uri.rsplit(":", 1)[1] for uri, _ in shown])
    key = "track" if switches.get("old_item_shape") else "item"
    owner = spotify_rows.user(playlist.owner_id, playlist.owner.name)
    del owner["display_name"]
    rows = [
        {
            "added_at": added_at,
            "added_by": owner,
            "is_local": uri.startswith("spotify:local:"),
            key: _item(uri, tracks),
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


def _described(playlist: Playlist) -> Row:
    identity = playlist.spotify_id
    return {
        "collaborative": playlist.is_collaborative,
        "description": playlist.description,
        "external_urls": {"spotify": f"{spotify_rows.OPEN}/playlist/{identity}"},
        "href": f"{spotify_rows.API}/playlists/{identity}",
        "id": identity,
        "images": [],
        "name": playlist.name,
        "owner": spotify_rows.user(playlist.owner_id, playlist.owner.name),
        "public": playlist.is_public,
        "snapshot_id": playlist.settled_snapshot(switches.get("snapshot_lag_seconds")),
        "type": "playlist",
        "uri": f"spotify:playlist:{identity}",
    }


def _item(uri: str, tracks: dict[str, Row]) -> Row | None:
    kind, _, identity = uri.removeprefix("spotify:").partition(":")
    if uri in switches.get("null_uris"):
        return None
    if kind == "local":
        return _local_file(uri, identity)
    return _episode(identity) if kind == "episode" else tracks.get(identity)


def _local_file(uri: str, facts: str) -> Row:
    """`Artist:Album:Title:Seconds`, each escaped."""
    artist, album, title, seconds = ([unquote_plus(part) for part in facts.split(":")] + [""] * 4)[
        :4
    ]
    return {
        "artists": [{"name": artist, "type": "artist"}],
        "disc_number": 0,
        "duration_ms": int(seconds or 0) * 1000,
        "explicit": False,
        "external_ids": {},
        "id": None,
        "is_local": True,
        "name": title or album,
        "preview_url": None,
        "type": "track",
        "uri": uri,
    }


def _episode(identity: str) -> Row:
    href = f"{spotify_rows.API}/episodes/{identity}"
    common = {
        "description": "",
        "explicit": False,
        "external_urls": {},
        "html_description": "",
        "images": [],
        "is_externally_hosted": False,
        "languages": ["en"],
    }
    show = common | {
        "available_markets": spotify_rows.MARKETS,
        "copyrights": [],
        "href": f"{spotify_rows.API}/shows/{identity}",
        "id": identity,
        "media_type": "audio",
        "name": "Record Bags",
        "publisher": "Sandbox",
        "total_episodes": 1,
        "type": "show",
        "uri": f"spotify:show:{identity}",
    }
    return common | {
        "audio_preview_url": None,
        "duration_ms": 3_600_000,
        "href": href,
        "id": identity,
        "is_playable": True,
        "name": "A talk about record bags",
        "release_date": "2026-01-05",
        "release_date_precision": "day",
        "show": show,
        "type": "episode",
        "uri": f"spotify:episode:{identity}",
    }

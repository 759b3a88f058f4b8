"""A track and a release as Beatport's API writes them (the same keys, with our addresses).

`ORIGIN` stands for this server's address and is filled in when a row is sent.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from sandbox.catalogue import Release, Track
from sandbox.genres import Genre
from sandbox.names import Artist, slug

ORIGIN = "http://origin.invalid"
API = f"{ORIGIN}/beatport/v4"
NO_PORTRAIT = 5_539_565

# Beatport's ids of the 24 keys, in its own spelling, with the Camelot code.
MINOR_NOTES = "Ab Eb Bb F C G D A E B Gb Db".split()
MAJOR_NOTES = "B F# Db Ab Eb Bb F C G D A E".split()
KEYS = {hour: (note, "Minor", f"{hour}A") for hour, note in enumerate(MINOR_NOTES, start=1)}
KEYS |= {hour + 12: (note, "Major", f"{hour}B") for hour, note in enumerate(MAJOR_NOTES, start=1)}


def track_row(release: Release, track: Track) -> dict[str, Any]:
    recording = track.recording
    rng = Random(track.id)
    return {
        "artists": [_artist(artist) for artist in recording.artists],
        "publish_status": "published",
        "available_worldwide": rng.random() < 0.9,
        "bpm": recording.bpm,
        "bsrc_remixer": [],
        "catalog_number": release.catalog_number,
        "current_status": _status(release),
        "encoded_date": _encoded_at(rng, release.published_on),
        "exclusive": release.exclusive,
        "free_downloads": [],
        "free_download_start_date": None,
        "free_download_end_date": None,
        "genre": _genre(release.genre),
        "id": track.id,
        "image": _image("waveform", track.id, "1500x250"),
        "is_available_for_streaming": True,
        "is_explicit": rng.random() < 0.01,
        "is_ugc_remix": False,
        "is_dj_edit": False,
        "isrc": recording.isrc,
        "key": _key(recording.key_id),
        "label_track_identifier": str(rng.randrange(10**6, 10**7)),
        "length": _clock(recording.length_ms),
        "length_ms": None if rng.random() < 0.001 else recording.length_ms,
        "mix_name": recording.mix,
        "name": recording.title,
        "new_release_date": release.first_released_on.isoformat(),
        "pre_order": False,
        "pre_order_date": _pre_order_on(rng, release.published_on),
        "price": {"code": "USD", "symbol": "$", "value": 1.69, "display": "$1.69"},
        "publish_date": release.published_on.isoformat(),
        "release": _short_release(release),
        "remixers": [_artist(artist) for artist in recording.remixers],
        "sale_type": {"id": 1, "name": "purchase", "url": f"{API}/auxiliary/sale-types/1/"},
        "sample_url": f"{ORIGIN}/beatport/samples/{track.id}.wav",
        "sample_start_ms": recording.length_ms // 3,
        "sample_end_ms": recording.length_ms // 3 + 120_000,
        "slug": slug(recording.title),
        "sub_genre": _sub_genre(rng, release.genre),
        "url": f"{API}/catalog/tracks/{track.id}/",
        "is_hype": rng.random() < 0.05,
    }


def release_row(release: Release) -> dict[str, Any]:
    rng = Random(release.id)
    tempos = [track.recording.bpm for track in release.tracks if track.recording.bpm]
    short = _short_release(release)
    return {
        "artists": [_artist(artist) for artist in release.artists],
        "bpm_range": {"min": min(tempos, default=None), "max": max(tempos, default=None)},
        "catalog_number": release.catalog_number,
        "desc": None,
        "enabled": True,
        "encoded_date": _encoded_at(rng, release.published_on),
        "exclusive": release.exclusive,
        "id": release.id,
        "image": short["image"],
        "is_explicit": False,
        "is_ugc_remix": False,
        "is_dj_edit": False,
        "label": short["label"],
        "name": release.name,
        "new_release_date": release.first_released_on.isoformat(),
        "override_price": None,
        "pre_order": False,
        "pre_order_date": None,
        "price": {"code": "USD", "symbol": "$", "value": 4.99, "display": "$4.99"},
        "price_override_firm": False,
        "publish_date": release.published_on.isoformat(),
        "remixers": [],
        "slug": short["slug"],
        "track_count": len(release.tracks),
        "upc": release.upc,
        "updated": _encoded_at(rng, release.published_on),
        "url": f"{API}/catalog/releases/{release.id}/",
        "is_hype": False,
    }


def cover_url(release_id: int, size: str = "{w}x{h}") -> str:
    return f"{ORIGIN}/beatport/image_size/{size}/{_picture_name('release', release_id)}.svg"


def _short_release(release: Release) -> dict[str, Any]:
    label = release.label
    return {
        "id": release.id,
        "name": release.name,
        "image": _image("release", release.id, "1400x1400") if release.has_cover else None,
        "label": {
            "id": label.id,
            "name": label.name,
            "image": _image("label", label.id, "500x500"),
            "slug": slug(label.name),
        },
        "slug": slug(release.name),
    }


def _artist(artist: Artist) -> dict[str, Any]:
    picture = ("artist", artist.id) if artist.has_portrait else ("nobody", 0)
    image = _image(*picture, "590x404") | ({} if artist.has_portrait else {"id": NO_PORTRAIT})
    return {
        "id": artist.id,
        "image": image,
        "name": artist.listed_name,
        "slug": slug(artist.listed_name),
        "url": f"{API}/catalog/artists/{artist.id}/",
    }


def _genre(genre: Genre) -> dict[str, Any]:
    url = f"{API}/catalog/genres/{genre.id}/"
    return {"id": genre.id, "name": genre.name, "slug": genre.slug, "url": url}


def _sub_genre(rng: Random, genre: Genre) -> dict[str, Any] | None:
    if not genre.sub_genres or rng.random() > 0.1:
        return None
    number, name = rng.choice(list(genre.sub_genres.items()))
    return {
        "id": int(number),
        "name": name,
        "slug": slug(name),
        "url": f"{API}/catalog/sub-genres/{number}/",
        "enabled": True,
    }


def _key(key_id: int | None) -> dict[str, Any] | None:
    if key_id is None:
        return None
    note, mode, camelot = KEYS[key_id]
    chord = 1 if mode == "Minor" else 2
    return {
        "camelot_number": int(camelot[:-1]),
        "camelot_letter": camelot[-1],
        "chord_type": {"id": chord, "name": mode, "url": f"{API}/catalog/chord-types/{chord}/"},
        "id": key_id,
        "is_sharp": note.endswith("#"),
        "is_flat": note.endswith("b"),
        "letter": note[0],
        "name": f"{note} {mode}",
        "url": f"{API}/catalog/keys/{key_id}/",
    }


def _status(release: Release) -> dict[str, Any]:
    number, name = (7, "Exclusive") if release.exclusive else (8, "New Release")
    return {"id": number, "name": name, "url": f"{API}/auxiliary/current-status/{number}/"}


def _image(kind: str, owner_id: int, size: str) -> dict[str, Any]:
    """The picture's name tells what to draw: its first letter the kind, its end the owner."""
    name = _picture_name(kind, owner_id)
    suffix = "svg"
    base = f"{ORIGIN}/beatport/image_size"
    return {
        "id": int(name[:8], 16) % 60_000_000,
        "uri": f"{base}/{size}/{name}.{suffix}",
        "dynamic_uri": f"{base}/{{w}}x{{h}}/{name}.{suffix}",
    }


def _picture_name(kind: str, owner_id: int) -> str:
    digest = sha256(f"{kind}/{owner_id}".encode()).hexdigest()
    letter = {"release": "a", "label": "b", "artist": "c", "waveform": "d", "nobody": "e"}[kind]
    return str(UUID(digest[:8] + "0000" + letter + digest[:3] + f"{owner_id:016x}"))


def picture_owner(name: str) -> tuple[str, int] | None:
    """The kind and owner of a picture, from its name."""
    try:
        plain = UUID(name).hex
    except ValueError:
        return None
    kind = {"a": "release", "b": "label", "c": "artist", "d": "waveform", "e": "nobody"}
    return (kind[plain[12]], int(plain[16:], 16)) if plain[12] in kind else None


def _clock(length_ms: int) -> str:
    return f"{length_ms // 60_000}:{length_ms // 1000 % 60:02d}"


def _encoded_at(rng: Random, published_on: date) -> str:
    day = published_on - timedelta(days=rng.randrange(2, 30))
    time = f"{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"
    return f"{day.isoformat()}T{time}-07:00"


def _pre_order_on(rng: Random, published_on: date) -> str | None:
    if rng.random() > 0.3:
        return None
    return (published_on - timedelta(days=14)).isoformat()

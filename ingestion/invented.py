"""Invented music in the shape of Beatport's track objects, as much as is wanted."""

from typing import Any

ODD = 0x9E3779B97F4A7C15F39CC0605CEDC835
OF_EACH = {
    "available_worldwide": True,
    "bsrc_remixer": [],
    "free_downloads": [],
    "free_download_start_date": None,
    "free_download_end_date": None,
    "is_available_for_streaming": True,
    "is_dj_edit": False,
    "is_explicit": False,
    "is_hype": False,
    "is_ugc_remix": False,
    "pre_order": False,
    "pre_order_date": None,
    "price": {"code": "USD", "symbol": "$", "value": 1.69, "display": "$1.69"},
    "sample_start_ms": 143_831,
    "sample_end_ms": 263_831,
}


def track_object(number: int) -> dict[str, Any]:
    """A track object of 3 KB, as full as the API's. Of the artists, each second one is new."""
    artists = [
        _returning(number, 2),
        *([number * 11 % (number // 2 + 1)] if number % 3 == 0 else []),
    ]
    recording = number - 40 if number % 50 == 0 and number else number  # some come back
    release = number // 3
    label = _returning(release, 10)
    return OF_EACH | {
        "id": 40_000_000 + number,
        "name": f"Invented Title {number}",
        "mix_name": "Original Mix" if number % 5 else "Somebody Remix",
        "slug": f"invented-title-{number}",
        "artists": [person(artist) for artist in artists],
        "remixers": [] if number % 5 else [person(number % 300)],
        "release": {
            **thing("releases", 8_000_000 + release * 2, "Invented Release"),
            "image": image(release),
            "label": {
                **thing("labels", label, "Invented Label"),
                "image": image(label),
            },
        },
        "catalog_number": f"INV{release:05}",
        "label_track_identifier": f"INV-{number}",
        "isrc": f"XXINV{recording:07}" if number % 36 else None,
        "genre": thing("genres", 6, "Techno (Peak Time / Driving)"),
        "sub_genre": None if number % 10 else thing("sub-genres", 5, "Driving"),
        "key": {
            **thing("keys", number % 12 + 1, "A Minor"),
            "camelot_number": number % 12 + 1,
            "camelot_letter": "A",
            "chord_type": thing("chord-types", 1, "Minor"),
            "is_sharp": False,
            "is_flat": False,
            "letter": "A",
        },
        "bpm": 120 + number % 30,
        "length": "5:27",
        "length_ms": 300_000 + number,
        "publish_date": f"2026-11-{number % 28 + 1:02}",
        "new_release_date": f"2026-11-{number % 28 + 1:02}",
        "encoded_date": f"2026-10-{number % 28 + 1:02}T09:06:11-07:00",
        "publish_status": "published",
        "exclusive": number % 13 == 0,
        "sample_url": f"https://samples.invalid/track/{number:032x}.LOFI.mp3",
        "image": image(number),
        "url": f"https://api.invalid/v4/catalog/tracks/{40_000_000 + number}/",
        "current_status": thing("current-status", 8, "New Release"),
        "sale_type": thing("sale-types", 1, "purchase"),
    }


def person(number: int) -> dict[str, Any]:
    return thing("artists", 500_000 + number, "Invented Artist") | {"image": image(number)}


def image(number: int) -> dict[str, Any]:
    name = f"{(number + 1) * ODD % 2**128:032x}.jpg"  # compresses as badly as theirs
    return {
        "id": number,
        "uri": f"https://media.invalid/image_size/1400x1400/{name}",
        "dynamic_uri": f"https://media.invalid/image_size/{{w}}x{{h}}/{name}",
    }


def _returning(number: int, every: int) -> int:
    """A new one each so many times, and else one of those that were there before."""
    newest = number // every
    return number * 7_919 % (newest + 1) if number % every else newest


def thing(kind: str, number: int, name: str) -> dict[str, Any]:
    full_name = name if kind == "genres" else f"{name} {number}"
    return {
        "id": number or 1,
        "name": full_name,
        "slug": full_name.casefold().replace(" ", "-"),
        "url": f"https://api.invalid/v4/catalog/{kind}/{number}/",
    }

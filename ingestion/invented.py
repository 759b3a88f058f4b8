"""Invented music in the shape of Beatport's track objects, as much as is wanted."""

from typing import Any

NOISE = {"available_worldwide": True, "free_downloads": [], "is_hype": False}


def track_object(number: int) -> dict[str, Any]:
    """A track object of about 3 KB, as the API's are; releases and artists are shared."""
    artists = [number * 7 % 40_000, *([number * 11 % 40_000] if number % 3 == 0 else [])]
    recording = number - 40 if number % 50 == 0 and number else number  # some come back
    image = f"https://media.invalid/image_size/{{w}}x{{h}}/{number:032x}.jpg"
    return NOISE | {
        "id": 40_000_000 + number,
        "name": f"Invented Title {number}",
        "mix_name": "Original Mix" if number % 5 else "Somebody Remix",
        "slug": f"invented-title-{number}",
        "artists": [person(artist) for artist in artists],
        "remixers": [] if number % 5 else [person(number % 300)],
        "release": {
            **thing("releases", 8_000_000 + number // 3 * 2, "Invented Release"),
            "image": {"id": number, "uri": image, "dynamic_uri": image},
            "label": thing("labels", number // 3 % 6_000, "Invented Label"),
        },
        "catalog_number": f"INV{number // 3 % 6_000:04}",
        "isrc": f"XXINV{recording:07}" if number % 36 else None,
        "genre": thing("genres", 6, "Techno (Peak Time / Driving)"),
        "sub_genre": None if number % 10 else thing("sub-genres", 5, "Driving"),
        "key": {"camelot_number": number % 12 + 1, "camelot_letter": "A", "name": "A Minor"},
        "bpm": 120 + number % 30,
        "length": "5:27",
        "length_ms": 300_000 + number,
        "publish_date": f"2026-11-{number % 28 + 1:02}",
        "new_release_date": f"2026-11-{number % 28 + 1:02}",
        "encoded_date": f"2026-10-{number % 28 + 1:02}T09:06:11-07:00",
        "publish_status": "published",
        "exclusive": number % 13 == 0,
        "sample_url": f"https://samples.invalid/track/{number:032x}.LOFI.mp3",
        "image": {"id": number, "uri": image, "dynamic_uri": image},
        "price": {"code": "USD", "symbol": "$", "value": 1.69, "display": "$1.69"},
        "current_status": thing("current-status", 8, "New Release"),
        "sale_type": thing("sale-types", 1, "purchase"),
    }


def person(number: int) -> dict[str, Any]:
    image = f"https://media.invalid/image_size/590x404/{number:032x}.jpg"
    dynamic = f"https://media.invalid/image_size/{{w}}x{{h}}/{number:032x}.jpg"
    artist = thing("artists", 500_000 + number, "Invented Artist")
    return artist | {"image": {"id": number, "uri": image, "dynamic_uri": dynamic}}


def thing(kind: str, number: int, name: str) -> dict[str, Any]:
    full_name = name if kind == "genres" else f"{name} {number}"
    return {
        "id": number or 1,
        "name": full_name,
        "slug": full_name.casefold().replace(" ", "-"),
        "url": f"https://api.invalid/v4/catalog/{kind}/{number}/",
    }

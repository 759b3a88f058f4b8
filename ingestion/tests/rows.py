"""Track objects as Beatport sends them, invented: the smallest that are whole."""

from typing import Any

from ingestion import parsing
from ingestion.parsing import TrackRow

TECHNO = {"id": 6, "name": "Techno (Peak Time / Driving)", "slug": "techno-peak-time-driving"}


def named(number: int, name: str) -> dict[str, Any]:
    return {"id": number, "name": name, "slug": name.casefold().replace(" ", "-")}


def track_object(number: int = 31_000_001, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Title {number}",
        "mix_name": "Original Mix",
        "slug": f"title-{number}",
        "artists": [named(226_111, "Dusen Valdez (UK)")],
        "remixers": [],
        "release": {
            **named(7_608_680, "Rain"),
            "image": {
                "uri": "https://geo-media.beatport.com/image_size/1400x1400/a.jpg",
                "dynamic_uri": "https://geo-media.beatport.com/image_size/{w}x{h}/a.jpg",
            },
            "label": named(27_790, "Nordic Series"),
        },
        "catalog_number": "NSDIGI473",
        "isrc": f"GBAAA26{number % 100_000:05d}",
        "genre": TECHNO,
        "sub_genre": None,
        "key": {"camelot_number": 5, "camelot_letter": "A", "name": "C Minor"},
        "bpm": 136,
        "length": "5:27",
        "length_ms": 327_662,
        "publish_date": "2026-11-13",
        "new_release_date": "2026-11-13",
        "encoded_date": "2026-10-27T09:06:11-07:00",
        "publish_status": "published",
        "exclusive": False,
        "sample_url": "https://geo-samples.beatport.com/track/a.LOFI.mp3",
        "price": {"code": "USD", "value": 1.69},
    } | changes


def track_row(number: int = 31_000_001, **changes: Any) -> TrackRow:
    return parsing.parse_track(track_object(number, **changes))

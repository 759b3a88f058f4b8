"""Beatport's genres, and how much of each our invented weeks hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

GENRES_PATH = Path(__file__).with_name("data") / "genres.json"

BUSY = {
    3: 420,
    5: 400,
    6: 390,
    11: 360,
    92: 210,
    90: 250,
    14: 240,
    12: 220,
    1: 190,
    89: 230,
    37: 180,
}
BUSY |= {15: 170, 7: 160, 13: 140, 2: 150, 107: 160, 105: 170, 98: 38, 103: 34, 104: 30}

TEMPO = {1: (170, 176), 2: (146, 160), 3: (96, 130), 5: (122, 128), 6: (130, 142), 7: (132, 140)}
TEMPO |= {
    8: (150, 180),
    9: (128, 138),
    11: (125, 131),
    12: (118, 124),
    13: (138, 148),
    14: (122, 130),
}
TEMPO |= {
    15: (120, 126),
    16: (120, 130),
    18: (138, 150),
    37: (112, 124),
    38: (136, 160),
    39: (110, 128),
}
TEMPO |= {
    50: (110, 122),
    63: (80, 104),
    85: (130, 145),
    86: (130, 138),
    89: (118, 124),
    90: (120, 127),
}
TEMPO |= {
    92: (128, 140),
    93: (116, 122),
    94: (126, 136),
    95: (138, 142),
    98: (110, 115),
    99: (134, 142),
}
TEMPO |= {
    100: (70, 120),
    101: (126, 132),
    102: (100, 118),
    103: (90, 108),
    105: (80, 100),
    106: (92, 128),
}


@dataclass(frozen=True)
class Genre:
    id: int
    name: str
    slug: str
    sub_genres: dict[str, str]

    @property
    def tempo(self) -> tuple[int, int]:
        return TEMPO.get(self.id, (98, 128))


@cache
def genres() -> dict[int, Genre]:
    rows = json.loads(GENRES_PATH.read_text(encoding="utf-8"))
    return {row["id"]: Genre(**row) for row in rows}


def default_volume(genre_id: int, year: int, week: int) -> int:
    """Some genres are busier than others, and no two weeks are the same."""
    usual = BUSY.get(genre_id) or Random(f"volume/{genre_id}").randrange(62, 132)
    return max(30, min(420, round(usual * Random(f"{genre_id}/{year}/{week}").uniform(0.9, 1.1))))

"""Invented artists, labels and titles: the same ones for the same seed, always."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from random import Random

from sandbox import words

ARTIST_COUNT = 1200
LABEL_COUNT = 260


@dataclass(frozen=True)
class Artist:
    id: int
    name: str
    country: str = ""
    has_portrait: bool = True

    @property
    def listed_name(self) -> str:
        """The store tells namesakes apart by country."""
        return f"{self.name} ({self.country})" if self.country else self.name


@dataclass(frozen=True)
class Label:
    id: int
    name: str
    prefix: str


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "-"


@cache
def artists() -> tuple[Artist, ...]:
    rng = Random("artists")
    names = dict.fromkeys(words.OTHER_SCRIPTS)
    while len(names) < ARTIST_COUNT:
        names.setdefault(_artist_name(rng))
    pool = list(names)
    rng.shuffle(pool)
    return tuple(
        Artist(
            id=101_000 + number * 977,
            name=name,
            country=rng.choice(words.COUNTRIES) if rng.random() < 0.08 else "",
            has_portrait=rng.random() < 0.6,
        )
        for number, name in enumerate(pool)
    )


@cache
def labels() -> tuple[Label, ...]:
    rng = Random("labels")
    names: dict[str, None] = {}
    while len(names) < LABEL_COUNT:
        names.setdefault(_label_name(rng))
    return tuple(
        Label(id=2_400 + number * 311, name=name, prefix=_prefix(rng, name))
        for number, name in enumerate(names)
    )


def title(rng: Random) -> str:
    draw = rng.random()
    if draw < 0.16:
        return rng.choice(words.PHRASES[rng.choice(list(words.PHRASES))])
    if draw < 0.17:
        return _long_title(rng)
    return _english_title(rng) + _title_tail(rng)


def release_name(rng: Random) -> str:
    return _english_title(rng) + rng.choice((" EP", " EP", "", " Vol. 2", " LP", " Pt. 1"))


def compilation_name(rng: Random, genre_name: str) -> str:
    short = genre_name.split("(")[0].strip()
    season = rng.choice(("Autumn", "Winter", "Spring", "Summer", "Festival", "After Hours"))
    return rng.choice(
        (f"{short} {season} Selection", f"Best of {short}", f"{season} {short} Tools")
    )


def _artist_name(rng: Random) -> str:
    draw = rng.random()
    if draw < 0.42:
        return f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.SURNAMES)}"
    if draw < 0.66:
        return _coined(rng)
    if draw < 0.76:
        return f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.NOUNS)}"
    if draw < 0.84:
        return f"{rng.choice(words.NOUNS)} {rng.choice(words.CREWS)}"
    if draw < 0.88:
        return f"{rng.choice(words.SURNAMES)} & {rng.choice(words.SURNAMES)}"
    if draw < 0.92:
        return f"DJ {rng.choice(words.NOUNS + words.FIRST_NAMES)}"
    if draw < 0.95:
        return f"{rng.choice(words.FIRST_NAMES)[0]}. {rng.choice(words.SURNAMES)}"
    if draw < 0.98:
        return re.sub("[aeiou]", "", _coined(rng)).upper() + rng.choice(("", "", "7", "-9"))
    return f"{rng.choice(words.NOUNS)} {rng.randrange(2, 99)}"


def _coined(rng: Random) -> str:
    return rng.choice(words.ONSETS) + rng.choice(words.MIDDLES) + rng.choice(words.CODAS)


def _label_name(rng: Random) -> str:
    draw = rng.random()
    if draw < 0.3:
        return rng.choice(words.LABEL_WORDS)
    if draw < 0.8:
        return f"{rng.choice(words.LABEL_WORDS)} {rng.choice(words.LABEL_SUFFIXES)}"
    if draw < 0.9:
        return f"{rng.choice(words.NOUNS)}{rng.choice(('', ' '))}{rng.randrange(3, 99)}"
    return f"{rng.choice(words.NOUNS)} & {rng.choice(words.NOUNS)}"


def _prefix(rng: Random, name: str) -> str:
    letters = re.sub("[^A-Z]", "", slug(name).upper())
    return (letters[:1] + "".join(rng.sample(letters[1:], min(2, len(letters) - 1)))) or "X"


def _english_title(rng: Random) -> str:
    noun, adjective = rng.choice(words.NOUNS), rng.choice(words.ADJECTIVES)
    draw = rng.random()
    if draw < 0.26:
        return f"{adjective} {noun}"
    if draw < 0.46:
        return noun
    if draw < 0.66:
        return f"{rng.choice(words.VERBS)} {rng.choice(words.ENDINGS)}"
    if draw < 0.74:
        return f"{noun} in {rng.choice(words.PLACES)}"
    if draw < 0.82:
        return f"The {adjective} {noun}"
    if draw < 0.88:
        return rng.choice(words.VOCAL_SUBJECTS)
    if draw < 0.94:
        return f"{noun} & {rng.choice(words.NOUNS)}"
    return f"{noun} {rng.choice(('II', '303', '909', '4am', '2000', 'XL', 'No. 5'))}"


def _title_tail(rng: Random) -> str:
    draw = rng.random()
    if draw < 0.05:
        return f" feat. {rng.choice(artists()).name}"
    if draw < 0.065:
        return f" ({rng.choice(words.VERBS)} {rng.choice(words.ENDINGS)})"
    if draw < 0.075:
        return f" (Part {rng.choice(('I', 'II', '2', '3'))})"
    return ""


def _long_title(rng: Random) -> str:
    parts = [_english_title(rng) for _ in range(rng.randrange(6, 11))]
    return (", ".join(parts[:-1]) + " and " + parts[-1])[:240]

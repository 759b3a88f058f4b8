"""The word tables our invented music is named with."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

TABLES = Path(__file__).with_name("data") / "words.toml"


def _words(table: Any) -> Any:
    if isinstance(table, dict):
        return {name: _words(part) for name, part in table.items()}
    return [word.strip() for line in table.splitlines() for word in line.split(";") if word.strip()]


_tables = _words(tomllib.loads(TABLES.read_text(encoding="utf-8")))

NOUNS: list[str] = _tables["nouns"]
ADJECTIVES: list[str] = _tables["adjectives"]
VERBS: list[str] = _tables["verbs"]
ENDINGS: list[str] = _tables["endings"]
PLACES: list[str] = _tables["places"]
VOCAL_SUBJECTS: list[str] = _tables["vocal_subjects"]
# Whole phrases, since other languages bend their words.
PHRASES: dict[str, list[str]] = _tables["phrases"]

FIRST_NAMES: list[str] = _tables["first_names"]
SURNAMES: list[str] = _tables["surnames"]
ONSETS: list[str] = _tables["onsets"]
MIDDLES = ["", "", "a", "e", "i", "o", "u", "an", "en", "el", "ir", "ov", "ar"]
CODAS: list[str] = _tables["codas"]
CREWS: list[str] = _tables["crews"]
COUNTRIES: list[str] = _tables["countries"]
OTHER_SCRIPTS: list[str] = _tables["other_scripts"]

LABEL_WORDS: list[str] = _tables["label_words"]
LABEL_SUFFIXES: list[str] = _tables["label_suffixes"]

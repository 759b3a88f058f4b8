"""Spotify's search: free words and filters over what has been generated so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from sandbox import clock, switches

FILTERS = "track|artist|album|isrc|upc|year|genre|tag|label"
FILTER = re.compile(rf'\b({FILTERS}):("[^"]*"|\S+)', re.IGNORECASE)
WORD = re.compile(r"\w+")
COMMON = set("mix remix edit original extended the a of in and feat with radio dub version".split())
POOL = 200


@dataclass
class Query:
    words: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    isrcs: list[str] = field(default_factory=list)
    upc: str = ""
    years: tuple[int, int] | None = None
    impossible: bool = False


def parse(text: str) -> Query:
    query = Query()
    open_filter = ""
    position = 0
    for match in FILTER.finditer(text):
        _take_words(query, open_filter, text[position : match.start()])
        open_filter = "" if match[2].startswith('"') else match[1].lower()
        _take_filter(query, match[1].lower(), match[2].strip('"'))
        position = match.end()
    _take_words(query, open_filter, text[position:])
    return query


def track_ids(query: Query) -> list[int]:
    """Keys of the tracks, best first."""
    if query.impossible or query.upc:
        return []
    if query.isrcs:
        return _by_isrc(query)
    strict = _match(_strict(query), query)
    if query.words and len(strict) < 10:
        strict += [key for key in _match(_loose(query), query) if key not in set(strict)]
    return strict


def album_ids(query: Query) -> list[int]:
    if query.impossible or query.isrcs:
        return []
    if query.upc:
        return _column("SELECT id FROM sandbox_spotifyalbum WHERE upc = %s", [query.upc])
    keys = track_ids(query)[:POOL]
    if not keys:
        return []
    marks = ",".join(["%s"] * len(keys))
    sql = f"SELECT album_id FROM sandbox_spotifytrack WHERE id IN ({marks})"
    return list(dict.fromkeys(_column(sql, keys)))


def _take_filter(query: Query, name: str, value: str) -> None:
    column = {"track": "title", "artist": "artist", "album": "album"}.get(name)
    if column:
        query.columns.setdefault(column, []).extend(WORD.findall(value))
    elif name == "isrc":
        query.isrcs.append(value.upper().replace("-", ""))
    elif name == "upc":
        query.upc = value
    elif name == "year" and (match := re.fullmatch(r"(\d{4})(?:-(\d{4}))?", value)):
        query.years = int(match[1]), int(match[2] or match[1])
    elif name in ("genre", "label", "year"):
        query.impossible = True


def _take_words(query: Query, open_filter: str, text: str) -> None:
    """Words after an unquoted filter still belong to it."""
    words = [word for word in WORD.findall(text) if word not in ("OR", "NOT", "AND")]
    column = {"track": "title", "artist": "artist", "album": "album"}.get(open_filter)
    (query.columns[column] if column else query.words).extend(words)


def _strict(query: Query) -> str:
    parts = [f"{column} : {_all(words)}" for column, words in query.columns.items() if words]
    if query.words:
        parts.append(_all(query.words))
    return " AND ".join(parts)


def _loose(query: Query) -> str:
    """Spotify also shows what only some of the words fit."""
    telling = [word for word in query.words if word.lower() not in COMMON and len(word) > 1]
    if not telling:
        return ""
    parts = [f"{column} : {_all(words)}" for column, words in query.columns.items() if words]
    return " AND ".join([*parts, "(" + " OR ".join(map(_quoted, telling)) + ")"])


def _all(words: list[str]) -> str:
    return "(" + " AND ".join(map(_quoted, words)) + ")"


def _quoted(word: str) -> str:
    return f'"{word}"'


def _match(expression: str, query: Query) -> list[int]:
    if not expression:
        return []
    first, last = query.years or (0, 9999)
    return _column(
        "SELECT t.id FROM spotify_text JOIN sandbox_spotifytrack t ON t.id = spotify_text.rowid"
        " JOIN sandbox_spotifyalbum a ON a.id = t.album_id"
        " WHERE spotify_text MATCH %s AND a.year BETWEEN %s AND %s"
        " AND (t.visible_at IS NULL OR t.visible_at <= %s)"
        " ORDER BY bm25(spotify_text, 4.0, 3.0, 0.5) - t.popularity / 40.0, t.id LIMIT %s",
        [expression, first, last, _now(), POOL],
    )


def _by_isrc(query: Query) -> list[int]:
    isrcs = query.isrcs if switches.get("isrc_or") else query.isrcs[:1]
    marks = ",".join(["%s"] * len(isrcs))
    return _column(
        f"SELECT id FROM sandbox_spotifytrack WHERE isrc IN ({marks})"
        " AND (visible_at IS NULL OR visible_at <= %s) ORDER BY popularity DESC, id",
        [*isrcs, _now()],
    )


def _now() -> str:
    return clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")


def _column(sql: str, values: Sequence[str | int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]

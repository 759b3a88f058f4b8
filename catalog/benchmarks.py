"""What `make bench` measures here. See clouder.bench."""

import random
import re
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from django.db import connection, transaction

from catalog import indexes, plans, search
from catalog.models import Artist, Label, Release, Track, TrackArtist
from catalog.search import Question

TRACKS = 1_000_000
WORDS = 4_000
# Without an index; a walk along one ends at its LIMIT.
READS_ALL = re.compile(
    r"Seq Scan on catalog_(?:track|trackartist|artist|release)\b|^SCAN \w+$", re.MULTILINE
)


def search_among_a_million() -> dict[str, float]:
    """Tracks made by the database itself; then what a DJ waits for until the ids are there.

    Fails when a plan reads a large table from end to end.
    """
    indexes.drop(connection)
    with transaction.atomic():
        _fill(TRACKS)
    with transaction.atomic():
        seconds = _seconds(lambda: indexes.create(connection))
    _run("ANALYZE")
    figures = {"seconds to index it all": seconds, "tracks": Track.objects.count()}
    for name, typed in _questions().items():
        with plans.explained() as found:
            figures[f"found by {name}"] = len(_search(typed))  # the first time is from the disk
        if scans := [plan for _, plan in found if READS_ALL.search(plan)]:
            raise AssertionError(f"{typed} reads a whole table: {scans}")
        figures[f"milliseconds for {name}"] = 1000 * median(
            _seconds(partial(_search, typed)) for _ in range(5)
        )
    _empty()
    return figures


LONG = [search_among_a_million]


def _search(typed: str) -> list[int]:
    return list(search.tracks(Question.read(typed)).values_list("pk", flat=True))


def _questions() -> dict[str, str]:
    """About a track in the middle."""
    track = Track.objects.order_by("pk")[TRACKS // 2]
    artist, release = track.artists.get(), track.release
    assert release
    assert release.label
    return {
        "a title": track.title,
        "a rare word": "zq0017",
        "an artist": artist.name,
        "an artist and a title": f"{artist.name} {track.title}",
        "a label": release.label.name,
        "a label and a word in every tenth title": f"{release.label.name} love",
        "a catalogue number": release.catalog_number.replace(" ", ""),
        "an ISRC": track.isrc,
        "a word in every tenth title": "love",
        "letters in every catalogue number": "cat",
    }


def _fill(count: int) -> None:
    """Names of two words, titles of three; every tenth title has love in it."""
    _run("CREATE TEMPORARY TABLE bench_words (id integer PRIMARY KEY, word text)")
    letters = random.Random(7)  # noqa: S311
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    words = [
        (number, f"zq{number:04}" if number < 20 else "".join(letters.choices(syllables, k=3)))
        for number in range(WORDS)
    ]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO bench_words VALUES (%s, %s)", words)
    _insert(Artist, count // 4, name="{a} {b}", search_text="{a} {b}")
    _insert(Label, count // 25, name="{a} {b}", search_text="{a} {b}")
    _insert(
        Release,
        count // 3,
        title="{a} {b}",
        catalog_number="CAT {n}",
        search_text="{a} {b} cat{n}",
        label_id=("SELECT min(id) FROM catalog_label", count // 25),
    )
    _insert(
        Track,
        count,
        title="{a} {b} {c}",
        recording_key="bench:{n}",
        isrc="BENCH{n}",
        search_text="{a} {b} {c} bench{n}",
        release_id=("SELECT min(id) FROM catalog_release", count // 3),
        status="published",
        is_primary=True,
        published_on="{day}",
        created_at="2026-11-13 00:00:00+00:00",
        updated_at="2026-11-13 00:00:00+00:00",
    )
    first = "(SELECT min(id) FROM catalog_artist)"
    _run(
        "INSERT INTO catalog_trackartist (track_id, artist_id, role, position) "  # noqa: S608
        f"SELECT id, {first} + (id * 7919) %% {count // 4}, 'artist', 0 FROM catalog_track"
    )


def _insert(model: Any, count: int, **given: Any) -> None:
    """`{a}`, `{b}`, `{c}` are words that differ by row, `{n}` is its number, `{day}` its day."""
    columns, values, params = [], [], []
    for column in model._meta.concrete_fields:
        if column.primary_key or (column.null and column.attname not in given):
            continue
        columns.append(column.column)
        value = given.get(column.attname, "{n}" if column.attname == "beatport_id" else None)
        expression, param = _expression(value if value is not None else column.get_default())
        values.append(
            "CAST(numbers.n AS integer)" if column.attname == "beatport_id" else expression
        )
        params += [] if column.attname == "beatport_id" else param
    sql = f"""
        WITH RECURSIVE numbers (n) AS
            (SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
        INSERT INTO {model._meta.db_table} ({", ".join(columns)})
        SELECT {", ".join(values)} FROM numbers
        JOIN bench_words a ON a.id = (numbers.n * 7919) %% {WORDS}
        JOIN bench_words b ON b.id = (numbers.n / 3 * 31) %% {WORDS}
        JOIN bench_words c ON c.id = (numbers.n / 7 * 17) %% {WORDS}
        """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _expression(value: Any) -> tuple[str, list[Any]]:
    if isinstance(value, tuple):
        first, count = value
        return f"({first}) + (numbers.n * 31) %% {count}", []
    if not isinstance(value, str) or "{" not in value:
        return "%s", [value]
    love = "CASE WHEN numbers.n %% 10 = 0 THEN 'love' ELSE c.word END"
    day = "CAST('2020-01-01' AS date) + CAST(numbers.n / 4000 AS integer)"
    if connection.vendor == "sqlite":
        day = "date('2020-01-01', '+' || (numbers.n / 4000) || ' days')"
    parts = {
        "{day}": day,
        "{a}": "a.word",
        "{b}": "b.word",
        "{c}": love,
        "{n}": "CAST(numbers.n AS text)",
    }
    pieces, params = [], []
    for piece in value.replace("{", "|{").replace("}", "}|").split("|"):
        if piece in parts:
            pieces.append(parts[piece])
        elif piece:
            pieces.append("CAST(%s AS text)")
            params.append(piece)
    return " || ".join(pieces), params


def _empty() -> None:
    """Without the triggers, which would take out each row by itself."""
    indexes.drop(connection)
    with transaction.atomic():
        for model in (TrackArtist, Track, Release, Label, Artist):
            model._default_manager.all()._raw_delete(connection.alias)
        _run("DROP TABLE bench_words")
    with transaction.atomic():
        indexes.create(connection)


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [])


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started

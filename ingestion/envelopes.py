"""What track objects come in: a page of the API, a page of the web site, a saved file of either.

Pure: bytes in, objects out. The objects are storable as JSON in both databases.
"""

import gzip
import io
import json
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from ingestion import cleaning

LARGEST_DOCUMENT = 64 * 1024 * 1024
HEAD_OF_MAIL = 2000  # bytes
LARGEST_COUNT = 10_000_000
LONGEST_NUMBER = 30  # digits
DEEPEST = 50  # levels of brackets; Beatport's pages have a dozen, SQLite takes a thousand
_ESCAPED_NUL_OR_SURROGATE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_SQUARE = bytes.maketrans(b"{}", b"[]")
_NOT_MARKS = bytes(set(range(256)) - set(b'[]{}"'))
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_TEXT = re.compile(rb'"[^"]*"')
_SCRIPT = re.compile(rb"<script\s([^<>]*+)>([^<]*+(?:<(?!/script)[^<]*+)*+)")
_IS_NEXT_DATA = re.compile(rb"""(?<!\S)id=(["']?)__NEXT_DATA__\1(?!\S)""")
_TEXT_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{\]}]', re.DOTALL)


class Unreadable(Exception):
    """The document is not what it should be. Its text says what is wrong, for staff."""


class NoTracksInside(Unreadable):
    """A readable document that holds no list of tracks."""


@dataclass(frozen=True)
class Envelope:
    """Rows are as sent: any JSON value, in order, perhaps twice."""

    rows: list[Any]
    count: int | None = None
    per_page: int | None = None


def read_api_page(body: bytes) -> Envelope:
    document = read_json(body)
    if not isinstance(document, dict) or not isinstance(document.get("results"), list):
        raise Unreadable("The answer is not a page of results.")
    return _envelope(document)


def read_web_page(body: bytes) -> Envelope:
    """All lists of tracks on a page; the largest count belongs to the list that was asked for."""
    next_data = read_next_data(body)
    lists = [_envelope(found) for found in _results_of_queries(next_data)]
    if not lists and _lists_nothing(next_data):
        return Envelope(rows=[], count=0)
    if not lists:
        raise NoTracksInside("The page holds no list of tracks.")
    longest = max(lists, key=lambda found: found.count or 0)
    rows = [row for found in lists for row in found.rows]
    return Envelope(rows=without_repeats(rows), count=longest.count, per_page=longest.per_page)


def read_file(body: bytes) -> list[Any]:
    """The rows of a saved web page, of its `__NEXT_DATA__`, or of the API's JSON; gzip or not."""
    plain = unpack(body, LARGEST_DOCUMENT)
    if not plain:
        raise Unreadable("The file is empty.")
    if b"mime-version:" in plain[:HEAD_OF_MAIL].lower():
        raise Unreadable(
            "A page saved as a single file (.mhtml) leaves its data out. Save it as HTML instead."
        )
    if plain.startswith(b"PK\x03\x04"):
        raise Unreadable("This is a zip archive. Unpack it, and upload the files inside.")
    if plain.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _rows_of_pages(read_next_data(plain))
    document = read_json(plain)
    if _is_list_of_tracks(document):
        return document
    parts = document if isinstance(document, list) else [document]
    rows = [row for part in parts for row in _rows_of_part(part)]
    if not rows:
        raise NoTracksInside("The file holds no tracks.")
    return rows


def unpack(body: bytes, largest: int) -> bytes:
    """Undoes gzip, and refuses what would grow beyond the largest size."""
    if not body.startswith(b"\x1f\x8b"):
        plain = body[: largest + 1]
    else:
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
                plain = packed.read(largest + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise Unreadable(f"The gzip file is damaged: {error}") from error
    if len(plain) > largest:
        raise Unreadable(f"The file is larger than {largest // 2**20} MB.")
    return plain


def read_json(body: bytes) -> Any:
    """What is nested too deeply, and numbers that are none or endless, become null."""
    text = body.decode("utf-8-sig", errors="replace")
    if not _is_shallow(body):
        text = _shallow(text)
    try:
        return _storable_json(text)
    except ValueError:
        return _with_care(text)


def _storable_json(text: str, **options: Any) -> Any:
    document = json.loads(
        text, strict=False, parse_constant=lambda name: None, parse_float=_finite, **options
    )
    if "\x00" in text or _ESCAPED_NUL_OR_SURROGATE.search(text):
        return cleaning.storable(document)
    return document


def _with_care(text: str) -> Any:
    """Looks at each whole number, which takes its time."""
    try:
        return _storable_json(text, parse_int=_short)
    except ValueError as error:
        raise Unreadable(f"This is not JSON: {error}") from error


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _short(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_NUMBER else None


def _is_shallow(body: bytes) -> bool:
    """Takes away texts, then again and again the innermost pairs of brackets."""
    marks = _ESCAPED.sub(b"", body).translate(_SQUARE, _NOT_MARKS)
    marks = _TEXT.sub(b"", marks.replace(b'""', b""))
    for _ in range(DEEPEST):
        marks = marks.replace(b"[]", b"")
    return not marks


def _shallow(text: str) -> str:
    """The same JSON, with null for all that is nested deeper than anything of Beatport's."""
    kept, depth, start = [], 0, 0
    for found in _TEXT_OR_BRACKET.finditer(text):
        if found[0] in ("[", "{"):
            depth += 1
            if depth == DEEPEST + 1:
                kept += [text[start : found.start()], "null"]
        elif found[0] in ("]", "}"):
            depth -= 1
            if depth == DEEPEST:
                start = found.end()
    return "".join([*kept, text[start:] if depth <= DEEPEST else ""])


def read_next_data(body: bytes) -> Any:
    """The state that Beatport's pages carry in `<script id="__NEXT_DATA__">`.

    Looked for as text first: a script ends at the first `</script`, and Next.js writes each `<` of
    its data as an escape. Who writes its tags in another way is read as a browser would.
    """
    for attributes, data in _SCRIPT.findall(body):
        if _IS_NEXT_DATA.search(attributes):
            return read_json(data)
    if data := _script_of_tree(body):
        return read_json(data)
    raise NoTracksInside("The page carries no data (__NEXT_DATA__): perhaps a bot check.")


def _script_of_tree(body: bytes) -> bytes:
    """Empty where there is none."""
    try:
        parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
        page = html.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return b""
    found = page.xpath('//script[@id="__NEXT_DATA__"]')
    return (found[0].text or "").encode() if found else b""


def looks_like_track(found: Any) -> bool:
    return isinstance(found, dict) and "mix_name" in found


def _envelope(found: dict[str, Any]) -> Envelope:
    return Envelope(
        rows=found["results"],
        count=cleaning.whole_number(found.get("count"), 0, LARGEST_COUNT),
        per_page=cleaning.whole_number(found.get("per_page"), 1, 1000),
    )


def _rows_of_part(part: Any) -> list[Any]:
    """An envelope of the API, a page's state, or one track."""
    if isinstance(part, dict) and ("props" in part or "pageProps" in part):
        return _rows_of_pages(part)
    if isinstance(part, dict) and _is_list_of_tracks(part.get("results")):
        return part["results"]
    if looks_like_track(part):
        return [part]
    raise NoTracksInside("The file holds no tracks.")


def _rows_of_pages(next_data: Any) -> list[Any]:
    rows = [row for found in _results_of_queries(next_data) for row in found["results"]]
    rows += [found for found in _data_of_queries(next_data) if looks_like_track(found)]
    if not rows:
        raise NoTracksInside("The page holds no tracks.")
    return without_repeats(rows)


def _results_of_queries(next_data: Any) -> Iterator[dict[str, Any]]:
    for found in _data_of_queries(next_data):
        if isinstance(found, dict) and _is_list_of_tracks(found.get("results")):
            yield found


def _lists_nothing(next_data: Any) -> bool:
    """Beatport's answer to days without tracks. An empty list tells its kind by its key only."""
    return any(
        "tracks" in json.dumps(_inside(query, "queryKey"))
        and _inside(query, "state", "data", "results") == []
        and _inside(query, "state", "data", "count") == 0
        for query in _queries(next_data)
    )


def _data_of_queries(next_data: Any) -> Iterator[Any]:
    for query in _queries(next_data):
        yield _inside(query, "state", "data")


def _queries(next_data: Any) -> list[Any]:
    props = _inside(next_data, "props") or next_data
    queries = _inside(props, "pageProps", "dehydratedState", "queries")
    return queries if isinstance(queries, list) else []


def _inside(found: Any, *names: str) -> Any:
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _is_list_of_tracks(found: Any) -> bool:
    return isinstance(found, list) and any(looks_like_track(row) for row in found)


def without_repeats(rows: list[Any]) -> list[Any]:
    """Each id once, as it came last, for pages repeat whole lists; a row without an id stays."""
    seen: dict[Any, Any] = {}
    for place, row in enumerate(rows):
        number = cleaning.identifier(row.get("id")) if isinstance(row, dict) else None
        seen[number or ("place", place)] = row
    return list(seen.values())

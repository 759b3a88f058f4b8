"""When two tracks of Beatport are the same recording, and which of them is the primary one. Pure.

By ISRC; where there is none, by title, kind of mix and artists, with lengths within two seconds.
Extended, original and radio versions have ISRCs of their own and are never put together by title.

Both answers follow from the tracks alone, in whatever order those came.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha1

from ingestion.parsing import TrackRow

TOLERANCE_MS = 2_000
_COUNTRY = re.compile(r"\s*\([A-Z]{2,3}\)$")
_WORDS = re.compile(r"\w+")
_SAYS_NOTHING = frozenset({"original", "mix", "version"})


def recording_key(row: TrackRow) -> str:
    """Of a track that has no other one like it: `isrc:GBKQU2578872`, or as `keys_by_text`."""
    if row.isrc:
        return f"isrc:{row.isrc}"
    return keys_by_text(text_digest(row), {row.beatport_id: row.length_ms})[row.beatport_id]


def text_digest(row: TrackRow) -> str:
    """What tracks without ISRC share when they may be one recording; empty for those with one."""
    if row.isrc:
        return ""
    artists = sorted({_plain(_COUNTRY.sub("", artist.name)) for artist in row.artists})
    parts = [_plain(row.title), _mix_family(row.mix_name), *artists]
    return sha1("\n".join(parts).encode(), usedforsecurity=False).hexdigest()


def keys_by_text(digest: str, lengths: Mapping[int, int | None]) -> dict[int, str]:
    """Keys of all tracks of one digest, by any ids: `text:<digest>:<milliseconds>`.

    From the shortest on, each that has no recording yet begins one, with all that are up to two
    seconds longer; its length names the recording. Those of unknown length are one (`-`).
    """
    keys: dict[int, str] = {}
    shortest = None
    for number, length in sorted(lengths.items(), key=lambda one: one[1] or 0):
        if length is None:
            keys[number] = f"text:{digest}:-"
            continue
        if shortest is None or length - shortest > TOLERANCE_MS:
            shortest = length
        keys[number] = f"text:{digest}:{shortest}"
    return keys


def primary(tracks: Iterable[tuple[int, date | None]]) -> int:
    """The Beatport id of the one published first; of several, and of none with a date, the
    lowest."""
    return min(tracks, key=lambda one: (one[1] or date.max, one[0]))[0]


def _mix_family(mix_name: str) -> str:
    return " ".join(word for word in _words(mix_name) if word not in _SAYS_NOTHING)


def _plain(name: str) -> str:
    """A name of signs only stays as it is."""
    return " ".join(_words(name)) or name.strip()


def _words(name: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return _WORDS.findall("".join(c for c in decomposed if not unicodedata.combining(c)))

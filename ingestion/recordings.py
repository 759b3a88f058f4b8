"""When two tracks of Beatport are the same recording. Pure.

By ISRC; where there is none, by title, kind of mix and artists, with lengths within two seconds.
Extended, original and radio versions have ISRCs of their own and are never put together by title.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from hashlib import sha1

from ingestion.parsing import TrackRow

TOLERANCE_SECONDS = 2
_COUNTRY = re.compile(r"\s*\([A-Z]{2,3}\)$")
_WORDS = re.compile(r"\w+")
_SAYS_NOTHING = frozenset({"original", "mix", "version"})


def recording_key(row: TrackRow) -> str:
    """Such as `isrc:GBKQU2578872`, or `text:<digest>:<seconds>` (`-` for an unknown length)."""
    if row.isrc:
        return f"isrc:{row.isrc}"
    seconds = "-" if row.length_ms is None else round(row.length_ms / 1000)
    return f"text:{_digest(row)}:{seconds}"


def neighbours(key: str) -> list[str]:
    """The other keys that mean the same recording, the nearest length first."""
    kind, _, rest = key.partition(":")
    digest, _, seconds = rest.partition(":")
    if kind != "text" or seconds == "-":
        return []
    away = sorted((step for step in range(-TOLERANCE_SECONDS, TOLERANCE_SECONDS + 1)), key=abs)
    return [f"text:{digest}:{int(seconds) + step}" for step in away if step]


def settle(key: str, known: Collection[str]) -> str:
    """The key under which this recording is known already, or its own."""
    if key in known:
        return key
    return next((other for other in neighbours(key) if other in known), key)


def _digest(row: TrackRow) -> str:
    artists = sorted({_plain(_COUNTRY.sub("", artist.name)) for artist in row.artists})
    parts = [_plain(row.title), _mix_family(row.mix_name), *artists]
    return sha1("\n".join(parts).encode(), usedforsecurity=False).hexdigest()


def _mix_family(mix_name: str) -> str:
    return " ".join(word for word in _words(mix_name) if word not in _SAYS_NOTHING)


def _plain(name: str) -> str:
    return " ".join(_words(name))


def _words(name: str) -> Iterable[str]:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return _WORDS.findall("".join(c for c in decomposed if not unicodedata.combining(c)))

"""What we ask Spotify's search for. Pure."""

import re

from ingestion import titles

LONGEST = 100
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_GUESTS = re.compile(r"\s(?:feat|ft|featuring)\b.*", re.IGNORECASE)
_WHICH_ARTIST = re.compile(r"\s*\([^()]*\)\s*$")
_SIGNS = re.compile(r'[":*(){}\[\]<>~^|\\/]+')


def by_isrc(isrc: str) -> str:
    return f"isrc:{isrc}"


def by_title(title: str, artist: str) -> str:
    """The title proper and one artist: `artist:` must fit literally, so without "(UK)"."""
    core = _GUESTS.sub("", _BRACKETS.sub(" ", title))
    return f"track:{_words(core) or _words(title)} artist:{_artist(artist)}"


def by_album(title: str, artist: str) -> str:
    """The tracks of a release."""
    return f"album:{_words(_BRACKETS.sub(' ', title)) or _words(title)} artist:{_artist(artist)}"


def _artist(name: str) -> str:
    return _words(_WHICH_ARTIST.sub("", name)) or _words(name)


def _words(text: str) -> str:
    """In small letters, for OR, AND and NOT are operators; without signs that filters use."""
    words = (word.lstrip("-") for word in _SIGNS.sub(" ", text).casefold().split())
    return " ".join(word for word in words if word and titles.words(word))[:LONGEST].strip()

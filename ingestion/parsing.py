"""One track object of Beatport, from whichever source, becomes one frozen value.

Pure: neither Django nor HTTP. The rules of cleaning are those of `ingestion.cleaning`. Objects come
from `ingestion.envelopes`, which makes them storable as they are.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple, TypeVar

from ingestion import cleaning

TEXT = 255
MOST_CREDITS = 100
LARGEST_GENRE_ID = 2**31 - 1
WITHDRAWN = frozenset({"hidden", "labelremoved", "takedown"})

Row = TypeVar("Row")


class RowRefused(Exception):
    """A row that cannot be used. Its text says why, in words for staff."""


class GenreRow(NamedTuple):
    beatport_id: int
    name: str
    slug: str


class SubGenreRow(NamedTuple):
    beatport_id: int
    name: str
    slug: str


class ArtistRow(NamedTuple):
    beatport_id: int
    name: str
    slug: str


class LabelRow(NamedTuple):
    beatport_id: int
    name: str
    slug: str


class ReleaseRow(NamedTuple):
    beatport_id: int
    title: str
    slug: str
    label: LabelRow | None
    catalog_number: str
    artwork: str


class TrackRow(NamedTuple):
    beatport_id: int
    title: str
    mix_name: str
    slug: str
    artists: tuple[ArtistRow, ...]
    remixers: tuple[ArtistRow, ...]
    release: ReleaseRow | None
    genre: GenreRow | None
    sub_genre: SubGenreRow | None
    isrc: str
    bpm: int | None
    key: str
    length_ms: int | None
    published_on: date | None
    released_on: date | None
    encoded_on: date | None
    is_withdrawn: bool
    is_exclusive: bool
    sample_url: str
    raw: dict[str, Any]


def parse_track(found: Any) -> TrackRow:
    """Raises RowRefused for a row without an id or a title: nothing could be done with it."""
    if not isinstance(found, dict):
        raise RowRefused("The row is not an object.")
    return TrackRow(
        beatport_id=_required_id(found),
        title=_required_title(found),
        mix_name=cleaning.text(found.get("mix_name"), TEXT),
        slug=cleaning.slug(found.get("slug"), TEXT),
        artists=_artists(found.get("artists")),
        remixers=_artists(found.get("remixers")),
        release=parse_release(found.get("release"), found.get("catalog_number")),
        genre=parse_genre(found.get("genre")),
        sub_genre=parse_sub_genre(found),
        isrc=cleaning.isrc(found.get("isrc")),
        bpm=cleaning.whole_number(found.get("bpm"), 20, 400),
        key=_key(found.get("key")),
        length_ms=cleaning.length_ms(found.get("length_ms"), found.get("length")),
        published_on=cleaning.day(found.get("publish_date")),
        released_on=cleaning.day(found.get("new_release_date")),
        encoded_on=cleaning.day(found.get("encoded_date")),
        is_withdrawn=cleaning.text(found.get("publish_status"), 20).casefold() in WITHDRAWN,
        is_exclusive=found.get("exclusive") is True,
        sample_url=cleaning.address(found.get("sample_url"), 500),
        raw=found,
    )


def parse_genre(found: Any) -> GenreRow | None:
    return _named(GenreRow, found, limit=100, largest_id=LARGEST_GENRE_ID)


def parse_sub_genre(found: dict[str, Any]) -> SubGenreRow | None:
    """Of a track: lists write `sub_genre`, pages of one track `subgenre`."""
    sub_genre = found.get("sub_genre") or found.get("subgenre")
    return _named(SubGenreRow, sub_genre, limit=100, largest_id=LARGEST_GENRE_ID)


def parse_release(found: Any, catalog_number: Any) -> ReleaseRow | None:
    named = _named(LabelRow, found)
    if named is None:
        return None
    return ReleaseRow(
        beatport_id=named.beatport_id,
        title=named.name,
        slug=named.slug,
        label=_named(LabelRow, found.get("label")),
        catalog_number=cleaning.text(catalog_number, 60),
        artwork=_artwork(found.get("image")),
    )


def _required_id(found: dict[str, Any]) -> int:
    number = cleaning.identifier(found.get("id"))
    if number is None:
        raise RowRefused("The track has no usable id.")
    return number


def _required_title(found: dict[str, Any]) -> str:
    title = cleaning.text(found.get("name"), TEXT)
    if not title:
        raise RowRefused("The track has no title.")
    return title


def _named(
    kind: Callable[[int, str, str], Row],
    found: Any,
    *,
    limit: int = TEXT,
    largest_id: int = cleaning.LARGEST_ID,
) -> Row | None:
    """What has an id and a name; None for the rest."""
    if not isinstance(found, dict):
        return None
    number = cleaning.identifier(found.get("id"), largest_id)
    name = cleaning.text(found.get("name"), limit)
    if number is None or not name:
        return None
    return kind(number, name, cleaning.slug(found.get("slug"), limit))


def _artists(found: Any) -> tuple[ArtistRow, ...]:
    """In Beatport's order, each id once; entries without an id or a name are left out."""
    by_id: dict[int, ArtistRow] = {}
    for entry in found[:MOST_CREDITS] if isinstance(found, list) else []:
        artist = _named(ArtistRow, entry)
        if artist:
            by_id.setdefault(artist.beatport_id, artist)
    return tuple(by_id.values())


def _key(found: Any) -> str:
    if not isinstance(found, dict):
        return ""
    return cleaning.camelot(found.get("camelot_number"), found.get("camelot_letter"))


def _artwork(found: Any) -> str:
    if not isinstance(found, dict):
        return ""
    best = cleaning.address(found.get("dynamic_uri"), 500)
    return best or cleaning.address(found.get("uri"), 500)

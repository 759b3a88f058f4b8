"""Spotify's answers as values. Both reading shapes are understood: `item` and `track`, `items` and
`tracks`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Unreadable(ValueError):
    """The answer is not what Spotify documents."""


@dataclass(frozen=True)
class Profile:
    account_id: str
    display_name: str
    url: str


@dataclass(frozen=True)
class SpotifyArtist:
    id: str
    uri: str
    name: str


@dataclass(frozen=True)
class SpotifyAlbum:
    id: str
    uri: str
    title: str
    type: str
    released_on: str  # YYYY, YYYY-MM or YYYY-MM-DD, as precise as Spotify knows it


@dataclass(frozen=True)
class SpotifyTrack:
    id: str
    uri: str
    title: str
    artists: tuple[SpotifyArtist, ...]
    album: SpotifyAlbum
    isrc: str
    length_ms: int
    url: str
    raw: dict[str, Any]


@dataclass(frozen=True)
class SpotifyPlaylist:
    id: str
    uri: str
    name: str
    description: str
    snapshot_id: str
    total: int
    url: str


@dataclass(frozen=True)
class PlaylistRow:
    """One row of a playlist; `uri` is None where Spotify shows nothing for it."""

    uri: str | None


@dataclass(frozen=True)
class Page(Generic[Value]):
    """`taken` counts the rows of the answer, also those that we could not read."""

    items: list[Value]
    total: int
    offset: int
    taken: int

    @property
    def next_offset(self) -> int | None:
        following = self.offset + self.taken
        return following if self.taken and following < self.total else None


def part(answer: Any, *names: str) -> Any:
    """What lies under the names, or None."""
    for name in names:
        if not isinstance(answer, dict):
            return None
        answer = answer.get(name)
    return answer


def text(answer: Any, *names: str) -> str:
    """Without the one character that PostgreSQL does not store."""
    found = part(answer, *names)
    return found.replace("\x00", "") if isinstance(found, str) else ""


def number(answer: Any, *names: str) -> int:
    found = part(answer, *names)
    return found if isinstance(found, int) else 0


def required_number(answer: Any, *names: str) -> int:
    found = part(answer, *names)
    if not isinstance(found, int):
        raise Unreadable(f"no number {'.'.join(names)} in the answer")
    return found


def rows(answer: Any, *names: str) -> list[Any]:
    found = part(answer, *names)
    return found if isinstance(found, list) else []


def required_rows(answer: Any, *names: str) -> list[Any]:
    found = part(answer, *names)
    if not isinstance(found, list):
        raise Unreadable(f"no list {'.'.join(names)} in the answer")
    return found


def required(answer: Any, *names: str) -> str:
    found = text(answer, *names)
    if not found:
        raise Unreadable(f"no {'.'.join(names)} in the answer")
    return found


def read_profile(answer: Any) -> Profile:
    return Profile(
        account_id=text(answer, "account_id") or required(answer, "id"),
        display_name=text(answer, "display_name"),
        url=text(answer, "external_urls", "spotify"),
    )


def read_track(answer: Any) -> SpotifyTrack:
    uri = required(answer, "uri")
    return SpotifyTrack(
        id=required(answer, "id"),
        uri=uri,
        title=text(answer, "name"),
        artists=tuple(read_artist(artist) for artist in rows(answer, "artists")),
        album=read_album(part(answer, "album")),
        isrc=text(answer, "external_ids", "isrc"),
        length_ms=number(answer, "duration_ms"),
        url=text(answer, "external_urls", "spotify"),
        raw=answer,
    )


def read_artist(answer: Any) -> SpotifyArtist:
    return SpotifyArtist(id=text(answer, "id"), uri=text(answer, "uri"), name=text(answer, "name"))


def read_album(answer: Any) -> SpotifyAlbum:
    return SpotifyAlbum(
        id=text(answer, "id"),
        uri=text(answer, "uri"),
        title=text(answer, "name"),
        type=text(answer, "album_type"),
        released_on=text(answer, "release_date"),
    )


def read_playlist(answer: Any) -> SpotifyPlaylist:
    """In a list of playlists, or just created; where Spotify leaves the total out it is 0."""
    playlist_id = required(answer, "id")
    return SpotifyPlaylist(
        id=playlist_id,
        uri=text(answer, "uri") or f"spotify:playlist:{playlist_id}",
        name=text(answer, "name"),
        description=text(answer, "description"),
        snapshot_id=text(answer, "snapshot_id"),
        total=number(answer, "items", "total") or number(answer, "tracks", "total"),
        url=text(answer, "external_urls", "spotify"),
    )


def read_counted_playlist(answer: Any) -> SpotifyPlaylist:
    """Asked for by its id; what we do next hangs on the total, so it must be there."""
    required_number(answer, "items" if part(answer, "items") else "tracks", "total")
    return read_playlist(answer)


def read_row(answer: Any) -> PlaylistRow:
    item = part(answer, "item") or part(answer, "track")
    return PlaylistRow(uri=text(item, "uri") or None)


def read_tracks(answer: Any) -> list[SpotifyTrack]:
    """An answer without a list is no answer: "not found" is an empty list."""
    return readable(required_rows(answer, "tracks", "items"), read_track)


def read_albums(answer: Any) -> list[SpotifyAlbum]:
    return readable(required_rows(answer, "albums", "items"), read_album)


def read_album_tracks(answer: Any, album: SpotifyAlbum) -> list[SpotifyTrack]:
    """They carry neither their album nor an ISRC."""
    return [
        replace(track, album=album)
        for track in readable(required_rows(answer, "items"), read_track)
    ]


def read_page(answer: Any, read: Callable[[Any], Value], *, offset: int) -> Page[Value]:
    found = required_rows(answer, "items")
    return Page(
        items=readable(found, read),
        total=required_number(answer, "total"),
        offset=offset,
        taken=len(found),
    )


def readable(found: list[Any], read: Callable[[Any], Value]) -> list[Value]:
    """Rows that Spotify shows as null or without an id are left out."""
    values = []
    for row in found:
        try:
            values.append(read(row))
        except Unreadable:
            continue
    return values


def read_snapshot(answer: Any) -> str:
    return required(answer, "snapshot_id")


def read_flags(answer: Any, *, count: int) -> list[bool]:
    is_complete = isinstance(answer, list) and len(answer) == count
    if not is_complete or not all(isinstance(flag, bool) for flag in answer):
        raise Unreadable(f"not {count} times true or false")
    return answer


def nothing(answer: Any) -> None:
    """For calls whose answer has no body."""

"""What Spotify makes of a Beatport release: other names, other edits, other releases, gaps."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from random import Random

from sandbox import names
from sandbox.catalogue import Recording, Release, Track
from sandbox.names import Artist

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PLAIN_MIXES = {"Original Mix", "Extended Mix", "Radio Edit", "Club Mix"}
LATE_BY = timedelta(days=6)


@dataclass(frozen=True)
class Album:
    id: str
    name: str
    artists: tuple[Artist, ...]
    kind: str
    upc: str
    released_on: str
    label: str
    cover_of: int | None


@dataclass(frozen=True)
class Song:
    """One Spotify track object. `role` says what it is to the Beatport track `of`."""

    id: str
    of: int
    role: str
    album: Album
    name: str
    artists: tuple[Artist, ...]
    isrc: str
    duration_ms: int
    popularity: int
    appears_after: timedelta = timedelta(0)


def spotify_id(*seed: object) -> str:
    number = int.from_bytes(sha256("/".join(map(str, seed)).encode()).digest()[:17], "big")
    letters = []
    for _ in range(22):
        number, digit = divmod(number, 62)
        letters.append(BASE62[digit])
    return "".join(letters)


def songs_of(release: Release) -> list[Song]:
    made: list[Song] = []
    for track in release.tracks:
        if track.original:
            made += _on_compilation(release, track)
        else:
            made += _Pressing(release, track).songs()
    return made


def expected(release: Release, track: Track) -> str:
    """What an honest and careful search should find for this track."""
    outcome = track.recording.outcome
    if outcome == "same":
        return "same"
    if outcome == "edit":
        return "other_edit"
    return "doubtful" if outcome == "doubtful" else "not_found"


def siblings(release: Release, track: Track) -> tuple[list[int], list[int]]:
    """Other mixes of the song on this release: (edits of this recording, other versions)."""
    edits: list[int] = []
    others: list[int] = []
    for other in release.tracks:
        if other is track or not _same_song(other.recording, track.recording):
            continue
        group = edits if _lineage(other.recording) == _lineage(track.recording) else others
        group.append(original_id(other))
    return edits, others


def original_id(track: Track) -> int:
    return track.original.id if track.original else track.id


def _same_song(one: Recording, other: Recording) -> bool:
    return one.title == other.title and one.artists == other.artists


def _lineage(recording: Recording) -> str:
    return "plain" if recording.mix in PLAIN_MIXES else recording.mix


class _Pressing:
    """One Beatport track on its way to Spotify."""

    def __init__(self, release: Release, track: Track) -> None:
        self.release, self.track, self.recording = release, track, track.recording
        self.rng = Random(f"spotify/{track.id}")

    def songs(self) -> Iterator[Song]:
        outcome = self.recording.outcome
        if outcome in ("same", "late"):
            yield from self._found()
        elif outcome == "edit" and not self._has_plain_sibling():
            yield self._shorter_edit()
        elif outcome == "doubtful":
            yield self._doubtful()
        elif outcome == "rival":
            yield self._rival()

    @cached_property
    def album(self) -> Album:
        release = self.release
        rng = Random(f"album/{release.id}")
        size = len(release.tracks)
        absent_upc = rng.random() < 0.06
        return Album(
            id=spotify_id("album", release.id),
            name=release.name,
            artists=release.artists,
            kind="album" if size > 5 else "single",
            upc=f"{rng.randrange(10**12, 10**13)}" if absent_upc else release.upc,
            released_on=_release_date(rng, release.first_released_on),
            label=release.label.name,
            cover_of=release.id if release.has_cover else None,
        )

    def _found(self) -> Iterator[Song]:
        rng, recording = self.rng, self.recording
        isrc_state = rng.choices(
            ("same", "absent", "digit", "other mix", "foreign"), (88, 4, 3, 2, 3)
        )[0]
        isrc = _spotify_isrc(rng, recording.isrc, isrc_state)
        late = LATE_BY if recording.outcome == "late" else timedelta(0)
        main = self._song("same", self.album, self._name(), isrc, _about(rng, recording.length_ms))
        main = replace(main, appears_after=late)
        yield main
        if rng.random() < 0.22:
            yield replace(self._elsewhere(main, "single"), appears_after=late)
        if rng.random() < 0.09:
            yield replace(self._elsewhere(main, "compilation"), appears_after=late)
        if rng.random() < 0.06:
            yield self._mixed(isrc if rng.random() < 0.3 else _fresh_isrc(rng))
        if isrc_state == "other mix" and recording.isrc:
            yield replace(self._rival(), isrc=recording.isrc)
        elif rng.random() < 0.11:
            yield self._rival()

    def _shorter_edit(self) -> Song:
        rng, recording = self.rng, self.recording
        usual = rng.random() < 0.86
        shorter = rng.gauss(109_000, 27_000) if usual else rng.randrange(225_000, 262_000)
        length = max(118_000, int(recording.length_ms - max(45_000, shorter)))
        suffix = rng.choice(("", "", " - Radio Edit", " - Edit", " - Radio Mix"))
        plain = replace(recording, mix="Original Mix", kind="original")
        name = _title(rng, plain) + suffix
        return self._song("edit", self.album, name, _fresh_isrc(rng), length)

    def _doubtful(self) -> Song:
        rng, recording = self.rng, self.recording
        flavour = rng.choice(("mixed", "near", "alias"))
        if flavour == "mixed":
            return self._mixed(_fresh_isrc(rng))
        length = recording.length_ms
        if flavour == "near":  # too far off for the same, too near for another edit
            length += rng.choice((-1, 1)) * rng.randrange(7_500, 12_000)
        song = self._song(flavour, self.album, self._name(), "", length)
        if flavour == "alias":
            song = replace(song, artists=(rng.choice(names.artists()),))
        return song

    def _mixed(self, isrc: str) -> Song:
        """The track's minutes in somebody's DJ mix."""
        rng = self.rng
        host = rng.choice(names.artists())
        album = replace(
            self.album,
            id=spotify_id("mix", host.id, self.release.published_on),
            name=f"{host.name}: Late Shift (DJ Mix)",
            artists=(host,),
            kind="compilation",
            upc=f"{rng.randrange(10**12, 10**13)}",
            cover_of=self.release.id + 7,
        )
        name = self._name() + rng.choice((" - Mixed", " [Mixed]"))
        return self._song("mixed", album, name, isrc, rng.randrange(95_000, 240_000))

    def _rival(self) -> Song:
        """Another remix of the same title by the same artist: not what was asked for."""
        rng, recording = self.rng, self.recording
        taken = {*recording.artists, *recording.remixers}
        remixer = next(a for a in iter(lambda: rng.choice(names.artists()), None) if a not in taken)
        remix = replace(recording, mix=f"{remixer.name} Remix", kind="remix", remixers=(remixer,))
        album = replace(
            self.album,
            id=spotify_id("remixes", self.track.id),
            name=f"{recording.title} (Remixes)",
            kind="single",
            upc=f"{rng.randrange(10**12, 10**13)}",
        )
        length = rng.randrange(190_000, 420_000)
        song = self._song("rival", album, _title(rng, remix), _fresh_isrc(rng), length)
        return replace(song, artists=_artists(rng, remix))

    def _elsewhere(self, song: Song, kind: str) -> Song:
        """The same recording on another release."""
        rng = self.rng
        name = self.recording.title if kind == "single" else f"{song.album.label} Selected"
        album = replace(
            song.album,
            id=spotify_id(kind, self.track.id),
            name=name,
            kind=kind,
            upc=f"{rng.randrange(10**12, 10**13)}",
        )
        identity = spotify_id("track", self.track.id, kind)
        popularity = rng.randrange(0, 60)
        return replace(song, id=identity, album=album, popularity=popularity)

    def _song(self, role: str, album: Album, name: str, isrc: str, duration_ms: int) -> Song:
        return Song(
            id=spotify_id("track", self.track.id, role),
            of=self.track.id,
            role=role,
            album=album,
            name=name,
            artists=_artists(self.rng, self.recording),
            isrc=isrc,
            duration_ms=duration_ms,
            popularity=self.rng.randrange(0, 70),
        )

    def _name(self) -> str:
        return _title(self.rng, self.recording)

    def _has_plain_sibling(self) -> bool:
        return any(
            other.recording.outcome == "same"
            and _same_song(other.recording, self.recording)
            and _lineage(other.recording) == _lineage(self.recording)
            for other in self.release.tracks
            if other is not self.track and not other.original
        )


def _on_compilation(release: Release, track: Track) -> Iterator[Song]:
    """A reissued track may be on Spotify's copy of the compilation, too."""
    rng = Random(f"spotify/{track.id}")
    if track.recording.outcome != "same" or rng.random() < 0.4 or not track.recording.isrc:
        return
    pressing = _Pressing(release, track)
    length = _about(rng, track.recording.length_ms)
    album = replace(pressing.album, kind="compilation")
    song = pressing._song("same", album, pressing._name(), track.recording.isrc, length)
    yield replace(song, of=original_id(track))


def _title(rng: Random, recording: Recording) -> str:
    title = _spelling(rng, recording.title)
    if recording.kind == "remix":
        words = recording.mix
        for remixer in recording.remixers:
            words = words.replace(remixer.listed_name, remixer.name)
        return f"{title} - {words}" if rng.random() < 0.6 else f"{title} ({words})"
    if recording.kind == "extended":
        endings = (" - Extended Mix", " (Extended Mix)", " - Extended", "")
        return title + rng.choices(endings, (68, 10, 7, 15))[0]
    if recording.kind == "original":
        return title + (" - Original Mix" if rng.random() < 0.04 else "")
    return f"{title} - {recording.mix}"


def _spelling(rng: Random, title: str) -> str:
    if " feat. " in title:
        song, guest = title.split(" feat. ", 1)
        title = rng.choice((f"{song} (feat. {guest})", f"{song} (feat. {guest})", song))
    if rng.random() < 0.03:
        title = title.replace(" & ", " and ")
    if rng.random() < 0.3:
        title = title.replace("'", "’")
    return title


def _artists(rng: Random, recording: Recording) -> tuple[Artist, ...]:
    """Without the country; the guest when there is one; the remixer two times in three."""
    listed = [replace(artist, country="") for artist in recording.artists]
    if " feat. " in recording.title:
        guest = recording.title.split(" feat. ", 1)[1]
        listed += [artist for artist in names.artists() if artist.name == guest][:1]
    if recording.remixers and rng.random() < 0.66:
        listed += [replace(remixer, country="") for remixer in recording.remixers]
    if len(listed) > 1 and rng.random() < 0.05:
        listed[0], listed[1] = listed[1], listed[0]
    if rng.random() < 0.03:
        listed[0] = replace(listed[0], name=_without_marks(listed[0].name))
    return tuple(dict.fromkeys(listed))


def _without_marks(name: str) -> str:
    split = unicodedata.normalize("NFKD", name)
    return unicodedata.normalize("NFC", "".join(c for c in split if not unicodedata.combining(c)))


def _spotify_isrc(rng: Random, isrc: str | None, state: str) -> str:
    if state == "absent":
        return ""
    if isrc is None or state in ("foreign", "other mix"):
        return _fresh_isrc(rng)
    if state == "digit":
        return isrc[:-1] + str((int(isrc[-1]) + 1) % 10)
    return isrc


def _fresh_isrc(rng: Random) -> str:
    return f"QM{rng.choice('ABCDEFGH')}{rng.randrange(10, 99)}{rng.randrange(10**7):07d}"


def _about(rng: Random, length_ms: int) -> int:
    return int(length_ms + rng.gauss(0, 350) + (rng.choice((-2400, 2600)) * (rng.random() < 0.05)))


def _release_date(rng: Random, day: date) -> str:
    text = day.isoformat()
    return text[: rng.choices((10, 7, 4), (95, 3, 2))[0]]

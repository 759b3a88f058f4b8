"""The invented music of one genre and ISO week: the same for the same week, always.

A week is a row of releases without end; asking for more tracks never changes the first ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from sandbox import names
from sandbox.genres import Genre, genres
from sandbox.names import Artist, Label

EPOCH = date(2010, 1, 4)
TRACKS_PER_WEEK = 4096
RELEASES_PER_WEEK = 2048
CARDS_PER_DECK = 50

# What fifty recordings are, and what becomes of them on Spotify.
DECK = (
    [("original", "same")] * 26
    + [("original", outcome) for outcome in ("edit", "doubtful", "none")]
    + [("extended", "same")] * 5
    + [("extended", "edit")] * 7
    + [("remix", "same")] * 5
    + [("remix", "rival")]
    + [("other", "same")] * 2
    + [("other", "doubtful")]
)
OTHER_MIXES = (
    "Radio Edit",
    "Dub Mix",
    "Instrumental Mix",
    "VIP Mix",
    "Club Mix",
    "Acapella",
    "Dub",
    "Live Version",
)
ISRC_COUNTRIES = ("GB", "DE", "US", "NL", "FR", "IT", "QZ", "BE", "ES", "SE", "BR", "CA")


@dataclass(frozen=True)
class Recording:
    title: str
    mix: str
    kind: str
    outcome: str
    artists: tuple[Artist, ...]
    remixers: tuple[Artist, ...]
    isrc: str | None
    bpm: int | None
    key_id: int | None
    length_ms: int


@dataclass(frozen=True)
class Track:
    id: int
    number: int
    recording: Recording
    original: Track | None = None


@dataclass(frozen=True)
class Release:
    id: int
    name: str
    label: Label
    catalog_number: str
    upc: str
    artists: tuple[Artist, ...]
    genre: Genre
    published_on: date
    first_released_on: date
    has_cover: bool
    exclusive: bool
    is_compilation: bool = False
    tracks: tuple[Track, ...] = field(default=())


@dataclass(frozen=True)
class Week:
    genre: Genre
    year: int
    number: int

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def slot(self) -> int:
        return (self.monday - EPOCH).days // 7 * 128 + self.genre.id

    @property
    def before(self) -> Week:
        year, number, _ = (self.monday - timedelta(days=7)).isocalendar()
        return Week(self.genre, year, number)

    def random(self, *purpose: object) -> Random:
        return Random("/".join(map(str, (self.genre.id, self.year, self.number, *purpose))))


def week_of(genre_id: int, day: date) -> Week:
    year, number, _ = day.isocalendar()
    return Week(genres()[genre_id], year, number)


def week_of_track(track_id: int) -> Week | None:
    return _week_of_slot(track_id // TRACKS_PER_WEEK)


def week_of_release(release_id: int) -> Week | None:
    return _week_of_slot(release_id // RELEASES_PER_WEEK)


@lru_cache(maxsize=512)
def track_by_id(track_id: int) -> tuple[Release, Track] | None:
    week, number = week_of_track(track_id), track_id % TRACKS_PER_WEEK
    if week is None:
        return None
    return next(
        (release, track)
        for release in releases(week, number + 1)
        for track in release.tracks
        if track.id == track_id
    )


def releases(week: Week, track_count: int, *, look_back: bool = True) -> list[Release]:
    """Whole releases until `track_count` tracks are there (the last may go beyond)."""
    made: list[Release] = []
    total = 0
    source = _endless_releases(week, look_back=look_back)
    while total < track_count:
        made.append(next(source))
        total += len(made[-1].tracks)
    return made


def _week_of_slot(slot: int) -> Week | None:
    weeks, genre_id = divmod(slot, 128)
    if genre_id not in genres() or not 0 <= weeks < 5_000:
        return None
    return week_of(genre_id, EPOCH + timedelta(weeks=weeks))


def _endless_releases(week: Week, *, look_back: bool) -> Iterator[Release]:
    fresh: list[Track] = []
    reissued = 0
    number = 0
    while True:
        rng = week.random("release", number)
        first_id = week.slot * TRACKS_PER_WEEK + len(fresh) + reissued
        release = _empty_release(rng, week, number)
        size = rng.choices((1, 2, 3, 4, 5, 6), (46, 25, 10, 9, 5, 5))[0]
        if rng.random() < 0.12 and reissued + size <= len(fresh) * 0.05:
            release = _reissue(release, week, first_id, size, fresh, look_back=look_back)
            reissued += size
        else:
            release = _fill(rng, release, week, first_id, size, cards_drawn=len(fresh))
            fresh += release.tracks
        yield release
        number += 1


def _empty_release(rng: Random, week: Week, number: int) -> Release:
    label = rng.choice(names.labels())
    weekday = 4 if rng.random() < 0.78 else rng.choice((0, 1, 2, 3, 5, 6))
    published_on = week.monday + timedelta(days=weekday)
    is_old = rng.random() < 0.04
    return Release(
        id=week.slot * RELEASES_PER_WEEK + number,
        name=names.release_name(rng),
        label=label,
        catalog_number=f"{label.prefix}{rng.randrange(1, 420):03d}",
        upc=f"{rng.randrange(10**9, 9 * 10**11):013d}",
        artists=_artists(rng, week),
        genre=week.genre,
        published_on=published_on,
        first_released_on=published_on - timedelta(days=rng.randrange(40, 4000) * is_old),
        has_cover=rng.random() > 0.015,
        exclusive=rng.random() < 0.076,
    )


def _fill(
    rng: Random, release: Release, week: Week, first_id: int, size: int, *, cards_drawn: int
) -> Release:
    registrant = _isrc_registrant(rng)
    serial = rng.randrange(0, 99_900)
    tracks: list[Track] = []
    for number in range(size):
        kind, outcome = _card(week, cards_drawn + number)
        before = tracks[-1].recording if tracks else None
        recording = _recording(rng, release, kind, outcome, before)
        missing = rng.random() < 0.028
        year = release.first_released_on.year % 100
        isrc = None if missing else f"{registrant}{year:02d}{serial + number * 3:05d}"
        tracks.append(Track(first_id + number, number + 1, replace(recording, isrc=isrc)))
    titles = {track.recording.title for track in tracks}
    name = release.name if len(titles) > 2 else tracks[0].recording.title[:200]
    return replace(release, name=name, tracks=tuple(tracks))


def _card(week: Week, number: int) -> tuple[str, str]:
    deck = list(DECK)
    block, place = divmod(number, CARDS_PER_DECK)
    week.random("deck", block).shuffle(deck)
    kind, outcome = deck[place]
    return kind, "late" if outcome == "none" and block % 2 else outcome


def _recording(
    rng: Random, release: Release, kind: str, outcome: str, before: Recording | None
) -> Recording:
    shares_song = before is not None and kind in _companions(before.kind) and rng.random() < 0.5
    artists = before.artists if before and shares_song else release.artists
    if not shares_song and rng.random() < 0.1:
        artists = _artists(rng, week_of(release.genre.id, release.published_on))
    remixers = _remixers(rng, artists) if kind == "remix" else ()
    low, high = release.genre.tempo
    return Recording(
        title=before.title if before and shares_song else names.title(rng),
        mix=_mix_name(rng, kind, remixers),
        kind=kind,
        outcome=outcome,
        artists=artists,
        remixers=remixers,
        isrc=None,
        bpm=None if rng.random() < 0.002 else rng.randint(low, high),
        key_id=None if rng.random() < 0.001 else rng.randrange(1, 25),
        length_ms=_length_ms(rng, kind, before if shares_song else None),
    )


def _reissue(
    release: Release, week: Week, first_id: int, size: int, fresh: list[Track], *, look_back: bool
) -> Release:
    """The same recordings once more: on a compilation, or under another label."""
    rng = week.random("reissue", release.id)
    pool = list(fresh)
    if look_back and rng.random() < 0.4:
        pool = [
            track
            for earlier in releases(week.before, 24, look_back=False)
            for track in earlier.tracks
            if track.original is None
        ]
    chosen = rng.sample(pool, min(size, len(pool)))
    return replace(
        release,
        name=names.compilation_name(rng, week.genre.name),
        artists=chosen[0].recording.artists,
        is_compilation=True,
        tracks=tuple(
            Track(first_id + number, number + 1, track.recording, original=track)
            for number, track in enumerate(chosen)
        ),
    )


def _artists(rng: Random, week: Week) -> tuple[Artist, ...]:
    """One, often two; each genre has a scene of its own."""
    pool = names.artists()
    scene = week.genre.id * 97
    size = rng.choices((1, 2, 3, 4), (66, 26, 6, 2))[0]
    places = rng.sample(range(360), size)
    return tuple(pool[(scene + place) % len(pool)] for place in places)


def _remixers(rng: Random, artists: tuple[Artist, ...]) -> tuple[Artist, ...]:
    others = [artist for artist in rng.sample(names.artists(), 6) if artist not in artists]
    return tuple(others[: 2 if rng.random() < 0.06 else 1])


def _mix_name(rng: Random, kind: str, remixers: tuple[Artist, ...]) -> str:
    if kind == "remix":
        who = " & ".join(remixer.listed_name for remixer in remixers)
        return f"{who} {rng.choice(('Remix', 'Remix', 'Remix', 'Extended Remix', 'Dub', 'Rework'))}"
    if kind == "other":
        return rng.choice(OTHER_MIXES)
    return {"original": "Original Mix", "extended": "Extended Mix"}[kind]


def _companions(kind: str) -> set[str]:
    """What else a song comes as; of the plain mixes it has one each."""
    return {"original", "extended", "remix", "other"} - ({kind} - {"remix"})


def _length_ms(rng: Random, kind: str, sibling: Recording | None) -> int:
    if sibling and {kind, sibling.kind} == {"original", "extended"}:
        longer = rng.randrange(55_000, 120_000)
        return max(120_000, sibling.length_ms + (longer if kind == "extended" else -longer))
    middle = {"extended": 372_000, "remix": 350_000, "other": 300_000}.get(kind, 338_000)
    return int(max(130_000, min(690_000, rng.gauss(middle, 48_000))))


def _isrc_registrant(rng: Random) -> str:
    country = rng.choice(ISRC_COUNTRIES)
    return country + "".join(rng.choice("ABCDEFGHKLMNPRSTUVXZ0123456789") for _ in range(3))

"""Is what Spotify has the recording that Beatport sells? Rules that can be read and explained.

Pure: values in, a verdict with its reasons out. The words of music are data, in `vocabulary`.

Title, artists, version and length are compared one by one, then weighed. Words tell two remixes
apart, lengths cannot; lengths tell a radio edit from the extended mix where Spotify dropped the
word. Where words contradict each other nothing is accepted, whatever else agrees, even the ISRC.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import Any

from rapidfuzz import fuzz

from ingestion import titles
from ingestion.titles import Title, Version

SAME_LENGTH_MS = 3_000
NEARLY_SAME_LENGTH_MS = 7_000  # another fade, another gap at the end
EDIT_MS = 20_000  # edits differ by at least so much
RADIO_EDIT_MS = 45_000  # shorter by that much: what radio plays
SHORTEST_EDIT, SHORTEST_NAMED_EDIT = 0.33, 0.2  # of our length; what is shorter is a snippet
LONGEST_EDIT = 1.6
SAME_TITLE, LIKE_TITLE = 0.95, 0.8
SAME_ARTIST, LIKE_ARTIST = 0.88, 0.75
SAME_VERSION = 0.88
EXACT_UP_TO = 4  # letters: names so short are the same or not
WEIGHTS = {"title": 0.3, "artists": 0.25, "version": 0.25, "length": 0.2}


class Likeness(Enum):
    SAME = "same"
    OTHER_EDIT = "other_edit"
    DOUBTFUL = "doubtful"
    NO = "no"

    @property
    def is_accepted(self) -> bool:
        return self in (Likeness.SAME, Likeness.OTHER_EDIT)


@dataclass(frozen=True)
class Wanted:
    """A track as Beatport names it."""

    title: str
    mix_name: str
    artists: tuple[str, ...]
    remixers: tuple[str, ...] = ()
    isrc: str = ""
    length_ms: int | None = None


@dataclass(frozen=True)
class Found:
    """A track as Spotify names it."""

    title: str
    artists: tuple[str, ...]
    album: str = ""
    album_type: str = ""
    released_on: str = ""  # perhaps only a year
    isrc: str = ""
    length_ms: int | None = None


class Grade(IntEnum):
    OTHER = 0  # contradicts
    UNSURE = 1  # never accepted without a person
    LIKE = 2  # good enough where the length agrees
    SAME = 3


@dataclass(frozen=True)
class Part:
    grade: Grade
    share: float  # 0 to 1
    reason: str


@dataclass(frozen=True)
class Verdict:
    likeness: Likeness
    score: float
    parts: dict[str, float]
    reasons: tuple[str, ...]


class Subject:
    """A wanted track, taken apart once to be held against many."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.title = titles.read(wanted.title, wanted.mix_name)
        self.artists = titles.artists(wanted.artists)
        self.remixers = titles.artists(wanted.remixers)
        self.names = {*self.artists, *self.remixers, *titles.artists(self.title.featured)}
        self.version = self._version()

    def _version(self) -> Version:
        """Where no word names the remixer, the list of remixers does."""
        named = self.title.version
        if named.identity or not self.remixers:
            return named
        listed = titles.read_version(titles.words(name) for name in self.wanted.remixers)
        return replace(named, identity=listed.identity, is_reworked=True, is_named=True)


def judge(subject: Subject, found: Found) -> Verdict:
    title = titles.read(found.title)
    parts = {
        "title": _compare_titles(subject.title, title),
        "artists": _compare_artists(subject, found, title),
        "version": _compare_versions(subject, found, title.version),
        "length": _compare_lengths(subject, found, title.version),
    }
    has_same_isrc = bool(found.isrc) and found.isrc.upper() == subject.wanted.isrc
    likeness = _weigh(parts, has_same_isrc=has_same_isrc)
    if likeness.is_accepted and _is_from_a_dj_mix(found, title) and not subject.version.is_mixed:
        likeness = Likeness.DOUBTFUL
        parts["version"] = Part(Grade.UNSURE, 0.5, "cut out of a DJ mix")
    return Verdict(
        likeness=likeness,
        score=round(sum(part.share * WEIGHTS[name] for name, part in parts.items()), 3),
        parts={name: round(part.share, 3) for name, part in parts.items()},
        reasons=_explain(parts, has_same_isrc=has_same_isrc),
    )


def preference(subject: Subject, found: Found, verdict: Verdict) -> tuple[Any, ...]:
    """Sorts what was found, the best first.

    Of several right ones the earliest original release wins: a single or an album, no compilation.
    Of several edits the one that is nearest in length.
    """
    off = abs((found.length_ms or 0) - (subject.wanted.length_ms or 0))
    is_edit = verdict.likeness is Likeness.OTHER_EDIT
    return (
        list(Likeness).index(verdict.likeness),
        off // NEARLY_SAME_LENGTH_MS if is_edit else 0,
        found.album_type == "compilation",
        found.released_on or "9999",
        -verdict.score,
    )


def _weigh(parts: dict[str, Part], *, has_same_isrc: bool) -> Likeness:
    grades = [parts[name].grade for name in ("title", "artists", "version")]
    length = parts["length"].grade
    if Grade.OTHER in grades:
        is_alone = grades.count(Grade.OTHER) == 1
        return Likeness.DOUBTFUL if has_same_isrc and is_alone else Likeness.NO
    if Grade.UNSURE in grades or length is Grade.OTHER:
        return Likeness.DOUBTFUL
    weak = grades.count(Grade.LIKE) - has_same_isrc
    if length is Grade.SAME and weak <= 1:
        return Likeness.SAME
    if length is Grade.LIKE and weak <= 0:
        return Likeness.OTHER_EDIT
    if length is Grade.UNSURE and weak <= 0 and has_same_isrc:
        return Likeness.SAME
    return Likeness.DOUBTFUL


# Titles


def _compare_titles(ours: Title, theirs: Title) -> Part:
    share = max(
        similarity(ours.compact, theirs.compact),
        similarity(ours.compact_with_asides, theirs.compact_with_asides),
    )
    if share < LIKE_TITLE or ours.numbers != theirs.numbers:
        return Part(Grade.OTHER, min(share, 0.5), f"another title: “{theirs.core}”")
    if _has_unclear_brackets(ours, theirs):
        unclear = "”, “".join(sorted({*ours.asides, *theirs.asides}))
        return Part(Grade.LIKE, 0.9, f"“{unclear}” may name a version")
    if share < SAME_TITLE:
        return Part(Grade.LIKE, share, f"the title is written “{theirs.core}”")
    return Part(Grade.SAME, share, "same title")


def _has_unclear_brackets(ours: Title, theirs: Title) -> bool:
    """Brackets belong to the title where one side writes the same without brackets, or where both
    have them and Spotify names the version beside them.
    """
    if not ours.asides and not theirs.asides:
        return False
    if ours.asides and theirs.asides:
        return ours.asides != theirs.asides or not theirs.version.is_named
    return ours.compact_with_asides != theirs.compact_with_asides


# Artists


def _compare_artists(subject: Subject, found: Found, title: Title) -> Part:
    theirs = titles.artists([*found.artists, *title.featured])
    shares = [_best(name, theirs) for name in subject.artists]
    best = max(shares, default=0.0)
    if best < LIKE_ARTIST:
        return Part(Grade.OTHER, best, f"other artists: {', '.join(found.artists)}")
    first = found.artists[0] if found.artists else ""
    share = sum(share >= SAME_ARTIST for share in shares) / len(shares)
    if best < SAME_ARTIST:
        return Part(Grade.LIKE, best, f"the artist is written {', '.join(found.artists)}")
    if first and _best(titles.artist(first), subject.names) < SAME_ARTIST:
        return Part(Grade.UNSURE, share * 0.8, f"{first} comes first on Spotify")
    return Part(Grade.SAME, 0.8 + 0.2 * share, "same artists")


def _best(name: str, names: Iterable[str]) -> float:
    return max((similarity(name, other) for other in names), default=0.0)


# Versions


def _compare_versions(subject: Subject, found: Found, theirs: Version) -> Part:
    ours = subject.version
    if not ours.identity and not theirs.identity:
        return _compare_plain_versions(ours, theirs)
    if not ours.identity or not theirs.identity:
        return _compare_with_plain_version(subject, found, theirs)
    if _is_same_identity(ours.identity, theirs.identity):
        return Part(Grade.SAME, 1.0, f"same version ({' '.join(ours.identity)})")
    without_artists = [_without(version, subject.artists) for version in (ours, theirs)]
    if all(without_artists) and _is_same_identity(*without_artists):
        return Part(Grade.SAME, 0.95, f"same version ({' '.join(theirs.identity)})")
    names = f"“{' '.join(theirs.identity)}” instead of “{' '.join(ours.identity)}”"
    if set(ours.identity) <= set(theirs.identity) or set(theirs.identity) <= set(ours.identity):
        return Part(Grade.UNSURE, 0.5, f"perhaps another version: {names}")
    return Part(Grade.OTHER, 0.0, f"another version: {names}")


def _compare_plain_versions(ours: Version, theirs: Version) -> Part:
    if ours.is_reworked != theirs.is_reworked:
        return Part(Grade.OTHER, 0.0, "a remix on one side only")
    differs = ours.sound ^ theirs.sound
    if "vocal" in differs:
        return Part(Grade.LIKE, 0.8, "only one side says vocal")
    if "club" in differs:
        return Part(Grade.SAME, 0.9, "only one side says club")
    return Part(Grade.SAME, 1.0, "")


def _compare_with_plain_version(subject: Subject, found: Found, theirs: Version) -> Part:
    """Only one side names a version. The same length to the second leaves it open."""
    if _names_remixers_as_artists(subject, found) and not theirs.identity:
        return Part(Grade.LIKE, 0.8, "the remixer is named as an artist")
    named = " ".join(theirs.identity or subject.version.identity)
    reason = f"another version: “{named}”" if theirs.identity else f"not the version “{named}”"
    is_only_listed = not theirs.identity and not subject.title.version.identity
    is_open = is_only_listed or _is_same_length(subject.wanted.length_ms, found.length_ms)
    return Part(Grade.UNSURE if is_open else Grade.OTHER, 0.2, reason)


def _is_same_length(ours_ms: int | None, theirs_ms: int | None) -> bool:
    return bool(ours_ms and theirs_ms and abs(theirs_ms - ours_ms) <= SAME_LENGTH_MS)


def _names_remixers_as_artists(subject: Subject, found: Found) -> bool:
    listed = titles.artists(found.artists)
    remixers = [name for name in subject.remixers if name not in subject.artists]
    return bool(remixers) and all(_best(name, listed) >= SAME_ARTIST for name in remixers)


def _is_same_identity(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if sorted(ours) == sorted(theirs):
        return True
    ours_digits, theirs_digits = (
        [word for word in side if word.isdigit()] for side in (ours, theirs)
    )
    alike = similarity("".join(ours), "".join(theirs)) >= SAME_VERSION
    return alike and sorted(ours_digits) == sorted(theirs_digits)


def _without(version: Version, artists: Iterable[str]) -> tuple[str, ...]:
    """What identifies a version beside the artists' own names ("Cosmic Gate's … Remix")."""
    names = list(artists)
    return tuple(
        word
        for word in version.identity
        if not any(word.removesuffix("s") in name for name in names)
    )


def _is_from_a_dj_mix(found: Found, title: Title) -> bool:
    return title.version.is_mixed or titles.read(found.album).version.is_mixed


# Lengths


def _compare_lengths(subject: Subject, found: Found, theirs: Version) -> Part:
    ours_ms, theirs_ms = subject.wanted.length_ms, found.length_ms
    if not ours_ms or not theirs_ms:
        return Part(Grade.UNSURE, 0.5, "length unknown")
    off = theirs_ms - ours_ms
    names_other_cut = bool(theirs.cut) and theirs.cut != subject.version.cut
    if abs(off) <= (SAME_LENGTH_MS if names_other_cut else NEARLY_SAME_LENGTH_MS):
        return Part(Grade.SAME, 1 - abs(off) / 50_000, _off_by(off) or "same length")
    share = max(0.0, 1 - abs(off) / ours_ms)
    reason = _off_by(off) + _name_of_cut(off, theirs)
    shortest = SHORTEST_NAMED_EDIT if theirs.cut == "shorter" else SHORTEST_EDIT
    if not shortest <= theirs_ms / ours_ms <= LONGEST_EDIT:
        return Part(Grade.OTHER, share * 0.4, reason)
    if abs(off) < EDIT_MS and not names_other_cut:
        return Part(Grade.OTHER, share * 0.6, f"{_off_by(off)}: neither the same nor an edit")
    return Part(Grade.LIKE, share * 0.8, reason)


def _off_by(off: int) -> str:
    seconds = round(abs(off) / 1000)
    return f"{seconds} s {'longer' if off > 0 else 'shorter'}" if seconds else ""


def _name_of_cut(off: int, theirs: Version) -> str:
    if theirs.cut == "shorter" or (off < -RADIO_EDIT_MS and theirs.cut != "longer"):
        return ": radio edit"
    if off > 0 and theirs.cut == "longer":
        return ": extended mix"
    return ": another edit"


# Words


def similarity(ours: str, theirs: str) -> float:
    """Of two names without spaces. Short ones are the same or not."""
    if ours == theirs:
        return 1.0
    if min(len(ours), len(theirs)) <= EXACT_UP_TO:
        return 0.0
    return fuzz.ratio(ours, theirs) / 100


def _explain(parts: dict[str, Part], *, has_same_isrc: bool) -> tuple[str, ...]:
    """Such as "same title and artists", "113 s shorter: radio edit"."""
    reasons = {name: part.reason for name, part in parts.items() if part.reason}
    if parts["title"].grade is Grade.SAME and parts["artists"].grade is Grade.SAME:
        reasons["title"] = "same title and artists"
        del reasons["artists"]
    return (*reasons.values(), *(("same ISRC",) if has_same_isrc else ()))

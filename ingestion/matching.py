"""Is what Spotify has the recording that Beatport sells? Rules that can be read and explained.

Pure: values in, a verdict with its reasons out. The words of music are data, in `vocabulary`.

Title, artists, version and length are compared one by one, then weighed. Words tell two remixes
apart, lengths cannot; lengths tell a radio edit from the extended mix where Spotify dropped the
word. Where words contradict each other nothing is accepted, whatever else agrees, even the ISRC.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from rapidfuzz import fuzz

from ingestion import titles
from ingestion.titles import Title, Version

SAME_LENGTH_MS = 3_000
NEARLY_SAME_LENGTH_MS = 7_000  # another fade, another gap at the end
EDIT_MS = 12_000  # edits differ by at least so much
RADIO_EDIT_MS = 45_000  # shorter by that much: what radio plays
SHORTEST_EDIT, SHORTEST_NAMED_EDIT = 0.33, 0.2  # of our length; what is shorter is a snippet
LONGEST_EDIT = 1.6
LIKE_TITLE, LIKE_COMPACT_TITLE, LIKE_WORD = 0.8, 0.9, 0.8
SAME_ARTIST, LIKE_ARTIST = 0.88, 0.75
SAME_VERSION = 0.88
SECOND_PLACE = 0.75  # the share where all our artists are there, behind another
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


class Grade(Enum):
    OTHER = "contradicts"
    UNSURE = "never accepted without a person"
    EDIT = "as other edits differ; of lengths only"
    LIKE = "nearly the same: good enough where everything else is the same"
    SAME = "the same"


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
        self.credits = [titles.artists([name]) for name in wanted.artists]
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
        return replace(named, identity=listed.identity)


def judge(subject: Subject, found: Found) -> Verdict:
    title = titles.read(found.title)
    parts = {
        "title": _compare_titles(subject.title, title),
        "artists": _compare_artists(subject, found, title),
        "version": _compare_versions(subject, found, title.version),
        "length": _compare_lengths(subject, found, title.version),
    }
    has_same_isrc = bool(found.isrc) and _isrc(found.isrc) == _isrc(subject.wanted.isrc)
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
    Of several edits the artists' own that is nearest in length.
    """
    off = abs((found.length_ms or 0) - (subject.wanted.length_ms or 0))
    is_edit = verdict.likeness is Likeness.OTHER_EDIT
    return (
        list(Likeness).index(verdict.likeness),
        verdict.parts["artists"] <= SECOND_PLACE,
        off // NEARLY_SAME_LENGTH_MS if is_edit else 0,
        found.album_type == "compilation",
        found.released_on.ljust(10, "~"),  # only a year: after the days of that year
        -verdict.score,
    )


def _weigh(parts: dict[str, Part], *, has_same_isrc: bool) -> Likeness:
    words = [parts[name].grade for name in ("title", "artists", "version")]
    length = parts["length"].grade
    if Grade.OTHER in words:
        is_alone = words.count(Grade.OTHER) == 1
        return Likeness.DOUBTFUL if has_same_isrc and is_alone else Likeness.NO
    if Grade.UNSURE in words:
        return Likeness.DOUBTFUL
    weak = words.count(Grade.LIKE) - has_same_isrc
    if length is Grade.SAME and weak <= 1:
        return Likeness.SAME
    if weak > 0:
        return Likeness.DOUBTFUL
    if length is Grade.LIKE or (length is Grade.UNSURE and has_same_isrc):
        return Likeness.SAME
    return Likeness.OTHER_EDIT if length is Grade.EDIT else Likeness.DOUBTFUL


def _isrc(written: str) -> str:
    return written.replace("-", "").upper()


# Titles


def _compare_titles(ours: Title, theirs: Title) -> Part:
    share = max(
        similarity(ours.compact, theirs.compact),
        similarity(_compact(ours.with_asides), _compact(theirs.with_asides)),
    )
    grade = max(
        _grade_titles(ours.core, theirs.core),
        _grade_titles(ours.with_asides, theirs.with_asides),
        key=list(Grade).index,
    )
    if grade is Grade.OTHER or ours.numbers != theirs.numbers:
        return Part(Grade.OTHER, min(share, 0.5), f"another title: “{theirs.core}”")
    if doubt := _doubt_brackets(ours, theirs):
        return doubt
    if grade is Grade.LIKE:
        return Part(Grade.LIKE, share, f"the title is written “{theirs.core}”")
    return Part(Grade.SAME, share, "same title")


def _grade_titles(ours: str, theirs: str) -> Grade:
    """Word by word; without articles. Spaces and other ways to write a word do little harm."""
    our_words, their_words = titles.without_articles(ours), titles.without_articles(theirs)
    our_letters, their_letters = "".join(our_words), "".join(their_words)
    if our_letters == their_letters:
        return Grade.SAME if our_letters or ours == theirs else Grade.OTHER
    if len(our_words) == len(their_words):
        pairs = zip(our_words, their_words, strict=True)
        is_like = all(_is_same_word(*pair) for pair in pairs)
    else:
        is_like = similarity(our_letters, their_letters) >= LIKE_COMPACT_TITLE
    return Grade.LIKE if is_like else Grade.OTHER


def _is_same_word(ours: str, theirs: str) -> bool:
    """Colours and colors, but not told and hold, in and on, live and love."""
    if ours == theirs:
        return True
    return ours[0] == theirs[0] and fuzz.ratio(ours, theirs) / 100 > LIKE_WORD


def _doubt_brackets(ours: Title, theirs: Title) -> Part | None:
    """Brackets belong to the title where one side writes the same without brackets, or where both
    have them and Spotify names the version beside them.
    """
    if not ours.asides and not theirs.asides:
        return None
    is_same = _compact(ours.with_asides) == _compact(theirs.with_asides)
    has_both = bool(ours.asides and theirs.asides)
    if is_same and not (has_both and not theirs.version.is_named):
        return None
    unclear = "”, “".join(sorted({*ours.asides, *theirs.asides}))
    if has_both and not is_same:
        return Part(Grade.UNSURE, 0.6, f"“{unclear}” may name versions")
    return Part(Grade.LIKE, 0.9, f"“{unclear}” may name a version")


def _compact(text: str) -> str:
    return text.replace(" ", "")


# Artists


def _compare_artists(subject: Subject, found: Found, title: Title) -> Part:
    theirs = titles.artists([*found.artists, *title.featured])
    shares = [_best(name, theirs) for name in subject.artists]
    best = max(shares, default=0.0)
    if best < LIKE_ARTIST:
        return Part(Grade.OTHER, best, f"other artists: {', '.join(found.artists)}")
    if best < SAME_ARTIST:
        return Part(Grade.LIKE, best, f"the artist is written {', '.join(found.artists)}")
    if _is_among(titles.artists(found.artists[:1]), subject.names):
        share = sum(share >= SAME_ARTIST for share in shares) / len(shares)
        return Part(Grade.SAME, 0.8 + 0.2 * share, "same artists")
    are_all_there = all(_is_among(names, theirs) for names in subject.credits)
    grade = Grade.SAME if are_all_there else Grade.LIKE
    return Part(grade, SECOND_PLACE, f"{found.artists[0]} comes first on Spotify")


def _is_among(names: Iterable[str], others: Iterable[str]) -> bool:
    return any(_best(name, others) >= SAME_ARTIST for name in names)


def _best(name: str, names: Iterable[str]) -> float:
    return max((similarity(name, other) for other in names), default=0.0)


# Versions


def _compare_versions(subject: Subject, found: Found, theirs: Version) -> Part:
    ours = subject.version
    if not ours.identity and not theirs.identity:
        return _compare_plain_versions(ours, theirs)
    if not ours.identity or not theirs.identity:
        return _compare_with_plain_version(subject, found, theirs)
    name = " ".join(theirs.identity)
    names = f"“{name}” instead of “{' '.join(ours.identity)}”"
    if ours.kinds != theirs.kinds:
        is_one_missing = _has_same_names(ours, theirs) and not (ours.kinds and theirs.kinds)
        is_open = is_one_missing and _is_same_length(subject, found)
        return Part(Grade.UNSURE if is_open else Grade.OTHER, 0.2, f"another version: {names}")
    if _has_same_names(ours, theirs):
        if subject.title.is_called_original:
            return Part(Grade.LIKE, 0.9, f"same version ({name}), called original on Beatport")
        return Part(Grade.SAME, 1.0, f"same version ({name})")
    without_artists = [_without(version, subject.artists) for version in (ours, theirs)]
    if (ours.kinds or all(without_artists)) and _are_same_names(*without_artists):
        return Part(Grade.SAME, 0.95, f"same version ({name})")
    if set(ours.names) <= set(theirs.names) or set(theirs.names) <= set(ours.names):
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
    is_open = is_only_listed or _is_same_length(subject, found)
    return Part(Grade.UNSURE if is_open else Grade.OTHER, 0.2, reason)


def _is_same_length(subject: Subject, found: Found) -> bool:
    ours_ms, theirs_ms = subject.wanted.length_ms, found.length_ms
    return bool(ours_ms and theirs_ms and abs(theirs_ms - ours_ms) <= SAME_LENGTH_MS)


def _names_remixers_as_artists(subject: Subject, found: Found) -> bool:
    listed = titles.artists(found.artists)
    remixers = [name for name in subject.remixers if name not in subject.artists]
    return bool(remixers) and all(_best(name, listed) >= SAME_ARTIST for name in remixers)


def _has_same_names(ours: Version, theirs: Version) -> bool:
    return _are_same_names(ours.names, theirs.names)


def _are_same_names(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if sorted(ours) == sorted(theirs):
        return True
    ours_digits, theirs_digits = (
        [word for word in side if word.isdigit()] for side in (ours, theirs)
    )
    alike = similarity("".join(ours), "".join(theirs)) >= SAME_VERSION
    return alike and sorted(ours_digits) == sorted(theirs_digits)


def _without(version: Version, artists: Iterable[str]) -> tuple[str, ...]:
    """What names a version beside the artists' own names ("Cosmic Gate's … Remix")."""
    names = list(artists)
    return tuple(
        word for word in version.names if not any(word.removesuffix("s") in name for name in names)
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
        grade = Grade.SAME if abs(off) <= SAME_LENGTH_MS else Grade.LIKE
        return Part(grade, 1 - abs(off) / 50_000, _off_by(off) or "same length")
    share = max(0.0, 1 - abs(off) / ours_ms)
    reason = _off_by(off) + _name_of_cut(off, theirs)
    shortest = SHORTEST_NAMED_EDIT if theirs.cut == "shorter" else SHORTEST_EDIT
    if not shortest <= theirs_ms / ours_ms <= LONGEST_EDIT:
        return Part(Grade.OTHER, share * 0.4, reason)
    if abs(off) < EDIT_MS and not names_other_cut:
        return Part(Grade.OTHER, share * 0.6, f"{_off_by(off)}: neither the same nor an edit")
    return Part(Grade.EDIT, share * 0.8, reason)


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
    if reasons["title"] == "same title" and reasons["artists"] == "same artists":
        reasons["title"] = "same title and artists"
        del reasons["artists"]
    return (*reasons.values(), *(("same ISRC",) if has_same_isrc else ()))

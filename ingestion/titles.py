"""Takes titles, versions and artists' names apart. Pure; the words are in `vocabulary`."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingestion.vocabulary import (
    ARTICLES,
    BRINGS_A_GUEST,
    CONNECTORS,
    FEATURING,
    LETTERS,
    ROMAN_LETTERS,
    ROMAN_NUMERALS,
    SCRIPTS,
    SERIES,
    SPELLINGS,
    STYLES,
    TERMS,
    WORDS,
    Says,
)

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_DASH = re.compile(r"\s+[-–—]\s+")
_FEATURING = re.compile(r"\s(?:feat|ft|featuring)\b\.?\s+", re.IGNORECASE)
_INITIALS = re.compile(r"\b(?:\w\.){2,}\w?")
_WORD = re.compile(r"\w+")
_WHICH_ARTIST = re.compile(r"\s*\(\w+\)\s*$")  # "(FR)", "(House)": which of that name
_JOINT = re.compile(
    r"\s*(?:[,;/&+:]|\b(?:x|and|vs|versus|feat|ft|featuring|pres|presents|b2b)\b\.?)\s*",
    re.IGNORECASE,
)
_INCHES = re.compile(r"""\b(7|12)\s*(?:"|”|″|''|’’|-?\s*inch\b|in\b)""", re.IGNORECASE)
_COUNTRY = re.compile(r"\([A-Z]{2,3}\)")  # behind a remixer's name
_YEAR = re.compile(r"(?:19|20)\d\d|\d+th")  # or which anniversary


@dataclass(frozen=True, slots=True)
class Version:
    """Which version a title names. Without identity it is the plain one, of whatever length."""

    identity: tuple[str, ...]  # names and kinds, in order: ("solomun",), ("vox", "dub")
    cut: str  # "longer", "shorter" or ""
    sound: frozenset[str]  # club, vocal, remastered
    is_reworked: bool
    is_mixed: bool
    is_named: bool  # by any word at all

    @property
    def kinds(self) -> frozenset[str]:
        """Of what kind it is, whoever made it: dub, instrumental, live."""
        return frozenset(word for word in self.identity if WORDS.get(word) is Says.KIND)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(word for word in self.identity if WORDS.get(word) is not Says.KIND)


@dataclass(frozen=True, slots=True)
class Title:
    core: str  # plain words of the title proper
    numbers: tuple[str, ...]
    asides: tuple[str, ...]  # brackets of unclear meaning, as plain words
    featured: tuple[str, ...]  # artists, as written
    version: Version
    is_called_original: bool  # though a version stands in the title

    @property
    def compact(self) -> str:
        return self.core.replace(" ", "")

    @property
    def with_asides(self) -> str:
        return " ".join([self.core, *self.asides])


def words(text: str) -> list[str]:
    """Without case, accents and punctuation: "Zoë & A.M.R, Pt. 2" -> zoe and amr part 2."""
    lowered = _INCHES.sub(r"\1inch", text).casefold().translate(LETTERS)
    if "." in lowered:
        lowered = _INITIALS.sub(lambda found: found[0].replace(".", ""), lowered)
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
        lowered = plain.translate(SCRIPTS)
    return [SPELLINGS.get(word, word) for word in _WORD.findall(lowered)]


def artist(name: str) -> str:
    """An artist's name for comparison, without spaces: old rows lack them ("DashBerlin")."""
    found = words(_WHICH_ARTIST.sub("", name)) or words(name)
    if len(found) > 1 and found[0] in STYLES:
        del found[0]
    return "".join(found) or name.casefold().strip()


def artists(names: Iterable[str]) -> list[str]:
    """All names for comparison, joint names also in their parts, each once."""
    written = list(names)
    parts = [part for name in written for part in _JOINT.split(name) if part.strip()]
    return list(dict.fromkeys(artist(name) for name in [*written, *parts]))


def read(name: str, mix_name: str = "") -> Title:
    """A title of either service: Beatport has the version beside it, Spotify in it."""
    core, *tails = _DASH.split(_BRACKETS.sub(" ", name).strip())
    core, *featured = _FEATURING.split(core, maxsplit=1)
    core_words = words(core)
    mix_words = words(_COUNTRY.sub(" ", mix_name))
    versions = [mix_words]
    asides = []
    for group in [*_BRACKETS.findall(name), *tails]:
        found = words(group)
        if found and found[0] in BRINGS_A_GUEST:
            featured.append(group.partition(" ")[2])
        elif any(word in WORDS for word in _terms(found)):
            versions.append(found)
        elif len(found) == 2 and found[0] in SERIES and _counts(found[1]):
            core_words += found
        elif found:
            asides.append(" ".join(found))
    core_words = list(_with_figures(core_words))
    version = read_version(versions)
    return Title(
        core=" ".join(core_words) or name.casefold().strip(),
        numbers=tuple(_numbers(core_words)),
        asides=tuple(asides),
        featured=tuple(featured),
        version=version,
        is_called_original="original" in mix_words and bool(version.identity),
    )


def without_articles(text: str) -> list[str]:
    return [word for word in text.split() if word not in ARTICLES]


def read_version(groups: Iterable[list[str]]) -> Version:
    """From the words of each place that names a version: brackets, what follows a dash, the mix."""
    identity: dict[str, None] = {}
    says: set[Says] = set()
    sound: set[str] = set()
    for group in groups:
        found = list(_terms(_without_guests(group)))
        says |= {WORDS[word] for word in found if word in WORDS}
        sound |= {word for word in found if WORDS.get(word) is Says.SOUND}
        identity.update((word, None) for word in _identifying(found))
    return Version(
        identity=tuple(identity),
        cut="longer" if Says.LONGER in says else "shorter" if Says.SHORTER in says else "",
        sound=frozenset(sound),
        is_reworked=Says.REWORKED in says,
        is_mixed=Says.MIXED in says,
        is_named=bool(says or identity),
    )


def _identifying(found: list[str]) -> Iterator[str]:
    """Names and kinds; the year of a remaster says nothing about the recording."""
    is_remaster = any(word.startswith(("remaster", "anniversary")) for word in found)
    for word in found:
        if is_remaster and _YEAR.fullmatch(word):
            continue
        if WORDS.get(word) is Says.KIND or (word not in WORDS and word not in CONNECTORS):
            yield word


def _terms(found: list[str]) -> Iterator[str]:
    """Words, with terms of two words made one."""
    before = ""
    for word in found:
        term = TERMS.get((before, word))
        if before and not term:
            yield before
        before = term or word
    if before:
        yield before


def _without_guests(found: list[str]) -> list[str]:
    for place, word in enumerate(found):
        if word in FEATURING:
            return found[:place]
    return found


def _with_figures(found: list[str]) -> Iterator[str]:
    """Roman numerals as figures: "suite part ii" -> suite part 2."""
    before = ""
    for word in found:
        if before in SERIES and word in ROMAN_LETTERS:
            yield ROMAN_LETTERS[word]
        else:
            yield ROMAN_NUMERALS.get(word, word)
        before = word


def _counts(word: str) -> bool:
    return word.isdigit() or word in ROMAN_NUMERALS or len(word) == 1


def _numbers(found: list[str]) -> Iterator[str]:
    """What tells the parts of a series apart: "2", "A1", and a letter at the end."""
    for word in found:
        if word.isdigit():
            yield word.lstrip("0") or "0"
        elif any(letter.isdigit() for letter in word):
            yield word
    if len(found) > 1 and len(found[-1]) == 1 and found[-1].isalpha():
        yield found[-1]

"""Takes titles, versions and artists' names apart. Pure; the words are in `vocabulary`."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingestion.vocabulary import (
    BRINGS_A_GUEST,
    CONNECTORS,
    FEATURING,
    LETTERS,
    ROMAN_NUMERALS,
    SPELLINGS,
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
_JOINT = re.compile(r"\s*(?:[,;/&+:]|\b(?:x|and|vs|feat|ft)\b\.?)\s*", re.IGNORECASE)
_COUNTRY = re.compile(r"\([A-Z]{2,3}\)")  # behind a remixer's name
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Version:
    """Which version a title names. Without identity it is the plain one, of whatever length."""

    identity: tuple[str, ...]  # names and kinds, in order: ("solomun",), ("vox", "dub")
    cut: str  # "longer", "shorter" or ""
    sound: frozenset[str]  # club, vocal, remastered
    is_reworked: bool
    is_mixed: bool
    is_named: bool  # by any word at all


@dataclass(frozen=True, slots=True)
class Title:
    core: str  # plain words of the title proper
    numbers: tuple[str, ...]
    asides: tuple[str, ...]  # brackets of unclear meaning, as plain words
    featured: tuple[str, ...]  # artists, as written
    version: Version

    @property
    def compact(self) -> str:
        return self.core.replace(" ", "")

    @property
    def compact_with_asides(self) -> str:
        return "".join([self.core, *self.asides]).replace(" ", "")


def words(text: str) -> list[str]:
    """Without case, accents and punctuation: "Zoë & A.M.R, Pt. 2" -> zoe and amr part 2."""
    lowered = text.casefold().translate(LETTERS)
    if "." in lowered:
        lowered = _INITIALS.sub(lambda found: found[0].replace(".", ""), lowered)
    if not lowered.isascii():
        decomposed = unicodedata.normalize("NFKD", lowered)
        lowered = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return [SPELLINGS.get(word, word) for word in _WORD.findall(lowered)]


def artist(name: str) -> str:
    """An artist's name for comparison, without spaces: old rows lack them ("DashBerlin")."""
    found = words(_WHICH_ARTIST.sub("", name)) or words(name)
    if len(found) > 1 and found[0] == "the":
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
    versions = [words(_COUNTRY.sub(" ", mix_name))]
    asides = []
    for group in [*_BRACKETS.findall(name), *tails]:
        found = words(group)
        if found and found[0] in BRINGS_A_GUEST:
            featured.append(group.partition(" ")[2])
        elif any(word in WORDS for word in _terms(found)):
            versions.append(found)
        elif found:
            asides.append(" ".join(found))
    core_words = words(core)
    return Title(
        core=" ".join(core_words) or name.casefold().strip(),
        numbers=tuple(_numbers(core_words)),
        asides=tuple(asides),
        featured=tuple(featured),
        version=read_version(versions),
    )


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
    is_remaster = any(word.startswith("remaster") for word in found)
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


def _numbers(found: list[str]) -> Iterator[str]:
    """What tells the parts of a series apart: "2", "II", "A1", and a letter at the end."""
    for word in found:
        if word.isdigit():
            yield word.lstrip("0") or "0"
        elif word in ROMAN_NUMERALS:
            yield ROMAN_NUMERALS[word]
        elif any(letter.isdigit() for letter in word):
            yield word
    if len(found) > 1 and len(found[-1]) == 1 and found[-1].isalpha():
        yield found[-1]

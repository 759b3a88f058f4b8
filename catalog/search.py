"""Finding music by its names and numbers.

Every word asked for must stand somewhere in a track's title, artists, release, label, catalogue
number or ISRC. The indexes know words of three characters and more (catalog.indexes); shorter ones
narrow down what the longer ones found, and alone they must be the whole name of an artist or label.

A word that many tracks have narrows down, too: its entry in an index is as long as the catalogue.
When there are only such words, tracks with them are everywhere, and the newest are soon come upon.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Length
from django.db.models.lookups import IsNull

from catalog.folding import SAY_NOTHING, fold
from catalog.models import Artist, Label, Release, Track, TrackArtist

INDEXED = 3  # characters
MOST_CHARACTERS = 100
MOST_WORDS = 8
MOST_TRACKS = 1_000
SAMPLE = 500  # of the newest tracks
OFTEN = SAMPLE // 20
FARTHEST = 40_000  # tracks from the newest, with the rest of that day
_SAY_NOTHING = {word for name in SAY_NOTHING for word in name.split()}


@dataclass(frozen=True)
class Question:
    """What was typed, as a person may read it, and its folded words."""

    text: str
    words: tuple[str, ...] = ()

    @classmethod
    def read(cls, typed: str) -> "Question":
        text = " ".join(typed.replace("\x00", "").split())[:MOST_CHARACTERS]
        words = list(dict.fromkeys(fold(text).split()))[:MOST_WORDS]
        telling = [word for word in words if word not in _SAY_NOTHING]
        return cls(text, tuple(telling or words))

    @property
    def whole(self) -> str:
        return fold(self.text)

    @property
    def long(self) -> list[str]:
        return [word for word in self.words if len(word) >= INDEXED and word.isalnum()]

    @property
    def short(self) -> list[str]:
        return [word for word in self.words if word not in self.long]

    @property
    def is_too_short(self) -> bool:
        """Only a whole name can answer it."""
        return not self.long


def artists(asked: Question) -> QuerySet[Artist]:
    return _by_name(Artist, asked)


def labels(asked: Question) -> QuerySet[Label]:
    return _by_name(Label, asked)


def releases(asked: Question) -> QuerySet[Release]:
    return _by_name(Release, asked)


def tracks(asked: Question) -> QuerySet[Track]:
    """The newest first, at most MOST_TRACKS and one more, which says that there are more.

    Asks already which words are common, and for the tracks when all are.
    """
    if not asked.words:
        return Track.objects.none()
    if asked.is_too_short:
        return _newest().filter(pk__in=_of_whole_name(asked))[: MOST_TRACKS + 1]
    common = _common(asked.long)
    looked_up = [word for word in asked.long if word not in common]
    if not looked_up:
        newest = _newest_with(asked.words)
        if len(newest) > MOST_TRACKS:
            return _newest().filter(pk__in=newest)[: MOST_TRACKS + 1]
        looked_up = [max(asked.long, key=len)]
    found = _newest()
    for word in looked_up:
        found = found.filter(pk__in=_with_word(word))
    narrowing = [_says(word) for word in asked.words if word not in looked_up]
    return found.filter(*narrowing)[: MOST_TRACKS + 1]


def places(track: Track, asked: Question) -> list[str]:
    """Where the words of a found track stand. Wants its credits, release and label."""
    release = track.release
    texts = {
        "title": fold(f"{track.title} {track.mix_name}"),
        "artist": " ".join(one.artist.search_text for one in track.credits.all()),
        "release": fold(release.title) if release else "",
        "label": release.label.search_text if release and release.label else "",
        "catalogue number": fold(release.catalog_number).replace(" ", "") if release else "",
        "ISRC": track.isrc.casefold(),
    }
    return [name for name, text in texts.items() if any(word in text for word in asked.words)]


def _by_name(model: Any, asked: Question) -> QuerySet[Any]:
    """Those with exactly this name first, then the shortest names."""
    if not asked.words:
        return model.objects.none()
    if asked.is_too_short:
        return model.objects.filter(search_text=asked.whole).order_by("pk")
    conditions = [Q(search_text__has=word) for word in asked.long]
    conditions += [Q(search_text__contains=word) for word in asked.short]
    is_it = Case(When(search_text=asked.whole, then=Value(0)), default=Value(1))
    return model.objects.filter(reduce(and_, conditions)).order_by(
        is_it, Length("search_text"), "search_text", "pk"
    )


def _newest() -> QuerySet[Track]:
    """As the index catalog_track_newest has them."""
    return Track.objects.order_by("-published_on", "-pk")


def _common(words: Sequence[str]) -> set[str]:
    """Words of more than one in twenty of the newest tracks; none in a small catalogue."""
    counts = Track.objects.filter(pk__in=_newest().values("pk")[:SAMPLE]).aggregate(
        sampled=Count("pk"),
        **{f"word_{place}": Count("pk", filter=_says(word)) for place, word in enumerate(words)},
    )
    if counts["sampled"] < SAMPLE:
        return set()
    return {word for place, word in enumerate(words) if counts[f"word_{place}"] > OFTEN}


def _newest_with(words: Iterable[str]) -> list[int]:
    """Ids of tracks with all these words: more than MOST_TRACKS, or all that are not too far."""
    found = _newest().filter(*map(_says, words))
    oldest = _newest().values_list("published_on", flat=True)[FARTHEST:].first()
    if oldest:
        found = found.filter(published_on__gte=oldest)
    return list(found.values_list("pk", flat=True)[: MOST_TRACKS + 1])


def _with_word(word: str) -> QuerySet[Any]:
    """Ids of tracks, each way by an index of its own."""
    called = Track.objects.filter(search_text__has=word)
    by_artist = TrackArtist.objects.filter(artist__in=Artist.objects.filter(search_text__has=word))
    released = Release.objects.filter(search_text__has=word).values("pk")
    by_label = Release.objects.filter(label__in=Label.objects.filter(search_text__has=word))
    on_release = Track.objects.filter(release__in=released.union(by_label.values("pk")))
    return called.values("pk").union(by_artist.values("track"), on_release.values("pk"))


def _of_whole_name(asked: Question) -> QuerySet[Any]:
    by_artist = TrackArtist.objects.filter(artist__search_text=asked.whole)
    by_label = Track.objects.filter(release__label__search_text=asked.whole)
    return by_artist.values("track").union(by_label.values("pk"))


def _says(word: str) -> Q:
    """For few rows: looks at each. For an EXISTS, PostgreSQL might read all credits at once."""
    credited = TrackArtist.objects.filter(track=OuterRef("pk"), artist__search_text__contains=word)
    return Q(
        Q(search_text__contains=word),
        Q(release__search_text__contains=word),
        Q(release__label__search_text__contains=word),
        IsNull(Subquery(credited.values("pk")[:1]), False),
        _connector=Q.OR,
    )

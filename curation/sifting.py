"""The tracks of a week that a selection is about, in its order."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Case, Exists, F, OrderBy, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Abs, Length, NullIf
from django.db.models.lookups import IsNull

from catalog.models import Label, SpotifyMatch, Track, TrackArtist
from catalog.search import Question
from curation import mixing
from curation.models import CurationPeriod, CurationTrack, GoldenTrack, RememberedSelection
from curation.selection import BADGES, NOTHING_ASKED, Selection

Rows = QuerySet[CurationTrack]
Column = str | OrderBy | Combinable

RELEASED: list[Column] = ["position", "pk"]  # releases stay together
BPM: list[Column] = [F("track__bpm").asc(nulls_last=True)]
# 1A, 1B, … 9B, 10A: the shorter first, and no key at all is no length.
KEY: list[Column] = [NullIf(Length("track__key"), 0).asc(nulls_last=True), "track__key"]
LABEL: list[Column] = [
    F("track__release__label__search_text").asc(nulls_last=True),
    "track__release__label",
]
COLUMNS: dict[str, list[Column]] = {
    "release": RELEASED,
    "label": [*LABEL, *RELEASED],
    "bpm": [*BPM, *KEY, *RELEASED],
    "key": [*KEY, *BPM, *RELEASED],
    "newest": [F("track__published_on").desc(nulls_last=True), *RELEASED],
}
PUT_OFF_LAST = F("later_at").asc(nulls_first=True)

State = SpotifyMatch.State
MINUTE = 60_000  # milliseconds


@dataclass(frozen=True)
class Sieve:
    """A selection at work in one week. What it needs to know is asked once."""

    period: CurationPeriod
    selection: Selection = field(default=NOTHING_ASKED)

    def bronze(self) -> Rows:
        """What is to be sorted, in the order of the DJ; what was put off comes last."""
        return self.of(self.period.tracks.unsorted()).order_by(PUT_OFF_LAST, *self.columns)

    def finds(self, pk: int | None) -> bool:
        """Whether this row of the week is to be sorted and asked for."""
        return pk is not None and self.of(self.period.tracks.unsorted()).filter(pk=pk).exists()

    def of(self, rows: Rows) -> Rows:
        """Those of the week's rows that are asked for."""
        asked = self.selection
        for name, bound in BOUNDS.items():
            if (value := getattr(asked, name)) is not None:
                rows = rows.filter(**{bound: value * (MINUTE if "length" in name else 1)})
        if asked.key:
            rows = rows.filter(track__key__in=asked.key)
        if asked.label is not None:
            rows = rows.filter(track__release__label=asked.label)
        if asked.badge:
            rows = rows.filter(with_badge(asked.badge, self.period))
        if asked.unheard:
            rows = rows.filter(heard_at=None, later_at=None)
        for word in Question.read(asked.q).words:
            rows = rows.filter(says(word))
        return rows.filter(mixing_with(self.reference)) if asked.mixes else rows

    @cached_property
    def columns(self) -> list[Column]:
        """The order; tracks that mix come with the best fit first."""
        fit = closeness(self.reference) if self.reference else []
        return [*fit, *COLUMNS[self.selection.order]]

    @cached_property
    def reference(self) -> Track | None:
        """The track that others shall mix with."""
        if self.selection.mixes is None:
            return None
        return Track.objects.filter(pk=self.selection.mixes).first()

    @cached_property
    def label(self) -> Label | None:
        if self.selection.label is None:
            return None
        return Label.objects.filter(pk=self.selection.label).first()

    @property
    def parts(self) -> list["Part"]:
        """What narrows it down."""
        return [*self._parts()]

    def _parts(self) -> Iterator["Part"]:
        asked = self.selection
        if asked.mixes is not None:
            yield Part(f"Mixes with {self.reference or '?'}", asked.without("mixes"))
        if asked.q:
            yield Part(f"“{asked.q}”", asked.without("q"))
        if bpm := between(asked.bpm_from, asked.bpm_to):
            yield Part(f"{bpm} BPM", asked.without("bpm_from", "bpm_to"))
        if asked.key:
            yield Part(", ".join(asked.key), asked.without("key"))
        if asked.label is not None:
            yield Part(str(self.label or "A label that is gone"), asked.without("label"))
        if asked.badge:
            yield Part(BADGES[asked.badge], asked.without("badge"))
        if length := between(asked.length_from, asked.length_to):
            yield Part(f"{length} minutes", asked.without("length_from", "length_to"))
        if asked.unheard:
            yield Part("Not yet heard", asked.without("unheard"))


@dataclass(frozen=True)
class Part:
    """One thing that is asked for in words, and the selection without it."""

    words: str
    rest: Selection


BOUNDS = {
    "bpm_from": "track__bpm__gte",
    "bpm_to": "track__bpm__lte",
    "length_from": "track__length_ms__gte",
    "length_to": "track__length_ms__lte",
}


def between(least: int | None, most: int | None) -> str:
    if least is None or most is None:
        return f"from {least}" if least is not None else f"up to {most}" if most is not None else ""
    return f"{least} to {most}"


def with_badge(name: str, period: CurationPeriod) -> Q:
    """What the card of such a track says."""
    in_golden = GoldenTrack.objects.filter(user_category__user=period.user_id)
    elsewhere = Track.objects.filter(recording_key=OuterRef("recording_key"))
    elsewhere = elsewhere.exclude(release=None).exclude(release=OuterRef("track__release"))
    conditions = {
        "late": Q(is_late=True),
        "later": Q(later_at__isnull=False),
        "golden": Q(recording_key__in=in_golden.values("track__recording_key")),
        "also": Q(Exists(elsewhere)),
        "exclusive": Q(track__is_exclusive=True),
        "edit": Q(track__match__state=State.OTHER_EDIT),
        "doubt": Q(track__match__state=State.REVIEW),
        "missing": Q(track__match__state=State.NOT_FOUND),
        "withdrawn": Q(track__status=Track.Status.WITHDRAWN),
    }
    return conditions[name]


def says(word: str) -> Q:
    """A folded word of a title, mix, artist, release or label. Looks at each row of a week."""
    credited = TrackArtist.objects.filter(
        track=OuterRef("track"), artist__search_text__contains=word
    )
    return Q(
        Q(track__search_text__contains=word),
        Q(track__release__search_text__contains=word),
        Q(track__release__label__search_text__contains=word),
        IsNull(Subquery(credited.values("pk")[:1]), False),
        _connector=Q.OR,
    )


def mixing_with(track: Track | None) -> Q:
    """By key and tempo, as far as they are known of this one."""
    if track is None or not (track.key or track.bpm):
        return Q(pk__in=[])
    fits = Q()
    if track.key:
        fits &= Q(track__key__in=mixing.fitting_keys(track.key))
    if track.bpm:
        fits &= Q(track__bpm__range=mixing.fitting_tempos(track.bpm))
    return fits


def closeness(track: Track) -> list[Column]:
    """The track itself, then the same key, its relative, its neighbours; within them by tempo."""
    keys = enumerate(mixing.fitting_keys(track.key))
    ranks = [When(track__key=key, then=Value(min(place, 2))) for place, key in keys]
    by_key = Case(When(track=track.pk, then=Value(-1)), *ranks, default=Value(3))
    return [by_key, *([Abs(F("track__bpm") - track.bpm)] if track.bpm else [])]


def remembered(period: CurationPeriod) -> Selection:
    """What the DJ asked for last in this style."""
    kept = period.user.selections.filter(style=period.style_id).first()
    return Selection.read(kept.selection) if kept else NOTHING_ASKED


def remember(period: CurationPeriod, selection: Selection) -> None:
    """For all weeks of the style, until the DJ asks for something else."""
    if lasting := str(selection.lasting):
        RememberedSelection.objects.update_or_create(
            user_id=period.user_id, style_id=period.style_id, defaults={"selection": lasting}
        )
    else:
        period.user.selections.filter(style=period.style_id).delete()


class Choices:
    """What a week has to choose from, asked in one query, and what of it is chosen."""

    def __init__(self, sieve: Sieve) -> None:
        self.sieve = sieve
        label = "track__release__label"
        facts = [
            *sieve.period.tracks.unsorted().values_list(
                "track__bpm", "track__key", label, f"{label}__name"
            )
        ]
        tempos = [bpm for bpm, *_ in facts if bpm is not None]
        self.slowest, self.fastest = min(tempos, default=None), max(tempos, default=None)
        self.keys = Counter(key for _, key, *_ in facts)
        self._labels = Counter((pk, name) for *_, pk, name in facts if pk)

    @property
    def labels(self) -> list[tuple[int, str, int]]:
        """Id, name and number of tracks, by name; the one chosen also when it has none left."""
        found = dict(self._labels)
        if chosen := self.sieve.label:
            found.setdefault((chosen.pk, chosen.name), 0)
        listed = [(pk, name, count) for (pk, name), count in found.items()]
        return sorted(listed, key=lambda one: (one[1].casefold(), one[0]))

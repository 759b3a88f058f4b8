"""All tracks of one week as a list: where each one lies, filtered and searched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from catalog.models import SpotifyMatch, Track, TrackArtist
from curation import columns, elsewhere, links, memory
from curation.memory import Memory
from curation.models import CurationPeriod, CurationTrack

BRONZE = "bronze"
GOLDEN = "golden"
STATES = {
    "playable": "On Spotify",
    "review": "Doubtful",
    "not_found": "Not on Spotify",
    "pending": "Not looked up yet",
}


@dataclass(frozen=True)
class Filter:
    """As written in the address: `place` is bronze, golden, or the id of a playlist."""

    place: str = ""
    state: str = ""
    words: str = ""
    label: int | None = None
    sort: str = ""

    @property
    def is_narrow(self) -> bool:
        return bool(self.place or self.state or self.words or self.label)

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filter":
        return cls(
            place=query.get("place", ""),
            state=query.get("state", ""),
            words=" ".join(query.get("q", "").replace("\x00", "").split())[:100],
            label=as_id(query.get("label", "")),
            sort=columns.known(query.get("sort", "")),
        )


@dataclass(frozen=True)
class Line(links.Linked):
    """One row of the list."""

    row: CurationTrack
    spotify_uri: str
    also_on: str = ""
    memory: Memory | None = None

    @property
    def layer(self) -> str:
        if self.row.promoted_at:
            return GOLDEN
        playlist = self.row.current_silver_playlist
        if playlist is None:
            return BRONZE
        return "trash" if playlist.user_category.is_trash else "silver"

    @property
    def place(self) -> str:
        playlist = self.row.current_silver_playlist
        return str(playlist.user_category) if playlist else "Bronze"

    @property
    def track(self) -> Track:
        return self.row.track

    @property
    def clip_url(self) -> str:
        return links.clip(self.track)

    @property
    def has_sound(self) -> bool:
        return bool(self.spotify_uri or self.clip_url)


def rows(period: CurationPeriod, asked: Filter) -> QuerySet[CurationTrack]:
    """Whatever was decided about them; in Bronze order unless another one is asked for."""
    found = columns.in_order(period.tracks.all(), asked.sort)
    if asked.place == BRONZE:
        found = found.unsorted()
    elif asked.place == GOLDEN:
        found = found.filter(promoted_at__isnull=False)
    elif place := as_id(asked.place):
        found = found.filter(current_silver_playlist=place, promoted_at=None)
    if asked.state == "playable":
        found = found.filter(track__match__state__in=SpotifyMatch.PLAYABLE)
    elif asked.state in STATES:
        found = found.filter(track__match__state=asked.state)
    if asked.label:
        found = found.filter(track__release__label=asked.label)
    for word in asked.words.split():
        found = found.filter(says(word))
    return found


def as_id(text: str) -> int | None:
    """An id as it may stand in an address; None for what cannot be one."""
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def says(word: str) -> Q:
    by = TrackArtist.objects.filter(track=OuterRef("track"), artist__name__icontains=word)
    return (
        Q(track__title__icontains=word)
        | Q(track__mix_name__icontains=word)
        | Q(track__release__label__name__icontains=word)
        | Q(track__release__title__icontains=word)
        | Q(Exists(by))
    )


def described(
    found: Iterable[CurationTrack], *, met_in: CurationPeriod | None = None
) -> list[Line]:
    """With all that a line shows, in a fixed number of queries.

    `met_in` is the week in which they are met again, to tell what was done before.
    """
    shown = (
        CurationTrack.objects.select_related(
            "track__release__label",
            "track__match",
            "current_silver_playlist__user_category",
        )
        .prefetch_related(Prefetch("track__credits", TrackArtist.objects.select_related("artist")))
        .in_bulk([row.pk for row in found])
    )
    uris = links.accepted_uris(row.track for row in shown.values())
    in_order = [shown[row.pk] for row in found if row.pk in shown]
    others = elsewhere.also_on([row.track for row in in_order])
    memories = memory.recall(met_in, [row.track for row in in_order]) if met_in else {}
    return [
        Line(
            row,
            uris.get(row.track_id, ""),
            others[row.track_id],
            memories.get(row.track.recording_key),
        )
        for row in in_order
    ]


@dataclass(frozen=True)
class LabelCount:
    """How many tracks of the week a label has, and how many of them nobody has sorted."""

    total: int
    in_bronze: int


def label_counts(period: CurationPeriod, lines: Iterable[Line]) -> dict[int, LabelCount]:
    """By id, of the labels that these lines show."""
    releases = [line.track.release for line in lines if line.track.release]
    counted = (
        period.tracks.filter(track__release__label__in={one.label_id for one in releases})
        .order_by()
        .values_list("track__release__label")
        .annotate(
            total=Count("pk"),
            in_bronze=Count("pk", filter=Q(status=CurationTrack.Status.UNSORTED)),
        )
    )
    return {label: LabelCount(total, in_bronze) for label, total, in_bronze in counted}


def places(period: CurationPeriod) -> Iterable[tuple[str, str]]:
    """What the filter offers, as it is written in the address and on the page."""
    yield BRONZE, "Bronze"
    for playlist in period.playlists.with_counts():
        yield str(playlist.pk), str(playlist)
    yield GOLDEN, "Golden"

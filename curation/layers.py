"""The playlists of one week: Bronze, a Silver one for each category, and Trash."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, F, Max, Min, Q, Sum, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from catalog.models import Track
from curation import sync
from curation.models import CurationPeriod, MirroredPlaylist, PeriodPlaylist

COVERS = 4
IN_SILVER = Q(promoted_at=None)


@dataclass(frozen=True)
class Facts:
    """What a playlist adds up to."""

    count: int = 0
    promoted: int = 0
    length_ms: int | None = None
    lowest_bpm: int | None = None
    highest_bpm: int | None = None

    @property
    def bpm_range(self) -> str:
        if self.lowest_bpm is None:
            return "–"
        if self.lowest_bpm == self.highest_bpm:
            return str(self.lowest_bpm)
        return f"{self.lowest_bpm}–{self.highest_bpm}"


@dataclass(frozen=True)
class Layer:
    """A playlist of the week. `mark` is bronze, silver or trash."""

    mark: str
    name: str
    facts: Facts
    sync: sync.Sync
    playlist: PeriodPlaylist | None = None
    covers: list[Track] = field(default_factory=list)

    @property
    def place(self) -> str:
        """As the list of all tracks is asked for it."""
        return str(self.playlist.pk) if self.playlist else self.mark


def of_period(period: CurationPeriod) -> list[Layer]:
    """Bronze first, then Silver in the order of the keys, Trash last; a fixed number of queries."""
    describe = Describer(period)
    playlists = period.playlists.shown().select_related("user_category", "silver_playlist")
    playlists = playlists.order_by("user_category__is_trash", "user_category__position", "pk")
    return [bronze(period, describe), *(silver(playlist, describe) for playlist in playlists)]


class Describer:
    """What all playlists of the week are described by, read once."""

    def __init__(self, period: CurationPeriod) -> None:
        self.now = timezone.now()
        self.connected = sync.is_connected(period.user)
        self.covers = newest_covers(period)
        self.facts = facts(period)

    def sync(self, mirrored: MirroredPlaylist | None) -> sync.Sync:
        return sync.of_playlist(mirrored, connected=self.connected, now=self.now)


def bronze(period: CurationPeriod, describe: Describer) -> Layer:
    mirrored = period.mirrored_playlists.filter(layer=MirroredPlaylist.Layer.BRONZE).first()
    return Layer(
        mark="bronze",
        name="Bronze",
        facts=describe.facts.get(None, Facts()),
        sync=describe.sync(mirrored),
    )


def silver(playlist: PeriodPlaylist, describe: Describer) -> Layer:
    category = playlist.user_category
    mirrored = getattr(playlist, "silver_playlist", None)
    return Layer(
        mark="trash" if category.is_trash else "silver",
        name=category.name,
        facts=describe.facts.get(playlist.pk, Facts()),
        sync=describe.sync(mirrored),
        playlist=playlist,
        covers=describe.covers[playlist.pk],
    )


def facts(period: CurationPeriod) -> dict[int | None, Facts]:
    """By playlist; None is Bronze. What was promoted is counted, but is no longer in Silver."""
    by_playlist = (
        period.tracks.order_by()
        .values_list("current_silver_playlist")
        .annotate(
            count=Count("pk", filter=IN_SILVER),
            promoted=Count("pk", filter=~IN_SILVER),
            length_ms=Sum("track__length_ms", filter=IN_SILVER),
            lowest_bpm=Min("track__bpm", filter=IN_SILVER),
            highest_bpm=Max("track__bpm", filter=IN_SILVER),
        )
    )
    return {playlist: Facts(*numbers) for playlist, *numbers in by_playlist}


def newest_covers(period: CurationPeriod) -> dict[int | None, list[Track]]:
    """By playlist: what the DJ put there last."""
    newest_first = Window(
        RowNumber(),
        partition_by="current_silver_playlist",
        order_by=[F("sorted_at").desc(), F("pk").desc()],
    )
    covers: dict[int | None, list[Track]] = defaultdict(list)
    silver = period.tracks.filter(
        IN_SILVER, current_silver_playlist__user_category__is_trash=False
    ).annotate(place=newest_first)
    newest = silver.filter(place__lte=COVERS).select_related("track__release").order_by("place")
    for row in newest:
        covers[row.current_silver_playlist_id].append(row.track)
    return covers

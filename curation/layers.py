"""The playlists of one week: Bronze, a Silver one for each category, and Trash."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, F, Max, Min, Q, Sum, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from catalog.models import Track
from curation import links, sync
from curation.models import CurationPeriod, CurationTrack, MirroredPlaylist, PeriodPlaylist

COVERS = 4


@dataclass(frozen=True)
class Facts:
    """What a playlist adds up to."""

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
    count: int
    facts: Facts
    sync: sync.Sync
    spotify_url: str = ""
    golden_count: int = 0
    playlist: PeriodPlaylist | None = None
    covers: list[Track] = field(default_factory=list)

    @property
    def place(self) -> str:
        """As the list of all tracks is asked for it."""
        return str(self.playlist.pk) if self.playlist else self.mark


def of_period(period: CurationPeriod) -> list[Layer]:
    """Bronze first, then Silver in the order of the keys, Trash last; a fixed number of queries."""
    describe = Describer(period)
    silvers = [silver(playlist, describe) for playlist in playlists(period)]
    return [bronze(period, describe), *silvers]


class Describer:
    """What Spotify knows about this DJ's playlists, at one moment; and the newest covers."""

    def __init__(self, period: CurationPeriod) -> None:
        self.now = timezone.now()
        self.connected = sync.is_connected(period.user)
        self.covers = newest_covers(period)

    def sync(self, mirrored: MirroredPlaylist | None) -> sync.Sync:
        return sync.of_playlist(mirrored, connected=self.connected, now=self.now)


def bronze(period: CurationPeriod, describe: Describer) -> Layer:
    counts = period.tracks.unsorted().aggregate(count=Count("pk"), **facts_of("track__"))
    count = counts.pop("count")
    mirrored = period.mirrored_playlists.filter(layer=MirroredPlaylist.Layer.BRONZE).first()
    return Layer(
        mark="bronze",
        name="Bronze",
        count=count,
        facts=Facts(**counts),
        sync=describe.sync(mirrored),
        spotify_url=playlist_url(mirrored),
    )


def silver(playlist: PeriodPlaylist, describe: Describer) -> Layer:
    category = playlist.user_category
    if category.is_trash:
        never = sync.Sync("", "not sent")
        return Layer(
            "trash", category.name, playlist.track_count, Facts(), never, playlist=playlist
        )
    mirrored = getattr(playlist, "silver_playlist", None)
    return Layer(
        mark="silver",
        name=category.name,
        count=playlist.silver_count,
        facts=Facts(playlist.length_ms, playlist.lowest_bpm, playlist.highest_bpm),
        sync=describe.sync(mirrored),
        spotify_url=playlist_url(mirrored),
        golden_count=playlist.promoted_count,
        playlist=playlist,
        covers=describe.covers[playlist.pk],
    )


def playlists(period: CurationPeriod):
    in_silver = Q(tracks__promoted_at=None)
    return (
        period.playlists.with_counts()
        .select_related("silver_playlist")
        .annotate(**facts_of("tracks__track__", filter=in_silver))
    )


def facts_of(prefix: str, **options: Q) -> dict[str, Sum | Min | Max]:
    return {
        "length_ms": Sum(f"{prefix}length_ms", **options),
        "lowest_bpm": Min(f"{prefix}bpm", **options),
        "highest_bpm": Max(f"{prefix}bpm", **options),
    }


def newest_covers(period: CurationPeriod) -> dict[int, list[Track]]:
    """By playlist: what the DJ put there last."""
    newest_first = Window(
        RowNumber(),
        partition_by="current_silver_playlist",
        order_by=[F("sorted_at").desc(), F("pk").desc()],
    )
    rows: dict[int, list[Track]] = defaultdict(list)
    silver = CurationTrack.objects.filter(
        curation_period=period,
        current_silver_playlist__user_category__is_trash=False,
        promoted_at=None,
    )
    for row in (
        silver.annotate(place=newest_first)
        .filter(place__lte=COVERS)
        .select_related("track__release")
        .order_by("place")
    ):
        rows[row.current_silver_playlist_id].append(row.track)
    return rows


def playlist_url(mirrored: MirroredPlaylist | None) -> str:
    """Only what can be opened there now."""
    if mirrored is None or mirrored.spotify_id is None or not mirrored.in_library:
        return ""
    if mirrored.state == MirroredPlaylist.State.MISSING:
        return ""
    return links.on_spotify(f"spotify:playlist:{mirrored.spotify_id}")

"""What a week came to: heard, kept, promoted, and the time it took."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.db.models import Count, F, Q

from catalog.models import SpotifyMatch
from curation import pace
from curation.models import CurationPeriod, CurationTrack, PeriodPlaylist

LABELS = 5
SHELF_WIDTH, SHELF_HEIGHT = 140, 150


@dataclass(frozen=True)
class KeptLabel:
    pk: int
    name: str
    kept: int
    promoted: int


@dataclass(frozen=True)
class Summary:
    """Of a week so far; of a finished one, all it came to."""

    period: CurationPeriod
    categories: list[PeriodPlaylist]  # with their counts, without Trash

    @classmethod
    def of(cls, period: CurationPeriod) -> "Summary":
        silver = period.playlists.with_counts().filter(user_category__is_trash=False)
        return cls(period, list(silver))

    @property
    def slots(self) -> list[tuple[PeriodPlaylist, list[dict[str, float]]]]:
        return [(playlist, spines(playlist.track_count)) for playlist in self.categories]

    @property
    def kept(self) -> int:
        return sum(playlist.track_count for playlist in self.categories)

    @property
    def promoted(self) -> int:
        return sum(playlist.promoted_count for playlist in self.categories)

    @cached_property
    def heard(self) -> int:
        return self.period.tracks.filter(heard_at__isnull=False).count()

    @cached_property
    def at_desk(self) -> timedelta:
        return pace.at_desk(self.period)

    @property
    def milliseconds(self) -> int:
        return self.at_desk // timedelta(milliseconds=1)

    @property
    def tracks_a_minute(self) -> float | None:
        return self.heard * timedelta(minutes=1) / self.at_desk if self.at_desk else None

    @cached_property
    def labels(self) -> list[KeptLabel]:
        """Those kept most."""
        kept = self.period.tracks.filter(current_silver_playlist__user_category__is_trash=False)
        name, pk = F("track__release__label__name"), F("track__release__label")
        of_a_label = kept.filter(track__release__label__isnull=False).order_by()
        counted = of_a_label.values(name=name, pk=pk).annotate(
            kept=Count("id"), promoted=Count("promoted_at")
        )
        most = counted.order_by("-kept", "-promoted", "name")[:LABELS]
        return [KeptLabel(**row) for row in most]

    @cached_property
    def missing(self) -> int:
        """Kept tracks that Spotify does not have, or not for certain."""
        kept = self.period.tracks.filter(current_silver_playlist__user_category__is_trash=False)
        return kept.exclude(track__match__state__in=SpotifyMatch.PLAYABLE).count()

    @cached_property
    def next_week(self) -> CurationPeriod | None:
        """Another week that the DJ has opened and not sorted; it carries `left`."""
        unsorted = Q(tracks__status=CurationTrack.Status.UNSORTED)
        opened = self.period.user.periods.filter(status=CurationPeriod.Status.IN_PROGRESS)
        return (
            opened.exclude(pk=self.period.pk)
            .select_related("style")
            .annotate(left=Count("tracks", filter=unsorted))
            .filter(left__gt=0)
            .order_by("-year", "-week", "style__position", "pk")
            .first()
        )


def spines(count: int) -> list[dict[str, float]]:
    """A shelf of records, one for each track, none quite like its neighbour."""
    widths = [2 + (5 * number % 3) / 2 for number in range(count)]
    needed = sum(widths) + 1.1 * count
    squeeze = min(1.0, SHELF_WIDTH / needed) if needed else 1.0
    shelf, x = [], 0.0
    for number, width in enumerate(widths):
        y = (32, 28, 32, 32, 36, 32, 32)[number * number % 7]
        size = {"width": round(width * squeeze, 2), "height": SHELF_HEIGHT - y}
        shelf.append({"x": round(x * squeeze, 2), "y": y, **size})
        x += width + 1.1
    return shelf

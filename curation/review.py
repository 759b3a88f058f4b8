"""What the review shows: the Silver playlists of a week side by side, and what became Golden."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db import transaction

from accounts.models import User
from curation import cards, golden, moves
from curation.cards import Card
from curation.models import CurationPeriod, CurationTrack, Move, PeriodPlaylist


@transaction.atomic
def refile(
    *,
    user: User,
    period: CurationPeriod,
    tracks: Sequence[CurationTrack],
    to: PeriodPlaylist,
    is_golden: bool = False,
) -> None:
    """Tracks of a week go to another Silver playlist, or on to its Golden one: one action, one
    undo. Those that lie there already keep their place."""
    chosen = period.tracks.filter(pk__in=[track.pk for track in tracks])
    elsewhere = chosen.exclude(current_silver_playlist=to.pk)
    log = moves.move_tracks(user=user, period=period, chosen=elsewhere, to=to)
    if is_golden:
        golden.promote(user=user, tracks=tracks, action_id=log[0].action_id if log else None)


@dataclass(frozen=True)
class Pick:
    """A track of a Silver playlist; once it is Golden it keeps its place in the column."""

    card: Card

    @property
    def row(self) -> CurationTrack:
        return self.card.row

    @property
    def is_golden(self) -> bool:
        return self.row.promoted_at is not None

    @property
    def kept_elsewhere(self) -> str:
        """Golden playlists that hold this recording already, by another week."""
        return "" if self.is_golden else ", ".join(self.card.golden_in)


@dataclass(frozen=True)
class Column:
    """A Silver playlist with its tracks in the order of the decisions."""

    playlist: PeriodPlaylist
    picks: list[Pick] = field(default_factory=list)

    @property
    def chosen(self) -> int:
        return sum(pick.is_golden for pick in self.picks)

    @property
    def left(self) -> list[Pick]:
        return [pick for pick in self.picks if not pick.is_golden]


@dataclass(frozen=True)
class Review:
    """All columns of a week, in a fixed number of queries."""

    period: CurationPeriod

    @cached_property
    def playlists(self) -> list[PeriodPlaylist]:
        """In the order of the keys, Trash last."""
        shown = self.period.playlists.shown().select_related("user_category")
        in_order = ("user_category__is_trash", "user_category__position", "pk")
        return list(shown.order_by(*in_order))

    @cached_property
    def columns(self) -> list[Column]:
        picks = self.picks_by_playlist()
        return [Column(one, picks[one.pk]) for one in self.playlists if one != self.trash]

    @property
    def trash(self) -> PeriodPlaylist:
        return self.playlists[-1]

    def picks_by_playlist(self) -> dict[int | None, list[Pick]]:
        silver = self.period.tracks.filter(current_silver_playlist__user_category__is_trash=False)
        ids = list(silver.in_silver_order().values_list("pk", flat=True))
        picks: dict[int | None, list[Pick]] = defaultdict(list)
        for card in cards.cards_of(self.period, ids):
            picks[card.row.current_silver_playlist_id].append(Pick(card))
        return picks

    @cached_property
    def total(self) -> int:
        return sum(len(column.picks) for column in self.columns)

    @cached_property
    def chosen(self) -> int:
        return sum(column.chosen for column in self.columns)

    @cached_property
    def left_in_bronze(self) -> int:
        return self.period.tracks.unsorted().count()

    @cached_property
    def latest(self) -> Move | None:
        """The DJ's latest action, for the undo button."""
        standing = moves.standing(self.period)
        places = ("from_playlist__user_category", "to_playlist__user_category")
        return moves.newest(standing.select_related("curation_track__track", *places))

    @cached_property
    def latest_count(self) -> int:
        """How many tracks the latest action moved."""
        if self.latest is None:
            return 0
        together = moves.of_period(self.period).filter(action_id=self.latest.action_id)
        return together.filter(undone_at=None).values("curation_track").distinct().count()

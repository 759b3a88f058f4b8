"""The sorting desk of a week as it stands: what is next, how far one is, what was decided."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Count, Q
from django.utils import timezone

from catalog.models import SpotifyMatch
from curation import cards, hotkeys, moves, pace, priorities, sifting
from curation.fetching import Arrival
from curation.models import CurationPeriod, CurationTrack, Move, PeriodPlaylist, Verdict
from curation.selection import Selection
from curation.summary import Summary

LOG_LENGTH = 12
DOUBTED = Q(track__match__state=SpotifyMatch.State.REVIEW, track__match__method="person")
SHOWN_OF_A_MOVE = [
    *("action_id", "client_id", "kind", "created_at"),
    "curation_track__track__title",
    *(f"to_playlist__user_category__{name}" for name in ("name", "hotkey", "is_trash")),
    "from_playlist__id",
]
LOG_WINDOW = 40  # moves looked through for the latest actions


@dataclass(frozen=True)
class Held:
    """What a page has already: the card in sight, all its cards, decisions still on their way.

    Without a selection, it is the one that the DJ made last in this style.
    """

    selection: Selection | None = None
    at: int | None = None
    cards: frozenset[int] = frozenset()
    undelivered: frozenset[int] = frozenset()
    has_started: bool = False


@dataclass(frozen=True)
class LogRow:
    """One action of the DJ; `move` is its newest line."""

    move: Move
    came_from: PeriodPlaylist | None
    tracks: int
    is_golden: bool

    @property
    def track(self) -> int:
        return self.move.curation_track_id

    @property
    def title(self) -> str:
        title = self.move.curation_track.track.title
        return f"{title} and {self.tracks - 1} more" if self.tracks > 1 else title

    @property
    def is_later(self) -> bool:
        return self.move.kind == Move.Kind.LATER

    @property
    def playlist(self) -> PeriodPlaylist | None:
        return None if self.is_later else self.move.to_playlist

    @property
    def place(self) -> str:
        if self.is_later:
            return "Later"
        return str(self.playlist.user_category) if self.playlist else "Bronze"


@dataclass(frozen=True)
class DoubtRow:
    """A wrong version that the DJ heard: it stands in the log like a move."""

    move: Verdict
    row: CurationTrack
    tracks: int = 1
    is_golden: bool = False
    playlist: None = None
    came_from: None = None
    is_doubt: bool = True
    place: str = "Matches"

    @property
    def track(self) -> int:
        return self.row.pk

    @property
    def title(self) -> str:
        return self.row.track.title


class Desk:
    """What the desk of a period shows. Each part is read when the page draws it."""

    def __init__(self, period: CurationPeriod, held: Held | None = None) -> None:
        self.period = period
        self.held = held or Held()

    @cached_property
    def playlists(self) -> list[PeriodPlaylist]:
        return list(self.period.playlists.with_counts())

    @property
    def categories(self) -> list[PeriodPlaylist]:
        return [one for one in self.playlists if not one.user_category.is_trash]

    @cached_property
    def hotkeys(self) -> dict[str, str]:
        own = [playlist.user_category.hotkey for playlist in self.categories]
        return hotkeys.of(self.period.user.preferences, categories=own)

    @property
    def trash(self) -> PeriodPlaylist:
        return next(one for one in self.playlists if one.user_category.is_trash)

    @cached_property
    def by_id(self) -> dict[int, PeriodPlaylist]:
        return {playlist.pk: playlist for playlist in self.playlists}

    @cached_property
    def queue(self) -> cards.Queue:
        held = self.held
        return cards.queue(self.sieve, at=held.at, held=held.cards, without=held.undelivered)

    @cached_property
    def sieve(self) -> sifting.Sieve:
        asked = self.held.selection
        return sifting.Sieve(
            self.period, sifting.remembered(self.period) if asked is None else asked
        )

    @property
    def selection(self) -> Selection:
        return self.sieve.selection

    @property
    def beside_mix(self) -> str:
        """All that is asked for but what to mix with, as it is written in an address."""
        return str(self.selection.without("mixes"))

    @cached_property
    def choices(self) -> sifting.Choices:
        return sifting.Choices(self.sieve)

    @property
    def card(self) -> cards.Card | None:
        return self.queue.card

    @property
    def is_at_rest(self) -> bool:
        """Nothing to decide about now."""
        return self.state != "sorting"

    @property
    def sorted_count(self) -> int:
        return sum(playlist.track_count for playlist in self.playlists)

    @property
    def total(self) -> int:
        return self.sorted_count + self.queue.left

    def look_ahead(self) -> None:
        """After some decisions: the next cards are those that are looked up first."""
        if priorities.are_out_of_turn(self.queue.upcoming):
            self.put_first()

    def put_first(self) -> None:
        priorities.put_first(self.period, self.queue.upcoming)

    @cached_property
    def state(self) -> str:
        if self.period.is_closed:
            return "closed"
        if not self.categories:
            return "bare"
        if self.queue.left and not self.waits_for_start:
            return "sorting" if self.queue.selected else "sifted"
        if self.is_arriving:
            return "arriving"
        if self.total:
            return "finished"
        return "failed" if not self.is_here and self.arrival.problems else "empty"

    @property
    def waits_for_start(self) -> bool:
        """While a week arrives, the DJ says when to begin."""
        has_started = self.held.has_started or self.period.decided_at is not None
        return self.is_arriving and not has_started

    @cached_property
    def arrival(self) -> Arrival:
        return Arrival(self.period)

    @property
    def is_here(self) -> bool:
        return self.period.filled_at is not None or self.period.is_closed

    @cached_property
    def is_arriving(self) -> bool:
        """Also when all is fetched and waits to be brought into Bronze."""
        return not self.is_here and self.arrival.is_asked_for and not self.arrival.problems

    @cached_property
    def log(self) -> list[LogRow | DoubtRow]:
        rows: list[LogRow | DoubtRow] = [*latest_actions(self.period)]
        rows += latest_doubts(self.period)
        rows.sort(key=lambda row: row.move.created_at, reverse=True)
        return rows[:LOG_LENGTH]

    @property
    def latest(self) -> LogRow | DoubtRow | None:
        return self.log[0] if self.log else None

    @cached_property
    def pace(self) -> timedelta | None:
        return pace.per_track(self.period.user)

    @property
    def tracks_a_minute(self) -> float | None:
        return timedelta(minutes=1) / self.pace if self.pace else None

    @property
    def done_at(self) -> datetime | None:
        needed = pace.needed(self.pace, self.queue.left)
        return timezone.now() + needed if needed else None

    @cached_property
    def summary(self) -> Summary:
        return Summary(self.period, self.categories)


def latest_actions(period: CurationPeriod) -> list[LogRow]:
    """The newest first. Moves made by one key are one row, with one undo."""
    window = (
        moves.standing(period)
        .select_related("curation_track__track", "to_playlist__user_category", "from_playlist")
        .only(*SHOWN_OF_A_MOVE)
        .order_by("-pk")[:LOG_WINDOW]
    )
    actions: dict[object, list[Move]] = {}
    for move in window:
        actions.setdefault(move.action_id, []).append(move)
    shown = list(actions.values())[:LOG_LENGTH]
    sizes = sizes_of(shown)
    return [
        LogRow(
            move=action[0],
            came_from=action[-1].from_playlist,
            tracks=sizes.get(action[0].action_id, 1),
            is_golden=any(move.kind == Move.Kind.PROMOTE for move in action),
        )
        for action in shown
    ]


def latest_doubts(period: CurationPeriod) -> list[DoubtRow]:
    """Standing ones, about tracks of this week."""
    rows = {row.track_id: row for row in period.tracks.filter(DOUBTED).select_related("track")}
    said = period.user.verdicts.filter(
        kind=Verdict.Kind.DOUBT, undone_at=None, track__in=rows, created_at__gte=period.created_at
    )
    return [DoubtRow(one, rows[one.track_id]) for one in said.order_by("-pk")[:LOG_LENGTH]]


def sizes_of(actions: Iterable[Collection[Move]]) -> dict[object, int]:
    """How many tracks the actions on more than one moved, also those out of the window."""
    bulk = {
        move.action_id
        for action in actions
        for move in action
        if len({move.curation_track_id for move in action}) > 1
    }
    if not bulk:
        return {}
    log = Move.objects.filter(action_id__in=bulk, undone_at=None)
    return dict(log.values_list("action_id").annotate(Count("curation_track", distinct=True)))

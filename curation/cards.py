"""What the desk shows of tracks: the card in sight, the one before it and the next ones."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.dateformat import format as format_date

from accounts.gateway import Purpose
from catalog.models import SpotifyMatch, Track, TrackArtist
from curation import elsewhere, links, memory
from curation.memory import Memory
from curation.models import CurationPeriod, CurationTrack
from curation.sifting import Sieve
from curation.templatetags.words import artists, moment
from ingestion import search

AHEAD, MORE_AHEAD = 5, 12
MOST_BADGES = 3
SHORT_TITLE, LINE_TITLE, LONG_TITLE = 24, 44, 56

State = SpotifyMatch.State
STANDINGS: dict[str, str] = {
    State.PENDING: "Not looked up on Spotify yet",
    State.REVIEW: "In doubt on Spotify",
}


@dataclass(frozen=True)
class Badge:
    """A fact about a track that may change the decision."""

    text: str
    warns: bool = False


@dataclass(frozen=True)
class Card(links.Linked):
    """A track as the DJ sees it, and what the DJ did with its recording before."""

    row: CurationTrack
    spotify_uri: str = ""
    memory: Memory | None = None
    also_on: str = ""
    is_held_back: bool = False
    search_opens_at: datetime | None = None

    @property
    def track(self) -> Track:
        return self.row.track

    @property
    def state(self) -> str:
        return self.match.state if self.match else State.PENDING

    @property
    def title_size(self) -> str:
        """How much room the title needs: a line, a whole line, two, or two smaller ones."""
        title = self.track.title
        if len(title) <= SHORT_TITLE:
            return "short"
        if len(title) <= LINE_TITLE and not title.isupper():
            return "line"
        return "long" if len(title) > LONG_TITLE else ""

    @property
    def cover_url(self) -> str:
        return self.track.release.artwork_url(800) if self.track.release else ""

    @property
    def small_cover_url(self) -> str:
        return self.track.release.artwork_url(96) if self.track.release else ""

    @property
    def golden_in(self) -> tuple[str, ...]:
        """The categories that keep it already."""
        return tuple(one.name for one in self.memory.golden) if self.memory else ()

    @property
    def again(self) -> int | None:
        """The playlist that repeats what was done before."""
        return self.memory.again if self.memory else None

    @property
    def spoken(self) -> str:
        """The card in one breath, for the status line."""
        facts = [artists(self.track), self.track.title, self.track.bpm, self.track.key]
        spoken = ", ".join(str(fact) for fact in facts if fact)
        return f"{spoken}. {self.memory.sentence}" if self.memory else spoken

    @property
    def has_sound(self) -> bool:
        return bool(self.spotify_uri or self.clip_url)

    @property
    def clip_url(self) -> str:
        return links.clip(self.track)

    @property
    def standing(self) -> str:
        """Where Spotify stands, in a few words, when nothing can be played there."""
        return STANDINGS.get(self.state, "Not on Spotify yet")

    @property
    def silence(self) -> str:
        """Why Spotify has no sound for this track; empty when it has."""
        if self.spotify_uri:
            return ""
        if self.state == State.REVIEW:
            return "Its match on Spotify is doubtful; decide about it under Matches."
        again = self.match and search.look_at(self.match, self.search_opens_at)
        if self.state == State.PENDING and again:
            is_later = again > timezone.now()
            return (
                f"{self.standing}; {f'we look {moment(again)}' if is_later else 'it is in line'}."
            )
        if self.state == State.NOT_FOUND and again:
            return f"Not on Spotify yet; we look again on {format_date(again, 'j M')}."
        return f"{self.standing}."

    @property
    def edit_words(self) -> str:
        return "Other edit, not in playlists" if self.is_held_back else "Other edit on Spotify"

    @property
    def badges(self) -> list[Badge]:
        facts = [
            (self.state == State.OTHER_EDIT, Badge(self.edit_words, warns=True)),
            (self.state == State.REVIEW, Badge("Doubtful match", warns=True)),
            (self.track.status == Track.Status.WITHDRAWN, Badge("Withdrawn", warns=True)),
            (self.row.is_late, Badge("Late arrival")),
            (self.row.later_at is not None, Badge("Put off before")),
            (self.track.is_exclusive, Badge("Exclusive")),
        ]
        return [badge for is_so, badge in facts if is_so][:MOST_BADGES]


@dataclass(frozen=True)
class Queue:
    """The unsorted tracks around the one shown, as ids in the DJ's order and round its end.

    `cards` are those of `order` that the page does not hold yet; `upcoming` are the ids from the
    one shown on. `left` counts all of Bronze, `selected` what of it is asked for.
    """

    order: list[int]
    shown: int | None
    left: int
    selected: int
    upcoming: list[int]
    cards: list[Card]

    @property
    def card(self) -> Card | None:
        return next((card for card in self.cards if card.row.pk == self.shown), None)

    @property
    def next_up(self) -> list[int]:
        """The four after the one shown, for the row of small covers."""
        if self.shown is None:
            return []
        after = self.order.index(self.shown) + 1
        return self.order[after : after + 4]

    @property
    def back(self) -> int | None:
        return self.neighbour(-1)

    @property
    def forth(self) -> int | None:
        return self.neighbour(1)

    def neighbour(self, step: int) -> int | None:
        if self.shown is None or len(self.order) < 2:
            return None
        return self.order[(self.order.index(self.shown) + step) % len(self.order)]


def queue(
    sieve: Sieve,
    *,
    at: int | None = None,
    held: Collection[int] = (),
    without: Collection[int] = (),
) -> Queue:
    """The queue around the track `at`, or from the first one when that is not in Bronze.

    A track in Bronze that was not asked for but is `at` stands before the first one. `without` are
    tracks that the page has decided about and the server has not heard of. A page that holds cards
    goes through them quickly, so it gets more at once.
    """
    period = sieve.period
    chosen = list(sieve.bronze().values_list("pk", flat=True))
    left = len(chosen)
    if sieve.selection.narrows:
        bronze = period.tracks.unsorted()
        counts = bronze.aggregate(left=Count("pk"), here=Count("pk", filter=Q(pk=at)))
        left = counts["left"]
        if at and counts["here"] and at not in chosen:
            chosen.insert(0, at)
    ids = [pk for pk in chosen if pk not in without]
    if not ids:
        return Queue([], None, left=left, selected=len(chosen), upcoming=[], cards=[])
    start = ids.index(at) if at in ids else 0
    around = ids[start:] + ids[:start]
    order = around[: (MORE_AHEAD if held else AHEAD) + 1]
    if len(around) > len(order):
        order.insert(0, around[-1])
    missing = [pk for pk in order if pk not in held]
    return Queue(
        order=order,
        shown=ids[start],
        left=left,
        selected=len(chosen),
        upcoming=around,
        cards=cards_of(period, missing),
    )


def following(sieve: Sieve, track: CurationTrack) -> int | None:
    """The unsorted track that comes after this one; None when that is simply the first."""
    bronze = list(sieve.bronze().values_list("pk", flat=True))
    if track.pk not in bronze[1:]:
        return None
    after = bronze.index(track.pk) + 1
    return bronze[after] if after < len(bronze) else None


def cards_of(period: CurationPeriod, ids: Collection[int]) -> list[Card]:
    """The cards of these tracks of the period, in the order asked for."""
    if not ids:
        return []
    rows = (
        period.tracks.filter(pk__in=ids)
        .select_related("track__release__label", "track__match")
        .prefetch_related(Prefetch("track__credits", TrackArtist.objects.select_related("artist")))
        .in_bulk()
    )
    memories = memory.recall(period, [row.track for row in rows.values()])
    uris = links.accepted_uris(row.track for row in rows.values())
    others = elsewhere.also_on([row.track for row in rows.values()])
    found = (getattr(row.track, "match", None) for row in rows.values())
    waits = any(match and match.state in SpotifyMatch.LOOKED_UP_AGAIN for match in found)
    opens_at = search.opens_at(Purpose.OPEN_WEEKS) if waits else None
    return [
        Card(
            row,
            uris.get(row.track_id, ""),
            memories.get(row.track.recording_key),
            others[row.track_id],
            is_held_back=not period.user.preferences.mirrors_edits,
            search_opens_at=opens_at,
        )
        for row in (rows[pk] for pk in ids if pk in rows)
    ]

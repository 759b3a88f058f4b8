"""A track beside what Spotify offers for it: what differs, and which tracks wait for a decision."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from accounts.models import User
from catalog.models import SpotifyMatch, Track, TrackArtist
from curation import links
from curation.models import CurationPeriod, CurationTrack
from curation.templatetags.words import artists, minutes
from ingestion.candidates import Candidate

State = SpotifyMatch.State
WAITING = [State.REVIEW, State.NOT_FOUND]
SAME_LENGTH_MS = 3000


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and whether it differs from what is compared."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Side:
    """One candidate, held against our track."""

    number: int
    uri: str
    url: str
    score: float | None
    title: list[Piece]
    artists: list[Piece]
    length_ms: int | None
    length_differs: bool
    length_words: str
    isrc: list[Piece]
    release: list[Piece]
    out: Piece | None
    reasons: list[str]

    @property
    def why(self) -> str:
        return "; ".join(self.reasons)

    @property
    def is_faded(self) -> bool:
        """What Spotify said is deleted after a while; where it said it stays."""
        return not self.title


def waiting(user: User) -> QuerySet[SpotifyMatch]:
    """Of the DJ's open weeks: doubtful ones first, then those not found, as the weeks are sorted.

    What a person has said is not there waits for nobody.
    """
    still_open = user.periods.exclude(status=CurationPeriod.Status.CLOSED)
    mine = CurationTrack.objects.filter(curation_period__in=still_open)
    cards = mine.filter(track=OuterRef("track")).order_by(
        "-curation_period__year", "-curation_period__week", "curation_period"
    )
    return (
        SpotifyMatch.objects.filter(state__in=WAITING, track__in=mine.values("track"))
        .exclude(state=State.NOT_FOUND, method=SpotifyMatch.Method.PERSON)
        .select_related("track")
        .annotate(
            year=Subquery(cards.values("curation_period__year")[:1]),
            week=Subquery(cards.values("curation_period__week")[:1]),
            card=Subquery(cards.values("position")[:1]),
        )
        .order_by("-state", "-year", "-week", "card", "pk")
    )


class Order:
    """Where a track stands in the queue, which may have lost it by now."""

    def __init__(self, queue: QuerySet[SpotifyMatch], track_id: int | None) -> None:
        self.states: dict[int | None, str] = dict(queue.values_list("track", "state"))
        self.tracks = list(self.states)
        self.track_id = track_id
        self.is_waiting = track_id in self.states
        self.place = self.tracks.index(track_id) if self.is_waiting else 0

    @property
    def alike(self) -> int:
        """How many wait for the same reason."""
        return sum(state == self.states.get(self.track_id) for state in self.states.values())

    @property
    def place_among_alike(self) -> int | None:
        if not self.is_waiting:
            return None
        before = self.tracks[: self.place + 1]
        return sum(self.states[one] == self.states[self.track_id] for one in before)

    @property
    def back(self) -> int | None:
        return self.tracks[self.place - 1] if self.is_waiting and self.place else None

    @property
    def forth(self) -> int | None:
        following = self.tracks[self.place + 1 :] if self.is_waiting else []
        return following[0] if following else None


@dataclass(frozen=True)
class Proposal:
    """The first candidate of a doubtful match, and as what it may be accepted with others."""

    match: SpotifyMatch
    uri: str
    is_edit: bool
    words: str


def proposals(user: User) -> list[Proposal]:
    """Of the DJ's open weeks. What a DJ has heard to be wrong is not among them."""
    doubtful = waiting(user).filter(state=State.REVIEW).exclude(method=SpotifyMatch.Method.PERSON)
    found = []
    for match in doubtful:
        best = next((one for one in match.candidates if one.get("uri")), None)
        theirs = best and best.get("length_ms")
        if best and theirs and match.track.length_ms:
            words = length_words(match.track.length_ms, theirs)
            found.append(Proposal(match, best["uri"], is_edit=bool(words), words=words))
    return found


def of_track(user: User, track_id: int) -> SpotifyMatch | None:
    """The match of a track in any of the DJ's weeks."""
    mine = CurationTrack.objects.filter(curation_period__user=user, track=track_id)
    return described(SpotifyMatch.objects.filter(track__in=mine.values("track"))).first()


def described(matches: QuerySet[SpotifyMatch]) -> QuerySet[SpotifyMatch]:
    credits = Prefetch("track__credits", TrackArtist.objects.select_related("artist"))
    return matches.select_related("track__release__label").prefetch_related(credits)


def sides(match: SpotifyMatch) -> list[Side]:
    return [
        side(match.track, candidate, number)
        for number, candidate in enumerate(match.candidates, start=1)
        if candidate.get("uri")
    ]


def side(track: Track, candidate: Candidate, number: int) -> Side:
    length_ms = candidate.get("length_ms") or None
    return Side(
        number=number,
        uri=candidate["uri"],
        url=links.on_spotify(candidate["uri"]),
        score=candidate.get("score"),
        title=unlike(candidate.get("title", ""), [track.title, track.mix_name, artists(track)]),
        artists=unlike(", ".join(candidate.get("artists", [])), names(track)),
        length_ms=length_ms,
        length_differs=abs((length_ms or 0) - (track.length_ms or 0)) > SAME_LENGTH_MS,
        length_words=length_words(track.length_ms, length_ms),
        isrc=tail_differs(candidate.get("isrc", ""), track.isrc),
        release=unlike(candidate.get("album", ""), [str(track.release or "")]),
        out=out(candidate.get("released_on", ""), track),
        reasons=candidate.get("reasons", []),
    )


def names(track: Track) -> list[str]:
    return [credit.artist.name for credit in track.credits.all()]


def unlike(text: str, ours: Iterable[str]) -> list[Piece]:
    """The words of `text`, marked where ours do not have them."""
    known = set(words(" ".join(ours)))
    pieces: list[Piece] = []
    for part in text.split():
        differs = not set(words(part)) <= known
        if pieces and pieces[-1].differs == differs:
            part = f"{pieces.pop().text} {part}"
        pieces.append(Piece(part, differs))
    return pieces


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("’", "'"))


def tail_differs(text: str, ours: str) -> list[Piece]:
    """What both begin with, and what follows."""
    if not text:
        return []
    same = next(
        (place for place, (a, b) in enumerate(zip(text, ours, strict=False)) if a != b),
        min(len(text), len(ours)),
    )
    halves = [Piece(text[:same]), Piece(text[same:], differs=True)]
    return [half for half in halves if half.text]


def length_words(ours: int | None, theirs: int | None) -> str:
    if ours is None or theirs is None or abs(theirs - ours) <= SAME_LENGTH_MS:
        return ""
    return f"{minutes(abs(theirs - ours))} {'longer' if theirs > ours else 'shorter'}"


def out(released_on: str, track: Track) -> Piece | None:
    """Spotify knows some days only by their year."""
    if not released_on:
        return None
    ours = track.released_on or track.published_on
    differs = ours is not None and not ours.isoformat().startswith(released_on)
    try:
        text = f"{date.fromisoformat(released_on):%-d %b %Y}"
    except ValueError:
        text = released_on
    return Piece(text, differs)

"""The errand: looks waiting tracks up on Spotify, the most valuable first, for few calls.

One errand at a time for the installation. Each track's result is committed by itself. An error is
never "not found": the row stays as it was, with the error and the time of the next try.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone

from accounts import quota
from accounts.gateway import (
    Gateway,
    NeedsReconnect,
    NotAllowed,
    PremiumRequired,
    Purpose,
    QuotaExceeded,
    RateLimited,
    SpotifyError,
    SpotifyTrack,
)
from catalog.models import Release, SpotifyMatch, SpotifyMatchQuerySet, Track, TrackArtist
from ingestion import decisions, leases, queries, upcs
from ingestion.candidates import Option, rank, subject_of
from ingestion.errors import BeatportError
from ingestion.matching import Likeness

ERRAND = "Spotify search"
AT_ONCE = 10
WORTH_ASKING_FOR_UPC = 3
MOST_FOUND = 10  # what Spotify answers to one search
FAILURES_IN_A_ROW = 3
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
CONCERNS_ALL = (QuotaExceeded, RateLimited, NeedsReconnect, NotAllowed, PremiumRequired)

Answer = TypeVar("Answer")
Method = SpotifyMatch.Method
State = SpotifyMatch.State


@dataclass
class Tally:
    """What one errand did. `due` is what it left, `error` why it stopped before the end."""

    matched: int = 0
    other_edit: int = 0
    review: int = 0
    not_found: int = 0
    shared: int = 0  # of these: decided for the same recording on another release
    failed: int = 0
    calls: int = 0
    due: int = 0
    error: str = ""
    until: datetime | None = None
    is_busy: bool = False  # another errand was under way

    @property
    def looked_up(self) -> int:
        return self.matched + self.other_edit + self.review + self.not_found

    def count(self, state: str, tracks: int = 1) -> None:
        setattr(self, state, getattr(self, state) + tracks)

    def as_dict(self) -> dict[str, Any]:
        until = self.until.isoformat() if self.until else None
        return {"looked_up": self.looked_up, **asdict(self), "until": until}


@dataclass(frozen=True)
class Found:
    """What Spotify answered; whole when it has told all that it has."""

    tracks: list[SpotifyTrack] = field(default_factory=list)
    is_whole: bool = False


class Stop(Exception):
    """Enough for this errand."""


def look_up(
    limit: int | None = None,
    *,
    seconds: float = 25,
    on_track: Callable[[Tally], None] | None = None,
) -> Tally:
    """Looks tracks up until the limit, the time, or what is due has come to its end."""
    held = leases.take(ERRAND, seconds=settings.LEASE_SECONDS)
    if held is None:
        return Tally(is_busy=True, due=due().count())
    errand = Errand(held=held, limit=limit, ends_at=monotonic() + seconds, on_track=on_track)
    try:
        errand.run()
    finally:
        leases.give_back(ERRAND, errand.held)
    errand.tally.due = due().count()
    return errand.tally


def due() -> SpotifyMatchQuerySet:
    return SpotifyMatch.objects.due(timezone.now())


def opens_at(purpose: Purpose) -> datetime | None:
    """When Spotify can be asked again for this purpose; None while it can."""
    return quota.opens_at("search", purpose)


def next_look_at(match: SpotifyMatch) -> datetime | None:
    """The earliest moment, which may have passed: then it is in line. None for never by itself."""
    return look_at(match, opens_at(purpose_of(match)))


def look_at(match: SpotifyMatch, opens_at: datetime | None) -> datetime | None:
    """`next_look_at` for many matches of one purpose, of which `opens_at` is known."""
    if match.state not in SpotifyMatch.LOOKED_UP_AGAIN or match.next_try_at is None:
        return None
    return max(match.next_try_at, opens_at) if opens_at else match.next_try_at


def purpose_of(match: SpotifyMatch) -> Purpose:
    return Purpose.OPEN_WEEKS if match.priority else Purpose.REST


class Errand:
    def __init__(
        self,
        *,
        held: datetime,
        limit: int | None,
        ends_at: float,
        on_track: Callable[[Tally], None] | None,
    ) -> None:
        self.held = held
        self.limit = limit
        self.ends_at = ends_at
        self.on_track = on_track
        self.tally = Tally()
        self.failures_in_a_row = 0
        self.purpose = Purpose.REST
        self.is_beatport_away = False
        self.answers: dict[int, Found] = {}  # by release

    @cached_property
    def gateway(self) -> Gateway:
        return Gateway.of_anybody()

    def run(self) -> None:
        try:
            while batch := _with_all_that_rules_need(due())[:AT_ONCE]:
                for match in batch:
                    self._go_on()
                    self._look_up(match)
        except Stop:
            return

    def _go_on(self) -> None:
        """Stops at the limit and at the end of the time."""
        if self.limit is not None and self.tally.looked_up + self.tally.failed >= self.limit:
            raise Stop
        if monotonic() > self.ends_at:
            raise Stop

    def _look_up(self, match: SpotifyMatch) -> None:
        self.purpose = purpose_of(match)
        is_first_look = match.state == State.PENDING
        if not SpotifyMatch.objects.open().filter(pk=match.pk, state=match.state).exists():
            return  # an answer for another track has decided this one
        decided = decisions.decided_elsewhere(match.track, is_first_look=is_first_look)
        if decided is not None:
            if decisions.share(match, decided):
                self._count(decided.state, shared=1)
            return
        try:
            options, method = self._ask(match)
        except SpotifyError as error:
            self._put_off(match, error)
        else:
            self.failures_in_a_row = 0
            self._decide(match, options, method)

    def _decide(self, match: SpotifyMatch, options: list[Option], method: str) -> None:
        if not decisions.decide(match, options, method=method):
            return
        match.refresh_from_db(fields=["state"])
        shared = decisions.share_with_recording(_with_all_that_rules_need().get(pk=match.pk))
        self._count(match.state, 1 + shared, shared=shared)

    def _count(self, state: str, tracks: int = 1, *, shared: int = 0) -> None:
        self.tally.count(state, tracks)
        self.tally.shared += shared
        if self.on_track:
            self.on_track(self.tally)

    # Asking

    def _ask(self, match: SpotifyMatch) -> tuple[list[Option], str]:
        """The release's tracks where several are wanted, then the ISRC, then title and artist."""
        track = match.track
        subject = subject_of(track)
        of_release = self._answer_for_release(match)
        found = of_release.tracks
        options = rank(subject, found)
        if _is_final(options, of_release):
            return options, Method.TEXT
        by_isrc = self._search(queries.by_isrc(track.isrc)) if track.isrc else []
        options = rank(subject, [*found, *by_isrc])
        if _is_accepted(options):
            is_by_isrc = options[0].track.uri in {one.uri for one in by_isrc}
            return options, Method.ISRC if is_by_isrc else Method.TEXT
        if not _first_artist(track):
            return options, Method.TEXT
        by_title = self._search(queries.by_title(track.title, _first_artist(track)))
        self._use_for_others(match, _searched(by_title))
        return rank(subject, [*found, *by_isrc, *by_title]), Method.TEXT

    def _answer_for_release(self, match: SpotifyMatch) -> Found:
        """What the wanted tracks of a release have in common, once an errand.

        One search for those of the same artist; where several are left, the whole album by its
        UPC in two calls.
        """
        release = match.track.release
        if release is None or release.pk in self.answers:
            return self.answers.get(release.pk, Found()) if release else Found()
        if match.state != State.PENDING:
            return Found()
        found = self.answers[release.pk] = self._by_words(match, release)
        if self._leaves_several(match, found) and (upc := self._upc(release)):
            found = self.answers[release.pk] = self._album(upc) or found
            self._use_for_others(match, found)
        return found

    def _upc(self, release: Release) -> str:
        """No DJ waits for a Beatport that does not answer: it is not asked again in this errand."""
        if self.is_beatport_away:
            return release.upc
        try:
            return upcs.of(release)
        except BeatportError:
            self.is_beatport_away = True
            return release.upc

    def _by_words(self, match: SpotifyMatch, release: Release) -> Found:
        if not _by_the_same_artist(match, _others_of_release(match)):
            return Found()
        query = queries.by_album(release.title, _first_artist(match.track))
        found = _searched(self._search(query))
        self._use_for_others(match, found)
        return found

    def _leaves_several(self, match: SpotifyMatch, found: Found) -> bool:
        is_left = not _is_final(rank(subject_of(match.track), found.tracks), found)
        return is_left + len(_others_of_release(match)) >= WORTH_ASKING_FOR_UPC

    def _album(self, upc: str) -> Found | None:
        """None where Spotify does not know the UPC."""
        album = self._call(lambda: self.gateway.album_with_upc(upc))
        if album is None:
            return None
        return Found(self._call(lambda: self.gateway.album_tracks(album)), is_whole=True)

    def _use_for_others(self, match: SpotifyMatch, found: Found) -> None:
        """Whatever is the same recording as another wanted track of the release decides it."""
        for other in _others_of_release(match) if found.tracks else []:
            options = rank(subject_of(other.track), found.tracks)
            if _is_final(options, found):
                self._decide(other, options, Method.TEXT)

    def _search(self, query: str) -> list[SpotifyTrack]:
        return self._call(lambda: self.gateway.search_tracks(query))

    def _call(self, call: Callable[[], Answer]) -> Answer:
        self._renew_lease()
        self.tally.calls += 1
        self.gateway.purpose = self.purpose
        return call()

    def _renew_lease(self) -> None:
        """Before each call. Who lost the lease leaves the rest to the one who has it."""
        renewed = leases.renew(ERRAND, self.held, seconds=settings.LEASE_SECONDS)
        if renewed is None:
            raise Stop
        self.held = renewed

    # What goes wrong

    def _put_off(self, match: SpotifyMatch, error: SpotifyError) -> None:
        """The row stays as it was. What concerns all rows ends the errand and blames none."""
        if isinstance(error, QuotaExceeded) and not error.is_reserve:
            waiting = SpotifyMatch.objects.open().filter(next_try_at__lt=error.until)
            waiting.update(next_try_at=error.until)
        if isinstance(error, QuotaExceeded | RateLimited):
            self.tally.until = error.until
        if isinstance(error, CONCERNS_ALL):
            self.tally.error = str(error)
            raise Stop
        self._note_failure(match, error)
        if self.failures_in_a_row >= FAILURES_IN_A_ROW:
            self.tally.error = str(error)
            raise Stop

    def _note_failure(self, match: SpotifyMatch, error: SpotifyError) -> None:
        self.tally.failed += 1
        self.failures_in_a_row += 1
        wait = BACK_OFF[min(match.attempts, len(BACK_OFF) - 1)]
        SpotifyMatch.objects.open().filter(pk=match.pk).update(
            attempts=match.attempts + 1,
            error=str(error)[:300],
            next_try_at=timezone.now() + wait,
        )


def _with_all_that_rules_need(
    rows: SpotifyMatchQuerySet | None = None,
) -> SpotifyMatchQuerySet:
    found = SpotifyMatch.objects.all() if rows is None else rows
    return found.select_related("track__release").prefetch_related("track__credits__artist")


def _others_of_release(match: SpotifyMatch) -> list[SpotifyMatch]:
    """Wanted tracks of the same release."""
    if match.track.release_id is None:
        return []
    waiting = SpotifyMatch.objects.open().filter(
        state=State.PENDING, track__release=match.track.release_id
    )
    return list(_with_all_that_rules_need(waiting.exclude(pk=match.pk)))


def _by_the_same_artist(match: SpotifyMatch, others: list[SpotifyMatch]) -> list[SpotifyMatch]:
    name = _first_artist(match.track)
    return [other for other in others if name and _first_artist(other.track) == name]


def _first_artist(track: Track) -> str:
    names: Iterable[tuple[int, str]] = (
        (credit.position, credit.artist.name)
        for credit in track.credits.all()
        if credit.role == TrackArtist.Role.ARTIST
    )
    return min(names, default=(0, ""))[1]


def _searched(tracks: list[SpotifyTrack]) -> Found:
    return Found(tracks, is_whole=len(tracks) < MOST_FOUND)


def _is_final(options: list[Option], found: Found) -> bool:
    """The recording itself; or another edit of it, where there is nothing more to come."""
    if not options:
        return False
    likeness = options[0].verdict.likeness
    return likeness is Likeness.SAME or (likeness.is_accepted and found.is_whole)


def _is_accepted(options: list[Option]) -> bool:
    return bool(options) and options[0].verdict.likeness.is_accepted

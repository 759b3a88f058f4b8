"""Brings one playlist at Spotify in step with ours. May be killed at any moment."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from django.db.models import F
from django.utils import timezone

from accounts.gateway import Ambiguous, Gateway, Gone, Purpose, Refused, SpotifyError
from curation import tasks
from curation.mirror import creation, desired, doubts, drift, library, stock, suspects, troubles
from curation.mirror.doubts import Verdict
from curation.mirror.lease import Flight, Lease, LeaseLost, TooEarly, claim
from curation.mirror.plan import (
    MOST_ITEMS,
    PER_CALL,
    Call,
    Item,
    Kind,
    after,
    difference,
    rewriting,
)
from curation.models import MirroredPlaylist

State = MirroredPlaylist.State
Layer = MirroredPlaylist.Layer

FRESH_ATTEMPTS = 3  # a playlist made a moment ago may answer 404
FRESH_PAUSE = timedelta(seconds=1)


def send(playlist_id: int) -> bool:
    """False when there was nothing to send, or not all of it could be sent."""
    drift.look_before_writing(playlist_id)
    lease = claim(playlist_id)
    if lease is None:
        return False
    try:
        return Sending(lease).carry_out()
    except LeaseLost:
        lease.was_slow()
        # Whoever has it may have given it back meanwhile, because of the write that we ended.
        tasks.send_playlist.delay_on_commit(playlist_id=playlist_id)
        return False


@dataclass
class Sending:
    lease: Lease
    unsent: int = field(default=0, init=False)
    has_read: bool = field(default=False, init=False)

    @cached_property
    def gateway(self) -> Gateway:
        in_background = self.playlist.in_background
        purpose = Purpose.LATE if in_background else Purpose.PLAYLISTS
        return Gateway.of(self.playlist.user, purpose)

    @property
    def playlist(self) -> MirroredPlaylist:
        return self.lease.playlist

    @property
    def spotify_id(self) -> str:
        assert self.playlist.spotify_id
        return self.playlist.spotify_id

    def carry_out(self) -> bool:
        try:
            self.try_all()
        except SpotifyError as error:
            troubles.put_off(self.lease, error)
            return False
        return not self.playlist.is_waiting

    def try_all(self) -> None:
        try:
            self.settle()
            if not desired.is_off(self.playlist):
                self.bring_in_step()
            elif self.playlist.spotify_id:
                library.bring_in_step(self.lease, self.gateway)
            self.finish()
        except Gone as error:
            self.look_where_it_went(error)

    def bring_in_step(self) -> None:
        if self.playlist.spotify_id:
            library.bring_in_step(self.lease, self.gateway)
            if self.playlist.must_read:
                stock.take(self.lease, self.gateway)
                self.has_read = True
        known = self.lease.known()
        calls = self.plan(known)
        if calls and not self.playlist.spotify_id:
            creation.create(self.lease, self.gateway)
        for call in calls:
            known = self.say(call, known)
        self.rename()

    # What to say

    def plan(self, known: list[Item]) -> list[Call]:
        wanted = self.as_much_as_fits(desired.items(self.playlist))
        calls = difference(
            known,
            wanted,
            in_order=self.keeps_order,
            per_call=suspects.per_call(self.playlist),
        )
        if self.is_early:
            return self.full_ones(calls, known)
        whole = rewriting(wanted)
        if len(calls) > len(whole) + 1 and not self.playlist.suspects and self.is_ours_alone(known):
            return whole
        return calls

    @property
    def keeps_order(self) -> bool:
        """Between rows of the DJ's nobody can say where ours belong: they come at the end."""
        return self.playlist.layer != Layer.BRONZE and not self.playlist.foreign_rows

    def as_much_as_fits(self, wanted: list[Item]) -> list[Item]:
        """Spotify answers a row too many with an error that says nothing."""
        room = max(0, MOST_ITEMS - self.playlist.foreign_rows)
        state = State.FULL if len(wanted) > room else State.ACTIVE
        if state != self.playlist.state:
            self.lease.write(state=state)
        return wanted[:room]

    @property
    def is_early(self) -> bool:
        """Sent only because so much waits already, while the DJ goes on deciding."""
        due_at = self.playlist.due_at
        return due_at is not None and due_at > timezone.now()

    def full_ones(self, calls: list[Call], known: list[Item]) -> list[Call]:
        """The rest waits: it will share a call with what the DJ decides next."""
        full: list[Call] = []
        for call in calls:
            is_full = len(call.uris) == PER_CALL and call.position is None
            # What comes again must have been taken out before.
            stands_there = call.kind == Kind.ADD and not set(known).isdisjoint(call.items)
            if is_full and not stands_there:
                full.append(call)
                known = after(known, call)
        self.unsent = sum(len(call.uris) for call in calls) - PER_CALL * len(full)
        return full

    def is_ours_alone(self, known: list[Item]) -> bool:
        """Nobody has written since we did."""
        if self.playlist.foreign_rows:
            return False
        seen = self.gateway.playlist(self.spotify_id)
        return seen.snapshot_id == self.playlist.snapshot_id and seen.total == len(known)

    # Saying it

    def say(self, call: Call, known: list[Item]) -> list[Item]:
        deadline = self.lease.begin(call)
        try:
            with self.gateway.leaving_by(deadline):
                snapshot = self.request(call)
        except Ambiguous:
            self.lease.doubt()
            raise
        except SpotifyError as error:
            self.lease.end()
            if isinstance(error, Refused):
                self.note_refusal(call)
            raise
        return self.done(call, known, snapshot_id=snapshot)

    def note_refusal(self, call: Call) -> None:
        """A place that is not there any more is wrong, too: then the DJ has taken rows off."""
        if call.position is None or self.has_read:
            suspects.note_refusal(self.lease, call, is_certain=True)
        else:
            self.lease.write(must_read=True)

    def request(self, call: Call) -> str:
        if call.kind == Kind.ADD:
            return self.gateway.add_items(self.spotify_id, call.uris, position=call.position)
        if call.kind == Kind.REMOVE:
            return self.gateway.remove_items(self.spotify_id, call.uris)
        return self.gateway.replace_items(self.spotify_id, call.uris)

    def done(self, call: Call, known: list[Item], **fields: str) -> list[Item]:
        known = after(known, call)
        suspects.forgive(call)
        self.lease.end(known, **fields, **suspects.note_success(self.playlist, call))
        return known

    def rename(self) -> None:
        name = desired.name(self.playlist)
        if self.playlist.spotify_id and self.playlist.name != name and not self.playlist.is_adopted:
            self.lease.write()
            description = desired.description(self.playlist)
            self.gateway.rename_playlist(self.spotify_id, name=name, description=description)
            self.lease.write(name=name, snapshot_id="")

    def finish(self) -> None:
        said = {} if self.unsent else {"sent": self.playlist.wanted}
        self.lease.release(
            **said,
            changes=F("changes") - self.playlist.changes + self.unsent,
            sent_at=timezone.now(),
            attempts=0,
            retry_at=None,
            trouble="",
            error="",
        )

    # What became of it

    def settle(self) -> None:
        """A write was begun by us or by a worker that died, and nobody knows how it ended."""
        flight = self.lease.flight
        if flight is None:
            return
        if flight.call is None:
            creation.adopt(self.lease, self.gateway, flight)
        elif not desired.is_off(self.playlist):
            self.settle_call(flight, flight.call)

    def settle_call(self, flight: Flight, call: Call) -> None:
        known = self.lease.known()
        verdict = self.look(call, known)
        if verdict == Verdict.DONE:
            self.done(call, known)
        elif not flight.is_over:
            raise TooEarly(flight.sure_at)
        elif verdict == Verdict.NOT_DONE:
            self.lease.end()
            suspects.note_refusal(self.lease, call)
        elif call.kind == Kind.REMOVE:
            self.say(call, known)
        else:
            self.lease.end(stock.recount(self.lease, self.gateway, call))

    def look(self, call: Call, known: list[Item]) -> Verdict:
        offset = doubts.looked_at(known, call)
        page = self.gateway.playlist_items(self.spotify_id, offset=offset)
        return doubts.judge(known, call, uris=[row.uri for row in page.items], total=page.total)

    def look_where_it_went(self, error: Gone) -> None:
        is_fresh = self.playlist.sent_at is None and not self.lease.known()
        if is_fresh and self.playlist.attempts < FRESH_ATTEMPTS:
            self.lease.release(retry_at=timezone.now() + FRESH_PAUSE)
        elif self.gateway.in_library([library.uri_of(self.playlist)]) == [False]:
            self.lease.release(state=State.MISSING, error=str(error), retry_at=None)
        else:
            raise error

"""What a DJ, or a change of the rules, says about a match; the playlists that hold the recording
follow."""

import uuid
from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from catalog.models import SpotifyMatch, Track
from curation import mirror, moves
from curation.errors import Conflict
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    MirroredItem,
    MirroredPlaylist,
    Verdict,
)
from ingestion import decisions, rematching
from ingestion.rematching import Change

Said = Verdict.Kind


class DecidedMeanwhile(Conflict):
    """By another tab, or by another DJ."""


def accept(
    user: User,
    track: Track,
    *,
    uri: str,
    is_edit: bool | None = None,
    action_id: uuid.UUID | None = None,
    seen: int | None = None,
) -> Verdict:
    """This is the recording at Spotify, or another edit of it.

    Which of both is taken from the candidates where the DJ does not say it. Raises
    DecidedMeanwhile when a verdict stands that is newer than the one seen.
    """
    kind = Said.EDIT if is_edit else Said.SAME
    say = partial(decisions.accept_by_person, track, uri=uri, is_edit=is_edit)
    return give(user, track, kind, say, action_id=action_id, seen=seen)


def not_there(user: User, track: Track, *, seen: int | None = None) -> Verdict:
    """Raises DecidedMeanwhile as `accept` does."""
    return give(user, track, Said.NOT_THERE, partial(decisions.say_not_there, track), seen=seen)


@transaction.atomic
def doubt(row: CurationTrack, *, client_id: uuid.UUID | None = None) -> Verdict | None:
    """A DJ hears another version. The track stays where it is and leaves Spotify's lists.

    None when nothing was accepted for it. Raises Conflict for a closed week.
    """
    moves.begin(row.curation_period)
    user, track = row.curation_period.user, row.track
    hold([track])
    said = user.verdicts.filter(client_id=client_id).first() if client_id else None
    accepted = SpotifyMatch.objects.filter(track=track, state__in=SpotifyMatch.PLAYABLE)
    if said or not accepted.exists():
        return said
    return give(user, track, Said.DOUBT, partial(decisions.doubt, track), client_id=client_id)


@transaction.atomic
def give(
    user: User,
    track: Track,
    kind: str,
    say: Callable[[], object],
    *,
    client_id: uuid.UUID | None = None,
    action_id: uuid.UUID | None = None,
    seen: int | None = None,
) -> Verdict:
    hold([track])
    if seen is not None and was_given_since(track, seen):
        state = SpotifyMatch.objects.get(track=track).get_state_display()
        raise DecidedMeanwhile(f"“{track}” was decided meanwhile: {state}.")
    verdict = Verdict(
        user=user,
        track=track,
        recording_key=track.recording_key,
        kind=kind,
        before=decisions.as_it_is(track),
        client_id=client_id or uuid.uuid4(),
        action_id=action_id or uuid.uuid4(),
    )
    verdict.save()
    say()
    mark_playlists(track)
    return verdict


def hold(tracks: Iterable[Track]) -> None:
    """Nobody else decides about these recordings until the transaction ends."""
    keys = {track.recording_key for track in tracks}
    matches = SpotifyMatch.objects.filter(track__recording_key__in=keys).order_by("pk")
    list(matches.select_for_update(of=("self",)).values_list("pk"))


def latest(user: User) -> Verdict | None:
    """What undo reverts next."""
    standing = user.verdicts.filter(undone_at=None).select_related("track")
    return standing.order_by("-pk").first()


def newest_about(track: Track) -> int:
    """Id of the verdict that was given last about the recording, by whomever; 0 for none."""
    given = Verdict.objects.filter(recording_key=track.recording_key)
    return given.order_by("-pk").values_list("pk", flat=True).first() or 0


def was_given_since(track: Track, seen: int) -> bool:
    """A verdict stands that who had seen the one of this id does not know of."""
    given = Verdict.objects.filter(recording_key=track.recording_key, undone_at=None)
    return given.filter(pk__gt=seen).exists()


@transaction.atomic
def undo(verdict: Verdict) -> list[Verdict]:
    """All that was said together with it is as before; none when it is undone already.

    Raises Conflict when somebody has decided about one of the recordings since.
    """
    together = Verdict.objects.filter(user=verdict.user, action_id=verdict.action_id)
    standing = list(together.filter(undone_at=None).select_related("track").order_by("-pk"))
    hold([one.track for one in standing])
    for one in standing:
        if not Verdict.objects.filter(pk=one.pk, undone_at=None).update(undone_at=timezone.now()):
            return []
        since = Verdict.objects.filter(
            recording_key=one.recording_key, undone_at=None, pk__gt=one.pk
        )
        if since.exists():
            raise Conflict(f"“{one.track}” was decided again since. That stands.")
        decisions.put_back(one.before)
        mark_playlists(one.track)
    return standing


@transaction.atomic
def revise(change: Change) -> bool:
    """The rules decide otherwise than they did. False when somebody was faster."""
    is_applied = rematching.apply(change)
    if is_applied and change.kind is not rematching.Kind.OTHER_WORDS:
        mark_playlists(change.match.track)
    return is_applied


def mark_playlists(track: Track) -> None:
    """A match is everybody's: all playlists that want the recording, or hold it, follow.

    They are marked all at once, so that two verdicts lock them in one order.
    """
    key = track.recording_key
    rows = CurationTrack.objects.filter(track__recording_key=key, promoted_at=None)
    still_open = rows.exclude(curation_period__status=CurationPeriod.Status.CLOSED)
    in_bronze = still_open.unsorted().values("curation_period")
    in_silver = still_open.filter(current_silver_playlist__isnull=False)
    golden = GoldenTrack.objects.filter(track__recording_key=key)
    holding = MirroredItem.objects.filter(track__recording_key=key)
    mirror.mark(
        MirroredPlaylist.objects.filter(
            Q(layer=MirroredPlaylist.Layer.BRONZE, curation_period__in=in_bronze)
            | Q(period_playlist__in=in_silver.values("current_silver_playlist"))
            | Q(user_category__in=golden.values("user_category"))
            | Q(pk__in=holding.values("playlist"))
        )
    )

"""One uri that Spotify cannot take spoils the whole call: it is found by halving, and set aside."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from curation.mirror.lease import Lease
from curation.mirror.plan import PER_CALL, Call, Kind
from curation.models import MirroredPlaylist, RefusedUri

ENOUGH_REFUSALS = 3  # a 502 may also be a bad moment
FIRST_REST = timedelta(days=1)
LONGEST_REST = timedelta(days=30)


def per_call(playlist: MirroredPlaylist) -> int:
    """How many uris the next call may have."""
    return (playlist.suspects + 1) // 2 if playlist.suspects else PER_CALL


def note_refusal(lease: Lease, call: Call, *, is_certain: bool = False) -> None:
    """The call was not carried out: `is_certain` when Spotify said that it is wrong."""
    refusals = ENOUGH_REFUSALS if is_certain else lease.playlist.refusals + 1
    if refusals < ENOUGH_REFUSALS:
        lease.write(refusals=refusals)
    elif len(call.uris) > 1:
        lease.write(refusals=refusals, suspects=len(call.uris))
    else:
        set_aside(lease, call)


def note_success(playlist: MirroredPlaylist, call: Call) -> dict[str, int]:
    """The fields to write: the culprit is among the rest."""
    if not (playlist.suspects or playlist.refusals):
        return {}
    suspects = max(0, playlist.suspects - len(call.uris))
    return {"suspects": suspects, "refusals": ENOUGH_REFUSALS if suspects else 0}


def set_aside(lease: Lease, call: Call) -> None:
    """What cannot be added is left out; what cannot be removed is left there."""
    if call.kind == Kind.REMOVE:
        lease.playlist.items.filter(uri__in=call.uris).delete()
    else:
        for uri in call.uris:
            refuse(uri)
    lease.write(refusals=0, suspects=0)


def forgive(call: Call) -> None:
    """Spotify took these."""
    if call.kind != Kind.REMOVE:
        RefusedUri.objects.filter(uri__in=call.uris).delete()


def refuse(uri: str) -> None:
    """Rests a day, then two, four, …, as long as Spotify goes on refusing it."""
    now = timezone.now()
    refused, is_new = RefusedUri.objects.get_or_create(
        uri=uri, defaults={"try_again_at": now + FIRST_REST}
    )
    if not is_new:
        rest = min(FIRST_REST * 2 ** min(refused.times, 5), LONGEST_REST)
        again = RefusedUri.objects.filter(pk=refused.pk)
        again.update(times=F("times") + 1, try_again_at=now + rest)

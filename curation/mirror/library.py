"""Taking the playlists of closed weeks and merged categories off Spotify, and putting back those
of reopened weeks.

One call moves up to 40, so whoever does it for one playlist does it for others that wait for it.
"""

from django.db.models import Q
from django.utils import timezone

from accounts.gateway import Gateway, Gone
from curation.mirror import desired
from curation.mirror.lease import Lease, lease_time
from curation.models import CurationPeriod, MirroredPlaylist, MirroredPlaylistQuerySet

State = MirroredPlaylist.State

PER_CALL = 40
IS_OPEN = Q(
    curation_period__status__in=[
        CurationPeriod.Status.IN_PROGRESS,
        CurationPeriod.Status.SORTED,
    ]
)
IS_OFF = (
    Q(
        curation_period__status=CurationPeriod.Status.CLOSED,
        curation_period__stays_on_spotify=False,
    )
    | Q(user_category__merged_into__isnull=False)
    | Q(IS_OPEN, period_playlist__user_category__merged_into__isnull=False)
)


def bring_in_step(lease: Lease, gateway: Gateway) -> None:
    """The playlist is in the DJ's library exactly when it should be."""
    is_wanted = not desired.is_off(lease.playlist)
    if lease.playlist.in_library == is_wanted:
        return
    lease.write()
    others = claim_others(lease.playlist, is_wanted=is_wanted)
    move = gateway.put_back if is_wanted else gateway.take_off_library
    changes = {"in_library": is_wanted, "state": State.ACTIVE if is_wanted else State.OFF}
    try:
        move([uri_of(playlist) for playlist in [lease.playlist, *others]])
        others.update(**changes)
    except Gone:
        if not others:
            raise
        move([uri_of(lease.playlist)])
    finally:
        others.update(claimed_until=None)
    lease.write(**changes)


def claim_others(playlist: MirroredPlaylist, *, is_wanted: bool) -> MirroredPlaylistQuerySet:
    now = timezone.now()
    alike = (
        MirroredPlaylist.objects.waiting()
        .unclaimed(now)
        .filter(~IS_OFF if is_wanted else IS_OFF)
        .filter(user=playlist.user_id, spotify_id__isnull=False, in_library=not is_wanted)
        .exclude(pk=playlist.pk)
    )
    chosen = list(alike.order_by("pk").values_list("pk", flat=True)[: PER_CALL - 1])
    until = now + lease_time()
    MirroredPlaylist.objects.unclaimed(now).filter(pk__in=chosen).update(claimed_until=until)
    return MirroredPlaylist.objects.filter(pk__in=chosen, claimed_until=until)


def uri_of(playlist: MirroredPlaylist) -> str:
    return f"spotify:playlist:{playlist.spotify_id}"

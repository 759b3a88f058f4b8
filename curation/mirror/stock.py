"""What really stands in a playlist, read row by row, and what follows from it."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from accounts.gateway import Gateway
from curation.mirror import desired, doubts
from curation.mirror.doubts import Uri
from curation.mirror.lease import Lease
from curation.mirror.plan import Call, Item, Kind
from curation.models import Absence, MirroredPlaylist


def take(lease: Lease, gateway: Gateway) -> None:
    """From now on we believe what was read. Rows that we want and find are ours, whoever wrote
    them."""
    known, wanted = lease.known(), desired.items(lease.playlist)
    unsent = tuple(item for item in wanted if item not in set(known))
    uris = read(lease, gateway)
    found = doubts.recount(known, Call(Kind.ADD, unsent), uris)
    with transaction.atomic():
        note_absent(lease.playlist, known, found)
        lease.correct(found, must_read=False, foreign_rows=len(uris) - len(found))


def recount(lease: Lease, gateway: Gateway, call: Call) -> list[Item]:
    """What the playlist holds of ours after a call, read because others have written, too."""
    known = lease.known()
    found = doubts.recount(known, call, read(lease, gateway))
    note_absent(lease.playlist, known, found)
    return found


def read(lease: Lease, gateway: Gateway) -> list[Uri]:
    assert lease.playlist.spotify_id
    uris: list[Uri] = []
    offset: int | None = 0
    while offset is not None:
        page = gateway.playlist_items(lease.playlist.spotify_id, offset=offset)
        uris += [row.uri for row in page.items]
        offset = page.next_offset
        lease.write()
    return uris


def note_absent(playlist: MirroredPlaylist, known: Iterable[Item], found: Sequence[Item]) -> None:
    """What the DJ took off Golden in Spotify does not come back by itself: the page asks."""
    if playlist.layer != MirroredPlaylist.Layer.GOLDEN:
        return
    there, wanted = set(found), set(desired.items(playlist))
    gone = [item for item in known if item in wanted and item not in there]
    now = timezone.now()
    Absence.objects.bulk_create(
        [Absence(playlist=playlist, track_id=item.track_id, noticed_at=now) for item in gone],
        update_conflicts=True,
        unique_fields=["playlist", "track"],
        update_fields=["noticed_at"],
    )

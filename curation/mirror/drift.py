"""What somebody else did to our playlists in Spotify.

A DJ's list of playlists tells the snapshots of fifty at a call, so it is read once a day. Only a
playlist with another snapshot than we left is read itself, by the next sending. What the DJ
deleted stays readable and writable at Spotify, but is not in the list any more.

A write of ours hides what was done before it, so the list is also read before the first one into
a playlist that has stood for hours.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.gateway import Gateway, Purpose, SpotifyError, SpotifyPlaylist
from accounts.models import SpotifyCredential, User
from curation.mirror import desired, library, outbox
from curation.models import MirroredPlaylist, MirroredPlaylistQuerySet

State = MirroredPlaylist.State

OFTEN_ENOUGH = timedelta(days=1)
LONG_STANDING = timedelta(hours=6)  # an evening of sorting needs one look
# A new snapshot is shown half a minute after the write that made it.
SETTLING = timedelta(minutes=2)


def look_around() -> int:
    """For the DJ whose turn it is; returns how many playlists are not as we left them."""
    day_ago = timezone.now() - OFTEN_ENOUGH
    unseen = watched().filter(
        Q(seen_at=None) | Q(seen_at__lt=day_ago),
        user__spotify__status=SpotifyCredential.Status.OK,
    )
    first = unseen.order_by("seen_at", "pk").select_related("user").first()
    return look(first.user) if first else 0


def look_before_writing(playlist_id: int) -> None:
    now = timezone.now()
    hours_ago = now - LONG_STANDING
    stood = Q(sent_at__lt=hours_ago) & (Q(seen_at=None) | Q(seen_at__lt=hours_ago))
    due = watched().due(now).filter(stood, pk=playlist_id).select_related("user")
    if playlist := due.first():
        look(playlist.user)


def look(user: User) -> int:
    looked_at = timezone.now()
    playlists = list(watched().filter(user=user).with_counts())
    MirroredPlaylist.objects.filter(pk__in=[one.pk for one in playlists]).update(seen_at=looked_at)
    try:
        gateway = Gateway.of(user, Purpose.LATE)
        held = listed(gateway)
        gone = really_gone(gateway, [one for one in playlists if one.spotify_id not in held])
    except SpotifyError:
        return 0  # looked at again tomorrow
    there = [(one, held[one.spotify_id]) for one in playlists if one.spotify_id in held]
    note_names(there)
    found_again = restore(user, held)
    return found_again + note_gone(gone) + note_changed(there, looked_at)


def watched() -> MirroredPlaylistQuerySet:
    return MirroredPlaylist.objects.filter(
        state__in=[State.ACTIVE, State.FULL], in_library=True, spotify_id__isnull=False
    )


def listed(gateway: Gateway) -> dict[str | None, SpotifyPlaylist]:
    """All of the DJ's playlists by id."""
    held: dict[str | None, SpotifyPlaylist] = {}
    offset: int | None = 0
    while offset is not None:
        page = gateway.my_playlists(offset=offset)
        held |= {playlist.id: playlist for playlist in page.items}
        offset = page.next_offset
    return held


def really_gone(gateway: Gateway, absent: list[MirroredPlaylist]) -> list[MirroredPlaylist]:
    """A list that changes while its pages are read may lack one that is there."""
    flags = gateway.in_library([library.uri_of(one) for one in absent])
    return [one for one, is_there in zip(absent, flags, strict=True) if not is_there]


def note_gone(gone: Iterable[MirroredPlaylist]) -> int:
    rows = watched().filter(pk__in=[one.pk for one in gone])
    return rows.unclaimed(timezone.now()).update(state=State.MISSING)


def note_names(there: Iterable[tuple[MirroredPlaylist, SpotifyPlaylist]]) -> None:
    """The DJ may rename what is the DJ's own."""
    for one, held in there:
        if one.is_adopted and one.name != held.name:
            same = MirroredPlaylist.objects.filter(pk=one.pk)
            same.update(name=held.name[: desired.NAME_LENGTH])


def restore(user: User, held: Iterable[str | None]) -> int:
    """The DJ took the deletion back in Spotify."""
    missing = MirroredPlaylist.objects.filter(user=user, state=State.MISSING)
    rows = list(missing.filter(spotify_id__in=list(held)).values_list("pk", flat=True))
    back = MirroredPlaylist.objects.filter(pk__in=rows)
    back.update(state=State.ACTIVE, must_read=True)
    outbox.mark(back, in_background=True)
    return len(rows)


def note_changed(
    there: Iterable[tuple[MirroredPlaylist, SpotifyPlaylist]], looked_at: datetime
) -> int:
    changed = [
        (one, held) for one, held in there if is_settled(one, looked_at) and has_changed(one, held)
    ]
    for one, held in changed:
        same = MirroredPlaylist.objects.filter(pk=one.pk, snapshot_id=one.snapshot_id)
        same.update(snapshot_id=held.snapshot_id, must_read=True)
    outbox.mark(
        MirroredPlaylist.objects.filter(pk__in=[one.pk for one, _ in changed]), in_background=True
    )
    return len(changed)


def is_settled(playlist: MirroredPlaylist, at: datetime) -> bool:
    is_ours_now = playlist.in_flight or playlist.claimed_until
    return not is_ours_now and (playlist.sent_at is None or playlist.sent_at < at - SETTLING)


def has_changed(playlist: MirroredPlaylist, held: SpotifyPlaylist) -> bool:
    """The number of rows tells more after a write of ours: its snapshot also stands for what the
    DJ had done before. After a rename we know no snapshot."""
    is_another = playlist.snapshot_id and held.snapshot_id != playlist.snapshot_id
    return bool(is_another) or held.total != playlist.row_count + playlist.foreign_rows

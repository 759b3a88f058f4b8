"""What a DJ, or a change of the rules, says about a match; the playlists that hold the recording
follow."""

from django.db import transaction
from django.db.models import Q

from catalog.models import Track
from curation import mirror, moves
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    MirroredItem,
    MirroredPlaylist,
)
from ingestion import decisions, rematching
from ingestion.rematching import Change, Kind


@transaction.atomic
def accept(track: Track, *, uri: str, is_edit: bool | None = None) -> None:
    """This is the recording at Spotify, or another edit of it.

    Which of both is taken from the candidates where the DJ does not say it.
    """
    decisions.accept_by_person(track, uri=uri, is_edit=is_edit)
    mark_playlists(track)


@transaction.atomic
def not_there(track: Track) -> None:
    decisions.say_not_there(track)
    mark_playlists(track)


@transaction.atomic
def doubt(track: CurationTrack) -> None:
    """A DJ hears another version. The track stays where it is and leaves Spotify's lists.

    Raises Conflict for a closed week.
    """
    moves.begin(track.curation_period)
    if decisions.doubt(track.track):
        mark_playlists(track.track)


@transaction.atomic
def revise(change: Change) -> bool:
    """The rules decide otherwise than they did. False when somebody was faster."""
    is_applied = rematching.apply(change)
    if is_applied and change.kind is not Kind.OTHER_WORDS:
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

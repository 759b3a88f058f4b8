"""When a DJ hears that Spotify plays another version of a track."""

from django.db import transaction

from curation import mirror, moves
from curation.models import CurationTrack
from ingestion import decisions


@transaction.atomic
def doubt(track: CurationTrack) -> None:
    """The match waits for a decision; the track stays where it is and leaves Spotify's lists."""
    period = moves.begin(track.curation_period)
    track = moves.as_it_is_now(track)
    if not decisions.doubt(track.track):
        return
    playlist = track.current_silver_playlist
    mirror.mark_changed(
        period,
        bronze=playlist is None,
        silver=[playlist] if playlist else [],
        golden=[playlist.user_category] if playlist and track.promoted_at else [],
    )

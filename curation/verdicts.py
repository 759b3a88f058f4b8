"""What a DJ says about a match; the playlists that hold the recording follow."""

from django.db import transaction

from catalog.models import Track
from curation import mirror
from curation.models import CurationPeriod, CurationTrack, GoldenTrack
from ingestion import decisions


@transaction.atomic
def accept(track: Track, *, uri: str, is_edit: bool) -> None:
    """This is the recording at Spotify, or another edit of it."""
    decisions.accept_by_person(track, uri=uri, is_edit=is_edit)
    mark_playlists(track)


@transaction.atomic
def not_there(track: Track) -> None:
    decisions.say_not_there(track)
    mark_playlists(track)


def mark_playlists(track: Track) -> None:
    """A match is everybody's: whoever has the recording gets it."""
    rows = CurationTrack.objects.filter(track__recording_key=track.recording_key)
    still_open = rows.exclude(curation_period__status=CurationPeriod.Status.CLOSED)
    for row in still_open.select_related("curation_period", "current_silver_playlist"):
        playlist = row.current_silver_playlist
        mirror.mark_changed(
            row.curation_period,
            bronze=playlist is None,
            silver=[playlist] if playlist else [],
        )
    kept = GoldenTrack.objects.filter(track__recording_key=track.recording_key)
    for one in kept.select_related("user_category"):
        mirror.mark_golden(one.user_category)

"""A track's recording key may change when Beatport corrects it; the period's rows follow."""

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from curation import mirror, moves
from curation.models import CurationPeriod, CurationTrack

# A row whose recording is in the period twice, both sorted, gets a key of its own.
OWN_KEY = Concat(Value("row:"), Cast("pk", CharField()))


def follow_keys(period: CurationPeriod) -> None:
    """One row for each recording again: the row already sorted wins, the other one goes."""
    stale = period.tracks.exclude(recording_key=F("track__recording_key"))
    keys = set(stale.values_list("track__recording_key", flat=True))
    if not keys:
        return
    rows = list(period.tracks.filter(track__recording_key__in=keys).select_related("track"))
    winners: dict[str, CurationTrack] = {}
    for row in sorted(rows, key=worth):
        winners.setdefault(row.track.recording_key, row)
    beaten = {row.pk for row in rows} - {row.pk for row in winners.values()}
    period.tracks.unsorted().filter(pk__in=beaten).delete()
    period.tracks.filter(pk__in=[row.pk for row in rows]).update(recording_key=OWN_KEY)
    for row in winners.values():
        row.recording_key = row.track.recording_key
    CurationTrack.objects.bulk_update(winners.values(), ["recording_key"], batch_size=200)
    mirror.mark_changed(period, bronze=True)
    moves.note_whether_sorted(period)


def worth(row: CurationTrack) -> tuple[bool, bool, int]:
    """What is sorted comes first, then what has the key already."""
    is_unsorted = row.status == CurationTrack.Status.UNSORTED
    return is_unsorted, row.recording_key != row.track.recording_key, row.pk

"""Which recording each track of a page is, and what that means for the tracks held already."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from django.db.models import QuerySet

from catalog.models import Track
from ingestion import recordings

Tracks = dict[int, Track]  # by Beatport id
COMPARED = ["text_digest", "length_ms", "published_on", "recording_key", "is_primary"]


def settle(wanted: Collection[Track], held: Mapping[int, Track]) -> list[Track]:
    """Gives the wanted tracks their recording keys, and marks which ones are primary.

    `held` are those among them that the database has, as it has them. Returns the other tracks to
    write: those that change with them, and those that stay in a recording that some have left.
    """
    ours = {track.beatport_id: track for track in wanted}
    without_isrc = Track.objects.exclude(text_digest="")  # as the index says it
    others = _others(ours, without_isrc.filter(text_digest__in=_digests(ours, held)))
    before = {number: track.recording_key for number, track in {**others, **held}.items()}
    _name_by_text({**others, **ours}.values())
    left, unsettled = _news_of_recordings({**others, **ours}, held, before)
    for number, track in held.items():
        ours[number].is_primary = track.is_primary
    if not unsettled:
        return []
    others = {**_others(ours, Track.objects.filter(recording_key__in=unsettled)), **others}
    was_primary = {number: track.is_primary for number, track in others.items()}
    _choose_primaries({**others, **ours}.values(), unsettled)
    return [
        track
        for number, track in others.items()
        if track.recording_key != before.get(number, track.recording_key)
        or track.is_primary != was_primary[number]
        or track.recording_key in left
    ]


def _others(ours: Tracks, asked: QuerySet[Track]) -> Tracks:
    found = asked.only("beatport_id", *COMPARED)
    return {one.beatport_id: one for one in found if one.beatport_id not in ours}


def _digests(ours: Tracks, held: Mapping[int, Track]) -> set[str]:
    return {track.text_digest for track in [*ours.values(), *held.values()]} - {""}


def _name_by_text(tracks: Iterable[Track]) -> None:
    families: defaultdict[str, Tracks] = defaultdict(dict)
    for track in tracks:
        if track.text_digest:
            families[track.text_digest][track.beatport_id] = track
    for digest, family in families.items():
        lengths = {number: track.length_ms for number, track in family.items()}
        for number, key in recordings.keys_by_text(digest, lengths).items():
            family[number].recording_key = key


def _news_of_recordings(
    tracks: Tracks, held: Mapping[int, Track], before: Mapping[int, str]
) -> tuple[set[str], set[str]]:
    """The keys that some have left, and all that have to choose their primary track anew."""
    left = {
        before[number]
        for number, track in tracks.items()
        if before.get(number, track.recording_key) != track.recording_key
    }
    return left, left | {
        track.recording_key
        for number, track in tracks.items()
        if before.get(number) != track.recording_key
        or (number in held and held[number].published_on != track.published_on)
    }


def _choose_primaries(tracks: Iterable[Track], keys: Collection[str]) -> None:
    for same in _by_recording(tracks, keys):
        first = recordings.primary((track.beatport_id, track.published_on) for track in same)
        for track in same:
            track.is_primary = track.beatport_id == first


def _by_recording(tracks: Iterable[Track], keys: Collection[str]) -> Iterator[list[Track]]:
    found: defaultdict[str, list[Track]] = defaultdict(list)
    for track in tracks:
        if track.recording_key in keys:
            found[track.recording_key].append(track)
    yield from found.values()

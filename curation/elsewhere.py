"""A recording is shown once; on which other releases it is."""

from collections import defaultdict
from collections.abc import Collection

from catalog.models import Track

MOST_NAMED = 2


def also_on(tracks: Collection[Track]) -> dict[int, str]:
    """By id of the track: the other releases of its recording in a few words, the first first."""
    others = (
        Track.objects.filter(recording_key__in={track.recording_key for track in tracks})
        .exclude(release=None)
        .order_by("published_on", "beatport_id")
    )
    releases: defaultdict[str, dict[int, str]] = defaultdict(dict)
    asked = others.values_list("recording_key", "release", "release__title", "release__label__name")
    for key, release, title, label in asked:
        releases[key][release] = f"{title} ({label})" if label else title
    return {track.pk: _words(releases[track.recording_key], track) for track in tracks}


def _words(releases: dict[int, str], track: Track) -> str:
    return _listed([name for release, name in releases.items() if release != track.release_id])


def _listed(names: list[str]) -> str:
    named, rest = names[:MOST_NAMED], len(names) - MOST_NAMED
    return ", ".join(named) + (f" and {rest} more" if rest > 0 else "")

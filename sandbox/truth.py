"""Which Spotify tracks really are which Beatport track: for judging a matcher."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from sandbox.catalogue import Week
from sandbox.models import BeatportTrack, SpotifyTrack

ROLES = {
    "edit": "other_edit",
    "rival": "rival",
    "mixed": "mixed",
    "near": "doubtful",
    "alias": "doubtful",
}
OF_SIBLINGS = ("same", "edit", "near")


def of_week(week: Week) -> dict[str, dict[str, Any]]:
    rows = BeatportTrack.objects.filter(
        genre_id=week.genre.id,
        published_on__range=(week.monday, week.monday + timedelta(days=6)),
    ).values_list("id", "truth")
    songs = _songs_by_recording([(row_id, facts) for row_id, facts in rows])
    return {str(row_id): _verdict(facts, songs) for row_id, facts in rows}


def _songs_by_recording(rows: list[tuple[int, Any]]) -> dict[int, list[SpotifyTrack]]:
    wanted = {
        number
        for _, facts in rows
        for number in (facts["recording"], *facts["edits"], *facts["others"])
    }
    found: dict[int, list[SpotifyTrack]] = defaultdict(list)
    for song in SpotifyTrack.objects.filter(beatport_id__in=wanted).defer("body").order_by("id"):
        found[song.beatport_id].append(song)
    return found


def _verdict(facts: Any, songs: dict[int, list[SpotifyTrack]]) -> dict[str, Any]:
    verdict: dict[str, Any] = {"expected": facts["expected"]}
    verdict |= {name: [] for name in ("same", "late", *ROLES.values())}
    for song in songs[facts["recording"]]:
        is_late = song.role == "same" and song.visible_at is not None
        verdict["late" if is_late else ROLES.get(song.role, "same")].append(song.spotify_id)
    for group, name in (("edits", "other_edit"), ("others", "rival")):
        for number in facts[group]:
            verdict[name] += [s.spotify_id for s in songs[number] if s.role in OF_SIBLINGS]
    return verdict

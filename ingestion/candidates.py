"""What Spotify answered for a track, judged and in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict

from accounts.gateway import SpotifyAlbum, SpotifyArtist, SpotifyTrack
from catalog.models import SpotifyMatch, Track, TrackArtist
from ingestion.matching import Found, Likeness, Subject, Verdict, Wanted, judge, preference

MOST_KEPT = 5

STATES = {
    Likeness.SAME: SpotifyMatch.State.MATCHED,
    Likeness.OTHER_EDIT: SpotifyMatch.State.OTHER_EDIT,
    Likeness.DOUBTFUL: SpotifyMatch.State.REVIEW,
    Likeness.NO: SpotifyMatch.State.NOT_FOUND,
}


class Candidate(TypedDict, total=False):
    """As it stands in SpotifyMatch.candidates. After 30 days only the first four are left."""

    uri: str
    likeness: str
    score: float
    parts: dict[str, float]
    title: str
    artists: list[str]
    album: str
    album_type: str
    released_on: str
    length_ms: int
    isrc: str
    url: str
    reasons: list[str]


STAYS = ("uri", "likeness", "score", "parts")


@dataclass(frozen=True)
class Option:
    """A track on Spotify, and what the rules think of it."""

    track: SpotifyTrack
    verdict: Verdict

    def as_candidate(self) -> Candidate:
        return Candidate(
            uri=self.track.uri,
            likeness=self.verdict.likeness.value,
            score=self.verdict.score,
            parts=self.verdict.parts,
            title=self.track.title,
            artists=[artist.name for artist in self.track.artists],
            album=self.track.album.title,
            album_type=self.track.album.type,
            released_on=self.track.album.released_on,
            length_ms=self.track.length_ms,
            isrc=self.track.isrc,
            url=self.track.url,
            reasons=list(self.verdict.reasons),
        )


def as_track(candidate: Candidate) -> SpotifyTrack | None:
    """As far as it is kept; None for one of which only the uri is left."""
    if "title" not in candidate:
        return None
    album = SpotifyAlbum(
        id="",
        uri="",
        title=candidate["album"],
        type=candidate["album_type"],
        released_on=candidate["released_on"],
    )
    return SpotifyTrack(
        id=candidate["uri"].rpartition(":")[2],
        uri=candidate["uri"],
        title=candidate["title"],
        artists=tuple(SpotifyArtist(id="", uri="", name=name) for name in candidate["artists"]),
        album=album,
        isrc=candidate["isrc"],
        length_ms=candidate["length_ms"],
        url=candidate["url"],
        raw={},
    )


def subject_of(track: Track) -> Subject:
    """Of a track whose credits and their artists have been loaded."""
    return Subject(
        Wanted(
            title=track.title,
            mix_name=track.mix_name,
            artists=_names(track, TrackArtist.Role.ARTIST),
            remixers=_names(track, TrackArtist.Role.REMIXER),
            isrc=track.isrc,
            length_ms=track.length_ms,
        )
    )


def as_found(track: Track) -> Found:
    """Another track of Beatport, to be held against a subject like one of Spotify."""
    title = f"{track.title} ({track.mix_name})" if track.mix_name else track.title
    names = _names(track, TrackArtist.Role.ARTIST)
    return Found(title=title, artists=names, isrc=track.isrc, length_ms=track.length_ms)


def rank(subject: Subject, tracks: Iterable[SpotifyTrack]) -> list[Option]:
    """Each uri once, the best first."""
    distinct = {track.uri: track for track in tracks}
    judged: list[tuple[Any, Option]] = []
    for track in distinct.values():
        found = _found(track)
        verdict = judge(subject, found)
        judged.append((preference(subject, found, verdict), Option(track, verdict)))
    return [option for _, option in sorted(judged, key=lambda pair: pair[0])]


def _found(track: SpotifyTrack) -> Found:
    return Found(
        title=track.title,
        artists=tuple(artist.name for artist in track.artists),
        album=track.album.title,
        album_type=track.album.type,
        released_on=track.album.released_on,
        isrc=track.isrc,
        length_ms=track.length_ms or None,
    )


def _names(track: Track, role: str) -> tuple[str, ...]:
    credited = [credit for credit in track.credits.all() if credit.role == role]
    credited.sort(key=lambda credit: credit.position)
    return tuple(credit.artist.name for credit in credited)

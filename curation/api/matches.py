"""Tracks that Spotify may have: what a DJ says about them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404
from ninja import Field, Path, Query, Router, Schema
from pydantic import StrictBool

from accounts.requests import DjRequest
from catalog.models import SpotifyMatch
from catalog.models import Track as TrackRow
from curation import comparison, links, verdicts
from curation.api.answers import READING, WRITING, Page, Refusal, one_of
from curation.api.asked import Asked, Id, Slice
from curation.api.tracks import Track, track_of

router = Router(tags=["Matches"])
NOT_THERE = "not_there"
# The word, or one track of Spotify as people copy it.
VERDICT = rf"^({NOT_THERE}|{links.SPOTIFY_TRACK.pattern})$"


class Candidate(Schema):
    """A track that Spotify offered. What Spotify said of it is deleted after a while."""

    uri: str
    likeness: str | None = None
    score: float | None = None
    title: str | None = None
    artists: list[str] = []
    album: str | None = None
    released_on: str | None = None
    length_ms: int | None = None
    isrc: str | None = None
    reasons: list[str] = []


class Match(Schema):
    state: str = one_of(SpotifyMatch.State)
    score: float | None
    reasons: list[str]
    candidates: list[Candidate]
    track: Track


class Verdict(Asked):
    """`uri` or link of the track at Spotify, or "not_there".

    Whether it is another edit is taken from the candidates where you do not say it.
    """

    uri: str = Field(pattern=VERDICT, max_length=500, examples=[NOT_THERE])
    is_edit: StrictBool | None = None


@dataclass(frozen=True)
class Line(links.Linked):
    found: SpotifyMatch
    spotify_uri: str

    @property
    def track(self) -> TrackRow:
        return self.found.track


@router.get("/matches", response={200: Page[Match], READING: Refusal})
def list_matches(request: DjRequest, part: Query[Slice]) -> Page[Match]:
    """What waits for you in open weeks: doubtful ones first, then those not found."""
    waiting = comparison.waiting(request.user)
    found = part.of(comparison.described(waiting))
    return Page[Match](items=described(found), count=waiting.count())


@router.post("/matches/{int:track_id}", response={200: Match, WRITING: Refusal})
def decide_match(request: DjRequest, track_id: Path[Id], asked: Verdict) -> Match:
    """Your word holds for the recording, for every DJ, for good."""
    track = own(request, track_id).track
    if asked.uri == NOT_THERE:
        verdicts.not_there(request.user, track)
    else:
        uri = links.spotify_uri(asked.uri)
        verdicts.accept(request.user, track, uri=uri, is_edit=asked.is_edit)
    return described([own(request, track_id)])[0]


def own(request: DjRequest, track_id: int) -> SpotifyMatch:
    """The match of a track in any of the DJ's weeks."""
    match = comparison.of_track(request.user, track_id)
    if match is None:
        raise Http404
    return match


def described(found: Iterable[SpotifyMatch]) -> list[Match]:
    uris = links.accepted_uris(match.track for match in found)
    return [answer(Line(match, uris.get(match.track_id, ""))) for match in found]


def answer(line: Line) -> Match:
    match = line.found
    return Match(
        state=match.state,
        score=match.score,
        reasons=match.reasons,
        candidates=[Candidate(**one) for one in match.candidates if one.get("uri")],
        track=track_of(line),
    )

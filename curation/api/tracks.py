"""Tracks of a week: what they are, where they lie, and the decisions about them."""

from datetime import date, datetime
from uuid import UUID

from django.shortcuts import get_object_or_404
from ninja import Field, Path, Router, Schema

from accounts.requests import DjRequest
from catalog.models import SpotifyMatch, TrackArtist
from curation import golden, moves, tracklist
from curation.api.answers import WRITING, Refusal, one_of
from curation.api.asked import Asked, BodyId, Id
from curation.desk import Desk
from curation.errors import Conflict, Invalid
from curation.links import Linked
from curation.models import CurationPeriod, PeriodPlaylist
from curation.models import CurationTrack as Row
from curation.models import Move as LogRow

router = Router(tags=["Tracks"])


class Credit(Schema):
    name: str
    role: str = one_of(TrackArtist.Role)


class Track(Schema):
    """A track as Beatport sells it. The two fields of Spotify are null until it is found there."""

    id: int
    beatport_id: int
    title: str
    mix_name: str
    artists: list[Credit]
    label: str | None
    release: str | None
    catalog_number: str | None
    isrc: str
    bpm: int | None
    key: str
    length_ms: int | None
    published_on: date | None
    beatport_url: str
    match: str | None = one_of(SpotifyMatch.State)
    spotify_uri: str | None
    spotify_url: str | None


class CurationTrack(Schema):
    """A track in one of your weeks. `period_playlist_id` is null while it is in Bronze."""

    id: int
    status: str = one_of(Row.Status)
    period_playlist_id: int | None
    position: int
    is_late: bool
    heard_at: datetime | None
    later_at: datetime | None
    sorted_at: datetime | None
    promoted_at: datetime | None
    track: Track


class Move(Schema):
    """One line of your log. `period_playlist_id` is where the track went; null is Bronze."""

    client_move_id: UUID = Field(alias="client_id")
    kind: str = one_of(LogRow.Kind)
    curation_track_id: int
    from_period_playlist_id: int | None = Field(alias="from_playlist_id")
    period_playlist_id: int | None = Field(alias="to_playlist_id")
    created_at: datetime


class NewMove(Asked):
    """`period_playlist_id` of the same week, or null for Bronze."""

    period_playlist_id: BodyId | None
    client_move_id: UUID | None = None


class NewPromotion(Asked):
    client_move_id: UUID | None = None


@router.post(
    "/curation/tracks/{int:curation_track_id}/move", response={200: Move, WRITING: Refusal}
)
def move(request: DjRequest, curation_track_id: Path[Id], asked: NewMove) -> LogRow:
    """Puts the track into a Silver playlist, into Trash, or back into Bronze.

    A later move wins. The same `client_move_id` with the same body is answered as before and
    changes nothing; with another body it is a 409, as is a closed week.
    """
    track = own(request, curation_track_id)
    to = playlist_of(track.curation_period, asked.period_playlist_id)
    made = moves.move_track(user=request.user, track=track, to=to, client_id=asked.client_move_id)
    Desk(track.curation_period).look_ahead()
    return made


@router.post(
    "/curation/tracks/{int:curation_track_id}/promote", response={200: Move, WRITING: Refusal}
)
def promote(
    request: DjRequest, curation_track_id: Path[Id], asked: NewPromotion | None = None
) -> LogRow:
    """Moves the track from its Silver playlist to the Golden one of the same category.

    What is in Golden already stays there: the answer is the move that brought it.
    """
    track = own(request, curation_track_id)
    client_id = asked.client_move_id if asked else None
    made = golden.promote(user=request.user, tracks=[track], client_id=client_id)
    promotion = made[0] if made else golden.promotion_of(track)
    if promotion is None:
        raise Conflict(golden.NOT_IN_GOLDEN)
    return promotion


def own(request: DjRequest, pk: int) -> Row:
    rows = Row.objects.filter(curation_period__user=request.user)
    return get_object_or_404(rows.select_related("curation_period__user"), pk=pk)


def playlist_of(period: CurationPeriod, pk: int | None) -> PeriodPlaylist | None:
    if pk is None:
        return None
    playlist = period.playlists.filter(pk=pk).first()
    if playlist is None:
        raise Invalid("period_playlist_id", "This week has no such playlist.")
    return playlist


def described(line: tracklist.Line) -> CurationTrack:
    row = line.row
    return CurationTrack(
        id=row.pk,
        status=row.status,
        period_playlist_id=row.current_silver_playlist_id,
        position=row.position,
        is_late=row.is_late,
        heard_at=row.heard_at,
        later_at=row.later_at,
        sorted_at=row.sorted_at,
        promoted_at=row.promoted_at,
        track=track_of(line),
    )


def track_of(line: Linked) -> Track:
    track, release = line.track, line.track.release
    label = release.label if release else None
    return Track(
        id=track.pk,
        beatport_id=track.beatport_id,
        title=track.title,
        mix_name=track.mix_name,
        artists=[Credit(name=one.artist.name, role=one.role) for one in track.credits.all()],
        label=label.name if label else None,
        release=release.title if release else None,
        catalog_number=release.catalog_number if release else None,
        isrc=track.isrc,
        bpm=track.bpm,
        key=track.key,
        length_ms=track.length_ms,
        published_on=track.published_on,
        beatport_url=line.beatport_url,
        match=line.match.state if line.match else None,
        spotify_uri=line.spotify_uri or None,
        spotify_url=line.spotify_url or None,
    )

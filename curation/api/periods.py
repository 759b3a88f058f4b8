"""Weeks: opened, read, undone, closed and reopened."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from ninja import Field, Path, Query, Router, Schema, Status
from pydantic import StrictBool, StrictInt, StrictStr

from accounts.requests import DjRequest
from curation import fetching, moves, overview, tracklist
from curation import periods as weeks
from curation.api import tracks
from curation.api.answers import READING, WRITING, Page, Refusal, one_of
from curation.api.asked import Asked, BodyId, Id, Slice
from curation.api.styles import StyleName
from curation.desk import Desk
from curation.errors import Invalid
from curation.models import CurationPeriod, MirroredPlaylist, PeriodPlaylistQuerySet, Style

router = Router(tags=["Weeks"])
MOST_AT_ONCE = 500  # as many as a list answers
Slug = Annotated[StrictStr, Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=100)]


class Counts(Schema):
    """Where the tracks of the week lie."""

    bronze: int
    silver: int
    golden: int
    trash: int


class Period(Schema):
    """A week of yours. `bronze_spotify_playlist_id` is null until a track is on Spotify."""

    id: int
    style: StyleName
    year: int
    week: int
    first_day: date
    last_day: date
    status: str = one_of(CurationPeriod.Status)
    created_at: datetime
    decided_at: datetime | None
    sorted_at: datetime | None
    closed_at: datetime | None
    late_tracks: int
    stays_on_spotify: bool
    bronze_spotify_playlist_id: str | None
    tracks: Counts

    @staticmethod
    def resolve_tracks(period: Any) -> dict[str, int]:
        kept = period.silver_count + period.golden_count
        return {
            "bronze": period.total - period.sorted_count,
            "silver": period.silver_count,
            "golden": period.golden_count,
            "trash": period.sorted_count - kept,
        }


class Arrival(Schema):
    """How far the week's music has come: from Beatport, then on Spotify.

    `expected` is null until Beatport has counted; `waiting` is what was not looked up yet.
    `goes_on` while more comes by itself in the next seconds: wait for its end, not for a count.
    """

    is_fetching: bool
    goes_on: bool
    is_complete: bool
    collected: int
    expected: int | None
    playable: int = Field(alias="counts.playable")
    doubtful: int = Field(alias="counts.doubtful")
    missing: int = Field(alias="counts.missing")
    waiting: int = Field(alias="counts.waiting")


class WholePeriod(Period):
    arrival: Arrival

    @staticmethod
    def resolve_arrival(period: CurationPeriod) -> fetching.Arrival:
        return fetching.Arrival(period)


class PlaylistCategory(Schema):
    id: int
    name: str
    hotkey: str
    is_trash: bool


class PeriodPlaylist(Schema):
    """A category in this week. `spotify_playlist_id` is null until a track of it is on Spotify."""

    id: int
    category: PlaylistCategory = Field(alias="user_category")
    silver_count: int
    promoted_count: int
    spotify_playlist_id: str | None


class Undone(Schema):
    """The moves that were reverted; none when nothing was left to undo."""

    undone: list[tracks.Move]


class Moved(Schema):
    """One line for each track that changed its place; what lay there already has none."""

    moved: list[tracks.Move]


class ManyMoves(Asked):
    """`period_playlist_id` of this week, or null for Bronze."""

    curation_track_ids: list[BodyId] = Field(min_length=1, max_length=MOST_AT_ONCE)
    period_playlist_id: BodyId | None
    client_move_id: UUID | None = None


class WhichPeriods(Slice):
    """`style` is its id or its slug."""

    style: Slug | None = None
    status: Literal["IN_PROGRESS", "SORTED", "CLOSED"] | None = None


class WhichTracks(Slice):
    status: Literal["UNSORTED", "SORTED"] = "UNSORTED"


class NewPeriod(Asked):
    """`style` is its id or its slug; the week is one of ISO 8601."""

    style: BodyId | Slug
    year: StrictInt = Field(ge=weeks.FIRST_YEAR, le=9999)
    week: StrictInt = Field(ge=1, le=53)


class Closing(Asked):
    """What happens to what is left in Bronze, and to the week's playlists in Spotify."""

    rest_to_trash: StrictBool = False
    stays_on_spotify: StrictBool = False


class Undo(Asked):
    """Without `client_move_id` it is the latest action; with it, the action of that move."""

    client_move_id: UUID | None = None


@router.get("/curation/periods", response={200: Page[Period], READING: Refusal})
def list_periods(request: DjRequest, asked: Query[WhichPeriods]) -> dict[str, Any]:
    """The newest week first."""
    styles = Style.objects.called(asked.style) if asked.style else None
    found = overview.listed(request.user, styles=styles, status=asked.status)
    bronze = MirroredPlaylist.objects.filter(layer=MirroredPlaylist.Layer.BRONZE)
    shown = found.prefetch_related(Prefetch("mirrored_playlists", bronze))
    return {"items": asked.of(shown), "count": found.count()}


@router.post("/curation/periods", response={200: WholePeriod, 201: WholePeriod, WRITING: Refusal})
def open_period(request: DjRequest, asked: NewPeriod) -> Status[Any]:
    """Opens a week and asks Beatport for its music; 200 when you had opened it before."""
    style = Style.objects.called(asked.style).first()
    if style is None:
        raise Invalid("style", "There is no such style.")
    opened = request.user.periods.filter(style=style, year=asked.year, week=asked.week)
    was_open = opened.exists()
    period = weeks.open_period(user=request.user, style=style, year=asked.year, week=asked.week)
    return Status(200 if was_open else 201, own(request, period.pk))


@router.get("/curation/periods/{int:period_id}", response={200: WholePeriod, READING: Refusal})
def read_period(request: DjRequest, period_id: Path[Id]) -> Any:
    return own(request, period_id)


@router.get(
    "/curation/periods/{int:period_id}/tracks",
    response={200: Page[tracks.CurationTrack], READING: Refusal},
)
def list_tracks(
    request: DjRequest, period_id: Path[Id], asked: Query[WhichTracks]
) -> Page[tracks.CurationTrack]:
    """In the order of Bronze; what you put off comes last."""
    found = own(request, period_id).tracks.filter(status=asked.status)
    lines = tracklist.described(asked.of(found.in_bronze_order()))
    items = [tracks.described(line) for line in lines]
    return Page[tracks.CurationTrack](items=items, count=found.count())


@router.get(
    "/curation/periods/{int:period_id}/playlists",
    response={200: list[PeriodPlaylist], READING: Refusal},
)
def list_playlists(request: DjRequest, period_id: Path[Id]) -> PeriodPlaylistQuerySet:
    """One for each category, in the order of the keys, Trash last."""
    return own(request, period_id).playlists.with_counts().select_related("silver_playlist")


@router.post(
    "/curation/periods/{int:period_id}/close", response={200: WholePeriod, WRITING: Refusal}
)
def close_period(request: DjRequest, period_id: Path[Id], asked: Closing | None = None) -> Any:
    """Ends the work on a week. Its playlists leave Spotify unless they are to stay."""
    weeks.close_period(own(request, period_id), **(asked or Closing()).model_dump())
    return own(request, period_id)


@router.post(
    "/curation/periods/{int:period_id}/reopen", response={200: WholePeriod, WRITING: Refusal}
)
def reopen_period(request: DjRequest, period_id: Path[Id]) -> Any:
    """Takes up a closed week again, with all that was decided."""
    weeks.reopen_period(own(request, period_id))
    return own(request, period_id)


@router.post("/curation/periods/{int:period_id}/move", response={200: Moved, WRITING: Refusal})
def move_many(request: DjRequest, period_id: Path[Id], asked: ManyMoves) -> dict[str, Any]:
    """Puts many tracks of the week into one place: one action, and one undo.

    Later moves win. The same `client_move_id` with the same body is answered as before and changes
    nothing; with another body it is a 409, as is a closed week.
    """
    period = own(request, period_id)
    ids = set(asked.curation_track_ids)
    chosen = period.tracks.filter(pk__in=ids)
    if chosen.count() < len(ids):
        raise Invalid("curation_track_ids", "Some of these are not in this week.")
    log = moves.move_tracks(
        user=request.user,
        period=period,
        chosen=chosen,
        to=tracks.playlist_of(period, asked.period_playlist_id),
        client_id=asked.client_move_id,
        asked=moves.in_words(ids),
    )
    Desk(period).look_ahead()
    return {"moved": log}


@router.post("/curation/periods/{int:period_id}/undo", response={200: Undone, WRITING: Refusal})
def undo(request: DjRequest, period_id: Path[Id], asked: Undo | None = None) -> dict[str, Any]:
    """Reverts your latest action in this week, promotions included.

    With `client_move_id` sending it twice is the same as once.
    """
    period = own(request, period_id)
    if asked is None or asked.client_move_id is None:
        log = moves.undo(period)
    else:
        move = moves.made(period, asked.client_move_id)
        log = moves.undo_action(move) if move else []
    Desk(period).look_ahead()
    return {"undone": log}


def own(request: DjRequest, pk: int) -> Any:
    """The DJ's own week with its counts; somebody else's is not there."""
    own_periods = request.user.periods.select_related("user__preferences")
    return get_object_or_404(overview.with_progress(own_periods), pk=pk)

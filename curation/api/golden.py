"""Golden: what a DJ keeps for good."""

from datetime import datetime

from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Schema, Status

from accounts.requests import DjRequest
from curation import golden, shelf
from curation.api.answers import READING, WRITING, Page, Refusal
from curation.api.asked import Id, Slice
from curation.api.tracks import Track, track_of
from curation.models import UserCategory

router = Router(tags=["Golden"])


class GoldenTrack(Schema):
    """`period_id` is the week that the track was promoted in."""

    added_at: datetime
    period_id: int | None
    track: Track


@router.get("/golden/{int:category_id}/tracks", response={200: Page[GoldenTrack], READING: Refusal})
def list_golden(request: DjRequest, category_id: Path[Id], part: Query[Slice]) -> Page[GoldenTrack]:
    """The newest first."""
    category = own(request, category_id)
    kept = shelf.kept_in(category)
    lines = shelf.lines(category, part.of(kept))
    return Page[GoldenTrack](items=[described(line) for line in lines], count=kept.count())


@router.delete(
    "/golden/{int:category_id}/tracks/{int:track_id}", response={204: None, WRITING: Refusal}
)
def remove_golden(request: DjRequest, category_id: Path[Id], track_id: Path[Id]) -> Status[None]:
    """Takes a track off Golden; in a week that is still open it returns to Silver."""
    kept = own(request, category_id).golden_tracks.select_related("user_category")
    golden.remove(get_object_or_404(kept, track=track_id))
    return Status(204, None)


def own(request: DjRequest, pk: int) -> UserCategory:
    """The DJ's own category; somebody else's, and Trash, are not there."""
    return get_object_or_404(shelf.categories(request.user), pk=pk)


def described(line: shelf.Line) -> GoldenTrack:
    period = line.period.pk if line.period else None
    return GoldenTrack(added_at=line.kept.added_at, period_id=period, track=track_of(line))

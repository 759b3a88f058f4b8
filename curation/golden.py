"""Golden: what a DJ keeps for good."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from curation import mirror, moves
from curation.errors import Conflict
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    Move,
    PeriodPlaylist,
    UserCategory,
)

NOT_IN_GOLDEN = "This track is not in Golden."
NOTHING_FROM_TRASH = "Nothing is promoted from Trash. Move the track to a category first."


@transaction.atomic
def promote(
    *,
    user: User,
    tracks: Sequence[CurationTrack],
    client_id: uuid.UUID | None = None,
    action_id: uuid.UUID | None = None,
) -> list[Move]:
    """Moves Silver tracks of one week to the Golden playlists of their categories.

    What is promoted already stays as it is. Raises Conflict for a closed week, and for a track
    that is not in a Silver playlist.
    """
    if not tracks:
        return []
    client_id = client_id or uuid.uuid4()
    if said := moves.repeated(user, client_id, Move.Kind.PROMOTE, tracks[0]):
        return [said]
    period = tracks[0].curation_period
    fresh = not_promoted_yet(period, tracks)
    if not fresh:
        return []
    already = golden_already(fresh)
    action_id = action_id or uuid.uuid4()
    log = []
    for number, track in enumerate(fresh):
        move = moves.new_move(user, track, Move.Kind.PROMOTE, uuid.uuid4(), action_id)
        # A microsecond apart, so that they stay in the order they were chosen in.
        move.created_at += timedelta(microseconds=number)
        move.to_playlist = track.current_silver_playlist
        move.made_golden = (category_of(track).pk, track.track_id) not in already
        track.promoted_at = move.created_at
        log.append(move)
    log[0].client_id = client_id
    write(fresh, log)
    mirror.mark_changed(
        period,
        silver={silver_of(track) for track in fresh},
        golden={category_of(track) for track in fresh},
    )
    return log


@transaction.atomic
def move_and_promote(
    *, user: User, track: CurationTrack, to: PeriodPlaylist, client_id: uuid.UUID | None = None
) -> Move:
    """Straight to Golden from the desk: one key, one action, one undo."""
    if to.user_category.is_trash:
        raise Conflict(NOTHING_FROM_TRASH)
    action_id = uuid.uuid4()
    move = moves.move_track(user=user, track=track, to=to, client_id=client_id, action_id=action_id)
    if move.action_id == action_id:
        promote(user=user, tracks=[moves.as_it_is_now(track)], action_id=action_id)
    return move


@transaction.atomic
def demote(track: CurationTrack) -> Move:
    """Takes a promotion back: the track returns to its Silver playlist."""
    promotion = promotion_of(track)
    if promotion is None or track.promoted_at is None:
        raise Conflict(NOT_IN_GOLDEN)
    return moves.undo_move(promotion)


def promotion_of(track: CurationTrack) -> Move | None:
    """The move that put the track where it is in Golden."""
    return track.moves.filter(kind=Move.Kind.PROMOTE, undone_at=None).order_by("-pk").first()


@transaction.atomic
def remove(golden_track: GoldenTrack) -> list[int]:
    """Takes a track off Golden; in a week that is still open it returns to Silver.

    Returns the ids of those CurationTracks, for `put_back`.
    """
    category = golden_track.user_category
    promoted = CurationTrack.objects.filter(
        track=golden_track.track_id,
        promoted_at__isnull=False,
        current_silver_playlist__user_category=category,
    ).exclude(curation_period__status=CurationPeriod.Status.CLOSED)
    returned = list(promoted.select_related("curation_period", "current_silver_playlist"))
    for track in returned:
        period = moves.begin(track.curation_period)
        CurationTrack.objects.filter(pk=track.pk).update(promoted_at=None)
        track.moves.filter(kind=Move.Kind.PROMOTE, undone_at=None).update(undone_at=timezone.now())
        mirror.mark_changed(period, silver=[silver_of(track)])
    golden_track.delete()
    mirror.mark_golden(category)
    return [track.pk for track in returned]


def forget_removed(period: CurationPeriod) -> None:
    """What was taken off Golden while the week was closed is in Silver again."""
    kept = GoldenTrack.objects.filter(
        user_category=OuterRef("current_silver_playlist__user_category"), track=OuterRef("track")
    )
    removed = period.tracks.filter(~Exists(kept), promoted_at__isnull=False)
    tracks = list(removed.values_list("pk", flat=True))
    promotions = Move.objects.filter(
        curation_track__in=tracks, kind=Move.Kind.PROMOTE, undone_at=None
    )
    promotions.update(undone_at=timezone.now())
    period.tracks.filter(pk__in=tracks).update(promoted_at=None)


@transaction.atomic
def put_back(
    *, category: UserCategory, track_id: int, added_at: datetime, promoted: Iterable[int]
) -> GoldenTrack:
    """Takes a removal back: the track has its old place, and is promoted again where it was."""
    silver = CurationTrack.objects.filter(
        pk__in=promoted,
        track=track_id,
        promoted_at=None,
        current_silver_playlist__user_category=category,
    ).exclude(curation_period__status=CurationPeriod.Status.CLOSED)
    for track in silver.select_related("curation_period"):
        promote(user=category.user, tracks=[track])
    kept, _ = GoldenTrack.objects.update_or_create(
        user_category=category, track_id=track_id, defaults={"added_at": added_at}
    )
    mirror.mark_golden(category)
    return kept


def not_promoted_yet(
    period: CurationPeriod, tracks: Sequence[CurationTrack]
) -> list[CurationTrack]:
    """As asked and in that order, read again inside the transaction."""
    found = period.tracks.select_related("current_silver_playlist__user_category").in_bulk(
        [track.pk for track in tracks]
    )
    fresh = [found[track.pk] for track in tracks if track.pk in found]
    for track in fresh:
        if track.current_silver_playlist is None or category_of(track).is_trash:
            raise Conflict(NOTHING_FROM_TRASH)
    return [track for track in fresh if track.promoted_at is None]


def golden_already(tracks: Sequence[CurationTrack]) -> set[tuple[int, int]]:
    kept = GoldenTrack.objects.filter(
        user_category__in={category_of(track).pk for track in tracks},
        track__in=[track.track_id for track in tracks],
    )
    return set(kept.values_list("user_category_id", "track_id"))


def write(tracks: list[CurationTrack], log: list[Move]) -> None:
    CurationTrack.objects.bulk_update(tracks, ["promoted_at"], batch_size=200)
    Move.objects.bulk_create(log, batch_size=200)
    GoldenTrack.objects.bulk_create(
        [
            GoldenTrack(
                user_category=category_of(track),
                track_id=track.track_id,
                added_at=move.created_at,
            )
            for track, move in zip(tracks, log, strict=True)
            if move.made_golden
        ],
        batch_size=200,
    )


def silver_of(track: CurationTrack) -> PeriodPlaylist:
    """Only what was sorted is promoted."""
    assert track.current_silver_playlist is not None
    return track.current_silver_playlist


def category_of(track: CurationTrack) -> UserCategory:
    return silver_of(track).user_category

"""What a DJ decides about a track, and undoing it.

The database is the truth: nothing here waits for Spotify. Each function is one transaction that
first touches the period's row, so decisions in one week happen one after the other.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from curation import mirror
from curation.errors import Conflict, Invalid
from curation.models import (
    CurationPeriod,
    CurationTrack,
    CurationTrackQuerySet,
    GoldenTrack,
    Move,
    PeriodPlaylist,
    TrashRule,
    UserCategory,
)

PLACE = ["status", "current_silver_playlist", "sorted_at", "promoted_at", "later_at"]
CLOSED = "This week is closed. Reopen it to change it."
OTHERWISE = "This decision was sent before, with another content."


def begin(period: CurationPeriod) -> CurationPeriod:
    """Takes the period for this transaction. Raises Conflict when it is closed."""
    if not take(period):
        raise Conflict(CLOSED)
    period.refresh_from_db()
    return period


def take(period: CurationPeriod) -> bool:
    """Later decisions in this period wait for our commit. False when it is closed."""
    opened = CurationPeriod.objects.exclude(status=CurationPeriod.Status.CLOSED)
    return opened.filter(pk=period.pk).update(decided_at=timezone.now()) == 1


def repeated(
    user: User,
    client_id: uuid.UUID,
    kind: str,
    track: CurationTrack,
    to: PeriodPlaylist | None = None,
) -> Move | None:
    """Begins, or answers the move that this client id made already, even if the week is closed.

    Raises Conflict when it made another one, and for a closed week.
    """
    is_open = take(track.curation_period)
    # In another week of the DJ's the same id may be on its way: that one is through first.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if said := said_before(user, client_id, kind, track, to):
        return said
    if not is_open:
        raise Conflict(CLOSED)
    return None


def as_it_is_now(track: CurationTrack) -> CurationTrack:
    """Read inside the transaction: what the page knew may be old."""
    return CurationTrack.objects.select_related(
        "curation_period", "current_silver_playlist__user_category"
    ).get(pk=track.pk)


@transaction.atomic
def move_track(
    *,
    user: User,
    track: CurationTrack,
    to: PeriodPlaylist | None,
    client_id: uuid.UUID | None = None,
    action_id: uuid.UUID | None = None,
) -> Move:
    """Puts a track into a Silver playlist, into Trash, or (None) back into Bronze.

    A later move wins. The same `client_id` with the same target answers the same move again;
    with another one it raises Conflict, as does a closed week. A playlist of another week is
    Invalid.
    """
    if to is not None and to.curation_period_id != track.curation_period_id:
        raise Invalid("to", "That playlist belongs to another week.")
    client_id = client_id or uuid.uuid4()
    if said := repeated(user, client_id, Move.Kind.MOVE, track, to):
        return said
    to = to and to.heir()
    track = as_it_is_now(track)
    move = new_move(user, track, Move.Kind.MOVE, client_id, action_id)
    move.to_playlist = to
    left = take_out_of_golden(track)
    move.took_golden = bool(left)
    track.current_silver_playlist = to
    track.status = CurationTrack.Status.SORTED if to else CurationTrack.Status.UNSORTED
    track.sorted_at = move.created_at if to else None
    track.promoted_at = None
    track.heard_at = track.heard_at or move.created_at
    save(track)
    move.save()
    settle(track.curation_period, [move], golden=left)
    return move


@transaction.atomic
def move_tracks(
    *,
    user: User,
    period: CurationPeriod,
    chosen: QuerySet[CurationTrack],
    to: PeriodPlaylist | None,
    client_id: uuid.UUID | None = None,
    asked: str = "",
) -> list[Move]:
    """Puts many tracks of a week where one is put by `move_track`, as one action.

    What lies there already stays as it is, and nothing of it counts as heard. `asked` says in some
    words which tracks were chosen: sent again with the same words and target, the same `client_id`
    answers the same moves; else it raises Conflict, as does a closed week. All is read and written
    in a fixed number of queries, but for the log, of which 200 lines are one.
    """
    if to is not None and to.curation_period_id != period.pk:
        raise Invalid("to", "That playlist belongs to another week.")
    client_id = client_id or uuid.uuid4()
    action_id = uuid.uuid5(client_id, f"{to and to.pk}:{asked}")
    is_open = take(period)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # as in `repeated`
    if said := user.moves.filter(client_id=client_id).first():
        if said.action_id != action_id:
            raise Conflict(OTHERWISE)
        return list(of_period(period).filter(action_id=action_id).order_by("pk"))
    if not is_open:
        raise Conflict(CLOSED)
    to = to and to.heir()
    period.refresh_from_db()
    tracks = lying_elsewhere(period, chosen, to)
    if not tracks:
        return []
    golden = take_all_out_of_golden(tracks)
    log = log_of(user, tracks, to, action_id)
    for move in log:
        move.took_golden = move.curation_track_id in golden
    log[0].client_id = client_id
    Move.objects.bulk_create(log, batch_size=200)
    period.tracks.filter(pk__in=[track.pk for track in tracks]).update(
        status=CurationTrack.Status.SORTED if to else CurationTrack.Status.UNSORTED,
        current_silver_playlist=to,
        sorted_at=log[0].created_at if to else None,
        promoted_at=None,
    )
    settle(period, log, golden=set(golden.values()))
    return log


def in_words(ids: Iterable[int]) -> str:
    """Tracks chosen one by one, as `move_tracks` is told of them."""
    return f"tracks {sorted(ids)}"


def lying_elsewhere(
    period: CurationPeriod, chosen: QuerySet[CurationTrack], to: PeriodPlaylist | None
) -> list[CurationTrack]:
    """Those of the chosen that a move would change, in the order of Bronze; read now."""
    is_there = Q(current_silver_playlist=to, promoted_at=None)
    found = period.tracks.filter(~is_there, pk__in=chosen.order_by().values("pk"))
    related = found.select_related("current_silver_playlist__user_category")
    return list(related.order_by("position", "pk"))


@transaction.atomic
def put_off(*, user: User, track: CurationTrack, client_id: uuid.UUID | None = None) -> Move:
    """Sends a track to the end of Bronze."""
    client_id = client_id or uuid.uuid4()
    if said := repeated(user, client_id, Move.Kind.LATER, track):
        return said
    track = as_it_is_now(track)
    if track.status != CurationTrack.Status.UNSORTED:
        raise Conflict("Only a track that is not sorted yet can wait.")
    move = new_move(user, track, Move.Kind.LATER, client_id)
    track.later_at = move.created_at
    save(track)
    move.save()
    return move


@transaction.atomic
def undo(period: CurationPeriod) -> list[Move]:
    """Reverts the DJ's latest action in the week; the moves reverted, none when nothing is left."""
    period = begin(period)
    latest = newest(standing(period))
    if latest is None:
        return []
    return take_back(period, of_period(period).filter(action_id=latest.action_id, undone_at=None))


@transaction.atomic
def undo_action(move: Move) -> list[Move]:
    """Reverts all that was decided together with this move; none when it is undone already.

    Raises Conflict when one of the tracks was moved again since.
    """
    period = begin(move.curation_track.curation_period)
    return take_back(period, of_period(period).filter(action_id=move.action_id, undone_at=None))


@transaction.atomic
def undo_move(move: Move) -> Move:
    """Reverts one line of the log. Raises Conflict when the track was moved again since."""
    period = begin(move.curation_track.curation_period)
    take_back(period, of_period(period).filter(pk=move.pk, undone_at=None))
    move.refresh_from_db()
    return move


def trash_rest(period: CurationPeriod) -> int:
    """All that is still in Bronze goes to Trash, as one action; the caller has begun."""
    return len(trash(period, period.tracks.all(), action_id=uuid.uuid4()))


def trash(
    period: CurationPeriod,
    chosen: CurationTrackQuerySet,
    *,
    action_id: uuid.UUID,
    cause: Move.Cause = Move.Cause.DJ,
) -> list[Move]:
    """What is in Bronze of the chosen goes to Trash.

    The caller has begun, and sees to what follows from it.
    """
    found = list(chosen.unsorted().in_bronze_order())
    if not found:
        return []
    place = period.playlists.get(user_category__is_trash=True)
    log = log_of(period.user, found, place, action_id)
    for move in log:
        move.cause = cause
    Move.objects.bulk_create(log, batch_size=200)
    period.tracks.filter(pk__in=[track.pk for track in found]).update(
        status=CurationTrack.Status.SORTED,
        current_silver_playlist=place,
        sorted_at=log[0].created_at,
    )
    return log


def of_period(period: CurationPeriod) -> QuerySet[Move]:
    return Move.objects.filter(curation_track__curation_period=period)


def standing(period: CurationPeriod) -> QuerySet[Move]:
    """What the DJ decided and has not undone; what rules did on arrival is no decision."""
    return of_period(period).filter(undone_at=None).exclude(cause=Move.Cause.RULE)


def newest(log: QuerySet[Move]) -> Move | None:
    """Of a week's log. By `-pk` PostgreSQL would look for it from the end of everybody's moves."""
    return log.order_by(-F("pk")).first()


def made(period: CurationPeriod, client_id: uuid.UUID | None) -> Move | None:
    """The move with this client id; None when it never arrived."""
    return of_period(period).filter(client_id=client_id).first() if client_id else None


def said_before(
    user: User,
    client_id: uuid.UUID,
    kind: str,
    track: CurationTrack,
    to: PeriodPlaylist | None,
) -> Move | None:
    """The move that this client id made already. Raises Conflict if it was another one."""
    move = user.moves.filter(client_id=client_id).first()
    if move is None:
        return None
    is_same = move.kind == kind and move.curation_track_id == track.pk
    if is_same and (kind == Move.Kind.PROMOTE or leads_to(move, to)):
        return move
    raise Conflict(OTHERWISE)


def leads_to(move: Move, to: PeriodPlaylist | None) -> bool:
    """A merge of categories since then took the move along."""
    if to is None or move.to_playlist_id == to.pk:
        return move.to_playlist_id == (to and to.pk)
    return move.to_playlist_id == to.heir().pk


def new_move(
    user: User,
    track: CurationTrack,
    kind: str,
    client_id: uuid.UUID,
    action_id: uuid.UUID | None = None,
) -> Move:
    """A line of the log that remembers where the track is now."""
    return Move(
        user=user,
        curation_track=track,
        kind=kind,
        client_id=client_id,
        action_id=action_id or uuid.uuid4(),
        from_playlist=track.current_silver_playlist,
        was_sorted_at=track.sorted_at,
        was_later_at=track.later_at,
        was_promoted_at=track.promoted_at,
        created_at=timezone.now(),
    )


def log_of(
    user: User, tracks: Iterable[CurationTrack], to: PeriodPlaylist | None, action_id: uuid.UUID
) -> list[Move]:
    """A line for each track that goes to one playlist with the others."""
    log = [
        new_move(user, track, Move.Kind.MOVE, uuid.uuid4(), action_id=action_id) for track in tracks
    ]
    for move in log:
        move.to_playlist = to
    return log


def take_back(period: CurationPeriod, chosen: QuerySet[Move]) -> list[Move]:
    """Reverts these moves. Raises Conflict when one of their tracks was moved again since."""
    since = of_period(period).filter(
        curation_track=OuterRef("curation_track"), undone_at=None, pk__gt=OuterRef("pk")
    )
    if chosen.filter(Exists(since.exclude(pk__in=chosen.values("pk")))).exists():
        raise Conflict("This track was moved again since. Undo that first.")
    related = ["curation_track", "from_playlist__user_category", "to_playlist"]
    log = list(chosen.select_related(*related).order_by("-pk"))
    if log:
        revert(period, log)
    return log


def revert(period: CurationPeriod, log: Sequence[Move]) -> None:
    """The moves with the newest first, all that follows in a fixed number of queries."""
    tracks: dict[int, CurationTrack] = {}
    now = timezone.now()
    for move in log:
        restore(tracks.setdefault(move.curation_track_id, move.curation_track), move)
        move.undone_at = now
    put_back(tracks.values())
    Move.objects.filter(pk__in=[move.pk for move in log]).update(undone_at=now)
    if rules := {move.action_id for move in log if move.cause == Move.Cause.NEW_RULE}:
        TrashRule.objects.filter(user=period.user_id, action_id__in=rules).delete()
    settle(period, log, golden=revert_golden(log))


def put_back(tracks: Iterable[CurationTrack]) -> None:
    """Most come from Bronze with nothing to remember: they are alike, whatever their number."""
    blank = {field: None for field in PLACE if field != "status"}
    alike: list[CurationTrack] = []
    others: list[CurationTrack] = []
    for track in tracks:
        is_blank = all(getattr(track, field) is None for field in blank)
        (alike if is_blank else others).append(track)
    CurationTrack.objects.filter(pk__in=[track.pk for track in alike]).update(
        status=CurationTrack.Status.UNSORTED, **blank
    )
    CurationTrack.objects.bulk_update(others, PLACE, batch_size=200)


def restore(track: CurationTrack, move: Move) -> None:
    """To where the track was before the move."""
    is_sorted = move.from_playlist is not None
    track.current_silver_playlist = move.from_playlist
    track.status = CurationTrack.Status.SORTED if is_sorted else CurationTrack.Status.UNSORTED
    track.sorted_at = move.was_sorted_at
    track.later_at = move.was_later_at
    track.promoted_at = move.was_promoted_at


def revert_golden(log: Sequence[Move]) -> set[UserCategory]:
    """What the moves put into Golden leaves it, what they took out returns. Which changed."""
    dropped: set[tuple[int, int]] = set()
    kept: dict[tuple[int, int], datetime] = {}
    changed: set[UserCategory] = set()
    for move in log:
        if move.from_playlist is None or not (move.made_golden or move.took_golden):
            continue
        category = move.from_playlist.user_category
        place = category.pk, move.curation_track.track_id
        changed.add(category)
        if move.made_golden:
            dropped.add(place)
            kept.pop(place, None)
        if move.took_golden and move.was_promoted_at:
            kept[place] = move.was_promoted_at
    drop(dropped)
    GoldenTrack.objects.bulk_create(
        [
            GoldenTrack(user_category_id=category, track_id=track, added_at=at)
            for (category, track), at in kept.items()
        ],
        batch_size=200,
        ignore_conflicts=True,
    )
    return changed


def drop(places: Iterable[tuple[int, int]]) -> None:
    """Out of Golden; places are (category, track)."""
    tracks_of: dict[int, list[int]] = {}
    for category, track in places:
        tracks_of.setdefault(category, []).append(track)
    for category, tracks in tracks_of.items():
        GoldenTrack.objects.filter(user_category=category, track__in=tracks).delete()


def take_out_of_golden(track: CurationTrack) -> list[UserCategory]:
    """A promoted track that is moved leaves the Golden playlist that its promotion put it in."""
    if track.promoted_at is None or track.current_silver_playlist is None:
        return []
    promotion = track.moves.filter(kind=Move.Kind.PROMOTE, undone_at=None).order_by("-pk").first()
    if promotion is None or not promotion.made_golden:
        return []
    category = track.current_silver_playlist.user_category
    GoldenTrack.objects.filter(user_category=category, track=track.track_id).delete()
    return [category]


def take_all_out_of_golden(tracks: Iterable[CurationTrack]) -> dict[int, UserCategory]:
    """By id of the track: the Golden playlist that it leaves, as in `take_out_of_golden`."""
    promoted = {
        track.pk: (track.track_id, track.current_silver_playlist.user_category)
        for track in tracks
        if track.promoted_at and track.current_silver_playlist
    }
    if not promoted:
        return {}
    promotions = Move.objects.filter(
        curation_track__in=promoted, kind=Move.Kind.PROMOTE, undone_at=None
    ).order_by("pk")
    made = dict(promotions.values_list("curation_track", "made_golden"))  # the latest counts
    left = {pk: place for pk, place in promoted.items() if made.get(pk)}
    drop((category.pk, track) for track, category in left.values())
    return {pk: category for pk, (_, category) in left.items()}


def save(track: CurationTrack) -> None:
    track.save(update_fields=[*PLACE, "heard_at"])


def settle(period: CurationPeriod, log: Sequence[Move], *, golden: Iterable[UserCategory]) -> None:
    """What follows from tracks having changed their places: the mirror, the week's status."""
    ends = {playlist for move in log for playlist in (move.from_playlist, move.to_playlist)}
    touches_bronze = any(
        move.kind == Move.Kind.MOVE and None in (move.from_playlist_id, move.to_playlist_id)
        for move in log
    )
    silver = [playlist for playlist in ends if playlist]
    mirror.mark_changed(period, bronze=touches_bronze, silver=silver, golden=golden)
    if touches_bronze:
        note_whether_sorted(period)


def note_whether_sorted(period: CurationPeriod) -> None:
    """SORTED when Bronze is empty; a finished week is sent to Spotify at once."""
    is_sorted = not period.tracks.unsorted().exists() and period.tracks.exists()
    if is_sorted == (period.status == CurationPeriod.Status.SORTED):
        return
    period.status = CurationPeriod.Status.SORTED if is_sorted else CurationPeriod.Status.IN_PROGRESS
    period.sorted_at = timezone.now() if is_sorted else None
    period.save(update_fields=["status", "sorted_at"])
    if is_sorted:
        mirror.send_now(period)

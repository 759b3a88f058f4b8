import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clouder.testing import wait_until
from curation import golden, moves, periods
from curation.errors import Conflict, Invalid
from curation.models import CurationPeriod, CurationTrack, GoldenTrack, Move
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def period():
    return CurationPeriodFactory()


@pytest.fixture
def tracks(period):
    return CurationTrackFactory.create_batch(3, curation_period=period)


def move(period, track, name, **kwargs):
    to = playlist_of(period, name) if name else None
    return moves.move_track(user=period.user, track=track, to=to, **kwargs)


def places(period):
    return [
        track.current_silver_playlist and track.current_silver_playlist.user_category.name
        for track in period.tracks.order_by("position")
    ]


def rows(period):
    return list(
        period.tracks.order_by("pk").values(
            "status", "current_silver_playlist", "sorted_at", "promoted_at", "later_at"
        )
    )


def test_a_move_takes_a_track_out_of_bronze(period, tracks):
    move(period, tracks[0], "Warm Up")

    assert places(period) == ["Warm Up", None, None]
    assert list(period.tracks.unsorted()) == tracks[1:]


def test_a_second_move_wins(period, tracks):
    move(period, tracks[0], "Warm Up")
    move(period, tracks[0], "Peak Time")

    assert places(period)[0] == "Peak Time"


def test_a_stale_object_does_not_bring_back_an_old_place(period, tracks):
    stale = CurationTrack.objects.get(pk=tracks[0].pk)
    move(period, tracks[0], "Warm Up")

    log = move(period, stale, "Peak Time")

    assert log.from_playlist.user_category.name == "Warm Up"


def test_a_track_can_go_back_to_bronze(period, tracks):
    move(period, tracks[0], "Warm Up")
    move(period, tracks[0], None)

    assert places(period) == [None, None, None]


def test_silver_keeps_the_order_of_decisions(period, tracks):
    for number in (2, 0, 1):
        move(period, tracks[number], "Warm Up")

    in_order = playlist_of(period, "Warm Up").tracks.in_silver_order()

    assert list(in_order) == [tracks[2], tracks[0], tracks[1]]


def test_the_same_client_id_answers_the_same_move(period, tracks):
    client_id = uuid.uuid4()
    first = move(period, tracks[0], "Warm Up", client_id=client_id)
    repeat = move(period, tracks[0], "Warm Up", client_id=client_id)

    assert repeat == first
    assert Move.objects.count() == 1


def test_the_same_client_id_with_another_target_is_a_conflict(period, tracks):
    client_id = uuid.uuid4()
    move(period, tracks[0], "Warm Up", client_id=client_id)

    with pytest.raises(Conflict):
        move(period, tracks[0], "Peak Time", client_id=client_id)

    assert places(period)[0] == "Warm Up"


@pytest.mark.django_db(transaction=True)
def test_the_same_client_id_at_the_same_moment_in_another_week_is_a_conflict(period, tracks):
    other = CurationTrackFactory(curation_period=CurationPeriodFactory(user=period.user))
    client_id = uuid.uuid4()

    def put_off():
        try:
            moves.put_off(user=period.user, track=other, client_id=client_id)
        finally:
            connection.close()

    with ThreadPoolExecutor() as second_tab:
        with transaction.atomic():
            move(period, tracks[0], "Warm Up", client_id=client_id)
            late = second_tab.submit(put_off)
            wait_until(somebody_waits)
        with pytest.raises(Conflict):
            late.result()

    assert Move.objects.get().curation_track == tracks[0]


def somebody_waits() -> bool:
    """For a lock of ours. Where there is one writer at a time, all others wait from the start."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]


def test_the_last_track_out_of_bronze_makes_the_week_sorted(period, tracks):
    for track in tracks:
        move(period, track, "Trash")

    period.refresh_from_db()
    assert period.status == CurationPeriod.Status.SORTED
    assert period.sorted_at is not None


def test_undo_of_the_last_track_reopens_bronze(period, tracks):
    for track in tracks:
        move(period, track, "Trash")
    moves.undo(period)

    period.refresh_from_db()
    assert period.status == CurationPeriod.Status.IN_PROGRESS
    assert period.sorted_at is None


def test_later_sends_a_track_to_the_end_of_bronze(period, tracks):
    moves.put_off(user=period.user, track=tracks[0])

    assert list(period.tracks.unsorted().in_bronze_order()) == [*tracks[1:], tracks[0]]


def test_a_sorted_track_cannot_wait(period, tracks):
    move(period, tracks[0], "Warm Up")

    with pytest.raises(Conflict):
        moves.put_off(user=period.user, track=tracks[0])


def test_a_hundred_undos_restore_everything(period):
    tracks = CurationTrackFactory.create_batch(20, curation_period=period)
    before = rows(period)
    names = ["Warm Up", "Peak Time", "Trash", None, "Warm Up"]
    for round_, name in enumerate(names):
        for track in tracks:
            move(period, track, name)
            track.refresh_from_db()
            if name == "Warm Up" and round_ == 4:
                golden.promote(user=period.user, tracks=[track])

    while moves.undo(period):
        pass

    assert rows(period) == before
    assert not GoldenTrack.objects.exists()


def test_undo_has_nothing_left_at_the_start(period, tracks):
    assert moves.undo(period) == []


def test_one_line_of_the_log_can_be_undone(period, tracks):
    first = move(period, tracks[0], "Warm Up")
    move(period, tracks[1], "Peak Time")

    moves.undo_move(first)

    assert places(period) == [None, "Peak Time", None]


def test_a_line_below_a_newer_one_of_the_same_track_cannot(period, tracks):
    first = move(period, tracks[0], "Warm Up")
    move(period, tracks[0], "Peak Time")

    with pytest.raises(Conflict):
        moves.undo_move(first)


def test_undoing_a_line_twice_changes_nothing_more(period, tracks):
    first = move(period, tracks[0], "Warm Up")
    moves.undo_move(first)
    move(period, tracks[0], "Peak Time")

    moves.undo_move(first)

    assert places(period)[0] == "Peak Time"


def test_a_closed_week_takes_no_moves(period, tracks):
    periods.close_period(period, rest_to_trash=False)

    with pytest.raises(Conflict):
        move(period, tracks[0], "Warm Up")
    with pytest.raises(Conflict):
        moves.undo(period)


def test_a_playlist_of_another_week_is_refused(period, tracks):
    other = CurationPeriodFactory(user=period.user, style=period.style, week=45)

    with pytest.raises(Invalid):
        moves.move_track(user=period.user, track=tracks[0], to=playlist_of(other, "Warm Up"))


def test_a_repeat_is_answered_even_when_the_week_was_closed_since(period, tracks):
    first = move(period, tracks[0], "Warm Up")
    periods.close_period(period, rest_to_trash=False)

    assert move(period, tracks[0], "Warm Up", client_id=first.client_id) == first


def test_moving_a_promoted_track_takes_it_out_of_golden_and_undo_puts_it_back(period, tracks):
    move(period, tracks[0], "Warm Up")
    tracks[0].refresh_from_db()
    golden.promote(user=period.user, tracks=[tracks[0]])

    move(period, tracks[0], "Peak Time")
    assert not GoldenTrack.objects.exists()
    moves.undo(period)

    tracks[0].refresh_from_db()
    kept = GoldenTrack.objects.get()
    assert kept.user_category.name == "Warm Up"
    assert kept.added_at == tracks[0].promoted_at


def queries_to_undo(period, undo):
    with CaptureQueriesContext(connection) as asked:
        undo(period)
    return len(asked)


def undo_latest_action(period):
    moves.undo_action(Move.objects.filter(undone_at=None).latest("pk"))


def trash_all(size):
    period = CurationPeriodFactory()
    CurationTrackFactory.create_batch(size, curation_period=period)
    moves.trash_rest(period)
    return period


def promote_all(size):
    period = CurationPeriodFactory()
    rows = CurationTrackFactory.create_batch(size, curation_period=period)
    for row in rows:
        move(period, row, "Warm Up")
    golden.promote(user=period.user, tracks=rows)
    return period


@pytest.mark.parametrize("undo", [moves.undo, undo_latest_action])
@pytest.mark.parametrize("decide", [trash_all, promote_all])
def test_undoing_thirty_moves_needs_as_many_queries_as_three(decide, undo):
    few, many = (queries_to_undo(decide(size), undo) for size in (3, 30))

    assert few == many
    assert not GoldenTrack.objects.exists()


def test_an_action_of_which_one_track_was_moved_again_is_not_undone(period, tracks):
    moves.trash_rest(period)
    log = Move.objects.latest("pk")
    move(period, tracks[0], "Warm Up")

    with pytest.raises(Conflict):
        moves.undo_action(log)

    assert places(period) == ["Warm Up", "Trash", "Trash"]


def test_undoing_a_promotion_leaves_the_same_track_golden_in_another_category(period, tracks):
    for row, name in zip(tracks, ["Warm Up", "Peak Time"], strict=False):
        golden.move_and_promote(user=period.user, track=row, to=playlist_of(period, name))
    peak = GoldenTrack.objects.get(user_category__name="Peak Time")
    GoldenTrack.objects.create(
        user_category=peak.user_category, track=tracks[0].track, added_at=peak.added_at
    )

    moves.undo_action(Move.objects.filter(curation_track=tracks[0]).latest("pk"))

    assert set(GoldenTrack.objects.values_list("user_category__name", "track")) == {
        ("Peak Time", tracks[0].track_id),
        ("Peak Time", tracks[1].track_id),
    }

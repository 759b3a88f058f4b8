"""Many tracks moved at once: `moves.move_tracks`."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curation import golden, moves, periods
from curation.errors import Conflict, Invalid
from curation.models import CurationPeriod, CurationTrack, GoldenTrack, MirroredPlaylist, Move
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
    return CurationTrackFactory.create_batch(4, curation_period=period)


def move_all(period, tracks, name, **kwargs):
    chosen = CurationTrack.objects.filter(pk__in=[track.pk for track in tracks])
    to = playlist_of(period, name) if name else None
    return moves.move_tracks(user=period.user, period=period, chosen=chosen, to=to, **kwargs)


def move(period, track, name):
    return moves.move_track(user=period.user, track=track, to=playlist_of(period, name))


def places(period):
    named = period.tracks.order_by("position").values_list(
        "current_silver_playlist__user_category__name", flat=True
    )
    return list(named)


def rows(period):
    return list(period.tracks.order_by("pk").values(*moves.PLACE, "heard_at"))


def test_many_tracks_are_one_action(period, tracks):
    log = move_all(period, tracks[:3], "Trash")

    assert places(period) == ["Trash", "Trash", "Trash", None]
    assert len({line.action_id for line in log}) == 1
    assert not period.tracks.filter(heard_at__isnull=False).exists()


def test_one_undo_restores_them_all(period, tracks):
    move(period, tracks[0], "Warm Up")
    golden.promote(user=period.user, tracks=[tracks[0]])
    move(period, tracks[1], "Peak Time")
    before, kept = rows(period), list(GoldenTrack.objects.values("user_category", "track"))

    move_all(period, tracks, "Trash")
    assert places(period) == ["Trash"] * 4
    assert not GoldenTrack.objects.exists()
    moves.undo(period)

    assert rows(period) == before
    assert list(GoldenTrack.objects.values("user_category", "track")) == kept


def test_what_was_in_golden_before_its_promotion_stays_there(period, tracks):
    category = playlist_of(period, "Warm Up").user_category
    GoldenTrack.objects.create(
        user_category=category, track=tracks[0].track, added_at=period.created_at
    )
    move(period, tracks[0], "Warm Up")
    golden.promote(user=period.user, tracks=[tracks[0]])

    log = move_all(period, tracks[:1], "Peak Time")

    assert not log[0].took_golden
    assert GoldenTrack.objects.filter(user_category=category).exists()


def test_all_can_go_back_to_bronze(period, tracks):
    move_all(period, tracks, "Warm Up")
    period.refresh_from_db()
    assert period.status == CurationPeriod.Status.SORTED

    move_all(period, tracks[1:], None)

    period.refresh_from_db()
    assert places(period) == ["Warm Up", None, None, None]
    assert period.status == CurationPeriod.Status.IN_PROGRESS


def test_what_lies_there_already_is_left_alone(period, tracks):
    first = move(period, tracks[0], "Warm Up")

    log = move_all(period, tracks[:2], "Warm Up")

    assert [line.curation_track_id for line in log] == [tracks[1].pk]
    assert period.tracks.get(pk=tracks[0].pk).sorted_at == first.created_at
    assert move_all(period, tracks[:2], "Warm Up") == []


def test_the_same_decision_sent_twice_is_one(period, tracks):
    client_id = uuid.uuid4()
    first = move_all(period, tracks[:2], "Warm Up", client_id=client_id, asked="two")
    move(period, tracks[0], "Trash")

    again = move_all(period, tracks[:2], "Warm Up", client_id=client_id, asked="two")

    assert again == first
    assert places(period) == ["Trash", "Warm Up", None, None]


def test_a_repeat_is_answered_even_when_the_week_is_closed(period, tracks):
    client_id = uuid.uuid4()
    first = move_all(period, tracks[:2], "Warm Up", client_id=client_id)
    periods.close_period(period, rest_to_trash=False)

    assert move_all(period, tracks[:2], "Warm Up", client_id=client_id) == first


@pytest.mark.parametrize(("name", "asked"), [("Peak Time", "two"), ("Warm Up", "three")])
def test_the_same_client_id_with_another_content_is_refused(period, tracks, name, asked):
    client_id = uuid.uuid4()
    move_all(period, tracks[:2], "Warm Up", client_id=client_id, asked="two")

    with pytest.raises(Conflict):
        move_all(period, tracks, name, client_id=client_id, asked=asked)

    assert places(period) == ["Warm Up", "Warm Up", None, None]


def test_a_closed_week_is_refused(period, tracks):
    periods.close_period(period, rest_to_trash=False)

    with pytest.raises(Conflict):
        move_all(period, tracks, "Warm Up")

    assert not Move.objects.exists()


def test_a_playlist_of_another_week_is_refused(period, tracks):
    other = CurationPeriodFactory(user=period.user, style=period.style, week=47)

    with pytest.raises(Invalid):
        moves.move_tracks(
            user=period.user,
            period=period,
            chosen=period.tracks.all(),
            to=playlist_of(other, "Warm Up"),
        )


def test_tracks_of_another_week_stay_where_they_are(period, tracks):
    theirs = CurationTrackFactory()

    move_all(period, [*tracks, theirs], "Trash")

    assert places(theirs.curation_period) == [None]


def test_undo_is_refused_when_one_was_moved_since(period, tracks):
    log = move_all(period, tracks, "Trash")
    move(period, tracks[2], "Warm Up")

    with pytest.raises(Conflict):
        moves.undo_action(log[0])

    assert places(period) == ["Trash", "Trash", "Warm Up", "Trash"]


def test_the_playlists_left_and_entered_wait_once_each(period, tracks):
    move(period, tracks[0], "Warm Up")
    MirroredPlaylist.objects.update(wanted=0, sent=0, changes=0)

    move_all(period, tracks, "Peak Time")

    waiting = MirroredPlaylist.objects.waiting()
    names = {str(one.period_playlist or one.layer) for one in waiting}
    assert names == {"bronze", "Warm Up", "Peak Time"}
    assert {one.changes for one in waiting} == {1}


def test_moving_thirty_asks_as_often_as_moving_three(period):
    few = CurationTrackFactory.create_batch(3, curation_period=period)
    many = CurationTrackFactory.create_batch(30, curation_period=period)
    move_all(period, few, "Warm Up")
    with CaptureQueriesContext(connection) as for_few:
        move_all(period, few, "Trash")
    move_all(period, many, "Warm Up")

    with CaptureQueriesContext(connection) as for_many:
        move_all(period, many, "Trash")

    assert len(for_many) <= len(for_few)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_leave_no_track_in_two_places(period, tracks):
    def move_in_a_tab(name):
        try:
            return move_all(period, tracks, name)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as tabs:
        logs = list(tabs.map(move_in_a_tab, ["Warm Up", "Trash"]))

    assert places(period) in (["Warm Up"] * 4, ["Trash"] * 4)
    assert [len(log) for log in logs] == [4, 4]
    moves.undo(period)
    moves.undo(period)
    assert places(period) == [None] * 4

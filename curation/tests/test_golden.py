import pytest

from curation import golden, moves, periods
from curation.errors import Conflict
from curation.models import GoldenTrack, Move
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def period():
    return CurationPeriodFactory()


def silver(period, count, name="Warm Up"):
    tracks = CurationTrackFactory.create_batch(count, curation_period=period)
    for track in tracks:
        moves.move_track(user=period.user, track=track, to=playlist_of(period, name))
        track.refresh_from_db()
    return tracks


def test_promoted_tracks_are_golden_in_the_order_they_were_chosen(period):
    tracks = silver(period, 3)
    chosen = [tracks[2], tracks[0], tracks[1]]

    golden.promote(user=period.user, tracks=chosen)

    kept = GoldenTrack.objects.order_by("added_at")
    assert [one.track for one in kept] == [track.track for track in chosen]


def test_the_silver_playlist_of_a_promoted_track_stays_as_history(period):
    [track] = silver(period, 1)

    golden.promote(user=period.user, tracks=[track])

    track.refresh_from_db()
    assert track.current_silver_playlist == playlist_of(period, "Warm Up")
    assert track.promoted_at is not None


def test_promoting_twice_changes_nothing_more(period):
    tracks = silver(period, 2)
    golden.promote(user=period.user, tracks=tracks)

    assert golden.promote(user=period.user, tracks=tracks) == []
    assert GoldenTrack.objects.count() == 2


def test_nothing_is_promoted_from_trash(period):
    tracks = silver(period, 1, "Trash")

    with pytest.raises(Conflict):
        golden.promote(user=period.user, tracks=tracks)


def test_nothing_is_promoted_from_bronze(period):
    track = CurationTrackFactory(curation_period=period)

    with pytest.raises(Conflict):
        golden.promote(user=period.user, tracks=[track])


def test_one_undo_takes_back_all_that_one_button_promoted(period):
    tracks = silver(period, 3)
    golden.promote(user=period.user, tracks=tracks)

    moves.undo(period)

    assert not GoldenTrack.objects.exists()
    assert not period.tracks.filter(promoted_at__isnull=False).exists()


def test_straight_to_golden_is_one_action(period):
    track = CurationTrackFactory(curation_period=period)

    golden.move_and_promote(user=period.user, track=track, to=playlist_of(period, "Warm Up"))
    assert GoldenTrack.objects.count() == 1
    moves.undo(period)

    track.refresh_from_db()
    assert track.status == "UNSORTED"
    assert not GoldenTrack.objects.exists()


def test_straight_to_golden_sent_twice_happens_once(period):
    track = CurationTrackFactory(curation_period=period)
    to = playlist_of(period, "Warm Up")
    first = golden.move_and_promote(user=period.user, track=track, to=to)

    golden.move_and_promote(user=period.user, track=track, to=to, client_id=first.client_id)

    assert Move.objects.count() == 2


def test_a_promotion_can_be_taken_back(period):
    [track] = silver(period, 1)
    golden.promote(user=period.user, tracks=[track])

    golden.demote(track_again(track))

    assert not GoldenTrack.objects.exists()
    assert track_again(track).promoted_at is None


def test_undoing_a_second_promotion_leaves_what_another_week_made_golden(period):
    [track] = silver(period, 1)
    golden.promote(user=period.user, tracks=[track])
    other = CurationPeriodFactory(user=period.user, style=period.style, week=45)
    again = CurationTrackFactory(curation_period=other, track=track.track)
    moves.move_track(user=period.user, track=again, to=playlist_of(other, "Warm Up"))
    golden.promote(user=period.user, tracks=[track_again(again)])

    moves.undo(other)

    assert GoldenTrack.objects.count() == 1


def test_removing_from_golden_returns_the_track_to_silver_of_an_open_week(period):
    [track] = silver(period, 1)
    golden.promote(user=period.user, tracks=[track])

    golden.remove(GoldenTrack.objects.get())

    assert track_again(track).promoted_at is None
    assert not GoldenTrack.objects.exists()


def test_removing_from_golden_leaves_a_closed_week_alone(period):
    [track] = silver(period, 1)
    golden.promote(user=period.user, tracks=[track])
    periods.close_period(period, rest_to_trash=False)

    golden.remove(GoldenTrack.objects.get())

    assert track_again(track).promoted_at is not None


def track_again(track):
    return type(track).objects.get(pk=track.pk)


def test_a_removal_taken_back_has_its_old_place_and_is_promoted_again(period):
    first, second = silver(period, 2)
    golden.promote(user=period.user, tracks=[first, second])
    kept = GoldenTrack.objects.get(track=first.track)
    added_at = kept.added_at

    promoted = golden.remove(kept)
    golden.put_back(
        category=kept.user_category,
        track_id=first.track_id,
        added_at=added_at,
        promoted=promoted,
    )

    in_order = GoldenTrack.objects.order_by("added_at").values_list("track", flat=True)
    assert list(in_order) == [first.track_id, second.track_id]
    first.refresh_from_db()
    assert first.promoted_at is not None


def test_a_removal_taken_back_after_the_week_was_closed_is_golden_only(period):
    [track] = silver(period, 1)
    golden.promote(user=period.user, tracks=[track])
    kept = GoldenTrack.objects.get()
    promoted = golden.remove(kept)
    periods.close_period(period, rest_to_trash=False)

    golden.put_back(
        category=kept.user_category,
        track_id=track.track_id,
        added_at=kept.added_at,
        promoted=promoted,
    )

    assert GoldenTrack.objects.get().track == track.track
    track.refresh_from_db()
    assert track.promoted_at is None

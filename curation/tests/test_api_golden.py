import pytest

from catalog.tests.factories import matched_track
from curation import golden, moves, periods
from curation.models import GoldenTrack
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(dj):
    return CurationPeriodFactory(user=dj)


@pytest.fixture
def category(period):
    return playlist_of(period, "Warm Up").user_category


def keep(period, number):
    row = CurationTrackFactory(curation_period=period, track=matched_track(number))
    moves.move_track(user=period.user, track=row, to=playlist_of(period, "Warm Up"))
    golden.promote(user=period.user, tracks=[row])
    return row


def test_the_newest_comes_first_with_the_week_it_came_from(api, period, category):
    first, second = keep(period, 1), keep(period, 2)

    listed = api.get(f"golden/{category.pk}/tracks").json()

    assert listed["count"] == 2
    assert [one["track"]["id"] for one in listed["items"]] == [second.track_id, first.track_id]
    assert listed["items"][0]["period_id"] == period.pk
    assert listed["items"][0]["track"]["spotify_uri"] == f"spotify:track:{2:022d}"


def test_the_list_is_read_in_parts(api, period, category):
    rows = [keep(period, number) for number in range(3)]

    listed = api.get(f"golden/{category.pk}/tracks", limit=1, offset=1).json()

    assert [one["track"]["id"] for one in listed["items"]] == [rows[1].track_id]
    assert listed["count"] == 3


def test_a_removed_track_returns_to_silver(api, period, category):
    row = keep(period, 1)

    answer = api.delete(f"golden/{category.pk}/tracks/{row.track_id}")
    again = api.delete(f"golden/{category.pk}/tracks/{row.track_id}")

    row.refresh_from_db()
    assert (answer.status_code, again.status_code) == (204, 404)
    assert row.promoted_at is None
    assert row.current_silver_playlist == playlist_of(period, "Warm Up")
    assert not GoldenTrack.objects.exists()


def test_a_track_of_a_closed_week_can_be_removed(api, period, category):
    row = keep(period, 1)
    periods.close_period(period, rest_to_trash=False)

    assert api.delete(f"golden/{category.pk}/tracks/{row.track_id}").status_code == 204


def test_trash_and_the_golden_of_another_dj_are_not_there(api, period):
    trash = playlist_of(period, "Trash").user_category
    theirs = CurationPeriodFactory()
    row = keep(theirs, 1)
    category = playlist_of(theirs, "Warm Up").user_category

    assert api.get(f"golden/{trash.pk}/tracks").status_code == 404
    assert api.get(f"golden/{category.pk}/tracks").status_code == 404
    assert api.delete(f"golden/{category.pk}/tracks/{row.track_id}").status_code == 404
    assert GoldenTrack.objects.exists()


def test_the_list_asks_as_often_for_thirty_as_for_three(
    api, period, category, django_assert_max_num_queries
):
    for number in range(3):
        keep(period, number)
    api.get(f"golden/{category.pk}/tracks")
    with django_assert_max_num_queries(12) as few:
        api.get(f"golden/{category.pk}/tracks")
    for number in range(3, 30):
        keep(period, number)
    with django_assert_max_num_queries(len(few)):
        api.get(f"golden/{category.pk}/tracks")

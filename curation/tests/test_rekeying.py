from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Track
from catalog.tests.factories import GenreFactory, TrackFactory
from curation import moves, periods
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def period():
    period = CurationPeriodFactory()
    period.style.genres.add(GenreFactory(beatport_id=6))
    return period


def bring(period, *keys):
    genre = GenreFactory(beatport_id=6)
    for key in keys:
        track = TrackFactory(genre=genre, published_on=date(2026, 11, 9), recording_key=key)
        CurationTrackFactory(curation_period=period, track=track)
    return list(period.tracks.order_by("pk"))


def correct(row, key):
    """Beatport corrects the track, and a fetch registers it."""
    Track.objects.filter(pk=row.track_id).update(recording_key=key, updated_at=timezone.now())


def keys(period):
    return list(period.tracks.order_by("pk").values_list("recording_key", flat=True))


def sort(row, name):
    to = playlist_of(row.curation_period, name)
    moves.move_track(user=row.curation_period.user, track=row, to=to)


def test_a_corrected_track_keeps_its_row(period):
    [row] = bring(period, "a")
    correct(row, "b")

    assert periods.bring_tracks(period) == 0
    assert keys(period) == ["b"]


def test_the_sweep_follows_a_corrected_track(period):
    [row] = bring(period, "a")
    correct(row, "b")

    assert periods.sweep() == 0
    assert keys(period) == ["b"]


def test_the_row_already_sorted_wins(period):
    _, second = bring(period, "a", "b")
    sort(second, "Warm Up")
    correct(second, "a")

    periods.bring_tracks(period)

    assert period.tracks.get() == second
    assert keys(period) == ["a"]
    period.refresh_from_db()
    assert period.status == "SORTED"


def test_of_two_unsorted_rows_the_one_that_has_the_key_stays(period):
    first, second = bring(period, "a", "b")
    correct(first, "b")

    periods.bring_tracks(period)

    assert period.tracks.get() == second


def test_two_sorted_rows_both_stay(period):
    rows = bring(period, "a", "b")
    for row in rows:
        sort(row, "Warm Up")
    correct(rows[1], "a")

    for _ in range(2):
        periods.bring_tracks(period)
        assert keys(period) == ["a", f"row:{rows[1].pk}"]


def test_keys_may_be_exchanged(period):
    first, second = bring(period, "a", "b")
    correct(first, "b")
    correct(second, "a")

    periods.bring_tracks(period)

    assert keys(period) == ["b", "a"]


def test_thirty_corrections_need_as_many_queries_as_three(period):
    def queries(rows):
        for row in rows:
            correct(row, f"new {row.pk}")
        with CaptureQueriesContext(connection) as asked:
            periods.bring_tracks(period)
        return len(asked)

    rows = bring(period, *[f"key {number}" for number in range(33)])

    assert queries(rows[:3]) == queries(rows[3:])

from datetime import UTC, datetime

import pytest

from accounts.tests.factories import UserFactory
from catalog.tests.factories import TrackFactory
from curation import golden, memory, moves
from curation.models import CurationTrack, GoldenTrack
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db
SEPTEMBER = datetime(2026, 9, 12, 18, tzinfo=UTC)


@pytest.fixture
def style():
    return StyleFactory(name="Day Techno")


@pytest.fixture
def period(style):
    return CurationPeriodFactory(style=style, week=46)


@pytest.fixture
def track():
    return TrackFactory()


def week_37(period, **fields):
    fields = {"user": period.user, "style": period.style, "week": 37} | fields
    return CurationPeriodFactory(**fields)


def sort(period, track, name, *, at=SEPTEMBER):
    """The same recording as `track`, met in that week under another id."""
    met = TrackFactory(recording_key=track.recording_key)
    row = CurationTrackFactory(curation_period=period, track=met)
    moves.move_track(user=period.user, track=row, to=playlist_of(period, name))
    CurationTrack.objects.filter(pk=row.pk).update(sorted_at=at)
    row.refresh_from_db()
    return row


def recalled(period, track):
    return memory.recall(period, [track]).get(track.recording_key)


def test_tells_where_it_was_put_and_offers_it_again(period, track):
    sort(week_37(period), track, "Peak Time")

    found = recalled(period, track)

    assert found.sentence == "You put this into Peak Time on 12 Sep, week 37"
    assert found.short == "Peak Time, 12 Sep"
    assert found.again == playlist_of(period, "Peak Time").pk


def test_tells_that_it_was_trashed(period, track):
    sort(week_37(period), track, "Trash")

    found = recalled(period, track)

    assert found.sentence == "You trashed this on 12 Sep, week 37"
    assert found.again == playlist_of(period, "Trash").pk


def test_another_style_is_named_and_its_category_found_here_by_name(period, track):
    house = StyleFactory(name="Night House")
    sort(week_37(period, style=house, categories=["peak time"]), track, "peak time")

    found = recalled(period, track)

    assert found.sentence == "You put this into peak time of Night House on 12 Sep, week 37"
    assert found.again == playlist_of(period, "Peak Time").pk


def test_the_trash_of_another_style_is_the_trash_here(period, track):
    sort(week_37(period, style=StyleFactory(name="Night House")), track, "Trash")

    found = recalled(period, track)

    assert found.sentence == "You trashed this in Night House on 12 Sep, week 37"
    assert found.again == playlist_of(period, "Trash").pk


def test_a_category_that_is_not_here_is_told_but_not_offered(period, track):
    sort(
        week_37(period, style=StyleFactory(name="Night House"), categories=["Deep"]), track, "Deep"
    )

    found = recalled(period, track)

    assert found.sentence == "You put this into Deep of Night House on 12 Sep, week 37"
    assert found.again is None


def test_another_year_is_named(period, track):
    at = datetime(2024, 9, 12, tzinfo=UTC)
    sort(week_37(period, year=2024), track, "Trash", at=at)

    assert recalled(period, track).sentence == "You trashed this on 12 Sep 2024, week 37 of 2024"


def test_the_last_time_counts(period, track):
    sort(week_37(period), track, "Trash")
    sort(week_37(period, week=38), track, "Warm Up", at=SEPTEMBER.replace(day=20))

    assert recalled(period, track).sentence == "You put this into Warm Up on 20 Sep, week 38"


def test_golden_counts_more_than_any_week(period, track):
    row = sort(week_37(period), track, "Warm Up")
    golden.promote(user=period.user, tracks=[row])
    GoldenTrack.objects.update(added_at=SEPTEMBER)
    sort(week_37(period, week=38), track, "Trash")

    found = recalled(period, track)

    assert found.sentence == "In Golden Warm Up since 12 Sep"
    assert found.short == "Golden Warm Up, 12 Sep"
    assert found.again == playlist_of(period, "Warm Up").pk


def test_what_was_taken_back_or_never_sorted_is_no_memory(period, track):
    row = sort(week_37(period), track, "Warm Up")
    moves.undo(row.curation_period)

    assert recalled(period, track) is None


def test_the_week_itself_is_no_memory(period, track):
    sort(period, track, "Warm Up")

    assert recalled(period, track) is None


def test_what_others_did_is_nobodys_business(period, track):
    other = UserFactory()
    row = sort(week_37(period, user=other), track, "Warm Up")
    golden.promote(user=other, tracks=[row])

    assert recalled(period, track) is None


def test_many_recordings_take_as_many_queries_as_one(period, django_assert_num_queries):
    tracks = TrackFactory.create_batch(20)
    golden.promote(user=period.user, tracks=[sort(week_37(period), tracks[0], "Warm Up")])
    earlier = week_37(period, week=38)
    for track in tracks:
        sort(earlier, track, "Trash")

    with django_assert_num_queries(3):
        assert len(memory.recall(period, tracks)) == 20

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from curation import pace
from curation.models import Move
from curation.tests.factories import CurationTrackFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)


def log(track, *, count, seconds, start=MONDAY, action_id=None):
    """`count` moves, `seconds` apart."""
    Move.objects.bulk_create(
        Move(
            user=track.curation_period.user,
            curation_track=track,
            kind=Move.Kind.MOVE,
            client_id=uuid.uuid4(),
            action_id=action_id or uuid.uuid4(),
            created_at=start + timedelta(seconds=seconds * number),
        )
        for number in range(count)
    )


@pytest.fixture
def track():
    return CurationTrackFactory()


def test_the_pace_is_the_mean_gap_between_decisions(track):
    log(track, count=30, seconds=12)

    assert pace.per_track(track.curation_period.user) == timedelta(seconds=12)


def test_a_break_is_no_listening(track):
    log(track, count=15, seconds=10)
    log(track, count=15, seconds=10, start=MONDAY + timedelta(hours=2))

    assert pace.per_track(track.curation_period.user) == timedelta(seconds=10)


def test_a_few_decisions_say_nothing(track):
    log(track, count=10, seconds=10)

    assert pace.per_track(track.curation_period.user) is None


def test_tracks_moved_by_one_button_do_not_count(track):
    log(track, count=30, seconds=8)
    log(track, count=50, seconds=0, start=MONDAY + timedelta(hours=1), action_id=uuid.uuid4())

    assert pace.per_track(track.curation_period.user) == timedelta(seconds=8)


def test_needed_time_grows_with_the_tracks():
    assert pace.needed(timedelta(seconds=10), 6) == timedelta(minutes=1)
    assert pace.needed(None, 6) is None
    assert pace.needed(timedelta(seconds=10), 0) is None

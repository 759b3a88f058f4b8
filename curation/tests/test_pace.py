import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from curation import pace
from curation.models import Move
from curation.tests.factories import CurationTrackFactory, playlist_of

MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)


def lately() -> datetime:
    return timezone.now() - timedelta(days=2)


def log(track, *, count, seconds, start=None, action_id=None, **fields):
    """`count` moves, `seconds` apart."""
    start = start or lately()
    Move.objects.bulk_create(
        Move(
            user=track.curation_period.user,
            curation_track=track,
            kind=Move.Kind.MOVE,
            client_id=uuid.uuid4(),
            action_id=action_id or uuid.uuid4(),
            created_at=start + timedelta(seconds=seconds * number),
            **fields,
        )
        for number in range(count)
    )


@pytest.fixture
def track():
    return CurationTrackFactory()


# Arithmetic


def at(*seconds):
    """Decisions so many seconds after a moment, each an action of its own."""
    return [(MONDAY + timedelta(seconds=second), uuid.uuid4()) for second in seconds]


EVERY_8 = [8 * number for number in range(20)]


@pytest.mark.parametrize(
    ("seconds", "mean"),
    [
        ([], None),
        ([0], None),
        (EVERY_8[:-1], None),  # 19 decisions
        (EVERY_8, 8.0),
        ([*EVERY_8, 152 + 120], (152 + 120) / 20),  # two minutes are still listening
        ([*EVERY_8, 152 + 121], 8.0),  # a break
        ([*EVERY_8, *(10_000 + second for second in EVERY_8)], 8.0),  # two evenings
        ([4 * second for second in EVERY_8], 32.0),
        ([0] * 20, 0.0),  # a script
        ([1000 * second for second in EVERY_8], None),  # breaks only
    ],
)
def test_the_mean_of_decisions(seconds, mean):
    expected = None if mean is None else timedelta(seconds=mean)

    assert pace.mean(at(*seconds)) == expected


def test_what_one_button_decides_is_one_decision():
    one = uuid.uuid4()
    bulk = [(MONDAY + timedelta(seconds=160), one) for _ in range(500)]

    assert pace.mean([*at(*EVERY_8), *bulk]) == timedelta(seconds=8)
    assert pace.mean(bulk) is None


@pytest.mark.parametrize(
    ("seconds", "tracks", "needed"),
    [(8, 375, 50 * 60), (10, 6, 60), (None, 6, None), (10, 0, None)],
)
def test_needed_time_grows_with_the_tracks(seconds, tracks, needed):
    per_track = None if seconds is None else timedelta(seconds=seconds)

    found = pace.needed(per_track, tracks)

    assert found == (None if needed is None else timedelta(seconds=needed))


# The log


@pytest.mark.django_db
def test_the_pace_is_the_mean_gap_between_decisions(track):
    log(track, count=30, seconds=12)

    assert pace.per_track(track.curation_period.user) == timedelta(seconds=12)


@pytest.mark.django_db
def test_a_break_is_no_listening(track):
    log(track, count=15, seconds=10)
    log(track, count=15, seconds=10, start=lately() + timedelta(hours=2))

    assert pace.per_track(track.curation_period.user) == timedelta(seconds=10)


@pytest.mark.django_db
def test_a_few_decisions_say_nothing(track):
    log(track, count=10, seconds=10)

    assert pace.per_track(track.curation_period.user) is None


@pytest.mark.django_db
def test_tracks_moved_by_one_button_do_not_count(track):
    log(track, count=30, seconds=8)
    log(track, count=50, seconds=0, start=lately() + timedelta(hours=1), action_id=uuid.uuid4())

    assert pace.per_track(track.curation_period.user) == timedelta(seconds=8)


@pytest.mark.django_db
def test_only_the_last_weeks_count(track):
    log(track, count=30, seconds=10, start=timezone.now() - timedelta(weeks=9))

    assert pace.per_track(track.curation_period.user) is None


@pytest.mark.django_db
def test_filing_anew_in_the_review_and_promoting_are_no_listening(track):
    silver = playlist_of(track.curation_period, "Warm Up")
    log(track, count=30, seconds=8)
    later = {"start": lately() + timedelta(hours=1), "count": 30, "seconds": 1}
    log(track, **later, from_playlist=silver)

    assert pace.per_track(track.curation_period.user) == timedelta(seconds=8)
    assert pace.at_desk(track.curation_period) == timedelta(seconds=8 * 29)

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tests.factories import UserFactory
from catalog.models import Track
from catalog.tests.factories import GenreFactory, TrackFactory
from curation import golden, moves, periods
from curation.errors import Conflict, Invalid
from curation.models import CurationPeriod, CurationTrack, GoldenTrack, MirroredPlaylist
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)
from ingestion.models import IngestRun

pytestmark = pytest.mark.django_db
MONDAY, SUNDAY = date(2026, 11, 9), date(2026, 11, 15)


@pytest.fixture
def genre():
    return GenreFactory()


@pytest.fixture
def style(genre):
    style = StyleFactory()
    style.genres.add(genre)
    return style


@pytest.fixture
def user():
    return UserFactory()


def titles(period):
    return [row.track.title for row in period.tracks.order_by("position")]


def open_week_46(user, style):
    return periods.open_period(user=user, style=style, year=2026, week=46)


def test_opening_a_week_asks_for_its_music_and_brings_what_is_there(user, style, genre):
    TrackFactory(genre=genre, published_on=MONDAY, title="On Monday")
    TrackFactory(genre=genre, published_on=SUNDAY, title="On Sunday")
    TrackFactory(genre=genre, published_on=SUNDAY + timedelta(days=1), title="Next week")
    TrackFactory(published_on=MONDAY, title="Another genre")

    period = open_week_46(user, style)

    assert titles(period) == ["On Monday", "On Sunday"]
    run = IngestRun.objects.get()
    assert (run.genre, run.year, run.week, run.status) == (genre, 2026, 46, "queued")


def test_opening_twice_opens_one_week(user, style, genre):
    TrackFactory(genre=genre, published_on=MONDAY)

    assert open_week_46(user, style) == open_week_46(user, style)
    assert CurationPeriod.objects.get().tracks.count() == 1
    assert IngestRun.objects.count() == 1


@pytest.mark.parametrize(("year", "week"), [(2025, 53), (2026, 0), (2090, 1), (1999, 1)])
def test_a_week_that_does_not_exist_or_has_not_begun_is_refused(user, style, year, week):
    with pytest.raises(Invalid):
        periods.open_period(user=user, style=style, year=year, week=week)


def test_a_recording_is_shown_once_per_week(user, style, genre):
    first = TrackFactory(genre=genre, published_on=MONDAY, recording_key="same")
    TrackFactory(genre=genre, published_on=SUNDAY, recording_key="same")

    period = open_week_46(user, style)

    assert [row.track for row in period.tracks.all()] == [first]


def test_releases_stay_together_in_bronze(user, style, genre):
    a1 = TrackFactory(genre=genre, published_on=MONDAY)
    b1 = TrackFactory(genre=genre, published_on=MONDAY)
    a2 = TrackFactory(genre=genre, published_on=MONDAY, release=a1.release)

    period = open_week_46(user, style)

    assert [row.track for row in period.tracks.order_by("position")] == [a1, a2, b1]


def kept_track(user, genre):
    period = CurationPeriodFactory(user=user)
    track = TrackFactory(genre=genre, published_on=MONDAY)
    row = CurationTrackFactory(curation_period=period, track=track)
    golden.move_and_promote(user=user, track=row, to=playlist_of(period, "Warm Up"))
    return track


def test_what_is_golden_already_is_left_out(user, style, genre):
    kept_track(user, genre)

    assert open_week_46(user, style).tracks.count() == 0


def test_unless_the_dj_wants_to_hear_it_again(user, style, genre):
    kept_track(user, genre)
    user.preferences.leaves_out_golden = False
    user.preferences.save()

    assert open_week_46(user, style).tracks.count() == 1


def complete(genre):
    IngestRun.objects.update(status=IngestRun.Status.COMPLETE, finished_at=timezone.now())


def test_tracks_that_come_while_the_week_is_fetched_are_not_late(user, style, genre):
    period = open_week_46(user, style)
    TrackFactory(genre=genre, published_on=MONDAY)

    periods.sweep()

    assert not period.tracks.get().is_late


def test_tracks_that_come_after_that_are_late_and_reopen_a_sorted_week(user, style, genre):
    TrackFactory(genre=genre, published_on=MONDAY)
    period = open_week_46(user, style)
    complete(genre)
    periods.sweep()
    moves.move_track(user=user, track=period.tracks.get(), to=playlist_of(period, "Trash"))
    TrackFactory(genre=genre, published_on=MONDAY)

    assert periods.sweep() == 1

    period.refresh_from_db()
    assert period.tracks.unsorted().get().is_late
    assert (period.status, period.late_tracks) == ("IN_PROGRESS", 1)


def test_a_track_whose_date_is_corrected_later_joins_its_week(user, style, genre):
    track = TrackFactory(genre=genre, published_on=SUNDAY + timedelta(days=1))
    Track.objects.update(created_at=timezone.now() - timedelta(days=1))
    period = open_week_46(user, style)
    track.published_on = SUNDAY
    track.save(update_fields=["published_on", "updated_at"])

    assert periods.sweep() == 1
    assert period.tracks.get().track == track


def test_a_closed_week_counts_what_waits_and_takes_it_when_it_is_reopened(user, style, genre):
    period = open_week_46(user, style)
    complete(genre)
    periods.sweep()
    periods.close_period(period, rest_to_trash=False)
    TrackFactory(genre=genre, published_on=MONDAY)

    periods.sweep()
    period.refresh_from_db()
    assert (period.tracks.count(), period.late_tracks) == (0, 1)

    periods.reopen_period(period)
    assert period.tracks.count() == 1


def test_a_second_sweep_changes_nothing_more(user, style, genre):
    TrackFactory.create_batch(3, genre=genre, published_on=MONDAY)
    period = open_week_46(user, style)
    wanted = list(MirroredPlaylist.objects.order_by("pk").values_list("wanted", flat=True))

    assert periods.sweep() == 0
    assert period.tracks.count() == 3
    assert wanted == list(MirroredPlaylist.objects.order_by("pk").values_list("wanted", flat=True))


def test_closing_sends_the_rest_to_trash_and_reopening_keeps_all_decisions(user, style, genre):
    TrackFactory.create_batch(3, genre=genre, published_on=MONDAY)
    period = open_week_46(user, style)

    periods.close_period(period, rest_to_trash=True)

    period.refresh_from_db()
    assert period.status == CurationPeriod.Status.CLOSED
    assert playlist_of(period, "Trash").tracks.count() == 3

    period = periods.reopen_period(period)
    assert period.status == CurationPeriod.Status.SORTED
    moves.undo(period)
    assert period.tracks.unsorted().count() == 3


def test_a_week_can_be_closed_with_tracks_left(user, style, genre):
    TrackFactory(genre=genre, published_on=MONDAY)
    period = open_week_46(user, style)

    periods.close_period(period, rest_to_trash=False)

    assert period.tracks.unsorted().count() == 1
    with pytest.raises(Conflict):
        periods.close_period(period, rest_to_trash=False)


def test_a_week_of_thirty_tracks_opens_with_as_many_queries_as_one_of_three(style, genre):
    TrackFactory.create_batch(3, genre=genre, published_on=MONDAY)
    first, second = UserFactory.create_batch(2)
    with CaptureQueriesContext(connection) as few:
        open_week_46(first, style)
    TrackFactory.create_batch(27, genre=genre, published_on=MONDAY)

    with CaptureQueriesContext(connection) as many:
        open_week_46(second, style)

    assert len(many) <= len(few)


def test_a_closed_week_goes_on_telling_what_waits(user, style, genre):
    period = open_week_46(user, style)
    periods.close_period(period, rest_to_trash=False)
    TrackFactory.create_batch(2, genre=genre, published_on=MONDAY)
    periods.sweep()
    Track.objects.update(created_at=timezone.now() - timedelta(hours=1))

    periods.sweep()

    period.refresh_from_db()
    assert period.late_tracks == 2


def test_what_was_late_in_an_open_week_does_not_wait_once_it_is_closed(user, style, genre):
    period = open_week_46(user, style)
    complete(genre)
    periods.sweep()
    TrackFactory(genre=genre, published_on=MONDAY)
    periods.sweep()

    periods.close_period(period, rest_to_trash=True)

    period.refresh_from_db()
    assert period.late_tracks == 0


def partial(genre, **fields):
    fields |= {"status": IngestRun.Status.PARTIAL, "finished_at": timezone.now()}
    IngestRun.objects.update(**fields)


def test_after_a_fetch_that_set_rows_aside_tracks_are_late(user, style, genre):
    period = open_week_46(user, style)
    partial(genre, pages_done=2, readings=1, expected=200, collected=199, set_aside=1)
    periods.sweep()
    TrackFactory(genre=genre, published_on=MONDAY)

    periods.sweep()

    assert period.tracks.get().is_late


def test_a_fetch_that_stopped_half_way_has_not_filled_the_week(user, style, genre):
    period = open_week_46(user, style)
    partial(genre, pages_done=1, readings=0, expected=200, collected=100)

    periods.sweep()

    period.refresh_from_db()
    assert period.filled_at is None


def test_a_week_that_cannot_be_swept_keeps_no_other_waiting(user, style, genre):
    broken = open_week_46(user, style)
    TrackFactory.create_batch(2, genre=genre, published_on=MONDAY)
    periods.sweep()
    stale, holder = broken.tracks.order_by("pk")
    CurationTrack.objects.filter(pk=stale.pk).update(recording_key="another")
    Track.objects.filter(pk=holder.track_id).update(recording_key=f"row:{stale.pk}")
    CurationTrack.objects.filter(pk=holder.pk).update(recording_key=f"row:{stale.pk}")
    whole = CurationPeriodFactory(style=style)

    with pytest.raises(DatabaseError):
        periods.sweep()

    assert whole.tracks.count() == 2


def sweep_queries():
    with CaptureQueriesContext(connection) as asked:
        periods.sweep()
    return len(asked)


def test_old_weeks_cost_a_sweep_nothing(user, style, genre):
    long_ago = timezone.now() - timedelta(days=30)

    def open_old(numbers):
        for week in numbers:
            CurationPeriodFactory(user=user, style=style, week=week)
            day = date.fromisocalendar(2026, week, 1)
            track = TrackFactory(genre=genre, published_on=day)
            Track.objects.filter(pk=track.pk).update(created_at=long_ago, updated_at=long_ago)
        CurationPeriod.objects.update(created_at=long_ago + timedelta(days=1))

    open_old(range(1, 4))
    few = sweep_queries()
    open_old(range(4, 34))

    assert sweep_queries() == few


def test_new_tracks_of_one_week_visit_only_that_week(user, style, genre):
    def open_with_news(old):
        for week in old:
            CurationPeriodFactory(user=user, style=style, week=week)
        CurationPeriod.objects.update(created_at=timezone.now() - timedelta(days=1))
        TrackFactory(genre=genre, published_on=MONDAY)
        return sweep_queries()

    CurationPeriodFactory(user=user, style=style, week=46)

    assert open_with_news(range(1, 4)) == open_with_news(range(4, 34))


def test_what_left_golden_while_the_week_was_closed_is_in_silver_when_it_is_reopened(user):
    period = CurationPeriodFactory(user=user)
    gone, kept = CurationTrackFactory.create_batch(2, curation_period=period)
    for row in (gone, kept):
        golden.move_and_promote(user=user, track=row, to=playlist_of(period, "Warm Up"))
    periods.close_period(period, rest_to_trash=False)
    golden.remove(GoldenTrack.objects.get(track=gone.track))

    periods.reopen_period(period)

    assert [row.promoted_at is None for row in period.tracks.order_by("pk")] == [True, False]
    with pytest.raises(Conflict):
        golden.demote(period.tracks.get(pk=gone.pk))

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from catalog.models import SpotifyMatch
from catalog.tests.factories import matched_track
from curation import golden, mirror, moves
from curation.mirror.lease import Lease, claim
from curation.models import CurationPeriod, MirroredPlaylist
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    UserCategoryFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db
State = MirroredPlaylist.State


@pytest.fixture
def period() -> CurationPeriod:
    return CurationPeriodFactory()


def rows(period):
    """What waits, by layer and name."""
    waiting = MirroredPlaylist.objects.filter(user=period.user).waiting()
    return sorted(label(row) for row in waiting)


def label(row: MirroredPlaylist) -> str:
    return f"{row.layer} {row.user_category or row.period_playlist or ''}".strip()


def row(period, layer: str = "bronze") -> MirroredPlaylist:
    return MirroredPlaylist.objects.filter(user=period.user, layer=layer).order_by("pk")[0]


def all_sent(period) -> None:
    for one in MirroredPlaylist.objects.filter(user=period.user):
        one.sent, one.changes, one.due_at = one.wanted, 0, None
        one.save()


def seconds_until_due(one: MirroredPlaylist) -> float:
    return (one.due_at - timezone.now()).total_seconds()


def test_a_week_has_a_row_for_each_playlist_but_trash(period):
    assert [label(one) for one in MirroredPlaylist.objects.order_by("layer", "pk")] == [
        "bronze",
        "golden Warm Up",
        "golden Peak Time",
        "silver Warm Up",
        "silver Peak Time",
    ]


def test_preparing_again_adds_nothing(period):
    before = MirroredPlaylist.objects.count()

    mirror.prepare(period)
    mirror.prepare_category(playlist_of(period, "Warm Up").user_category)

    assert MirroredPlaylist.objects.count() == before


def test_a_decision_marks_the_playlists_left_and_entered(period):
    track = CurationTrackFactory(curation_period=period)

    moves.move_track(user=period.user, track=track, to=playlist_of(period, "Warm Up"))
    assert rows(period) == ["bronze", "silver Warm Up"]

    all_sent(period)
    moves.move_track(user=period.user, track=track, to=playlist_of(period, "Trash"))
    assert rows(period) == ["silver Warm Up"]


def test_each_decision_puts_off_all_that_waits_in_the_week(period):
    warm_up, peak_time = playlist_of(period, "Warm Up"), playlist_of(period, "Peak Time")
    mirror.mark_changed(period, silver=[warm_up])
    early = timezone.now() + timedelta(seconds=10)
    MirroredPlaylist.objects.update(due_at=early)

    mirror.mark_changed(period, silver=[peak_time])

    assert seconds_until_due(warm_up.silver_playlist) > settings.MIRROR_DELAY_SECONDS - 5
    assert seconds_until_due(row(period)) < 11  # Bronze does not wait


def test_another_week_is_not_put_off(period):
    other = CurationPeriodFactory(user=period.user)
    mirror.mark_changed(period, bronze=True)
    MirroredPlaylist.objects.filter(curation_period=period).update(due_at=timezone.now())

    mirror.mark_changed(other, bronze=True)

    assert seconds_until_due(row(period)) < 1


def test_a_hundred_changes_are_due_at_once(period):
    for _ in range(99):
        mirror.mark_changed(period, bronze=True)
    assert not MirroredPlaylist.objects.due(timezone.now()).exists()

    mirror.mark_changed(period, bronze=True)

    assert MirroredPlaylist.objects.due(timezone.now()).get() == row(period)


def test_marking_takes_as_many_queries_for_many_playlists(period, django_assert_num_queries):
    playlists = list(period.playlists.all())
    categories = list(period.user.categories.all())

    with django_assert_num_queries(3):
        mirror.mark_changed(period, bronze=True, silver=playlists, golden=categories)
    with django_assert_num_queries(3):
        mirror.mark_changed(period, silver=playlists[:1])


def test_a_finished_week_is_due_at_once_and_nudges(period, django_capture_on_commit_callbacks):
    mirror.mark_period(period)

    with django_capture_on_commit_callbacks() as nudges:
        mirror.send_now(period)

    assert MirroredPlaylist.objects.due(timezone.now()).count() == 3
    assert len(nudges) == 1


def test_send_now_takes_everything_of_a_dj(period):
    other = CurationPeriodFactory(user=period.user)
    stranger = CurationPeriodFactory()
    for one in (period, other, stranger):
        mirror.mark_changed(one, bronze=True)

    mirror.send_now(period.user)

    due = MirroredPlaylist.objects.due(timezone.now())
    assert {one.curation_period for one in due} == {period, other}


def test_a_renamed_category_concerns_only_what_spotify_has(period):
    category = playlist_of(period, "Warm Up").user_category
    MirroredPlaylist.objects.filter(user_category=category).update(spotify_id="held")

    mirror.mark_renamed(category)

    assert rows(period) == ["golden Warm Up"]


# Late matches


def on_spotify(period: CurationPeriod, number: int = 1, **fields):
    return CurationTrackFactory(curation_period=period, track=matched_track(number), **fields)


def test_a_late_match_marks_the_playlist_that_lacks_it(period):
    first, second = on_spotify(period, 1), on_spotify(period, 2)
    moves.move_track(user=period.user, track=second, to=playlist_of(period, "Warm Up"))
    golden.promote(user=period.user, tracks=[moves.as_it_is_now(second)])
    all_sent(period)

    mirror.mark_missing(period, period.tracks.all())
    assert rows(period) == ["bronze", "golden Warm Up"]

    all_sent(period)
    row(period).items.create(position=0, track=first.track, uri=f"spotify:track:{1:022d}")
    mirror.mark_missing(period, period.tracks.all())
    assert rows(period) == ["golden Warm Up"]


def test_a_corrected_match_marks_it_again(period):
    track = on_spotify(period)
    row(period).items.create(position=0, track=track.track, uri="spotify:track:wrong")

    mirror.mark_missing(period, period.tracks.all())

    assert rows(period) == ["bronze"]


def test_what_is_doubtful_or_not_found_marks_nothing(period):
    track = on_spotify(period)
    SpotifyMatch.objects.filter(track=track.track).update(state=SpotifyMatch.State.REVIEW)

    mirror.mark_missing(period, period.tracks.all())

    assert rows(period) == []


def test_what_waits_already_is_not_put_off_by_a_late_match(period):
    on_spotify(period)
    mirror.mark_changed(period, bronze=True)
    MirroredPlaylist.objects.update(due_at=timezone.now())
    wanted = row(period).wanted

    mirror.mark_missing(period, period.tracks.all())

    assert seconds_until_due(row(period)) < 1
    assert row(period).wanted == wanted


def test_the_first_matches_of_a_week_are_sent_soon(period):
    on_spotify(period)

    mirror.mark_missing(period, period.tracks.all())

    assert seconds_until_due(row(period)) <= settings.MIRROR_DELAY_SECONDS


@pytest.mark.parametrize(("hours_ago", "hours_to_wait"), [(1, 11), (11, 1), (13, 0)])
def test_late_matches_leave_twice_a_day(period, hours_ago, hours_to_wait):
    on_spotify(period)
    all_sent(period)
    MirroredPlaylist.objects.update(sent_at=timezone.now() - timedelta(hours=hours_ago))

    mirror.mark_missing(period, period.tracks.all())

    soon = settings.MIRROR_DELAY_SECONDS
    assert seconds_until_due(row(period)) == pytest.approx(hours_to_wait * 3600 or soon, abs=5)


def test_late_matches_go_with_the_next_decision_about_their_playlist(period):
    track = on_spotify(period)
    all_sent(period)
    MirroredPlaylist.objects.update(sent_at=timezone.now())
    mirror.mark_missing(period, period.tracks.all())

    mirror.mark_changed(period, silver=[playlist_of(period, "Peak Time")])
    assert seconds_until_due(row(period)) > 11 * 3600

    moves.move_track(user=period.user, track=track, to=playlist_of(period, "Warm Up"))
    assert seconds_until_due(row(period)) <= settings.MIRROR_DELAY_SECONDS


def test_a_late_match_during_a_sending_is_sent_afterwards(period):
    on_spotify(period)
    mirror.mark_changed(period, bronze=True)
    soon = timezone.now() + timedelta(seconds=5)
    MirroredPlaylist.objects.update(claimed_until=soon)
    wanted = row(period).wanted

    mirror.mark_missing(period, period.tracks.all())

    assert row(period).wanted == wanted + 1


def test_a_change_behind_a_slow_worker_is_not_lost(period):
    mirror.mark_changed(period, bronze=True)
    slow = claim_late(period)
    due_at = row(period).due_at

    mirror.mark_period(period)
    slow.release(sent=slow.playlist.wanted)

    assert "bronze" in rows(period)
    assert row(period).due_at == due_at


def claim_late(period) -> Lease:
    """A worker that is still at it when its lease ran out."""
    MirroredPlaylist.objects.filter(pk=row(period).pk).update(due_at=timezone.now())
    lease = claim(row(period).pk)
    lease.write()
    lease.update(lease.rows, claimed_until=timezone.now() - timedelta(seconds=1))
    return lease


# Two verbs


def test_making_again_starts_anew(period):
    track = on_spotify(period)
    old = row(period)
    old.items.create(position=0, track=track.track, uri="spotify:track:1")
    MirroredPlaylist.objects.filter(pk=old.pk).update(state=State.MISSING, spotify_id="gone")
    old.refresh_from_db()

    new = mirror.make_again(old)

    assert not MirroredPlaylist.objects.filter(pk=old.pk).exists()
    assert new.spotify_id is None
    assert new.marker != old.marker
    assert new.curation_period == period
    assert MirroredPlaylist.objects.due(timezone.now()).get() == new


def test_a_playlist_that_is_there_is_not_made_again(period):
    before = row(period)

    assert mirror.make_again(before) is None
    assert row(period) == before


def test_pressing_twice_makes_one_again(period):
    mirror.stop_mirroring(row(period))
    first, second = row(period), row(period)

    new = mirror.make_again(first)

    assert mirror.make_again(second) is None
    assert row(period) == new


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_at_once_makes_one_again(period):
    mirror.stop_mirroring(row(period))
    lost = row(period)
    both_ready = Barrier(2)

    def press(_: int) -> MirroredPlaylist | None:
        both_ready.wait()
        try:
            return mirror.make_again(lost)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hands:
        made = list(hands.map(press, range(2)))

    assert [one for one in made if one] == [row(period)]


def test_what_is_no_longer_mirrored_never_becomes_due(period):
    mirror.stop_mirroring(row(period))

    mirror.mark_changed(period, bronze=True)
    mirror.send_now(period)

    assert not MirroredPlaylist.objects.due(timezone.now()).exists()


def test_a_new_category_gets_a_golden_playlist(period):
    category = UserCategoryFactory(user=period.user, style=period.style)

    mirror.prepare_category(category)

    assert category.golden_playlist.spotify_id is None

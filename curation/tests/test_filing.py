import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.tests.factories import UserFactory
from clouder.tests.whole_database import row_hashes
from curation import filing, merging, moves, periods
from curation.models import CurationPeriod, CurationTrack, MirroredPlaylist, Move
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = pytest.mark.django_db

AN_HOUR, A_WHILE = timedelta(hours=1), timedelta(minutes=5)


@pytest.fixture
def period():
    return CurationPeriodFactory(categories=["Warm Up", "Groove"])


@pytest.fixture
def tracks(period):
    return CurationTrackFactory.create_batch(3, curation_period=period)


def said(period, track, name="Warm Up", client_id=None):
    return {
        "user": period.user,
        "period": period.pk,
        "track": track.pk,
        "to": playlist_of(period, name).pk,
        "client_id": client_id or uuid.uuid4(),
    }


def file(*about, **more):
    return filing.file_track(**said(*about, **more))


def rows() -> list[dict]:
    """Of what a decision changes. Times of this moment, or of one soon, only as such."""
    models = CurationPeriod, CurationTrack, MirroredPlaylist, Move
    found = [row for model in models for row in model.objects.order_by("pk").values()]
    for row in found:
        if "action_id" in row:
            row |= {"id": "new", "action_id": "new", "client_id": "new"}
        for name, at in row.items():
            if name.endswith("_at") and at and abs(at - timezone.now()) < A_WHILE:
                row[name] = "now" if at < timezone.now() else "soon"
    return found


# What it writes


def put_off(period):
    period.tracks.update(later_at=timezone.now() - AN_HOUR)


def heard(period):
    period.tracks.update(heard_at=timezone.now() - AN_HOUR)


def all_wait(period):
    MirroredPlaylist.objects.update(wanted=3, changes=3, due_at=timezone.now() - AN_HOUR)


def some_were_refused(period):
    MirroredPlaylist.objects.update(refusals=2)
    MirroredPlaylist.objects.filter(layer="silver").update(suspects=1)


def some_wait_for_late_matches(period):
    later = timezone.now() + AN_HOUR
    MirroredPlaylist.objects.update(wanted=3, due_at=later, in_background=True)


def some_are_not_mirrored(period):
    all_wait(period)
    silver = MirroredPlaylist.objects.filter(layer="silver").first()
    silver.delete()
    MirroredPlaylist.objects.filter(layer="golden").update(state="missing")
    MirroredPlaylist.objects.filter(layer="silver").update(state="left")


def other_weeks_wait(period):
    CurationPeriodFactory(user=period.user, style=period.style, week=12, categories=[])
    CurationPeriodFactory(user=period.user)
    all_wait(period)


@pytest.mark.parametrize(
    "prepare",
    [
        put_off,
        heard,
        all_wait,
        some_were_refused,
        some_wait_for_late_matches,
        some_are_not_mirrored,
        other_weeks_wait,
    ],
)
def test_it_writes_what_a_move_writes(period, tracks, prepare):
    prepare(period)
    assert_as_a_move(period, tracks[1], "Warm Up")


def test_trash_is_not_mirrored(period, tracks):
    assert_as_a_move(period, tracks[1], "Trash")


def assert_as_a_move(period, track, name):
    with transaction.atomic():
        moves.move_track(user=period.user, track=track, to=playlist_of(period, name))
        expected = rows()
        transaction.set_rollback(True)

    assert file(period, track, name)

    assert rows() == expected


def test_undo_restores_all_of_it(period, tracks):
    put_off(period)
    before = list(period.tracks.values("status", "current_silver_playlist", "later_at"))
    file(period, tracks[0])

    moves.undo(period)

    assert list(period.tracks.values(*before[0])) == before


def test_it_takes_as_many_statements_in_a_large_week(period, tracks, django_assert_num_queries):
    CurationTrackFactory.create_batch(30, curation_period=period)
    asked = said(period, tracks[0])

    with django_assert_num_queries(6):  # two are the transaction
        assert filing.file_track(**asked)


# What it leaves alone


def lies_elsewhere(period, tracks):
    moves.move_track(user=period.user, track=tracks[0], to=playlist_of(period, "Groove"))


def is_the_last_one(period, tracks):
    for track in tracks[1:]:
        moves.move_track(user=period.user, track=track, to=playlist_of(period, "Groove"))


def is_closed(period, tracks):
    periods.close_period(period, rest_to_trash=False)


def was_merged(period, tracks):
    warm_up, groove = period.user.categories.filter(is_trash=False)
    merging.merge(warm_up, into=groove)


def was_sent_before(period, tracks):
    to = playlist_of(period, "Groove")
    moves.move_track(user=period.user, track=tracks[1], to=to, client_id=SENT)


def is_in_another_week(period, tracks):
    tracks[0].curation_period = CurationPeriodFactory(user=period.user, style=period.style, week=9)
    tracks[0].save()


SENT = uuid.uuid4()


@pytest.mark.parametrize(
    "prepare",
    [
        lies_elsewhere,
        is_the_last_one,
        is_closed,
        was_merged,
        was_sent_before,
        is_in_another_week,
    ],
)
def test_what_is_not_plain_is_left_alone(period, tracks, prepare):
    prepare(period, tracks)
    before = row_hashes()

    assert not file(period, tracks[0], client_id=SENT)

    assert row_hashes() == before


@pytest.mark.parametrize("wrong", ["user", "period", "track", "to"])
def test_what_is_not_the_djs_is_left_alone(period, tracks, wrong):
    other = CurationPeriodFactory(user=UserFactory(), style=period.style)
    theirs = {
        "user": other.user,
        "period": other.pk,
        "track": CurationTrackFactory(curation_period=other).pk,
        "to": playlist_of(other, "Warm Up").pk,
    }
    mine = said(period, tracks[0])
    before = row_hashes()

    assert not filing.file_track(**mine | {wrong: theirs[wrong]})
    assert not filing.file_track(**mine | {"to": 2**62})

    assert row_hashes() == before


# At the same moment


def at_once(*decisions) -> list[bool]:
    starts = Barrier(len(decisions))

    def decide(decision) -> bool:
        starts.wait()
        try:
            return decision()
        finally:
            connection.close()

    with ThreadPoolExecutor() as tabs:
        return sorted(tabs.map(decide, decisions))


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_one_files_a_track(period, tracks):
    filed = at_once(
        partial(file, period, tracks[0], "Warm Up"), partial(file, period, tracks[0], "Groove")
    )

    assert filed == [False, True]
    assert Move.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_id_files_one_track_also_in_two_weeks(period, tracks):
    other = CurationPeriodFactory(user=period.user, style=period.style, week=12, categories=[])
    theirs = CurationTrackFactory.create_batch(2, curation_period=other)

    filed = at_once(
        partial(file, period, tracks[0], client_id=SENT),
        partial(file, other, theirs[0], client_id=SENT),
    )

    assert filed == [False, True]
    assert Move.objects.count() == 1
    assert CurationTrack.objects.exclude(current_silver_playlist=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_weeks_of_one_style_never_wait_in_a_ring(period):
    """Both mark the Golden playlists of the style."""
    other = CurationPeriodFactory(user=period.user, style=period.style, week=12, categories=[])
    weeks = [period, other]
    rows = {week.pk: CurationTrackFactory.create_batch(9, curation_period=week) for week in weeks}
    all_wait(period)

    def sort(week):
        return {file(week, track) for track in rows[week.pk][:8]} == {True}

    filed = at_once(partial(sort, period), partial(sort, other))

    assert filed == [True, True]
    assert Move.objects.count() == 16

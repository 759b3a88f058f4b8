import uuid

import pytest

from curation import golden, moves, periods
from curation.models import GoldenTrack, Move
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = pytest.mark.django_db
CLOSED = "This week is closed. Reopen it to change it."
OTHER_CONTENT = "This decision was sent before, with another content."


@pytest.fixture
def period(dj):
    return CurationPeriodFactory(user=dj)


@pytest.fixture
def track(period):
    return CurationTrackFactory(curation_period=period)


@pytest.fixture
def warm_up(period):
    return playlist_of(period, "Warm Up")


@pytest.fixture
def peak_time(period):
    return playlist_of(period, "Peak Time")


def move(api, track, to, name=None):
    body = {"period_playlist_id": to and to.pk}
    return api.post(
        f"curation/tracks/{track.pk}/move", body | ({"client_move_id": name} if name else {})
    )


def place(track):
    track.refresh_from_db()
    return track.current_silver_playlist


def test_a_track_goes_into_a_playlist_and_back_into_bronze(api, track, warm_up):
    forth = move(api, track, warm_up).json()
    back = move(api, track, None).json()

    assert forth["kind"] == "move"
    assert (forth["from_period_playlist_id"], forth["period_playlist_id"]) == (None, warm_up.pk)
    assert (back["from_period_playlist_id"], back["period_playlist_id"]) == (warm_up.pk, None)
    assert place(track) is None
    assert track.status == track.Status.UNSORTED


def test_a_later_move_wins(api, track, warm_up, peak_time):
    move(api, track, warm_up)

    assert move(api, track, peak_time).status_code == 200
    assert place(track) == peak_time


def test_sent_again_a_move_gets_the_same_answer_and_changes_nothing(api, track, warm_up, peak_time):
    name = str(uuid.uuid4())
    first = move(api, track, warm_up, name)
    move(api, track, peak_time)

    again = move(api, track, warm_up, name)

    assert (again.status_code, again.content) == (200, first.content)
    assert first.json()["client_move_id"] == name
    assert place(track) == peak_time
    assert Move.objects.count() == 2


def test_the_same_answer_comes_from_a_week_closed_since(api, period, track, warm_up):
    name = str(uuid.uuid4())
    first = move(api, track, warm_up, name)
    periods.close_period(period, rest_to_trash=False)

    assert move(api, track, warm_up, name).content == first.content


def test_the_same_id_with_another_body_is_a_conflict(api, period, track, warm_up, peak_time):
    name = str(uuid.uuid4())
    other = CurationTrackFactory(curation_period=period)
    move(api, track, warm_up, name)

    for answer in (move(api, track, peak_time, name), move(api, other, warm_up, name)):
        assert answer.status_code == 409
        assert answer.json() == {"detail": OTHER_CONTENT, "errors": []}
    assert place(track) == warm_up
    assert place(other) is None


def test_a_closed_week_is_a_conflict(api, period, track, warm_up):
    periods.close_period(period, rest_to_trash=False)

    answers = [move(api, track, warm_up), api.post(f"curation/tracks/{track.pk}/promote")]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json()["detail"] == CLOSED
    assert place(track) is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "period_playlist_id"),
        ({"period_playlist_id": "1"}, "period_playlist_id"),
        ({"period_playlist_id": True}, "period_playlist_id"),
        ({"period_playlist_id": 1.5}, "period_playlist_id"),
        ({"period_playlist_id": 2**64}, "period_playlist_id"),
        ({"period_playlist_id": None, "client_move_id": "x"}, "client_move_id"),
        ({"period_playlist_id": None, "client_move_id": 5}, "client_move_id"),
        ({"period_playlist_id": None, "playlist": 3}, "playlist"),
        ("nonsense", "body"),
        (None, "body"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_at_its_field(api, track, body, field):
    answer = api.post(f"curation/tracks/{track.pk}/move", body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Move.objects.exists()


def test_the_playlist_of_another_week_or_dj_is_refused_as_one_that_is_not_there(api, dj, track):
    another_week = playlist_of(
        CurationPeriodFactory(user=dj, style=track.curation_period.style, week=45), "Warm Up"
    )
    theirs = playlist_of(CurationPeriodFactory(), "Warm Up")

    answers = [move(api, track, to) for to in (another_week, theirs)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["errors"] == [
        {"field": "period_playlist_id", "message": "This week has no such playlist."}
    ]
    assert place(track) is None


def test_a_track_is_promoted_once(api, dj, track, warm_up):
    move(api, track, warm_up)

    first = api.post(f"curation/tracks/{track.pk}/promote")
    again = api.post(f"curation/tracks/{track.pk}/promote", {})

    assert first.json()["kind"] == "promote"
    assert first.json()["period_playlist_id"] == warm_up.pk
    assert again.content == first.content
    assert GoldenTrack.objects.get().user_category == warm_up.user_category


def test_a_promotion_sent_again_after_it_was_undone_stays_undone(api, period, track, warm_up):
    body = {"client_move_id": str(uuid.uuid4())}
    move(api, track, warm_up)
    first = api.post(f"curation/tracks/{track.pk}/promote", body)
    moves.undo(period)

    again = api.post(f"curation/tracks/{track.pk}/promote", body)

    assert (again.status_code, again.content) == (200, first.content)
    assert not GoldenTrack.objects.exists()


@pytest.mark.parametrize("place", [None, "Trash"])
def test_nothing_is_promoted_from_bronze_or_trash(api, period, track, place):
    if place:
        move(api, track, playlist_of(period, place))

    answer = api.post(f"curation/tracks/{track.pk}/promote")

    assert answer.status_code == 409
    assert answer.json()["detail"] == golden.NOTHING_FROM_TRASH
    assert not GoldenTrack.objects.exists()


@pytest.mark.parametrize("verb", ["move", "promote"])
def test_the_track_of_another_dj_is_not_there(api, verb):
    theirs = CurationTrackFactory()

    body = {"period_playlist_id": None} if verb == "move" else None
    answer = api.post(f"curation/tracks/{theirs.pk}/{verb}", body)

    assert answer.status_code == 404
    assert not Move.objects.exists()

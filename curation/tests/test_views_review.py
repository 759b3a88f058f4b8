import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import UserFactory
from catalog.models import SpotifyMatch
from curation import golden, moves, periods
from curation.models import GoldenTrack
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
VERBS = ["review_promote", "review_demote", "review_move", "review_undo"]


@pytest.fixture
def period():
    return CurationPeriodFactory()


@pytest.fixture
def dj(client, period):
    client.force_login(period.user)
    return client


def silver(period, count, name="Warm Up"):
    rows = CurationTrackFactory.create_batch(count, curation_period=period)
    for row in rows:
        moves.move_track(user=period.user, track=row, to=playlist_of(period, name))
        row.refresh_from_db()
    return rows


def post(client, verb, period, *, htmx=False, **data):
    return client.post(reverse(verb, args=[period.pk]), data, headers=HTMX if htmx else {})


def page(client, period):
    return client.get(reverse("review", args=[period.pk])).content.decode()


def test_the_page_shows_each_silver_playlist_with_its_tracks(dj, period):
    [kept] = silver(period, 1, "Warm Up")
    [thrown] = silver(period, 1, "Trash")

    shown = page(dj, period)

    assert f'id="pick-{kept.pk}"' in shown
    assert f'id="pick-{thrown.pk}"' not in shown
    assert "Peak Time" in shown
    assert "0 of 1 chosen" in shown


@pytest.mark.parametrize(
    ("state", "badge"),
    [("other_edit", "Other edit on Spotify"), ("review", "Doubtful match"), ("matched", "")],
)
def test_a_track_says_when_spotify_has_another_edit_or_perhaps_another_track(
    dj, period, state, badge
):
    [row] = silver(period, 1)
    SpotifyMatch.objects.filter(track=row.track).update(state=state)

    shown = page(dj, period)

    assert (f'<span class="badge badge-warn">{badge}</span>' in shown) == bool(badge)
    assert ("badge-warn" in shown) == bool(badge)


def test_one_track_is_promoted_and_the_way_back_is_answered(dj, period):
    first, second = silver(period, 2)

    answer = post(dj, "review_promote", period, track=second.pk)

    assert (answer.status_code, answer.url) == (303, reverse("review", args=[period.pk]))
    assert GoldenTrack.objects.get().track == second.track
    assert not period.tracks.get(pk=first.pk).promoted_at


def test_htmx_gets_the_counts_and_the_columns_only(dj, period):
    [row] = silver(period, 1)

    answer = post(dj, "review_promote", period, htmx=True, track=row.pk).content.decode()

    assert "1 of 1 chosen" in answer
    assert f'id="playlist-{row.current_silver_playlist_id}"' in answer
    assert 'hx-swap-oob="true"' in answer
    assert "<html" not in answer


def test_one_playlist_is_promoted_and_the_others_are_not(dj, period):
    silver(period, 2, "Warm Up")
    silver(period, 1, "Peak Time")

    post(dj, "review_promote", period, playlist=playlist_of(period, "Warm Up").pk)

    assert GoldenTrack.objects.count() == 2
    assert {kept.user_category.name for kept in GoldenTrack.objects.all()} == {"Warm Up"}


def test_everything_is_promoted_but_trash(dj, period):
    silver(period, 2, "Warm Up")
    silver(period, 1, "Peak Time")
    silver(period, 1, "Trash")

    post(dj, "review_promote", period)

    assert GoldenTrack.objects.count() == 3


def test_a_double_click_promotes_once(dj, period):
    [row] = silver(period, 1)

    for _ in range(2):
        answer = post(dj, "review_promote", period, track=row.pk)

    assert answer.status_code == 303
    assert GoldenTrack.objects.count() == 1


def test_a_promotion_is_taken_back(dj, period):
    [row] = silver(period, 1)
    golden.promote(user=period.user, tracks=[row])

    post(dj, "review_demote", period, track=row.pk)

    assert not GoldenTrack.objects.exists()


def test_a_track_moves_to_another_playlist(dj, period):
    [row] = silver(period, 1)

    post(dj, "review_move", period, track=row.pk, to=playlist_of(period, "Peak Time").pk)

    row.refresh_from_db()
    assert row.current_silver_playlist == playlist_of(period, "Peak Time")


def places(rows):
    for row in rows:
        row.refresh_from_db()
    return [f"{row.current_silver_playlist}{' Golden' * bool(row.promoted_at)}" for row in rows]


def test_ticked_tracks_move_as_one_action(dj, period):
    first, _, third = rows = silver(period, 3)
    peak = playlist_of(period, "Peak Time")

    for _ in range(2):
        post(dj, "review_move", period, ticked=1, track=[first.pk, third.pk], to=peak.pk)

    assert places(rows) == ["Peak Time", "Warm Up", "Peak Time"]
    latest = moves.of_period(period).order_by("-pk").first()

    post(dj, "review_undo", period, move=latest.client_id)

    assert places(rows) == ["Warm Up", "Warm Up", "Warm Up"]


def test_ticked_tracks_are_promoted_and_the_others_are_not(dj, period):
    first, _, third = rows = silver(period, 3)

    post(dj, "review_promote", period, ticked=1, track=[third.pk, first.pk])

    assert places(rows) == ["Warm Up Golden", "Warm Up", "Warm Up Golden"]


def test_shift_moves_and_promotes_and_one_undo_takes_both_back(dj, period):
    rows = silver(period, 2)
    chosen = [row.pk for row in rows]
    to = playlist_of(period, "Peak Time")

    post(dj, "review_move", period, ticked=1, track=chosen, to=to.pk, golden=1)

    assert places(rows) == ["Peak Time Golden", "Peak Time Golden"]
    latest = moves.of_period(period).order_by("-pk").first()

    post(dj, "review_undo", period, move=latest.client_id)

    assert places(rows) == ["Warm Up", "Warm Up"]
    assert not GoldenTrack.objects.exists()


def test_nothing_is_promoted_from_trash(dj, period):
    [row] = silver(period, 1)

    answer = post(
        dj, "review_move", period, track=row.pk, to=playlist_of(period, "Trash").pk, golden=1
    )

    assert answer.status_code == 409
    assert places([row]) == ["Warm Up"]


@pytest.mark.parametrize("verb", ["review_promote", "review_move"])
def test_without_a_tick_nothing_happens(dj, period, verb):
    rows = silver(period, 2)

    answer = post(dj, verb, period, ticked=1, to=playlist_of(period, "Peak Time").pk)

    assert answer.status_code == 409
    assert "Tick the tracks first" in answer.content.decode()
    assert places(rows) == ["Warm Up", "Warm Up"]


def test_one_track_that_is_not_there_stops_all_of_them(dj, period):
    rows = silver(period, 2)

    answer = post(dj, "review_promote", period, ticked=1, track=[rows[0].pk, 99999999])

    assert answer.status_code == 404
    assert places(rows) == ["Warm Up", "Warm Up"]


def test_undo_takes_back_all_that_one_button_promoted(dj, period):
    silver(period, 3)
    post(dj, "review_promote", period)
    latest = moves.of_period(period).order_by("-pk").first()

    post(dj, "review_undo", period, move=latest.client_id)

    assert not GoldenTrack.objects.exists()
    assert period.tracks.filter(promoted_at=None, status="SORTED").count() == 3


def test_undo_of_an_old_page_touches_nothing(dj, period):
    rows = silver(period, 2)
    old = moves.of_period(period).order_by("pk").first()

    answer = post(dj, "review_undo", period, move=old.client_id)

    assert answer.status_code == 409
    assert playlist_of(period, "Warm Up").tracks.count() == len(rows)


def test_a_closed_week_is_shown_and_refuses_with_a_sentence(dj, period):
    [row] = silver(period, 1)
    periods.close_period(period, rest_to_trash=False)

    answer = post(dj, "review_promote", period, track=row.pk)

    assert answer.status_code == 409
    assert "closed" in answer.content.decode()
    assert "Reopen week 46" in page(dj, period)
    assert reverse("review_promote", args=[period.pk]) not in page(dj, period)


def test_a_week_without_silver_says_what_to_do(dj, period):
    CurationTrackFactory(curation_period=period)

    assert "Go on sorting" in page(dj, period)


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_finds_nothing(client, period, verb):
    [row] = silver(period, 1)
    client.force_login(UserFactory())

    assert client.get(reverse("review", args=[period.pk])).status_code == 404
    assert post(client, verb, period, track=row.pk).status_code == 404


@pytest.mark.parametrize("data", [{"track": "x"}, {"track": "99999999"}, {"track": "-1"}])
def test_a_track_that_is_not_there_is_not_found(dj, period, data):
    assert post(dj, "review_promote", period, **data).status_code == 404


def test_a_hostile_title_stays_text(dj, period):
    [row] = silver(period, 1)
    row.track.title = '<script>alert("x")</script>'
    row.track.save()

    assert "<script>alert" not in page(dj, period)


def test_thirty_tracks_need_as_many_queries_as_three(dj, period):
    silver(period, 3)
    page(dj, period)
    with CaptureQueriesContext(connection) as few:
        page(dj, period)
    silver(period, 27)

    with CaptureQueriesContext(connection) as many:
        page(dj, period)

    assert len(many) == len(few)

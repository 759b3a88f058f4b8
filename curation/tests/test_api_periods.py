import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.tests.factories import GenreFactory, TrackFactory, matched_track
from curation import categories, golden, moves, periods
from curation.models import CurationPeriod, MirroredPlaylist
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)
from curation.weeks import Week
from ingestion.models import IngestRun

pytestmark = pytest.mark.django_db
WEEKS = "curation/periods"


@pytest.fixture
def period(dj):
    return CurationPeriodFactory(user=dj)


def bronze(period, count=1):
    return CurationTrackFactory.create_batch(count, curation_period=period)


def put(period, row, name="Warm Up"):
    moves.move_track(user=period.user, track=row, to=playlist_of(period, name))
    row.refresh_from_db()
    return row


def ids(answer) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["items"]]


def test_the_newest_week_comes_first_and_each_says_where_its_tracks_lie(api, dj, period):
    style = period.style
    older = CurationPeriodFactory(user=dj, style=style, year=2025, week=52)
    CurationPeriodFactory()
    first, second, third, _ = bronze(period, 4)
    for row, name in ((first, "Warm Up"), (second, "Peak Time"), (third, "Trash")):
        put(period, row, name)
    golden.promote(user=dj, tracks=[first])

    listed = api.get(WEEKS).json()

    assert listed["count"] == 2
    assert [one["id"] for one in listed["items"]] == [period.pk, older.pk]
    assert listed["items"][0]["tracks"] == {"bronze": 1, "silver": 1, "golden": 1, "trash": 1}
    assert listed["items"][0]["style"] == {"id": style.pk, "name": style.name, "slug": style.slug}
    assert listed["items"][1]["first_day"] == "2025-12-22"


def test_weeks_are_filtered_by_style_and_status(api, dj, period):
    closed = CurationPeriodFactory(user=dj, status=CurationPeriod.Status.CLOSED)

    assert ids(api.get(WEEKS, style=period.style.slug)) == [period.pk]
    assert ids(api.get(WEEKS, style=period.style.pk)) == [period.pk]
    assert ids(api.get(WEEKS, status="CLOSED")) == [closed.pk]
    assert ids(api.get(WEEKS, style="nobody-knows")) == []
    assert api.get(WEEKS, status="OPEN").status_code == 422


def test_a_slug_of_digits_is_not_taken_for_an_id(api, dj):
    named = CurationPeriodFactory(user=dj, style=StyleFactory(slug="1990"))

    assert ids(api.get(WEEKS, style="1990")) == [named.pk]


def test_a_list_is_read_in_parts(api, dj, period):
    for week in (43, 44, 45):
        CurationPeriodFactory(user=dj, style=period.style, week=week)

    answer = api.get(WEEKS, limit=2, offset=1)

    assert [one["week"] for one in answer.json()["items"]] == [45, 44]
    assert answer.json()["count"] == 4
    assert ids(api.get(WEEKS, offset=2**53 - 1)) == []
    for wrong in ({"limit": 0}, {"limit": 501}, {"offset": -1}, {"offset": 2**63}, {"limit": "x"}):
        assert api.get(WEEKS, **wrong).status_code == 422


def test_the_bronze_playlist_can_be_read(api, period):
    MirroredPlaylist.objects.filter(curation_period=period, layer="silver").update(in_library=True)
    MirroredPlaylist.objects.filter(curation_period=period, layer="bronze").update(spotify_id="b1")

    assert api.get(WEEKS).json()["items"][0]["bronze_spotify_playlist_id"] == "b1"
    assert api.get(f"{WEEKS}/{period.pk}").json()["bronze_spotify_playlist_id"] == "b1"


def test_a_week_tells_how_far_its_music_has_come(api, period):
    genre = GenreFactory()
    period.style.genres.set([genre])
    IngestRun.objects.create(
        genre=genre, year=2026, week=46, source="api", status="running", expected=8, collected=5
    )
    for track in (matched_track(), TrackFactory(match="review"), TrackFactory()):
        CurationTrackFactory(curation_period=period, track=track)

    arrival = api.get(f"{WEEKS}/{period.pk}").json()["arrival"]

    assert arrival == {
        "is_fetching": True,
        "goes_on": True,
        "is_complete": False,
        "collected": 5,
        "expected": 8,
        "playable": 1,
        "doubtful": 1,
        "missing": 0,
        "waiting": 1,
    }


def test_a_fetched_week_goes_on_until_the_last_tracks_are_brought(api, period):
    genre = GenreFactory()
    period.style.genres.set([genre])
    IngestRun.objects.create(
        genre=genre,
        year=2026,
        week=46,
        source="api",
        status="complete",
        finished_at=timezone.now(),
    )

    before = api.get(f"{WEEKS}/{period.pk}").json()["arrival"]
    periods.sweep_period(period)
    after = api.get(f"{WEEKS}/{period.pk}").json()["arrival"]

    assert (before["is_complete"], before["goes_on"]) == (True, True)
    assert (after["is_complete"], after["goes_on"]) == (True, False)


@pytest.mark.parametrize("by", ["pk", "slug"])
def test_a_week_is_opened_once_and_found_again(api, dj, by):
    genre = GenreFactory()
    style = StyleFactory()
    style.genres.set([genre])
    track = TrackFactory(genre=genre)

    asked = {"style": getattr(style, by), "year": 2026, "week": 46}
    first, second = api.post(WEEKS, asked), api.post(WEEKS, asked)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"] == dj.periods.get().pk
    assert first.json()["tracks"]["bronze"] == 1
    assert dj.periods.get().tracks.get().track == track
    assert IngestRun.objects.get().genre == genre


def next_week() -> Week:
    return Week.of(timezone.now().date() + timedelta(days=8))


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ({"style": "nobody-knows"}, "style", "There is no such style."),
        ({"style": 123456}, "style", "There is no such style."),
        ({"style": 0}, "style", "Input should be greater than or equal to 1."),
        ({"style": "a b"}, "style", ""),
        ({"year": 2025, "week": 53}, "week", "2025 has no week 53."),
        ({"year": next_week().year, "week": next_week().number}, "week", "has not begun yet."),
        ({"week": 54}, "week", "Input should be less than or equal to 53."),
        ({"week": "46"}, "week", "Input should be a valid integer."),
        ({"year": 1999}, "year", "Input should be greater than or equal to 2004."),
        ({"year": 10**30}, "year", "Input should be less than or equal to 9999."),
        ({"week": None}, "week", "Input should be a valid integer."),
    ],
)
def test_a_week_that_cannot_be_opened_is_refused_at_its_field(api, dj, asked, field, sentence):
    style = StyleFactory()

    answer = api.post(WEEKS, {"style": style.slug, "year": 2026, "week": 46} | asked)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert sentence in answer.json()["errors"][0]["message"]
    assert not dj.periods.exists()


def test_tracks_are_those_of_bronze_in_its_order_unless_asked_otherwise(api, dj, period):
    first, second, third = bronze(period, 3)
    put(period, second)
    moves.put_off(user=dj, track=first)

    unsorted = api.get(f"{WEEKS}/{period.pk}/tracks").json()

    assert unsorted["count"] == 2
    assert [one["id"] for one in unsorted["items"]] == [third.pk, first.pk]
    assert ids(api.get(f"{WEEKS}/{period.pk}/tracks", status="SORTED")) == [second.pk]
    assert ids(api.get(f"{WEEKS}/{period.pk}/tracks", limit=1, offset=1)) == [first.pk]


def test_a_track_says_what_it_is_and_where_it_lies(api, period, settings):
    track = matched_track(7, title="Salt Flat", bpm=None)
    row = put(period, CurationTrackFactory(curation_period=period, track=track))

    [found] = api.get(f"{WEEKS}/{period.pk}/tracks", status="SORTED").json()["items"]

    assert found["period_playlist_id"] == playlist_of(period, "Warm Up").pk
    assert found["sorted_at"].startswith(row.sorted_at.isoformat()[:19])
    assert found["sorted_at"].endswith("Z")
    about = found["track"]
    assert (about["title"], about["bpm"], about["match"]) == ("Salt Flat", None, "matched")
    assert about["artists"] == [{"name": str(track.artists.get()), "role": "artist"}]
    assert about["label"] == track.release.label.name
    assert about["spotify_uri"] == f"spotify:track:{7:022d}"
    assert about["spotify_url"] == f"{settings.SPOTIFY_OPEN_URL}/track/{7:022d}"


def test_playlists_stand_in_the_order_of_the_keys_with_what_they_hold(api, dj, period):
    first, second = bronze(period, 2)
    golden.promote(user=dj, tracks=[put(period, first)])
    put(period, second)
    MirroredPlaylist.objects.filter(period_playlist__user_category__name="Warm Up").update(
        spotify_id="silver-1"
    )

    listed = api.get(f"{WEEKS}/{period.pk}/playlists").json()

    assert [one["category"]["name"] for one in listed] == ["Warm Up", "Peak Time", "Trash"]
    assert (listed[0]["silver_count"], listed[0]["promoted_count"]) == (1, 1)
    assert [one["spotify_playlist_id"] for one in listed] == ["silver-1", None, None]


def test_a_week_is_closed_and_reopened(api, period):
    bronze(period)

    closed = api.post(f"{WEEKS}/{period.pk}/close", {"rest_to_trash": True})
    again = api.post(f"{WEEKS}/{period.pk}/close")
    reopened = api.post(f"{WEEKS}/{period.pk}/reopen")
    once_more = api.post(f"{WEEKS}/{period.pk}/reopen")

    assert (closed.json()["status"], closed.json()["tracks"]["trash"]) == ("CLOSED", 1)
    assert again.status_code == once_more.status_code == 409
    assert again.json()["detail"] == "This week is closed. Reopen it to change it."
    assert reopened.json()["status"] == "SORTED"


def test_closing_takes_yes_and_no_only(api, period):
    answer = api.post(f"{WEEKS}/{period.pk}/close", {"rest_to_trash": "yes"})

    assert answer.status_code == 422
    period.refresh_from_db()
    assert period.status == CurationPeriod.Status.IN_PROGRESS


def test_undo_reverts_the_latest_action_until_none_is_left(api, dj, period):
    [row] = bronze(period)
    golden.promote(user=dj, tracks=[put(period, row)])

    kinds = [
        [move["kind"] for move in api.post(f"{WEEKS}/{period.pk}/undo").json()["undone"]]
        for _ in range(3)
    ]

    assert kinds == [["promote"], ["move"], []]
    row.refresh_from_db()
    assert row.current_silver_playlist is None
    assert not dj.categories.filter(golden_tracks__isnull=False).exists()


def test_undoing_a_named_move_twice_is_the_same_as_once(api, dj, period):
    first, second = bronze(period, 2)
    name = uuid.uuid4()
    put(period, first)
    moves.move_track(user=dj, track=second, to=playlist_of(period, "Warm Up"), client_id=name)

    undone = [
        api.post(f"{WEEKS}/{period.pk}/undo", {"client_move_id": str(name)}).json()["undone"]
        for _ in range(2)
    ]

    assert [move["curation_track_id"] for move in undone[0]] == [second.pk]
    assert undone[1] == []
    assert period.tracks.unsorted().get() == second


def test_a_closed_week_takes_no_undo(api, period):
    put(period, bronze(period)[0])
    periods.close_period(period, rest_to_trash=False)

    assert api.post(f"{WEEKS}/{period.pk}/undo").status_code == 409


def test_many_tracks_are_moved_at_once_and_once(api, period):
    rows = bronze(period, 3)
    body = {
        "curation_track_ids": [row.pk for row in rows],
        "period_playlist_id": playlist_of(period, "Warm Up").pk,
        "client_move_id": str(uuid.uuid4()),
    }

    first, again = (api.post(f"{WEEKS}/{period.pk}/move", body) for _ in range(2))

    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    moved = first.json()["moved"]
    assert [move["curation_track_id"] for move in moved] == [row.pk for row in rows]
    assert moved[0]["client_move_id"] == body["client_move_id"]
    other = api.post(f"{WEEKS}/{period.pk}/move", body | {"period_playlist_id": None})
    assert other.status_code == 409


def test_tracks_that_are_not_in_the_week_are_refused_with_the_others(api, period):
    row, theirs = bronze(period, 1)[0], CurationTrackFactory()
    to = playlist_of(period, "Warm Up").pk

    for ids in ([row.pk, theirs.pk], [], [0], [row.pk] * 501):
        body = {"curation_track_ids": ids, "period_playlist_id": to}
        answer = api.post(f"{WEEKS}/{period.pk}/move", body)
        assert answer.status_code == 422
        assert "curation_track_ids" in answer.json()["errors"][0]["field"]

    assert period.tracks.unsorted().count() == 1


@pytest.mark.parametrize("verb", ["", "/tracks", "/playlists", "/close", "/reopen", "/undo"])
def test_the_week_of_another_dj_is_not_there(api, verb):
    theirs = CurationPeriodFactory()
    ask = api.post if verb in ("/close", "/reopen", "/undo") else api.get

    answer = ask(f"{WEEKS}/{theirs.pk}{verb}")

    assert answer.status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == CurationPeriod.Status.IN_PROGRESS


def test_lists_ask_as_often_for_thirty_as_for_three(api, dj, django_assert_max_num_queries):
    style = StyleFactory()
    period = CurationPeriodFactory(user=dj, style=style)
    addresses = [
        WEEKS,
        f"{WEEKS}/{period.pk}",
        f"{WEEKS}/{period.pk}/tracks",
        f"{WEEKS}/{period.pk}/playlists",
    ]

    def grow(numbers):
        for number in numbers:
            CurationPeriodFactory(user=dj, style=style, week=number + 1)
            CurationTrackFactory(curation_period=period, track=matched_track(number))
            categories.add_category(user=dj, style=style, name=f"Category {number}")

    grow(range(3))
    for address in addresses:
        api.get(address)
    with django_assert_max_num_queries(40) as few:
        for address in addresses:
            api.get(address)
    grow(range(3, 30))
    with django_assert_max_num_queries(len(few)):
        for address in addresses:
            api.get(address)

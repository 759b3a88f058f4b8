from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import quota
from accounts.tests.factories import UserFactory
from catalog.tests.factories import ArtistFactory, GenreFactory, TrackFactory, matched_track
from curation import golden, moves, periods
from curation.models import CurationPeriod, CurationTrack, MirroredPlaylist
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    UserCategoryFactory,
    playlist_of,
)
from ingestion.models import IngestRun
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db
A_MINUTE_AGO = timezone.now() - timedelta(minutes=1)


@pytest.fixture
def genre():
    return GenreFactory()


@pytest.fixture
def style(genre):
    style = StyleFactory(name="Dub", slug="dub")
    style.genres.add(genre)
    return style


@pytest.fixture
def period(dj, style):
    return CurationPeriodFactory(user=dj, style=style)


def look(pages, name, period, query="") -> str:
    answer = pages.get(reverse(name, args=[period.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def week(pages, period) -> str:
    return look(pages, "period", period)


def fetched(genre, **fields):
    """A run that ended a minute ago, and the sweep that came after it."""
    defaults = {"status": "complete", "expected": 3, "collected": 3, "finished_at": A_MINUTE_AGO}
    CurationPeriod.objects.filter(style__genres=genre).update(swept_at=timezone.now())
    return IngestRunFactory(genre=genre, year=2026, week=46, **(defaults | fields))


# All weeks


def test_all_weeks_are_listed_the_newest_first(pages, dj, period):
    CurationPeriodFactory(user=dj, style=period.style, year=2026, week=45)
    CurationPeriodFactory()

    page = pages.get(reverse("periods")).content.decode()

    assert page.index("<b>46</b>") < page.index("<b>45</b>")
    assert page.count('<th scope="row">') == 2


def test_weeks_are_filtered_by_style_and_status(pages, dj, period):
    closed = CurationPeriodFactory(user=dj, style=StyleFactory(), week=12, status="CLOSED")

    by_style = pages.get(reverse("periods"), {"style": "dub"}).content.decode()
    by_status = pages.get(reverse("periods"), {"status": "CLOSED"}).content.decode()

    assert reverse("period", args=[period.pk]) in by_style
    assert reverse("period", args=[closed.pk]) not in by_style
    assert reverse("period", args=[closed.pk]) in by_status
    assert reverse("period", args=[period.pk]) not in by_status


@pytest.mark.parametrize(
    ("status", "said"), [("running", "being fetched"), ("failed", "nothing came")]
)
def test_a_week_without_tracks_says_why(pages, period, genre, status, said):
    assert "no tracks" in pages.get(reverse("periods")).content.decode()

    fetched(genre, status=status)

    assert said in pages.get(reverse("periods")).content.decode()


def test_the_list_asks_as_often_for_thirty_weeks_as_for_three(
    pages, dj, style, django_assert_max_num_queries
):
    for number in range(1, 4):
        CurationPeriodFactory(user=dj, style=style, week=number)
    pages.get(reverse("periods"))
    with django_assert_max_num_queries(20) as few:
        pages.get(reverse("periods"))
    for number in range(4, 31):
        CurationPeriodFactory(user=dj, style=style, week=number)
    with django_assert_max_num_queries(len(few)):
        pages.get(reverse("periods"))


def test_a_week_is_opened_and_its_music_asked_for(pages, dj, style, genre):
    answer = pages.post(reverse("period_open"), {"style": "dub", "year": "2026", "week": "46"})

    period = dj.periods.get()
    assert answer["Location"] == reverse("period", args=[period.pk])
    assert (period.style, period.year, period.week) == (style, 2026, 46)
    assert IngestRun.objects.get().genre == genre


@pytest.mark.parametrize(
    ("year", "week", "sentence"),
    [
        ("2026", "54", "2026 has no week 54."),
        ("2025", "53", "2025 has no week 53."),
        ("2026", "x", "Write a number."),
        ("", "46", "Write a number."),
        ("9999", "1", "has not begun yet"),
    ],
)
def test_a_week_that_cannot_be_is_refused_at_its_field(pages, dj, style, year, week, sentence):
    answer = pages.post(reverse("period_open"), {"style": "dub", "year": year, "week": week})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'aria-describedby="week-error"' in page
    assert f'value="{week}"' in page
    assert not dj.periods.exists()


def test_a_week_of_an_unknown_style_is_not_there(pages):
    answer = pages.post(reverse("period_open"), {"style": "no-such", "year": "2026", "week": "1"})

    assert answer.status_code == 404


# One week


@pytest.mark.parametrize("name", ["period", "period_progress", "period_tracks"])
def test_a_week_of_another_dj_is_not_there(pages, name):
    theirs = CurationPeriodFactory()

    assert pages.get(reverse(name, args=[theirs.pk])).status_code == 404


@pytest.mark.parametrize("name", ["period_close", "period_reopen", "period_sync", "period_fetch"])
def test_nothing_can_be_done_to_a_week_of_another_dj(pages, name):
    theirs = CurationPeriodFactory()

    assert pages.post(reverse(name, args=[theirs.pk])).status_code == 404
    assert pages.get(reverse(name, args=[theirs.pk])).status_code == 405


def test_the_playlists_show_where_the_tracks_lie(pages, dj, period):
    first, second, third = CurationTrackFactory.create_batch(3, curation_period=period)
    moves.move_track(user=dj, track=first, to=playlist_of(period, "Warm Up"))
    moves.move_track(user=dj, track=second, to=playlist_of(period, "Trash"))

    page = week(pages, period)

    rows = [row.split("</tr>")[0] for row in page.split("<tr>")[2:]]
    counts = [row.split("<b>")[1].split("</b>")[0] for row in rows]
    assert counts == ["1", "1", "0", "1"]
    assert "6 minutes" not in page
    assert ">0:06<" in rows[1]
    assert "136" in rows[1]
    assert "not sent" in rows[3]
    assert third.track.title not in page


def test_a_playlist_that_spotify_has_can_be_opened_there(pages, period, settings):
    CurationTrackFactory(curation_period=period)
    period.mirrored_playlists.filter(layer="bronze").update(
        spotify_id="abc123", sent_at=timezone.now()
    )

    page = week(pages, period)

    assert f'href="{settings.SPOTIFY_OPEN_URL}/playlist/abc123"' in page
    assert page.count("appears with its first track") == 2


def test_a_running_fetch_shows_its_progress_and_asks_again_by_itself(pages, period, genre):
    fetched(genre, status="running", expected=612, collected=438, finished_at=None)

    page = week(pages, period)

    assert "<b>438</b> of 612 from Beatport" in page
    assert "You can leave this page, nothing stops." in page
    assert f'hx-get="{reverse("period_progress", args=[period.pk])}"' in page
    assert 'hx-trigger="every 2s"' in page


def test_the_fragment_brings_along_what_else_changes(pages, period, genre):
    fetched(genre, status="running", expected=612, collected=438, finished_at=None)

    page = look(pages, "period_progress", period)

    assert "<html" not in page
    assert page.strip().startswith("<section")
    for part in ("actions", "playlists", "notices"):
        assert f'id="{part}"' in page
    assert page.count('hx-swap-oob="true"') == 3


def test_a_week_that_has_arrived_stops_asking(pages, period, genre):
    fetched(genre)
    CurationTrackFactory(curation_period=period, track=matched_track())

    page = week(pages, period)

    assert "every 2s" not in page
    assert "3 of 3 tracks." in page
    assert "1 of 1 found on Spotify" in page


def test_a_fetched_week_goes_on_asking_until_its_tracks_are_in_bronze(pages, period, genre):
    fetched(genre, finished_at=timezone.now() + timedelta(seconds=1))

    page = week(pages, period)

    assert "Its tracks come to Bronze in a moment." in page
    assert "No new tracks." not in page
    assert "every 2s" in page


def test_tracks_still_to_be_looked_up_keep_it_asking(pages, period, genre):
    fetched(genre)
    CurationTrackFactory(curation_period=period)

    assert "every 2s" in week(pages, period)


def test_a_used_up_quota_says_when_it_goes_on_and_stops_asking(pages, period, genre):
    fetched(genre)
    CurationTrackFactory(curation_period=period)
    quota.close("search", timezone.now() + timedelta(hours=5))

    page = week(pages, period)

    assert "searches are used up" in page
    assert "every 2s" not in page


def test_half_a_week_says_what_came_and_why_not_the_rest(pages, period, genre):
    fetched(genre, status="partial", expected=274, collected=40, error="Beatport answered 503.")

    page = week(pages, period)

    assert "40 of 274 came" in page
    assert "Beatport answered 503." in page
    assert "Try again" in page


@pytest.mark.parametrize("trouble", ["not_connected", "challenge"])
@pytest.mark.parametrize("name", ["period", "sort"])
def test_without_a_connection_staff_finds_both_ways_out_and_a_dj_whom_to_ask(
    pages, dj, period, genre, trouble, name
):
    fetched(genre, status="failed", trouble=trouble, error="Connect Beatport again.")
    CurationPeriod.objects.update(filled_at=None)

    page = look(pages, name, period)
    assert "Ask whoever looks after it" in page
    assert "Connect Beatport" not in page

    dj.is_staff = True
    dj.save()
    page = look(pages, name, period)
    assert "Connect Beatport again." in page
    assert f'href="{reverse("beatport")}"' in page
    assert f'href="{reverse("uploads")}"' in page


def test_trying_again_asks_beatport_once_more(pages, period, genre):
    fetched(genre, status="failed", finished_at=timezone.now() - timedelta(hours=1))

    answer = pages.post(reverse("period_fetch", args=[period.pk]))

    assert answer["Location"] == reverse("period", args=[period.pk])
    assert IngestRun.objects.filter(status="queued", genre=genre).count() == 1


def test_an_empty_week_says_so_and_what_to_do(pages, period, genre):
    fetched(genre, expected=0, collected=0)

    page = week(pages, period)

    assert "No new tracks." in page
    assert 'id="playlists"' not in page
    assert "Ask Beatport again" in page


def test_a_week_without_genres_was_never_fetched(pages, dj):
    period = CurationPeriodFactory(user=dj, style=StyleFactory())

    assert "This week was never fetched." in week(pages, period)


def test_the_notices_count_what_is_open(pages, period, genre):
    fetched(genre)
    for state in ("review", "review", "not_found"):
        CurationTrackFactory(curation_period=period, track=TrackFactory(match=state))
    CurationTrackFactory(curation_period=period, track=matched_track(), is_late=True)

    page = week(pages, period)

    assert "2 matches look doubtful." in page
    assert "1 track is not on Spotify yet." in page
    assert "1 track came late." in page


def test_a_closed_week_tells_of_late_tracks(pages, dj, style):
    period = CurationPeriodFactory(user=dj, style=style, status="CLOSED", late_tracks=12)

    page = week(pages, period)

    assert "12 tracks came after you had closed this week." in page
    assert "Reopen the week" in page


def test_a_fresh_week_offers_to_start_and_a_begun_one_to_continue(pages, dj, period):
    tracks = CurationTrackFactory.create_batch(2, curation_period=period)
    assert "Start sorting" in week(pages, period)

    moves.move_track(user=dj, track=tracks[0], to=playlist_of(period, "Warm Up"))
    assert "Continue sorting" in week(pages, period)

    moves.move_track(user=dj, track=tracks[1], to=playlist_of(period, "Warm Up"))
    page = week(pages, period)
    assert "Bronze is empty" in page
    assert "sorting" not in page


def test_closing_can_leave_the_rest_unsorted(pages, period):
    CurationTrackFactory.create_batch(2, curation_period=period)

    answer = pages.post(reverse("period_close", args=[period.pk]), {"rest": "leave"})

    period.refresh_from_db()
    assert answer.status_code == 302
    assert period.is_closed
    assert not period.stays_on_spotify
    assert period.tracks.unsorted().count() == 2


def test_closing_can_take_the_rest_to_trash_and_keep_the_playlists(pages, period):
    CurationTrackFactory.create_batch(2, curation_period=period)

    pages.post(reverse("period_close", args=[period.pk]), {"rest": "trash", "stays": "on"})

    period.refresh_from_db()
    assert period.stays_on_spotify
    trash = CurationTrack.objects.filter(current_silver_playlist__user_category__is_trash=True)
    assert trash.count() == 2


def test_closing_twice_is_a_conflict_with_a_sentence(pages, period):
    pages.post(reverse("period_close", args=[period.pk]))

    answer = pages.post(reverse("period_close", args=[period.pk]))

    assert answer.status_code == 409
    assert "This week is closed. Reopen it to change it." in answer.content.decode()
    assert "closed" in answer["X-Sentence"]


def test_reopening_brings_the_week_back(pages, period):
    pages.post(reverse("period_close", args=[period.pk]))

    answer = pages.post(reverse("period_reopen", args=[period.pk]), follow=True)

    period.refresh_from_db()
    assert period.status == CurationPeriod.Status.IN_PROGRESS
    assert "open again, as you left it" in answer.content.decode()


def test_reopening_an_open_week_is_a_conflict(pages, period):
    answer = pages.post(reverse("period_reopen", args=[period.pk]))

    assert answer.status_code == 409
    assert "open already" in answer.content.decode()


def test_sync_now_makes_what_waits_due(pages, dj, period):
    track = CurationTrackFactory(curation_period=period, track=matched_track())
    CurationTrackFactory(curation_period=period)
    moves.move_track(user=dj, track=track, to=playlist_of(period, "Warm Up"))
    assert period.mirrored_playlists.filter(due_at__gt=timezone.now()).exists()

    pages.post(reverse("period_sync", args=[period.pk]))

    assert not period.mirrored_playlists.filter(due_at__gt=timezone.now()).exists()


def test_a_playlist_deleted_in_spotify_is_made_again(pages, period):
    CurationTrackFactory(curation_period=period)
    bronze = period.mirrored_playlists.get(layer="bronze")
    period.mirrored_playlists.filter(pk=bronze.pk).update(state="missing", spotify_id="old")
    assert "Make again" in week(pages, period)

    answer = pages.post(reverse("playlist_again", args=[bronze.pk]))

    again = period.mirrored_playlists.get(layer="bronze")
    assert answer["Location"] == reverse("period", args=[period.pk])
    assert (again.state, again.spotify_id) == ("active", None)


def test_a_playlist_of_another_dj_is_not_there(pages):
    theirs = CurationPeriodFactory().mirrored_playlists.first()

    assert pages.post(reverse("playlist_again", args=[theirs.pk])).status_code == 404


def test_the_week_asks_as_often_for_thirty_tracks_as_for_three(
    pages, dj, period, genre, django_assert_max_num_queries
):
    fetched(genre)
    sort(dj, period, 3)
    week(pages, period)
    with django_assert_max_num_queries(30) as few:
        week(pages, period)
    sort(dj, period, 27)
    with django_assert_max_num_queries(len(few)):
        week(pages, period)


def sort(dj, period, count):
    for track in CurationTrackFactory.create_batch(count, curation_period=period):
        moves.move_track(user=dj, track=track, to=playlist_of(period, "Warm Up"))


# All tracks of a week


def tracks(pages, period, **query) -> str:
    answer = pages.get(reverse("period_tracks", args=[period.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_all_tracks_are_listed_with_their_place(pages, dj, period):
    loose, sorted_one = CurationTrackFactory.create_batch(2, curation_period=period)
    moves.move_track(user=dj, track=sorted_one, to=playlist_of(period, "Peak Time"))

    page = tracks(pages, period)

    rows = {
        title: page.split(f">{title}")[1].split("</tr>")[0] for title in titles(loose, sorted_one)
    }
    assert "layer-bronze" in rows[loose.track.title]
    assert "layer-silver" in rows[sorted_one.track.title]
    assert "Peak Time" in rows[sorted_one.track.title]


def test_the_list_is_filtered_by_place(pages, dj, period):
    loose, sorted_one = CurationTrackFactory.create_batch(2, curation_period=period)
    warm = playlist_of(period, "Warm Up")
    moves.move_track(user=dj, track=sorted_one, to=warm)

    in_bronze = tracks(pages, period, place="bronze")
    in_warm = tracks(pages, period, place=warm.pk)

    assert loose.track.title in in_bronze
    assert sorted_one.track.title not in in_bronze
    assert sorted_one.track.title in in_warm
    assert loose.track.title not in in_warm


@pytest.mark.parametrize("word", ["ØYVIND", "øyvi holm", "voltage", "gleis"])
def test_the_search_looks_at_titles_artists_and_labels(pages, period, word):
    found = TrackFactory(
        title="Left Running",
        mix_name="Slow Voltage Dub",
        artists=[ArtistFactory(name="øyvind Holmqvar")],
        release__label__name="Gleis Neun",
    )
    CurationTrackFactory(curation_period=period, track=found)
    other = CurationTrackFactory(curation_period=period)

    page = tracks(pages, period, q=word.lower())

    assert "Left Running" in page
    assert other.track.title not in page


def test_the_list_is_filtered_by_the_match(pages, period):
    doubtful = CurationTrackFactory(curation_period=period, track=TrackFactory(match="review"))
    found = CurationTrackFactory(curation_period=period, track=matched_track())

    page = tracks(pages, period, state="review")

    assert doubtful.track.title in page
    assert found.track.title not in page


@pytest.mark.parametrize("place", ["99999999999999999999999999", "-1", "nonsense", "\x00", "²"])
def test_a_filter_that_makes_no_sense_breaks_nothing(pages, period, place):
    CurationTrackFactory(curation_period=period)

    assert tracks(pages, period, place=place, page=place, q=place)


def test_each_track_can_be_opened_outside(pages, period, settings):
    track = matched_track(7)
    CurationTrackFactory(curation_period=period, track=track)

    page = tracks(pages, period)

    assert f"{settings.SPOTIFY_OPEN_URL}/track/{7:022d}" in page
    assert f"{settings.BEATPORT_WEB_URL}/track/{track.slug}/{track.beatport_id}" in page


def test_a_doubtful_match_is_no_link_to_spotify(pages, period, settings):
    track = TrackFactory(match="review", spotify_uri="spotify:track:doubtful")
    CurationTrackFactory(curation_period=period, track=track)

    page = tracks(pages, period)

    assert f"{settings.SPOTIFY_OPEN_URL}/track/" not in page
    assert f"{reverse('matches')}?track={track.pk}" in page


def test_a_hundred_tracks_are_a_page(pages, period):
    CurationTrackFactory.create_batch(101, curation_period=period)

    first, second = tracks(pages, period), tracks(pages, period, page=2, place="bronze")

    assert first.count('class="cell-title"') == 100
    assert second.count('class="cell-title"') == 1
    assert "place=bronze&amp;page=1" in second or "page=1&amp;place=bronze" in second


def test_the_tracks_ask_as_often_for_thirty_as_for_three(
    pages, period, django_assert_max_num_queries
):
    for number in range(3):
        CurationTrackFactory(curation_period=period, track=matched_track(number))
    tracks(pages, period)
    with django_assert_max_num_queries(20) as few:
        tracks(pages, period)
    for number in range(3, 30):
        CurationTrackFactory(curation_period=period, track=matched_track(number))
    with django_assert_max_num_queries(len(few)):
        tracks(pages, period)


def test_looking_at_a_week_changes_nothing(pages, period):
    CurationTrackFactory(curation_period=period)
    before = CurationPeriod.objects.values().get(pk=period.pk)

    week(pages, period)
    tracks(pages, period)

    assert CurationPeriod.objects.values().get(pk=period.pk) == before


def test_a_late_track_reopens_the_page_for_sorting(pages, dj, period, genre):
    fetched(genre)
    [only] = CurationTrackFactory.create_batch(1, curation_period=period)
    moves.move_track(user=dj, track=only, to=playlist_of(period, "Warm Up"))
    TrackFactory(genre=genre, published_on=period.first_day)
    periods.bring_tracks(period)

    page = week(pages, period)

    assert "1 track came late." in page
    assert "Continue sorting" in page


def titles(*rows):
    return [row.track.title for row in rows]


# Playlists that are no longer mirrored


def mirrored_bronze(period) -> MirroredPlaylist:
    period.mirrored_playlists.filter(layer="bronze").update(spotify_id="abc")
    return period.mirrored_playlists.get(layer="bronze")


def test_a_playlist_is_left_alone_and_made_again(pages, period, genre):
    fetched(genre)
    CurationTrackFactory(curation_period=period, track=matched_track())
    kept = mirrored_bronze(period)
    assert reverse("playlist_stop", args=[kept.pk]) in week(pages, period)

    answer = pages.post(reverse("playlist_stop", args=[kept.pk]))

    assert answer["Location"] == reverse("period", args=[period.pk])
    assert mirrored_bronze(period).state == MirroredPlaylist.State.STOPPED
    page = week(pages, period)
    assert reverse("playlist_again", args=[kept.pk]) in page
    assert reverse("playlist_stop", args=[kept.pk]) not in page

    pages.post(reverse("playlist_again", args=[kept.pk]))
    assert period.mirrored_playlists.get(layer="bronze").state == MirroredPlaylist.State.ACTIVE


def test_a_stranger_stops_nothing(pages):
    theirs = mirrored_bronze(CurationPeriodFactory())

    answer = pages.post(reverse("playlist_stop", args=[theirs.pk]))

    assert answer.status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == MirroredPlaylist.State.ACTIVE


# What is in Golden already


def kept_before(dj, genre, count=1):
    """Recordings of week 46 that the DJ keeps; of each there are two tracks."""
    category = UserCategoryFactory(user=dj)
    for number in range(count):
        key = f"kept {number}"
        track, _ = TrackFactory.create_batch(
            2, genre=genre, published_on=date(2026, 11, 9), recording_key=key, title=key.title()
        )
        category.golden_tracks.create(track=track, added_at=timezone.now())


def test_the_week_counts_and_names_what_is_left_out_for_being_golden(pages, dj, period, genre):
    kept_before(dj, genre, 2)
    TrackFactory(genre=genre, published_on=date(2026, 11, 9), title="New one")

    page = week(pages, period)

    assert "2 already in Golden, left out." in page
    assert page.count("Kept 1 (Original Mix)") == 1
    assert "New one" not in page


def test_nothing_is_left_out_that_the_dj_wants_to_hear_again(pages, dj, period, genre):
    kept_before(dj, genre)
    dj.preferences.leaves_out_golden = False
    dj.preferences.save()

    assert "left out" not in week(pages, period)


def test_what_lies_in_the_week_or_in_another_djs_golden_is_not_left_out(pages, dj, period, genre):
    kept_before(UserFactory(), genre)
    row = CurationTrackFactory(
        curation_period=period,
        track=TrackFactory(genre=genre, published_on=date(2026, 11, 9)),
    )
    golden.move_and_promote(user=dj, track=row, to=playlist_of(period, "Warm Up"))

    assert "left out" not in week(pages, period)


def test_many_left_out_take_no_more_queries(
    pages, dj, period, genre, django_assert_max_num_queries
):
    kept_before(dj, genre, 3)
    with django_assert_max_num_queries(30) as few:
        week(pages, period)

    category = dj.categories.get(style__periods=None)
    for number in range(30):
        track = TrackFactory(genre=genre, published_on=date(2026, 11, 10), title=f"More {number}")
        category.golden_tracks.create(track=track, added_at=timezone.now())
    with django_assert_max_num_queries(len(few)):
        assert "33 already in Golden, left out." in week(pages, period)

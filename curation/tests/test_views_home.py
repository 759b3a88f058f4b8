from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.connection import warn_of_ends
from accounts.models import SpotifyCredential
from catalog.models import SpotifyMatch
from catalog.tests.factories import GenreFactory, TrackFactory
from curation import categories, moves, periods, sifting
from curation.models import CurationPeriod, MirroredPlaylist
from curation.selection import Selection
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)
from curation.weeks import last_full_week
from ingestion.models import IngestRun
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db


def home(pages) -> str:
    answer = pages.get(reverse("home"))
    assert answer.status_code == 200
    return answer.content.decode()


def opened(dj, *, tracks=3, style=None, **fields):
    period = CurationPeriodFactory(user=dj, style=style or StyleFactory(), **fields)
    CurationTrackFactory.create_batch(tracks, curation_period=period)
    return period


def test_a_stranger_is_sent_to_the_login(client):
    answer = client.get(reverse("home"))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


def test_a_fragment_is_told_that_the_session_has_ended(client):
    answer = client.get(reverse("sync_line"), headers={"HX-Request": "true"})

    assert answer.status_code == 401


DONE = '<span class="visually-hidden">done</span>'


def test_a_new_dj_sees_three_steps(pages):
    style = StyleFactory(name="Dub Techno")

    page = home(pages)

    assert f'{reverse("settings")}#spotify">Connect<' in page
    assert reverse("style", args=[style.slug]) in page
    assert page.count('aria-current="step"') == 1
    assert DONE not in page


def test_a_step_that_is_done_is_ticked(pages, dj):
    connect(dj, authorized_at=timezone.now())

    page = home(pages)

    assert page.count(DONE) == 1
    assert f'{reverse("settings")}#spotify">Connect' not in page


def test_the_guide_stays_until_the_first_week_is_open(pages, dj):
    connect(dj, authorized_at=timezone.now())
    style = StyleFactory(name="Dub Techno")
    categories.create_first(user=dj, style=style, names=["Warm Up"])
    week = last_full_week(now=timezone.now(), zone=dj.preferences.zone)

    page = home(pages)

    assert page.count(DONE) == 2
    assert f"Start with week {week.number}" in page
    assert "Open Dub Techno</button>" in page

    pages.post(
        reverse("period_open"), {"style": style.slug, "year": week.year, "week": week.number}
    )

    assert "Three steps" not in home(pages)


def test_the_time_left_is_told_at_the_djs_own_pace(pages, dj):
    period = opened(dj, tracks=60)
    rows = list(period.tracks.in_bronze_order()[:30])
    for row in rows:
        moves.move_track(user=dj, track=row, to=playlist_of(period, "Warm Up"))
    begun = timezone.now() - timedelta(hours=1)
    for number, row in enumerate(rows):
        row.moves.update(created_at=begun + timedelta(seconds=8 * number))

    page = home(pages)

    assert "30 left, about 4 minutes at 8 s a track" in page
    assert "at your pace, 8 s a track" in page

    desk = pages.get(reverse("sort", args=[period.pk])).content.decode()

    assert "7.5 a minute, done at" in desk


def test_nothing_is_estimated_before_twenty_decisions(pages, dj):
    period = opened(dj, tracks=60)
    for row in period.tracks.in_bronze_order()[:19]:
        moves.move_track(user=dj, track=row, to=playlist_of(period, "Warm Up"))

    assert "a track" not in home(pages)


def test_it_continues_where_the_dj_stopped(pages, dj):
    opened(dj)
    latest = opened(dj, tracks=4, week=45)
    track = latest.tracks.in_bronze_order()[0]
    moves.move_track(user=dj, track=track, to=playlist_of(latest, "Warm Up"))

    page = home(pages)

    assert f'<h1 id="resume">{latest.style}, week 45</h1>' in page
    assert "1 of 4 sorted" in page
    assert reverse("sort", args=[latest.pk]) in page
    assert latest.tracks.unsorted().in_bronze_order()[0].track.title in page


def test_the_next_track_is_the_one_that_the_desk_begins_with(pages, dj):
    period = CurationPeriodFactory(user=dj)
    for bpm in (130, 125, 128):
        track = TrackFactory(title=f"At {bpm}", bpm=bpm)
        CurationTrackFactory(curation_period=period, track=track)

    sifting.remember(period, Selection(order="bpm", bpm_from=126))
    assert "Next: At 128" in home(pages)

    sifting.remember(period, Selection(bpm_from=300))
    assert "Next: At 130" in home(pages)


def test_a_sorted_week_waits_for_its_review(pages, dj):
    period = opened(dj, tracks=1)
    moves.move_track(user=dj, track=period.tracks.get(), to=playlist_of(period, "Warm Up"))

    page = home(pages)

    assert "Waiting for your review" in page
    assert "Sorted, 1 in Silver" in page
    assert reverse("review", args=[period.pk]) in page


def test_a_week_being_fetched_says_how_far_it_is(pages, dj):
    genre = GenreFactory()
    opened(dj)
    period = opened(dj, tracks=0)
    period.style.genres.add(genre)
    IngestRunFactory(genre=genre, year=2026, week=46, status="running", expected=612, collected=438)

    assert "438 of 612 here" in home(pages)


@pytest.mark.parametrize(("others", "said"), [(0, "not all of it came"), (1, "Not all of it came")])
def test_a_week_that_came_only_in_part_says_so(pages, dj, others, said):
    genre = GenreFactory()
    period = opened(dj)
    period.style.genres.add(genre)
    IngestRunFactory(genre=genre, year=2026, week=46, status=IngestRun.Status.PARTIAL)
    for _ in range(others):
        opened(dj)

    assert said in home(pages)


def test_the_last_full_week_of_a_style_is_proposed_until_it_is_open(pages, dj):
    opened(dj)
    genre = GenreFactory()
    style = StyleFactory(name="Dub Techno")
    style.genres.add(genre)
    categories.create_first(user=dj, style=style, names=["Warm Up"])
    week = last_full_week(now=timezone.now(), zone=dj.preferences.zone)
    TrackFactory.create_batch(2, genre=genre, published_on=week.first_day)

    page = home(pages)

    assert f"Open Dub Techno, week {week.number}" in page
    assert "<b>2</b> tracks" in page

    periods.open_period(user=dj, style=style, year=week.year, week=week.number)

    assert f"Open Dub Techno, week {week.number}" not in home(pages)


def test_a_style_without_categories_is_not_proposed(pages, dj):
    opened(dj)
    StyleFactory(name="Never Touched")

    assert "Never Touched" not in home(pages)


def test_what_needs_the_dj_is_listed(pages, dj):
    period = opened(dj, tracks=0)
    CurationTrackFactory(curation_period=period, track=TrackFactory(match="review"))
    period.mirrored_playlists.filter(layer="bronze").update(
        state=MirroredPlaylist.State.MISSING, name="Week 46 Bronze"
    )
    closed = opened(dj, week=40)
    CurationPeriod.objects.filter(pk=closed.pk).update(status="CLOSED", late_tracks=12)

    page = home(pages)

    assert "Spotify is not connected" in page
    assert "1 doubtful match<" in page
    assert "“Week 46 Bronze” is gone" in page
    assert "12 late tracks" in page


def test_doubtful_matches_of_closed_weeks_and_other_djs_do_not_count(pages, dj):
    closed = opened(dj, tracks=0, status="CLOSED")
    CurationTrackFactory(curation_period=closed, track=TrackFactory(match="review"))
    CurationTrackFactory(track=TrackFactory(match="review"))
    opened(dj)

    assert "doubtful" not in home(pages)


def test_a_connection_that_ends_soon_is_told(pages, dj):
    opened(dj)
    connect(dj, authorized_at=timezone.now() - timedelta(days=170))
    warn_of_ends()

    page = home(pages)

    assert "Spotify connection ends on" in page
    assert f'href="{reverse("settings")}#spotify">Reconnect' in page


def test_a_fresh_connection_is_not_a_need(pages, dj):
    opened(dj)
    connect(dj, authorized_at=timezone.now())

    assert "Nothing. Go on listening." in home(pages)


def test_the_page_asks_as_often_for_thirty_weeks_as_for_three(
    pages, dj, django_assert_max_num_queries
):
    for week in range(1, 4):
        opened(dj, week=week, tracks=1)
    home(pages)
    with django_assert_max_num_queries(40) as few:
        home(pages)
    for week in range(4, 31):
        opened(dj, week=week, tracks=1)
    with django_assert_max_num_queries(len(few)):
        home(pages)


def test_looking_changes_nothing(pages, dj):
    period = opened(dj)
    home(pages)
    before = CurationPeriod.objects.values().get(pk=period.pk)

    home(pages)

    assert CurationPeriod.objects.values().get(pk=period.pk) == before


def test_the_line_of_the_bar_can_be_asked_for_alone(pages, dj):
    answer = pages.get(reverse("sync_line"), headers={"HX-Request": "true"})

    assert "Spotify: not connected" in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_theme_is_the_djs(pages, dj, theme):
    dj.preferences.theme = theme
    dj.preferences.save()

    assert f'data-theme="{theme}"' in home(pages)


def test_staff_find_the_admin_and_others_do_not(pages, dj):
    assert reverse("admin:index") not in home(pages)

    dj.is_staff = True
    dj.save()

    assert reverse("admin:index") in home(pages)


def test_every_page_says_that_this_is_the_sandbox(pages):
    assert "<b>Sandbox.</b>" in home(pages)


def test_a_page_that_is_not_there_keeps_the_bar(pages):
    answer = pages.get("/no-such-page/")

    assert answer.status_code == 404
    assert "Back to your weeks" in answer.content.decode()


def test_a_form_without_its_token_gets_a_page(dj):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(dj)

    answer = strict.post(reverse("period_open"))

    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


def test_the_pages_allow_no_inline_script_or_style(pages, dj):
    opened(dj)

    policy = pages.get(reverse("home"))["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert " style=" not in home(pages)


def connect(dj, *, authorized_at):
    SpotifyCredential.objects.create(
        user=dj,
        account_id=f"account of {dj.pk}",
        scopes=settings.SPOTIFY_SCOPES,
        authorized_at=authorized_at,
        expires_at=timezone.now() + timedelta(hours=1),
    )


def test_playable_tracks_are_no_doubt(pages, dj):
    period = opened(dj, tracks=0)
    for state in SpotifyMatch.PLAYABLE:
        CurationTrackFactory(curation_period=period, track=TrackFactory(match=state))

    assert "doubtful match" not in home(pages)

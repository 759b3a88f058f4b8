"""The page that tells staff how it is going."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from accounts.models import QuotaBucket, QuotaHour, SpotifyCredential
from accounts.tests.factories import UserFactory
from catalog.models import SpotifyMatch
from catalog.tests.factories import TrackFactory
from clouder import going
from clouder.going import Going
from clouder.tests import rows
from curation.models import MirroredPlaylist
from ingestion.models import IngestRun
from ingestion.tests.factories import GenreFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/status/"


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(is_staff=True))
    return client


@pytest.fixture
def beats() -> None:
    PeriodicTask.objects.update(last_run_at=timezone.now())


def now() -> Going:
    return Going(timezone.now())


def ago(**time: float):
    return timezone.now() - timedelta(**time)


def waiting(*, due_at, **more) -> None:
    """One more playlist that waits."""
    number = MirroredPlaylist.objects.count() + 1
    period = rows.hub(rows.CurationPeriod)
    playlist = period.playlists.create(
        user_category=period.user.categories.create(name=f"More {number}", style=period.style)
    )
    MirroredPlaylist.objects.create(
        user=period.user,
        layer="silver",
        curation_period=period,
        period_playlist=playlist,
        wanted=1,
        due_at=due_at,
        **more,
    )


@pytest.fixture
def week() -> None:
    rows.fill(range(1, 2))
    MirroredPlaylist.objects.all().delete()


def test_only_staff_see_it_and_find_it_in_their_bar(client, staff):
    page = staff.get("/styles/").content.decode()
    client.force_login(UserFactory())

    assert f'href="{ADDRESS}"' in page
    assert client.get(ADDRESS).status_code == 403
    assert f'href="{ADDRESS}"' not in client.get("/styles/").content.decode()


def test_when_nothing_is_wrong_it_says_so(staff, beats):
    page = staff.get(ADDRESS).content.decode()

    assert "Nothing wants attention." in page
    assert "None. Faults of Clouder’s own stand in its log." in page


def test_playlists_are_counted_by_how_far_they_are_behind(week):
    for due_at in (ago(minutes=-3), ago(minutes=1), ago(minutes=20), ago(hours=2), ago(days=3)):
        waiting(due_at=due_at)
    waiting(due_at=ago(hours=9), claimed_until=ago(minutes=-1))

    found = now()

    assert [amount.count for amount in found.behind] == [1, 1, 1, 3]
    assert (found.playlists.count, found.playlists.under_way) == (5, 1)
    assert timezone.now() - found.playlists.oldest_at > timedelta(days=2)
    assert "3 playlists are behind by an hour." in found.wants


def test_fetches_wait_from_when_they_were_asked_for():
    genre = GenreFactory()
    make = IngestRun.objects.create
    make(genre=genre, year=2026, week=1)
    make(genre=genre, year=2026, week=2, status="running", claimed_until=ago(minutes=-1))
    make(genre=genre, year=2026, week=3, not_before=ago(hours=-5))
    make(genre=genre, year=2026, week=4, status="complete")
    IngestRun.objects.filter(week__in=(1, 3)).update(created_at=ago(hours=2))

    found = now().fetches

    assert (found.count, found.under_way) == (2, 1)
    assert timedelta(hours=1) < timezone.now() - found.oldest_at < timedelta(hours=3)


def test_calls_are_told_against_the_cap_hour_by_hour(settings):
    bucket, _ = QuotaBucket.objects.get_or_create(name="search")
    for hours, calls in ((0, 3), (2, 7), (30, 99)):
        hour = ago(hours=hours).replace(minute=0, second=0, microsecond=0)
        QuotaHour.objects.create(bucket=bucket, hour=hour, calls=calls)
    QuotaBucket.objects.filter(pk=bucket.pk).update(closed_until=ago(hours=-1))

    found = now()
    search = found.buckets[0]

    assert (search.used, search.cap) == (10, settings.SPOTIFY_QUOTA["search"])
    assert search.hours[-3:] == [7, 0, 3]
    assert [bar.height for bar in search.bars][-3:] == [going.HEIGHT, 0, 18]
    assert "Searches: Spotify takes no more for now." in found.wants


def test_new_music_is_told_by_where_it_stands():
    today = timezone.now().date()
    for state in ("matched", "matched", "not_found"):
        TrackFactory(match=state, published_on=today)
    TrackFactory(match="matched", published_on=today - timedelta(days=40))

    found = {amount.words: amount.count for amount in now().new_music}

    assert found == {
        "Not looked up yet": 0,
        "On Spotify": 2,
        "Other edit on Spotify": 0,
        "Doubtful": 0,
        "Not on Spotify": 1,
    }


def test_troubles_of_the_day_are_told_in_words(staff, week):
    run = {"genre": GenreFactory(), "year": 2026, "status": "failed", "trouble": "challenge"}
    IngestRun.objects.create(**run, week=2, finished_at=ago(hours=1))
    IngestRun.objects.create(**run, week=3, finished_at=ago(days=2))
    waiting(due_at=ago(minutes=1), trouble="quota", error="Spotify's quota is used up.")
    SpotifyMatch.objects.update(state="pending", attempts=2, error="No answer.")
    AccessAttempt.objects.create(ip_address="192.0.2.1", failures_since_start=4)

    told = {(one.where, one.words): one.count for one in now().troubles}
    page = staff.get(ADDRESS).content.decode()

    assert told == {
        ("Fetches", "The website wants to see a human"): 1,
        ("Playlists", "Spotify's quota is used up"): 1,
        ("Matches", "Searches failed and are tried again"): 1,
        ("Admin", "Wrong passwords"): 4,
    }
    assert "The website wants to see a human" in page


def test_what_needs_a_person_comes_first(staff, week, settings):
    PeriodicTask.objects.update(last_run_at=ago(hours=3))
    SpotifyCredential.objects.create(
        user=UserFactory(),
        account_id="x",
        status="needs_reconnect",
        authorized_at=rows.NOW,
        expires_at=rows.NOW,
    )

    page = staff.get(ADDRESS).content.decode()

    assert "2 things want attention." in page
    for words in ("scheduler stands still", "1 DJ is turned away"):
        assert words in page


def test_a_broker_that_does_not_answer_is_told(staff, monkeypatch):
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://127.0.0.1:1/0")
    going.app.close()

    assert "The broker does not answer" in staff.get(ADDRESS).content.decode()


def test_it_asks_as_much_for_300_rows_as_for_30(staff):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(ADDRESS).status_code == 200
        return len(captured)

    rows.fill(range(1, 31))
    few = queries()
    rows.fill(range(31, 301))

    assert queries() == few <= 22


def test_nothing_on_it_is_styled_or_scripted_inline(staff):
    page = staff.get(ADDRESS).content.decode()

    assert " style=" not in page
    assert "<svg" in page

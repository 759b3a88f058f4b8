import threading
import time
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from accounts import quota
from accounts.errors import QuotaExceeded, RateLimited
from accounts.models import QuotaBucket, QuotaHour, QuotaPace
from accounts.tests.elsewhere import Elsewhere, together

HOUR = timedelta(hours=1)
Purpose = QuotaHour.Purpose


@pytest.fixture
def cap_of_three(settings):
    settings.SPOTIFY_QUOTA = {**settings.SPOTIFY_QUOTA, "search": 3}


def this_hour():
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def calls_in(bucket, hours_ago, calls):
    row, _ = QuotaBucket.objects.get_or_create(name=bucket)
    QuotaHour.objects.create(bucket=row, hour=this_hour() - hours_ago * HOUR, calls=calls)


# Counting


@pytest.mark.django_db
def test_the_ledger_knows_what_calls_were_made_for():
    quota.take("write", Purpose.PLAYLISTS)
    quota.take("write", Purpose.LATE)
    quota.take("write", Purpose.PLAYLISTS)
    calls_in("write", 26, 5)

    assert list(quota.used_for("write").items()) == [
        ("Playlists that DJs decided on", 2),
        ("Late matches, changes made in Spotify", 1),
    ]
    assert quota.used_for("search") == {}
    assert quota.used("write") == 3


@pytest.mark.django_db
def test_the_last_calls_of_a_day_are_for_what_a_dj_waits_for(settings):
    settings.SPOTIFY_QUOTA = {**settings.SPOTIFY_QUOTA, "search": 10}
    settings.SPOTIFY_RESERVE = 0.2
    for _ in range(8):
        quota.take("search", Purpose.REST)

    with pytest.raises(QuotaExceeded) as refusal:
        quota.take("search", Purpose.REST)
    assert refusal.value.is_reserve
    assert refusal.value.until == this_hour() + 25 * HOUR

    quota.take("search", Purpose.OPEN_WEEKS)
    quota.take("search", Purpose.OPEN_WEEKS)
    with pytest.raises(QuotaExceeded) as refusal:
        quota.take("search", Purpose.OPEN_WEEKS)
    assert not refusal.value.is_reserve


@pytest.mark.django_db
def test_a_call_is_given_back_to_its_purpose():
    quota.take("search", Purpose.REST)
    quota.take("search", Purpose.OPEN_WEEKS)

    quota.give_back("search", Purpose.REST)

    assert quota.used_for("search") == {"Looking up tracks of open weeks": 1}


@pytest.mark.django_db
def test_a_call_is_counted_in_its_bucket():
    quota.take("search")
    quota.take("search")
    quota.take("write")

    assert quota.used("search") == 2
    assert quota.used("write") == 1
    assert quota.used("read") == 0
    assert quota.left("search") == 9998


@pytest.mark.django_db
def test_a_new_installation_has_its_buckets(settings):
    assert set(QuotaBucket.objects.values_list("name", flat=True)) == set(settings.SPOTIFY_QUOTA)


@pytest.mark.django_db
def test_reading_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(3) as asked:
        assert quota.used("search") == 0
        assert quota.left("search") > 0
        assert quota.opens_at("search") is None

    assert all(query["sql"].startswith("SELECT") for query in asked)


@pytest.mark.django_db
def test_a_missing_bucket_is_made():
    QuotaBucket.objects.all().delete()

    quota.take("search")
    quota.close("write", timezone.now() + HOUR)
    quota.refused("read", retry_after=None, is_quota=True)

    assert {bucket for bucket in ("search", "write", "read") if quota.opens_at(bucket)} == {
        "write",
        "read",
    }


@pytest.mark.django_db
def test_calls_of_an_hour_are_one_row():
    for _ in range(3):
        quota.take("search")

    assert QuotaHour.objects.get().calls == 3


@pytest.mark.django_db
def test_nothing_is_taken_beyond_the_cap(cap_of_three):
    for _ in range(3):
        quota.take("search")

    with pytest.raises(QuotaExceeded) as refusal:
        quota.take("search")

    assert refusal.value.bucket == "search"
    assert refusal.value.until == this_hour() + 25 * HOUR
    assert quota.used("search") == 3
    assert quota.left("search") == 0
    assert quota.opens_at("search") == refusal.value.until
    quota.take("write")


@pytest.mark.django_db
def test_the_window_rolls(cap_of_three):
    calls_in("search", 25, 3)
    calls_in("search", 3, 1)
    calls_in("search", 20, 1)

    quota.take("search")

    with pytest.raises(QuotaExceeded) as refusal:
        quota.take("search")
    assert refusal.value.until == this_hour() - 20 * HOUR + 25 * HOUR
    assert quota.used("search") == 3


@pytest.mark.django_db
def test_a_call_stays_on_the_books_for_a_whole_day(cap_of_three):
    calls_in("search", 24, 3)

    with pytest.raises(QuotaExceeded) as refusal:
        quota.take("search")

    assert refusal.value.until == this_hour() + HOUR


@pytest.mark.django_db
def test_a_cap_of_nothing_is_kept(settings):
    settings.SPOTIFY_QUOTA = {**settings.SPOTIFY_QUOTA, "search": 0}

    with pytest.raises(QuotaExceeded) as refusal:
        quota.take("search")

    assert refusal.value.until > timezone.now()


@pytest.mark.django_db
def test_a_call_that_never_left_is_given_back():
    quota.take("search")
    quota.take("search")

    quota.give_back("search")

    assert quota.used("search") == 1
    quota.give_back("search")
    quota.give_back("search")
    assert quota.used("search") == 0


@pytest.mark.django_db
def test_a_call_costs_three_small_statements(django_assert_num_queries):
    quota.take("search")

    with django_assert_num_queries(3 + 2):  # and a savepoint, because the test is a transaction
        quota.take("search")


# Closing


@pytest.mark.django_db
def test_a_closed_bucket_stays_closed_until_then():
    until = timezone.now() + 6 * HOUR

    quota.close("search", until)

    with pytest.raises(QuotaExceeded) as refusal:
        quota.take("search")
    assert refusal.value.until == until
    assert quota.left("search") == 0
    assert quota.opens_at("search") == until
    assert quota.used("search") == 0
    quota.take("write")


@pytest.mark.django_db
def test_a_bucket_opens_again():
    quota.close("search", timezone.now() - timedelta(seconds=1))

    quota.take("search")

    assert quota.opens_at("search") is None


@pytest.mark.django_db
def test_an_earlier_closing_does_not_open_a_bucket():
    until = timezone.now() + 6 * HOUR
    quota.close("search", until)

    quota.close("search", until - HOUR)

    assert quota.opens_at("search") == until


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "is_quota"), [(48925, True), (31, False), (5, True)])
def test_a_quota_closes_the_bucket_for_as_long_as_spotify_says(seconds, is_quota):
    error = quota.refused("search", retry_after=seconds, is_quota=is_quota)

    assert isinstance(error, QuotaExceeded)
    soon = timezone.now() + timedelta(seconds=seconds)
    assert abs(error.until - soon) < timedelta(seconds=2)
    assert quota.opens_at("search") == error.until
    assert quota.opens_at("write") is None


@pytest.mark.django_db
def test_a_refusal_without_a_time_closes_for_an_hour_then_two_then_four():
    hours = []
    for _ in range(7):
        QuotaBucket.objects.update(closed_until=None)
        error = quota.refused("search", retry_after=None, is_quota=False)
        hours.append(round((error.until - timezone.now()) / HOUR))

    assert hours == [1, 2, 4, 8, 16, 24, 24]


@pytest.mark.django_db
def test_an_answer_ends_the_doubling():
    quota.refused("search", retry_after=None, is_quota=False)
    quota.recovered("search")
    QuotaBucket.objects.update(closed_until=None)

    error = quota.refused("search", retry_after=None, is_quota=False)

    assert round((error.until - timezone.now()) / HOUR) == 1


@pytest.mark.django_db
def test_the_words_name_the_time_in_the_djs_zone():
    until = timezone.now().replace(hour=14, minute=5) - timedelta(days=2)
    with timezone.override("Asia/Tokyo"):
        error = QuotaExceeded("search", until)

    assert str(error) == "Spotify lets us continue at 23:05; your sorting is safe."
    assert "at 14:05 UTC;" in str(QuotaExceeded("search", until))
    assert error.until == until


@pytest.mark.django_db
def test_the_words_name_the_day_when_it_is_far():
    error = QuotaExceeded("search", timezone.now() + timedelta(days=2))

    assert f"on {timezone.now() + timedelta(days=2):%a %d %b} at " in str(error)


# The pace


@pytest.mark.django_db
def test_calls_of_all_buckets_leave_one_by_one(settings):
    settings.SPOTIFY_REQUESTS_PER_SECOND = 20
    began = time.monotonic()

    for bucket in ["search", "write", "read", "other"] * 2:
        quota.take(bucket)

    assert 7 / 20 <= time.monotonic() - began < 2


@pytest.mark.django_db
def test_a_short_break_is_everybodys():
    quota.take("search")

    error = quota.refused("search", retry_after=20, is_quota=False)

    assert isinstance(error, RateLimited)
    with pytest.raises(RateLimited) as refusal:
        quota.take("write")
    assert refusal.value.until == error.until
    assert quota.used("write") == 0
    assert quota.opens_at("search") is None


@pytest.mark.django_db
def test_a_pause_of_a_moment_is_waited_for(settings):
    quota.take("search")
    QuotaPace.objects.update(free_at=timezone.now() + timedelta(seconds=0.3))
    began = time.monotonic()

    quota.take("search")

    assert 0.2 < time.monotonic() - began < 1


@pytest.mark.django_db
def test_a_pause_does_not_shorten_a_longer_one():
    quota.take("search")
    later = quota.refused("search", retry_after=25, is_quota=False).until

    quota.refused("search", retry_after=1, is_quota=False)

    assert QuotaPace.objects.get().free_at == later


@pytest.mark.django_db
def test_a_clock_that_was_wrong_stops_nobody():
    quota.take("search")
    QuotaPace.objects.update(free_at=timezone.now() + HOUR)

    quota.take("search")

    assert QuotaPace.objects.get().free_at < timezone.now() + timedelta(seconds=1)


# Others at the same time


def in_threads(number, work):
    barrier = threading.Barrier(number)

    def run():
        barrier.wait()
        work()
        database.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_threads_take_exactly_the_cap(settings):
    settings.SPOTIFY_QUOTA = {**settings.SPOTIFY_QUOTA, "search": 25}
    settings.SPOTIFY_REQUESTS_PER_SECOND = 1000
    happened = []

    def work():
        for _ in range(10):
            try:
                quota.take("search")
                happened.append("taken")
            except QuotaExceeded:
                happened.append("refused")

    in_threads(4, work)

    assert sorted(happened) == ["refused"] * 15 + ["taken"] * 25
    assert quota.used("search") == 25


@pytest.mark.django_db(transaction=True)
def test_processes_share_one_ledger_and_one_pace():
    """The pace in the sandbox is 50 calls a second."""
    began = timezone.now()

    happened = together(*(Elsewhere("take", "search", 20) for _ in range(2)))

    assert happened == [["taken"] * 20] * 2
    assert quota.used("search") == 40
    assert QuotaPace.objects.get().free_at - began > timedelta(seconds=40 / 50)


@pytest.mark.django_db(transaction=True)
def test_other_processes_obey_a_closing():
    quota.close("search", timezone.now() + HOUR)

    search, write = together(Elsewhere("take", "search", 2), Elsewhere("take", "write", 2))

    assert search == ["QuotaExceeded"] * 2
    assert write == ["taken"] * 2

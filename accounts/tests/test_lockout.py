"""Passwords are for staff; guessing them is slow."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings as installed
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import lockout
from accounts.tests.factories import UserFactory

ADDRESS = "/admin/login/"
RIGHT = {"username": "boss", "password": "a long secret"}
WRONG = {"username": "boss", "password": "canary-guess"}


def guess(client: Client, times: int = installed.AXES_FAILURE_LIMIT):
    return [client.post(ADDRESS, WRONG) for _ in range(times)][-1]


@pytest.fixture
def boss():
    return UserFactory(username="boss", is_staff=True, is_superuser=True)


@pytest.mark.django_db
def test_after_ten_wrong_passwords_the_right_one_waits_too(client, boss):
    assert guess(client, 9).status_code == 200
    assert guess(client, 1).status_code == 429

    answer = client.post(ADDRESS, RIGHT)

    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert "In 15 minutes a password is taken again" in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_the_pause_ends_and_is_not_made_longer_by_more_guesses(client, boss):
    guess(client, 12)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))

    assert client.post(ADDRESS, RIGHT).status_code == 302


@pytest.mark.django_db
def test_the_right_password_forgives_the_wrong_ones(client, boss):
    guess(client, 9)
    client.post(ADDRESS, RIGHT)

    assert guess(Client(), 9).status_code == 200


@pytest.mark.django_db
def test_nobody_locks_the_boss_out_from_elsewhere(client, boss):
    guess(Client(REMOTE_ADDR="203.0.113.9"))

    assert client.post(ADDRESS, RIGHT).status_code == 302


@pytest.mark.django_db
def test_what_was_typed_is_not_kept(client, boss):
    client.post(ADDRESS, {"username": "canary-in-the-wrong-field", "password": "canary-guess"})

    (kept,) = AccessAttempt.objects.values()
    assert "canary" not in str(kept)


@pytest.mark.parametrize(
    ("seen", "forwarded", "is_public", "expected"),
    [
        ("192.0.2.1", None, False, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", False, "192.0.2.1"),
        ("127.0.0.1", "198.51.100.7", True, "198.51.100.7"),
        ("127.0.0.1", "10.0.0.1, 198.51.100.7", True, "198.51.100.7"),
        ("192.0.2.1", None, True, "192.0.2.1"),
        ("127.0.0.1", "nonsense", True, lockout.UNKNOWN),
        ("", None, False, lockout.UNKNOWN),
        ("2001:db8:1:2:3:4:5:6", None, False, "2001:db8:1:2::"),
    ],
)
def test_the_address_is_what_the_proxy_saw(settings, seen, forwarded, is_public, expected):
    settings.IS_PUBLIC = is_public
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().post(ADDRESS, REMOTE_ADDR=seen, headers=headers)

    assert lockout.address_of(request) == expected

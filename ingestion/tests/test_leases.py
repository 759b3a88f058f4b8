from datetime import timedelta
from time import monotonic

import pytest
from django.utils import timezone

from ingestion import leases
from ingestion.models import Lease

pytestmark = pytest.mark.django_db


def test_only_one_has_a_lease():
    assert leases.take("errand", seconds=60)
    assert leases.take("errand", seconds=60) is None
    assert leases.take("another", seconds=60)


def test_a_lease_ends_by_itself():
    leases.take("errand", seconds=60)
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))

    assert leases.take("errand", seconds=60)


def test_a_lease_given_back_is_free():
    held = leases.take("errand", seconds=60)

    leases.give_back("errand", held)

    assert leases.take("errand", seconds=60)


def test_a_lease_is_renewed_as_long_as_nobody_else_took_it():
    held = leases.take("errand", seconds=60)

    renewed = leases.renew("errand", held, seconds=90)

    assert renewed > held
    assert leases.renew("errand", held, seconds=90) is None


def test_who_lost_a_lease_cannot_give_it_back():
    lost = leases.take("errand", seconds=60)
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    leases.take("errand", seconds=60)

    leases.give_back("errand", lost)

    assert leases.take("errand", seconds=60) is None


def test_turns_come_at_the_asked_pace():
    started = monotonic()

    for _ in range(4):
        leases.wait_for_turn("pace", per_second=20)

    assert 0.15 <= monotonic() - started < 2

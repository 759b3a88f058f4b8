"""Claims that end by themselves, in the database: one at a time, whatever dies.

A lease is known by its end: who holds it passes the end along, and whoever finds another end there
has lost it.
"""

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from ingestion.models import Lease


@transaction.atomic
def take(name: str, *, seconds: float) -> datetime | None:
    """The end of the lease, or None while somebody else has it."""
    now = timezone.now()
    until = now + timedelta(seconds=seconds)
    free = Lease.objects.filter(name=name, until__lte=now)
    if free.update(until=until):
        return until
    _, is_new = Lease.objects.get_or_create(name=name, defaults={"until": until})
    return until if is_new else None


@transaction.atomic
def renew(name: str, held: datetime, *, seconds: float) -> datetime | None:
    """The new end, or None when the lease has been lost."""
    until = timezone.now() + timedelta(seconds=seconds)
    return until if Lease.objects.filter(name=name, until=held).update(until=until) else None


@transaction.atomic
def give_back(name: str, held: datetime) -> None:
    Lease.objects.filter(name=name, until=held).update(until=timezone.now())


def wait_for_turn(name: str, *, per_second: float) -> None:
    """Keeps all processes together to so many turns a second."""
    while take(name, seconds=1 / per_second) is None:
        until = Lease.objects.values_list("until", flat=True).get(name=name)
        time.sleep(max(0.001, (until - timezone.now()).total_seconds()))

"""A DJ leaves for good, and nothing here names the DJ any more."""

from collections import Counter
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models, router, transaction
from django.db.models.deletion import Collector

from accounts.models import User


@transaction.atomic
def erase(user: User) -> dict[str, int]:
    """Returns the rows that went, by model."""
    collector = Collector(using=router.db_for_write(User), origin=user)
    collector.collect([user])
    went = Counter(entries_about(collector))
    went += logins(user)
    _, rows = collector.delete()
    return dict(sorted((went + Counter(rows)).items()))


def entries_about(collector: Collector) -> dict[str, int]:
    """Lines of the admin's log about what goes: they hold its name."""
    count = 0
    for kind in ContentType.objects.filter(logentry__isnull=False).distinct():
        entries = LogEntry.objects.filter(content_type=kind)
        told = [pk for pk in entries.values_list("object_id", flat=True).distinct() if pk]
        gone = going(collector, kind.model_class(), told)
        count += entries.filter(object_id__in=gone).delete()[0] if gone else 0
    return {LogEntry._meta.label: count}


def going(collector: Collector, model: type[models.Model] | None, told: list[str]) -> set[str]:
    """Those of the told ids that the collector takes."""
    taken = {other: rows for other, rows in collector.data.items() if other is model}
    found = {str(row.pk) for rows in taken.values() for row in rows} & set(told)
    for rows in collector.fast_deletes:
        if rows.model is model:
            numbers = [pk for pk in told if pk.isdecimal()]
            found |= {str(pk) for pk in rows.filter(pk__in=numbers).values_list("pk", flat=True)}
    return found


def logins(user: User) -> Counter[str]:
    """Sessions, and what was noted of tries to log in."""
    own = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    counts: Counter[str] = Counter()
    found: list[models.QuerySet[Any]] = [Session.objects.filter(pk__in=own)]
    for noted in (AccessAttempt, AccessFailureLog, AccessLog):
        found.append(noted.objects.filter(username=user.username))
    for rows in found:
        counts[rows.model._meta.label] += rows.delete()[0]
    return counts

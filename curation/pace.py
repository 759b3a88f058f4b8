"""How fast a DJ decides, by what the log says."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeAlias
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from curation.models import LATELY, CurationPeriod, Move

LATEST = 200
BREAK = timedelta(minutes=2)  # a longer gap was no listening
ENOUGH = 20  # decisions

# When it was decided, and by which action: what one button decides about many tracks is one.
Decision: TypeAlias = tuple[datetime, UUID]


def per_track(user: User) -> timedelta | None:
    """The mean time of the latest decisions of the last weeks; None until there are enough."""
    lately = user.moves.filter(created_at__gte=timezone.now() - LATELY)
    log = list(decisions(lately).order_by("-pk")[:LATEST])
    return mean(log[::-1])


def at_desk(period: CurationPeriod) -> timedelta:
    """The time between the decisions of a week, without the breaks."""
    log = Move.objects.filter(curation_track__curation_period=period)
    return sum(listening(decisions(log).order_by("pk")), timedelta())


def decisions(log: QuerySet[Move]) -> QuerySet[Move, Decision]:
    """What was said about tracks of Bronze: the review is another work."""
    heard = log.filter(~Q(kind=Move.Kind.PROMOTE), from_playlist=None)
    heard = heard.exclude(cause=Move.Cause.RULE)
    return heard.values_list("created_at", "action_id")


def listening(log: Iterable[Decision]) -> list[timedelta]:
    """From each decision to the next one, the oldest first; not over a break."""
    gaps = (
        later - earlier
        for (earlier, earlier_action), (later, later_action) in pairwise(log)
        if earlier_action != later_action
    )
    return [gap for gap in gaps if gap <= BREAK]


def mean(log: Iterable[Decision]) -> timedelta | None:
    gaps = listening(log)
    return sum(gaps, timedelta()) / len(gaps) if len(gaps) >= ENOUGH - 1 else None


def needed(pace: timedelta | None, tracks: int) -> timedelta | None:
    return pace * tracks if pace and tracks else None

"""How fast a DJ decides, by what the log says."""

from datetime import timedelta
from itertools import pairwise

from accounts.models import User
from curation.models import Move

LATEST = 200
BREAK = timedelta(minutes=2)  # a longer gap was no listening
ENOUGH = 20


def per_track(user: User) -> timedelta | None:
    """The mean time between the latest decisions; None until there are enough of them."""
    decided = user.moves.exclude(kind=Move.Kind.PROMOTE).order_by("-pk")
    log = list(decided.values_list("created_at", "action_id")[:LATEST])
    gaps = [
        later - earlier
        for (later, later_action), (earlier, earlier_action) in pairwise(log)
        if later_action != earlier_action and later - earlier <= BREAK
    ]
    return sum(gaps, timedelta()) / len(gaps) if len(gaps) >= ENOUGH else None


def needed(pace: timedelta | None, tracks: int) -> timedelta | None:
    return pace * tracks if pace and tracks else None

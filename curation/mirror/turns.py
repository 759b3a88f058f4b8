"""Everything that is due, one playlist of each DJ in turn."""

import time
from collections import deque
from collections.abc import Iterable, Iterator

from django.utils import timezone

from curation.mirror import troubles
from curation.mirror.sending import send
from curation.models import MirroredPlaylist

LONGEST_TURN = 20  # seconds; what is left is found by the next sweep


def send_due(*, user_id: int | None = None, seconds: float = LONGEST_TURN) -> int:
    """Returns how many playlists were brought in step. Two of it at once do no harm."""
    troubles.forgive_reconnected()
    deadline = time.monotonic() + seconds
    due = MirroredPlaylist.objects.due(timezone.now()).order_by("due_at", "pk")
    if user_id is not None:
        due = due.filter(user=user_id)
    sent = 0
    for playlist_id in in_turns(due.values_list("user_id", "pk")):
        if time.monotonic() > deadline:
            break
        sent += send(playlist_id)
    return sent


def in_turns(rows: Iterable[tuple[int, int]]) -> Iterator[int]:
    """(DJ, playlist) rows, the oldest first: each DJ's oldest, then each DJ's second, …"""
    queues: dict[int, deque[int]] = {}
    for user_id, playlist_id in rows:
        queues.setdefault(user_id, deque()).append(playlist_id)
    while queues:
        for user_id in list(queues):
            yield queues[user_id].popleft()
            if not queues[user_id]:
                del queues[user_id]

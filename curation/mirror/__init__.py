"""The DJ's playlists at Spotify, kept like ours.

`outbox` notes what changed, `desired` knows what a playlist should hold, `plan` finds the least
to say, `sending` says it, `states` tells the DJ.
"""

from curation.mirror.outbox import (
    mark_changed,
    mark_golden,
    mark_missing,
    mark_period,
    mark_renamed,
    prepare,
    prepare_category,
    send_now,
)

__all__ = [
    "mark_changed",
    "mark_golden",
    "mark_missing",
    "mark_period",
    "mark_renamed",
    "prepare",
    "prepare_category",
    "send_now",
]

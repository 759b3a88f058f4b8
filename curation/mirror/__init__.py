"""The DJ's playlists at Spotify, kept like ours.

`outbox` notes what changed, `desired` knows what a playlist should hold, `plan` finds the least
to say, `sending` says it under a `lease`, `turns` is fair between DJs.
"""

from curation.mirror.absences import (
    absent,
    categories_to_ask,
    move_absences,
    put_back,
    take_absences_back,
)
from curation.mirror.adoption import adopt
from curation.mirror.desired import set_aside
from curation.mirror.drift import look_around
from curation.mirror.outbox import (
    forget_disconnected,
    make_again,
    mark,
    mark_changed,
    mark_golden,
    mark_merged,
    mark_missing,
    mark_period,
    mark_renamed,
    mark_rested,
    mark_unmerged,
    of_merged,
    prepare,
    prepare_category,
    send_now,
    stop_mirroring,
    try_now,
)
from curation.mirror.sending import send
from curation.mirror.turns import send_due
from curation.mirror.wishes import follow as follow_wishes

__all__ = [
    "absent",
    "adopt",
    "categories_to_ask",
    "follow_wishes",
    "forget_disconnected",
    "look_around",
    "make_again",
    "mark",
    "mark_changed",
    "mark_golden",
    "mark_merged",
    "mark_missing",
    "mark_period",
    "mark_renamed",
    "mark_rested",
    "mark_unmerged",
    "move_absences",
    "of_merged",
    "prepare",
    "prepare_category",
    "put_back",
    "send",
    "send_due",
    "send_now",
    "set_aside",
    "stop_mirroring",
    "take_absences_back",
    "try_now",
]

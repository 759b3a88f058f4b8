"""Which layers a DJ wants in Spotify, and whether other edits belong there.

What is there of a layer that is left out stays as it is.
"""

from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from curation.mirror import outbox
from curation.models import MirroredPlaylist

Layer = MirroredPlaylist.Layer
State = MirroredPlaylist.State

IS_UNWANTED = reduce(
    or_, (Q(layer=layer, **{f"user__preferences__mirrors_{layer}": False}) for layer in Layer)
)


def follow() -> None:
    follow_layers()
    for is_wanted in (True, False):
        follow_edits(is_wanted)


def follow_layers() -> None:
    """A layer that is wanted again catches up with all that was decided meanwhile."""
    left_out = MirroredPlaylist.objects.filter(IS_UNWANTED, state__in=[State.ACTIVE, State.FULL])
    left_out.update(state=State.LEFT, claimed_until=None)
    left = MirroredPlaylist.objects.filter(state=State.LEFT)
    wanted = list(left.exclude(IS_UNWANTED).values_list("pk", flat=True))
    if wanted:
        back = MirroredPlaylist.objects.filter(pk__in=wanted)
        back.update(state=State.ACTIVE)
        outbox.mark(back)


@transaction.atomic
def follow_edits(is_wanted: bool) -> None:
    """The playlists of those who have changed their mind wait; without edits they cost no call."""
    turned = MirroredPlaylist.objects.filter(
        takes_edits=not is_wanted, user__preferences__mirrors_edits=is_wanted
    )
    if found := list(turned.values_list("pk", flat=True)):
        rows = MirroredPlaylist.objects.filter(pk__in=found)
        outbox.mark(rows)
        rows.update(takes_edits=is_wanted)

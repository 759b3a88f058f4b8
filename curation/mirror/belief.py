"""What we believe a playlist holds of ours at Spotify."""

from collections.abc import Sequence

from curation.mirror.plan import Item
from curation.models import MirroredItem, MirroredPlaylist


def known_items(playlist: MirroredPlaylist) -> list[Item]:
    rows = playlist.items.order_by("position").values_list("track_id", "uri")
    return [Item(track_id=track_id, uri=uri) for track_id, uri in rows]


def remember(playlist: MirroredPlaylist, known: Sequence[Item]) -> None:
    """Writes no more rows than the change has, unless something came in between."""
    rows = {Item(row.track_id, row.uri): row for row in playlist.items.order_by("position")}
    here = set(known)
    kept = [item for item in rows if item in here]
    if kept != list(known[: len(kept)]):
        kept = []
    staying = set(kept)
    gone = [item.track_id for item in rows if item not in staying]
    if gone:
        playlist.items.filter(track__in=gone).delete()
    start = rows[kept[-1]].position + 1 if kept else 0
    append(playlist, known[len(kept) :], start=start)


def append(playlist: MirroredPlaylist, items: Sequence[Item], *, start: int) -> None:
    MirroredItem.objects.bulk_create(
        MirroredItem(playlist=playlist, position=position, track_id=item.track_id, uri=item.uri)
        for position, item in enumerate(items, start)
    )

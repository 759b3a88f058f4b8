"""The least that has to be said to Spotify to make one playlist like another. Pure."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

PER_CALL = 100  # uris that Spotify takes at once
MOST_ITEMS = 10_000  # in a playlist


@dataclass(frozen=True)
class Item:
    """A row that we write. Two tracks of ours may be one at Spotify, so a uri may occur twice."""

    track_id: int
    uri: str


class Kind(StrEnum):
    ADD = "add"
    REMOVE = "remove"  # takes every occurrence of a uri
    REPLACE = "replace"  # everything, also what is not ours


@dataclass(frozen=True)
class Call:
    kind: Kind
    items: tuple[Item, ...]
    position: int | None = None  # None adds at the end

    @property
    def uris(self) -> list[str]:
        uris = [item.uri for item in self.items]
        return list(dict.fromkeys(uris)) if self.kind == Kind.REMOVE else uris


def after(known: Sequence[Item], call: Call) -> list[Item]:
    """What the playlist holds of ours when the call was carried out."""
    if call.kind == Kind.REPLACE:
        return list(call.items)
    if call.kind == Kind.REMOVE:
        gone = set(call.uris)
        return [item for item in known if item.uri not in gone]
    place = len(known) if call.position is None else call.position
    return [*known[:place], *call.items, *known[place:]]


def difference(
    known: Sequence[Item], wanted: Sequence[Item], *, in_order: bool, per_call: int = PER_CALL
) -> list[Call]:
    """Calls that touch nothing but our own rows.

    With `in_order` the rows come to stand as in `wanted`: the fewest that are out of place are
    taken out and put in again. Without it rows that stay keep their places and new ones come at
    the end, so that in Bronze a track whose decision was undone is the last.
    """
    stays = set(wanted)
    if in_order:
        stays -= out_of_place([item for item in known if item in stays], wanted)
    gone = dict.fromkeys(item.uri for item in known if item not in stays)
    # A row that shares its uri with one that goes is swept away with it, and comes again.
    staying = [item for item in known if item.uri not in gone]
    swept = [item for item in known if item.uri in gone]
    removals = [Call(Kind.REMOVE, batch) for batch in batches(one_each(swept), per_call)]
    return [*removals, *additions(staying, wanted, in_order=in_order, per_call=per_call)]


def out_of_place(staying: Sequence[Item], wanted: Sequence[Item]) -> set[Item]:
    """The fewest rows without which `staying` is in order; of several choices the later ones."""
    places = {item: place for place, item in enumerate(wanted)}
    ends: list[int] = []  # with which place the best ascending row of each length ends
    before: dict[int, int] = {}
    for place in (places[item] for item in staying):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        if length:
            before[place] = ends[length - 1]
    in_place = set()
    last = ends[-1] if ends else None
    while last is not None:
        in_place.add(wanted[last])
        last = before.get(last)
    return set(staying) - in_place


def additions(
    staying: list[Item], wanted: Sequence[Item], *, in_order: bool, per_call: int
) -> Iterator[Call]:
    present = list(staying)
    for run, follower in runs(set(staying), wanted, in_order=in_order):
        place = None if follower is None else present.index(follower)
        for batch in batches(run, per_call):
            call = Call(Kind.ADD, batch, place)
            yield call
            present = after(present, call)
            place = None if place is None else place + len(batch)


def runs(
    staying: set[Item], wanted: Sequence[Item], *, in_order: bool
) -> Iterator[tuple[list[Item], Item | None]]:
    """New rows that stand together, and the staying row they come before (None: the end)."""
    run: list[Item] = []
    for item in wanted:
        if item not in staying:
            run.append(item)
        elif run and in_order:
            yield run, item
            run = []
    if run:
        yield run, None


def rewriting(wanted: Sequence[Item]) -> list[Call]:
    """The whole playlist anew; only where no row is somebody else's."""
    first, rest = tuple(wanted[:PER_CALL]), wanted[PER_CALL:]
    return [Call(Kind.REPLACE, first), *(Call(Kind.ADD, batch) for batch in batches(rest))]


def one_each(items: Sequence[Item]) -> list[Item]:
    """One row for each uri."""
    return list({item.uri: item for item in items}.values())


def batches(items: Sequence[Item], size: int = PER_CALL) -> Iterator[tuple[Item, ...]]:
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])

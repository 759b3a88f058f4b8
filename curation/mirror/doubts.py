"""What became of a write that nobody saw the end of, read from the playlist. Pure."""

from collections.abc import Iterable, Sequence
from enum import Enum, auto

from curation.mirror.plan import Call, Item, Kind, after

Uri = str | None  # Spotify shows nothing for some rows
STRANGE = Item(track_id=0, uri="")  # a row of somebody else's


class Verdict(Enum):
    DONE = auto()
    NOT_DONE = auto()
    UNCLEAR = auto()


def looked_at(known: Sequence[Item], call: Call) -> int:
    """From which row on a page of the playlist tells most: the one before the first change."""
    return max(0, place(known, call) - 1)


def place(known: Sequence[Item], call: Call) -> int:
    """Which row is the first that the call changes."""
    if call.kind == Kind.REMOVE:
        return next((at for at, item in enumerate(known) if item.uri in call.uris), 0)
    if call.kind == Kind.ADD:
        return len(known) if call.position is None else call.position
    return 0


def judge(known: Sequence[Item], call: Call, *, uris: Sequence[Uri], total: int) -> Verdict:
    """`uris` are the rows from `looked_at` on, as many as one page has."""
    start, done = looked_at(known, call), after(known, call)
    is_done = total == len(done) and resembles(uris, done[start:], known, call)
    is_not_done = total == len(known) and resembles(uris, known[start:], known, call)
    if is_done == is_not_done:
        return Verdict.UNCLEAR
    if is_not_done:
        return Verdict.NOT_DONE
    return Verdict.DONE if shows_new_rows(uris, known, call) else Verdict.UNCLEAR


def resembles(
    uris: Sequence[Uri], expected: Sequence[Item], known: Sequence[Item], call: Call
) -> bool:
    """Row by row as expected. Spotify may show another uri than we sent, or none, for some; but
    the row before the first change tells whether the DJ took off rows above."""
    ours = {item.uri for item in [*known, *call.items]}
    pairs = list(zip(uris, [item.uri for item in expected], strict=False))
    if place(known, call) and not (pairs and pairs[0][0] == pairs[0][1]):
        return False
    same = sum(shown == uri for shown, uri in pairs)
    strange = sum(shown not in ours for shown, _ in pairs)
    return same + strange == len(pairs) and (same > 0 or not pairs)


def shows_new_rows(uris: Sequence[Uri], known: Sequence[Item], call: Call) -> bool:
    """A strange row alone may as well be the DJ's."""
    if call.kind == Kind.REMOVE or not call.items:
        return True
    new = uris[place(known, call) - looked_at(known, call) :]
    return any(shown == item.uri for shown, item in zip(new, call.items, strict=False))


def recount(known: Sequence[Item], call: Call, uris: Iterable[Uri]) -> list[Item]:
    """Which of our rows stand there, in the order they stand in, whoever else wrote some.

    A row that Spotify shows nothing for is taken for one that we miss, and a strange row for the
    one that stood between its neighbours: Spotify may show it under another uri.
    """
    expected = set(known)
    unseen = list(dict.fromkeys([*known, *call.items]))
    rows: list[Item | None] = []
    for uri in uris:
        seen = next((item for item in unseen if item.uri == uri), None)
        if seen:
            unseen.remove(seen)
        rows.append(seen or (None if uri is None else STRANGE))
    rows = [row if row != STRANGE else in_place_of(known, rows, at) for at, row in enumerate(rows)]
    missed = iter([item for item in unseen if item in expected and item not in rows])
    found = [next(missed, STRANGE) if row is None else row for row in rows]
    return [item for item in found if item != STRANGE]


def in_place_of(known: Sequence[Item], rows: Sequence[Item | None], at: int) -> Item:
    """The row of ours that stood exactly between the neighbours of a strange one."""
    before = rows[at - 1] if at else None
    if at and before not in known:
        return STRANGE
    place = known.index(before) + 1 if before else 0
    after_it = [*known[place + 1 : place + 2]]
    is_exactly_there = list(rows[at + 1 : at + 2]) == after_it
    is_missed = place < len(known) and known[place] not in rows
    return known[place] if is_missed and is_exactly_there else STRANGE

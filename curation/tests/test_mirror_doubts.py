from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from curation.mirror.doubts import Verdict, judge, looked_at, recount
from curation.mirror.plan import Call, Item, Kind, after

PAGE = 50


def items(*track_ids: int) -> list[Item]:
    return [Item(track_id, f"uri-{track_id}") for track_id in track_ids]


def read(rows: list[Item], known: list[Item], call: Call, *foreign: str) -> Verdict:
    """The verdict on a playlist that holds these rows."""
    uris = [row.uri for row in rows] + list(foreign)
    start = looked_at(known, call)
    return judge(known, call, uris=uris[start : start + PAGE], total=len(uris))


@st.composite
def situations(draw, longest=250):
    """What we knew, and a call that was made on it."""
    ids = draw(st.lists(st.integers(1, 300), unique=True, max_size=longest))
    cut = draw(st.integers(0, len(ids)))
    known, others = items(*ids[:cut]), items(*ids[cut:])
    kind = draw(st.sampled_from(Kind))
    chosen = known if kind == Kind.REMOVE else others
    position = draw(st.none() | st.integers(0, len(known))) if kind == Kind.ADD else None
    assume(chosen or kind == Kind.REPLACE)
    return known, Call(kind, tuple(chosen[:100]), position)


@given(situations())
def test_a_call_that_was_carried_out_is_seen(situation):
    known, call = situation
    assume(call.kind != Kind.REPLACE or known or call.items)

    assert read(after(known, call), known, call) == Verdict.DONE


@given(situations())
def test_a_call_that_was_not_carried_out_is_seen(situation):
    known, call = situation
    assume(after(known, call) != known)

    assert read(known, known, call) == Verdict.NOT_DONE


@given(situations(), st.booleans())
def test_with_rows_of_others_all_rows_are_counted(situation, was_done):
    known, call = situation
    rows = after(known, call) if was_done else known

    uris = ["theirs-1", *[row.uri for row in rows], "theirs-2"]
    found = recount(known, call, uris)

    assert found == rows


@given(situations(longest=8), st.booleans(), st.data())
def test_no_verdict_is_wrong_whatever_the_dj_does_meanwhile(situation, was_done, data):
    known, call = situation
    rows = after(known, call) if was_done else list(known)
    for number in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(rows)))
        width = data.draw(st.integers(0, 1))
        rows[at : at + width] = data.draw(st.sampled_from([[], [Item(0, f"theirs-{number}")]]))

    verdict = read(rows, known, call)

    told = set(call.items) & set(rows)
    if call.kind == Kind.REMOVE:
        told = set(call.items) - set(rows)
    if verdict == Verdict.DONE:
        assert was_done or not set(after(known, call)) ^ set(rows)
    elif verdict == Verdict.NOT_DONE:
        assert not was_done or not told


def test_a_removal_is_not_told_by_the_number_of_rows():
    """The DJ may have taken off another one meanwhile."""
    known, call = items(1, 2, 3), Call(Kind.REMOVE, tuple(items(3)))

    assert read(items(2, 3), known, call) == Verdict.UNCLEAR


def test_a_row_that_went_above_the_new_one_makes_it_unclear():
    known, call = items(1, 2, 3, 4), Call(Kind.ADD, tuple(items(5)), position=2)

    assert read(items(2, 5, 3, 4), known, call) == Verdict.UNCLEAR


def test_rows_of_others_make_it_unclear():
    known, call = items(1, 2), Call(Kind.ADD, tuple(items(3)))

    assert read(known, known, call, "theirs") == Verdict.UNCLEAR


def test_spotify_may_show_another_uri_than_we_sent():
    known, call = items(1, 2), Call(Kind.ADD, tuple(items(3, 4)))

    assert judge(known, call, uris=["uri-2", "relinked", "uri-4"], total=4) == Verdict.DONE


def test_one_strange_row_is_no_proof():
    known, call = items(1, 2), Call(Kind.ADD, tuple(items(3)))

    assert judge(known, call, uris=["uri-2", "strange"], total=3) == Verdict.UNCLEAR


def test_what_the_dj_took_off_meanwhile_makes_it_unclear():
    known, call = items(1, 2, 3), Call(Kind.ADD, tuple(items(4)))

    assert read(items(2, 3, 4), known, call) == Verdict.UNCLEAR
    assert read(items(1), known, call) == Verdict.UNCLEAR


def test_a_row_without_a_uri_is_taken_for_one_that_we_miss():
    known, call = items(1, 2, 3), Call(Kind.ADD, tuple(items(4)))

    assert recount(known, call, ["uri-1", None, "uri-3"]) == known


def test_tracks_with_one_uri_are_counted_one_by_one():
    first, second = Item(1, "same"), Item(2, "same")
    call = Call(Kind.ADD, (second,))

    assert recount([first], call, ["same"]) == [first]
    assert Counter(recount([first], call, ["same", "same"])) == Counter([first, second])


def test_what_the_dj_took_off_is_not_there():
    known, call = items(1, 2, 3), Call(Kind.ADD, tuple(items(4)))

    assert recount(known, call, ["uri-1", "uri-3", "theirs"]) == items(1, 3)


def test_a_row_under_another_uri_is_known_by_its_neighbours():
    known, call = items(1, 2, 3), Call(Kind.ADD, tuple(items(4)))

    assert recount(known, call, ["uri-1", "relinked", "uri-3"]) == known
    assert recount(known, call, ["relinked", "uri-2", "uri-3", "uri-4"]) == items(1, 2, 3, 4)
    assert recount(known, call, ["uri-1", "theirs", "also theirs", "uri-3"]) == items(1, 3)
    assert recount(known, call, ["uri-3", "theirs", "uri-1"]) == items(3, 1)

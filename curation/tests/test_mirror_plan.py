"""The plan, carried out on a model of a Spotify playlist: a list of uris, nothing more."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.mirror.plan import PER_CALL, Call, Item, Kind, after, difference, rewriting


def items(*track_ids: int) -> list[Item]:
    return [Item(track_id, f"uri-{track_id}") for track_id in track_ids]


def uris(rows: list[Item]) -> list[str]:
    return [row.uri for row in rows]


def carried_out(playlist: list[str], call: Call) -> list[str]:
    """What Spotify does."""
    assert len(call.uris) <= PER_CALL
    if call.kind == Kind.REPLACE:
        return list(call.uris)
    if call.kind == Kind.REMOVE:
        return [uri for uri in playlist if uri not in call.uris]
    place = len(playlist) if call.position is None else call.position
    assert place <= len(playlist)
    return playlist[:place] + call.uris + playlist[place:]


def all_carried_out(playlist: list[str], calls: list[Call]) -> list[str]:
    for call in calls:
        playlist = carried_out(playlist, call)
    return playlist


def sizes(calls: list[Call]) -> list[tuple[str, int]]:
    return [(call.kind.value, len(call.uris)) for call in calls]


# Several tracks of ours may be one at Spotify.
two_playlists = st.lists(st.integers(0, 20), unique=True).flatmap(
    lambda ids: st.tuples(
        st.just([Item(number, f"uri-{number % 7}") for number in ids]),
        st.permutations(range(20)).flatmap(
            lambda order: st.lists(st.sampled_from(order), unique=True)
        ),
    )
)


@given(two_playlists, st.booleans(), st.integers(1, 5))
def test_the_difference_makes_the_playlist_hold_what_is_wanted(pair, in_order, per_call):
    known, ids = pair
    wanted = [Item(number, f"uri-{number % 7}") for number in ids]

    calls = difference(known, wanted, in_order=in_order, per_call=per_call)

    held = all_carried_out(uris(known), calls)
    believed = known
    for call in calls:
        believed = after(believed, call)
    assert Counter(held) == Counter(uris(wanted))
    assert held == uris(wanted) or not in_order
    assert held == uris(believed)
    assert set(believed) == set(wanted)
    assert all(len(call.uris) <= per_call for call in calls)


@given(two_playlists)
def test_a_second_difference_is_empty(pair):
    known, ids = pair
    wanted = [Item(number, f"uri-{number % 7}") for number in ids]

    for call in difference(known, wanted, in_order=True):
        known = after(known, call)

    assert difference(known, wanted, in_order=True) == []


@given(two_playlists, st.lists(st.integers(100, 120), max_size=5))
def test_rows_of_the_dj_stay(pair, foreign):
    known, ids = pair
    wanted = [Item(number, f"uri-{number % 7}") for number in ids]
    theirs = [f"uri-{number}" for number in foreign]

    held = all_carried_out(uris(known) + theirs, difference(known, wanted, in_order=True))

    assert [uri for uri in held if uri in theirs] == theirs
    assert Counter(held) == Counter(uris(wanted) + theirs)


def test_nothing_to_say_is_no_call():
    assert difference(items(1, 2), items(1, 2), in_order=True) == []


def test_without_order_another_order_is_no_call():
    assert difference(items(1, 2, 3), items(2, 3, 1), in_order=False) == []


@pytest.mark.parametrize(
    ("wanted", "moved", "place"),
    [([1, 3, 4, 2], 2, None), ([4, 1, 2, 3], 4, 0), ([2, 1, 3, 4], 1, 1)],
    ids=["filed again", "undone", "two changed places"],
)
def test_a_row_out_of_place_is_moved(wanted, moved, place):
    remove, add = difference(items(1, 2, 3, 4), items(*wanted), in_order=True)

    assert remove == Call(Kind.REMOVE, tuple(items(moved)))
    assert add == Call(Kind.ADD, tuple(items(moved)), place)


def test_of_two_that_changed_places_the_one_that_belongs_at_the_end_moves():
    calls = difference(items(1, 2), items(2, 1), in_order=True)

    assert calls[-1] == Call(Kind.ADD, tuple(items(1)))


def test_calls_take_a_hundred_each():
    calls = difference(items(*range(250)), items(*range(250, 500)), in_order=True)

    assert sizes(calls) == [
        ("remove", 100),
        ("remove", 100),
        ("remove", 50),
        ("add", 100),
        ("add", 100),
        ("add", 50),
    ]


def test_late_rows_come_before_the_rows_that_follow_them():
    calls = difference(items(2, 5), items(1, 2, 3, 4, 5, 6), in_order=True)

    assert [(call.position, uris(call.items)) for call in calls] == [
        (0, ["uri-1"]),
        (2, ["uri-3", "uri-4"]),
        (None, ["uri-6"]),
    ]


def test_without_order_late_rows_come_last_in_one_call():
    calls = difference(items(2, 5), items(1, 2, 3, 4, 5, 6), in_order=False)

    assert [(call.position, uris(call.items)) for call in calls] == [
        (None, ["uri-1", "uri-3", "uri-4", "uri-6"])
    ]


def test_one_of_two_tracks_with_one_uri_goes_and_the_other_keeps_its_row():
    first, second = Item(1, "same"), Item(2, "same")

    calls = difference([first, second], [second], in_order=True)

    assert sizes(calls) == [("remove", 1), ("add", 1)]
    assert all_carried_out(["same", "same"], calls) == ["same"]
    assert after(after([first, second], calls[0]), calls[1]) == [second]


def test_a_corrected_match_replaces_the_row():
    calls = difference([Item(1, "wrong")], [Item(1, "right")], in_order=True)

    assert all_carried_out(["wrong"], calls) == ["right"]


@given(st.lists(st.integers(0, 400), unique=True, max_size=350))
def test_rewriting_holds_exactly_what_is_wanted(ids):
    wanted = items(*ids)

    calls = rewriting(wanted)

    assert all_carried_out(["uri-9", "somebody else's"], calls) == uris(wanted)
    assert len(calls) == max(1, -(-len(ids) // PER_CALL))

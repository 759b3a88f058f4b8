import pytest

from curation.selection import NOTHING_ASKED, Selection, is_asked_for

EVERYTHING = Selection(
    order="bpm",
    mixes=7,
    q="Über & out",
    bpm_from=120,
    bpm_to=128,
    key=("8B", "8A"),
    label=3,
    badge="late",
    length_from=3,
    length_to=8,
    unheard=True,
)


def test_an_address_says_only_what_is_asked_for():
    assert str(NOTHING_ASKED) == ""
    assert str(Selection(order="key", key=("1A", "12B"))) == "order=key&key=1A&key=12B"
    assert str(Selection(unheard=True)) == "unheard=1"


@pytest.mark.parametrize("selection", [NOTHING_ASKED, EVERYTHING, Selection(bpm_from=0)])
def test_what_is_written_is_read_again(selection):
    assert Selection.read(str(selection)) == selection


@pytest.mark.parametrize(
    "text",
    [
        "order=nonsense&badge=none&key=13A&label=x&mixes=-1",
        "bpm_from=&bpm_to=1e3&length_to=%C2%B2&q=+%00+",
        "label=99999999999999999999&unheard=",
        "%ff=%fe&&;=&track=5",
        "?" * 3_000,
    ],
)
def test_what_cannot_be_read_is_not_asked_for(text):
    assert Selection.read(text) == NOTHING_ASKED


def test_the_order_of_keys_and_spaces_makes_no_difference():
    assert Selection.read("key=8A&key=8B&q=++a+b ") == Selection.read("q=a%20b&key=8B&key=8A")


def test_only_what_may_leave_out_a_track_narrows():
    assert not NOTHING_ASKED.narrows
    assert not Selection(order="bpm").narrows
    assert Selection(mixes=3).narrows
    assert Selection(bpm_from=0).narrows


def test_a_search_and_a_track_of_the_week_do_not_last():
    assert EVERYTHING.lasting == EVERYTHING.without("q", "mixes")


def test_everything_can_be_asked_for_against_what_is_remembered():
    assert NOTHING_ASKED.explicit == "order=release"
    assert is_asked_for(["order"])
    assert not is_asked_for(["track", "start", "at"])

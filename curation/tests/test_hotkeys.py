from itertools import combinations

import pytest

from accounts.models import Preferences
from curation import hotkeys
from curation.hotkeys import ACTIONS, SHIFT


def of(own_keys, **fields):
    return hotkeys.of(Preferences(own_keys=own_keys), **fields)


def test_no_two_actions_of_a_page_share_a_key_of_ours():
    for one, other in combinations(ACTIONS.values(), 2):
        assert not one.meets(other) or one.key != other.key or one.is_modifier


def test_each_key_of_ours_is_one_that_can_be_pressed():
    assert all(action.key in action.choices for action in ACTIONS.values())


def test_what_the_dj_has_set_counts_and_the_rest_is_ours():
    keys = of({"later": "V", "wrong": ""})

    assert (keys["later"], keys["wrong"], keys["next"]) == ("V", "", "J")
    assert keys.keys() == ACTIONS.keys()


def test_a_key_of_ours_gives_way_to_one_that_the_dj_has_set_on_the_same_page():
    keys = of({"later": "J", "clip": "W"})

    assert keys["later"] == "J"
    assert keys["next"] == ""
    assert keys["jump_20"] == ""
    assert keys["wrong"] == "M"


def test_actions_of_different_pages_may_share_a_key():
    keys = of({"later": "B"})

    assert keys["later"] == keys["clip"] == "B"


def test_a_key_of_ours_gives_way_to_a_category_where_categories_have_keys():
    keys = of({}, categories=["L", "P"])

    assert keys["later"] == ""
    assert keys["paste"] == "P"


@pytest.mark.parametrize(
    "stored", [{"later": "Ж"}, {"later": None}, {"later": SHIFT}, {"golden": "A"}, {"gone": "B"}]
)
def test_what_cannot_be_used_is_left_alone(stored):
    assert of(stored) == of({})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("v", "V"),
        (" 5 ", "5"),
        (" ", "Space"),
        ("space", "Space"),
        ("ArrowLeft", "←"),
        ("right", "→"),
        ("?", "?"),
        ("", ""),
    ],
)
def test_a_key_is_read_as_it_is_written(text, key):
    assert hotkeys.read(text) == key


@pytest.mark.parametrize("text", ["ß", "Ж", "AB", "F1", "⇧", "\x00", "5 6"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError):
        hotkeys.read(text)

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import Q

from accounts.tests.factories import UserFactory
from curation import categories, moves
from curation.errors import Invalid
from curation.models import MirroredPlaylist, Move, UserCategory
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def style():
    return StyleFactory()


def keys(user, style):
    return [(one.name, one.hotkey) for one in categories.of_style(user, style)]


def test_the_first_categories_get_keys_in_order_and_trash_comes_by_itself(user, style):
    categories.create_first(user=user, style=style, names=["Warm Up", " ", "Peak Time"])

    assert keys(user, style) == [("Warm Up", "1"), ("Peak Time", "2"), ("Trash", "0")]


def test_creating_them_again_changes_nothing(user, style):
    for _ in range(2):
        categories.create_first(user=user, style=style, names=["Warm Up", "warm up"])

    assert UserCategory.objects.count() == 2


def test_the_tenth_category_gets_a_letter_that_the_desk_does_not_use(user, style):
    categories.create_first(user=user, style=style, names=[f"C{n}" for n in range(10)])

    assert keys(user, style)[9] == ("C9", "A")


def test_categories_are_copied_with_their_keys(user, style):
    other = StyleFactory()
    categories.create_first(user=user, style=style, names=["Warm Up"])
    categories.add_category(user=user, style=style, name="Tools", hotkey="9")

    categories.copy_from(user=user, source=style, style=other)

    assert keys(user, other) == keys(user, style)


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "warm up", "\x00"])
def test_a_name_that_cannot_be_used_is_refused(user, style, name):
    categories.create_first(user=user, style=style, names=["Warm Up"])

    with pytest.raises(Invalid) as refused:
        categories.add_category(user=user, style=style, name=name)

    assert refused.value.field == "name"


@pytest.mark.parametrize("key", ["1", "J", "0", "é", "-", "\x00"])
def test_a_key_that_is_taken_or_reserved_is_refused_with_the_free_ones_named(user, style, key):
    categories.create_first(user=user, style=style, names=["Warm Up", "Peak Time"])
    peak = user.categories.get(name="Peak Time")

    with pytest.raises(Invalid, match="Free: 3, 4"):
        categories.change_category(peak, name="Peak Time", hotkey=key)


def test_a_new_category_does_not_get_another_key_than_the_one_asked_for(user, style):
    categories.create_first(user=user, style=style, names=["Warm Up"])

    with pytest.raises(Invalid, match="1 already files to Warm Up"):
        categories.add_category(user=user, style=style, name="Peak Time", hotkey="1")


def test_a_copied_category_whose_key_is_taken_gets_a_free_one(user, style):
    other = StyleFactory()
    categories.create_first(user=user, style=style, names=["Warm Up"])
    categories.create_first(user=user, style=other, names=["Opening"])

    categories.copy_from(user=user, source=style, style=other)

    assert keys(user, other) == [("Opening", "1"), ("Warm Up", "2"), ("Trash", "0")]


def test_what_is_not_named_in_a_change_stays(user, style):
    categories.create_first(user=user, style=style, names=["A", "B", "C"])
    category = user.categories.get(name="B")
    user.categories.filter(name="B").update(name="Groove")

    categories.change_category(category, hotkey="9")
    categories.change_category(category, position=0)

    assert keys(user, style) == [("Groove", "9"), ("A", "1"), ("C", "3"), ("Trash", "0")]


@pytest.mark.parametrize(("change", "marks"), [({"name": "Opening"}, 1), ({"hotkey": "9"}, 0)])
def test_spotify_hears_of_a_new_name_only(user, style, change, marks):
    categories.create_first(user=user, style=style, names=["Warm Up"])
    category = user.categories.get(name="Warm Up")
    MirroredPlaylist.objects.filter(user_category=category).update(spotify_id="made")

    categories.change_category(category, **change)

    assert MirroredPlaylist.objects.get(user_category=category).wanted == marks


def test_a_category_added_in_mid_week_is_a_key_at_once(user, style):
    period = CurationPeriodFactory(user=user, style=style)

    categories.add_category(user=user, style=style, name="Tools")

    assert playlist_of(period, "Tools")


def test_only_an_empty_category_can_be_removed(user, style):
    period = CurationPeriodFactory(user=user, style=style)
    track = CurationTrackFactory(curation_period=period)
    moves.move_track(user=user, track=track, to=playlist_of(period, "Warm Up"))

    with pytest.raises(Invalid):
        categories.remove_category(user.categories.get(name="Warm Up"))
    categories.remove_category(user.categories.get(name="Peak Time"))

    assert [name for name, _ in keys(user, style)] == ["Warm Up", "Trash"]


def test_trash_stays_as_it_is(user, style):
    trash = categories.ensure_trash(user, style)

    with pytest.raises(Invalid):
        categories.remove_category(trash)
    with pytest.raises(Invalid):
        categories.change_category(trash, name="Bin", hotkey="9")


def test_a_category_moves_in_the_row_and_keeps_its_key(user, style):
    categories.create_first(user=user, style=style, names=["A", "B", "C"])

    categories.move_category(user.categories.get(name="C"), by=-1)

    assert keys(user, style) == [("A", "1"), ("C", "3"), ("B", "2"), ("Trash", "0")]


def test_a_category_that_the_history_tells_of_stays(user, style):
    period = CurationPeriodFactory(user=user, style=style)
    track = CurationTrackFactory(curation_period=period)
    for name in ("Warm Up", "Peak Time"):
        moves.move_track(user=user, track=track, to=playlist_of(period, name))

    with pytest.raises(Invalid, match="history"):
        categories.remove_category(user.categories.get(name="Warm Up"))

    assert Move.objects.count() == 2


@pytest.mark.parametrize("layer", ["golden", "silver"])
def test_a_category_with_a_playlist_in_spotify_stays(user, style, layer):
    CurationPeriodFactory(user=user, style=style)
    warm_up = user.categories.get(name="Warm Up")
    of_category = Q(user_category=warm_up) | Q(period_playlist__user_category=warm_up)
    MirroredPlaylist.objects.filter(of_category, layer=layer).update(spotify_id="made")

    with pytest.raises(Invalid, match="Spotify"):
        categories.remove_category(warm_up)

    assert MirroredPlaylist.objects.filter(spotify_id="made").exists()


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_the_categories_once(user, style):
    categories.ensure_trash(user, style)
    starts = Barrier(2)

    def click():
        try:
            starts.wait()
            return categories.create_first(user=user, style=style, names=["A", "B", "C"])
        finally:
            connection.close()

    with ThreadPoolExecutor() as djs:
        first, second = [click.result() for click in [djs.submit(click), djs.submit(click)]]

    assert first == second
    assert keys(user, style) == [("A", "1"), ("B", "2"), ("C", "3"), ("Trash", "0")]

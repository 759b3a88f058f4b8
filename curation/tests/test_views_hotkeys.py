import pytest
from django.urls import reverse
from lxml import html

from accounts.models import Preferences
from accounts.tests.factories import UserFactory
from curation import categories, hotkeys, keyboard, moves
from curation.errors import Invalid
from curation.hotkeys import ACTIONS
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)
from curation.tests.test_views_matches import waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def techno(dj):
    return CurationPeriodFactory(user=dj, style__name="Deep Techno", categories=["Warm Up"])


def look(pages, name="own_keys", *args):
    return html.fromstring(pages.get(reverse(name, args=args)).content)


def form_of(page):
    """What a browser sends for the form as it stands, without the names of the buttons."""
    form = page.cssselect("#own-keys")[0]
    data = {field.get("name"): field.get("value", "") for field in form.cssselect("input")}
    return data | {box.get("name"): "on" for box in form.cssselect("[type=checkbox][checked]")}


def send(pages, *, without=(), **changes):
    data = form_of(look(pages)) | changes
    for name in without:
        del data[name]
    return pages.post(reverse("own_keys"), data)


def add(dj, style, name, hotkey=""):
    dj.preferences.refresh_from_db()  # it was read before the page was sent
    return categories.add_category(user=dj, style=style, name=name, hotkey=hotkey)


def own_keys(dj):
    return Preferences.objects.get(user=dj).own_keys


def said_beside(answer, name):
    page = html.fromstring(answer.content)
    return [error.text_content().strip() for error in page.cssselect(f"#{name}-error")]


def test_a_stranger_is_sent_to_the_login(client):
    assert client.get(reverse("own_keys")).status_code == 302
    assert client.post(reverse("own_keys"), {"later": "V"}).status_code == 302


def test_the_page_shows_every_key_of_ours(pages):
    shown = form_of(look(pages))

    for name, action in ACTIONS.items():
        assert shown[name] == ("on" if action.is_modifier else action.key)


def test_saving_the_page_as_it_is_changes_nothing(pages, dj):
    send(pages)

    assert own_keys(dj) == {}


def test_what_is_changed_is_kept_and_the_rest_stays_ours(pages, dj):
    answer = send(pages, later="v", undo="", play="Right", step_on="Space")

    assert answer.status_code == 302
    assert own_keys(dj) == {"later": "V", "undo": "", "play": "→", "step_on": "Space"}
    assert form_of(look(pages))["later"] == "V"


def test_the_desk_follows(pages, dj, techno):
    CurationTrackFactory(curation_period=techno)
    send(pages, later="v", wrong="", trash="", without=["golden"])

    desk = look(pages, "sort", techno.pk)

    later, wrong = desk.cssselect(".key-later")[0], desk.cssselect("#wrong")[0]
    trash = desk.cssselect(".key-trash")[0]
    assert (later.get("data-keys"), later.cssselect(".cap")[0].text) == ("V", "V")
    assert (wrong.get("data-keys"), wrong.cssselect(".cap")) == ("", [])
    assert (trash.get("data-keys"), trash.cssselect(".cap")[0].text) == ("X", "X")
    assert not desk.cssselect("[data-shift]")
    assert desk.cssselect("#undo-latest")[0].get("data-keys") == "Z Ctrl+Z"


def test_matches_and_the_review_follow(pages, dj, techno):
    waiting(techno)
    kept = CurationTrackFactory(curation_period=techno)
    moves.move_track(user=dj, track=kept, to=playlist_of(techno, "Warm Up"))
    send(pages, next="V", undo="U", paste="Y", same_1="", same_2="A", listen_1="9", clip="")

    matches, review = look(pages, "matches"), look(pages, "review", techno.pk)

    assert [one.get("data-keys") for one in matches.cssselect("[name=same]")] == ["", "A"]
    assert [one.get("data-keys") for one in matches.cssselect("[name=edit]")] == ["", "⇧A"]
    assert matches.cssselect("[data-listen='1']")[0].get("data-keys") == "9"
    assert matches.cssselect("#paste .cap")[0].text == "Y"
    assert review.cssselect("#step-forth")[0].get("data-keys") == "V"
    assert review.cssselect("#undo")[0].get("data-keys") == "U Ctrl+Z"


def test_the_log_shows_the_keys_as_they_are_now(pages, dj, techno):
    track = CurationTrackFactory.create_batch(2, curation_period=techno)[0]
    pages.post(reverse("sort_later", args=[techno.pk]), {"track": track.pk})
    send(pages, later="v")

    assert look(pages, "sort", techno.pk).cssselect("#log .cap")[0].text == "V"


def test_a_key_of_another_action_is_refused_and_nothing_is_lost(pages, dj):
    answer = send(pages, later="J", undo="U")

    assert answer.status_code == 422
    assert said_beside(answer, "later") == ["J is Next."]
    assert said_beside(answer, "next") == []
    shown = form_of(html.fromstring(answer.content))
    assert (shown["later"], shown["undo"]) == ("J", "U")
    assert own_keys(dj) == {}


def test_two_that_were_changed_to_one_key_are_told_both(pages):
    answer = send(pages, later="V", wrong="V")

    assert said_beside(answer, "later") == ["V is Wrong version."]
    assert said_beside(answer, "wrong") == ["V is Later."]


def test_two_may_change_their_keys(pages, dj):
    send(pages, next="K", back="J")

    assert own_keys(dj) == {"next": "K", "back": "J"}


def test_a_key_of_a_category_of_any_style_is_refused(pages, dj, techno):
    other = StyleFactory(name="Slow House")
    categories.create_first(user=dj, style=other, names=["A", "B", "C", "D", "Tools"])
    categories.create_first(user=UserFactory(), style=other, names=list("ABCDEFG"))

    answer = send(pages, later="5", next_side="6", wrong="7")

    assert said_beside(answer, "later") == ["5 is Tools in Slow House."]
    assert said_beside(answer, "wrong") == []
    assert said_beside(answer, "next_side") == []


@pytest.mark.parametrize("written", ["ß", "AB", "F1", "\x00", "<b>"])
def test_what_is_no_key_is_refused_beside_its_field(pages, dj, written):
    answer = send(pages, later=written)

    assert answer.status_code == 422
    assert len(said_beside(answer, "later")) == 1
    assert own_keys(dj) == {}


def test_all_keys_are_switched_off_together(pages, dj, techno):
    send(pages, without=["keys_enabled"])

    assert not Preferences.objects.get(user=dj).keys_enabled
    assert "keys-off" in look(pages, "sort", techno.pk).cssselect("body")[0].get("class")


def test_back_to_our_keys(pages, dj):
    send(pages, later="V", undo="")

    send(pages, reset="1")

    assert own_keys(dj) == {}
    assert Preferences.objects.get(user=dj).keys_enabled


def test_our_keys_do_not_take_one_from_a_category(pages, dj, techno):
    send(pages, later="V")
    add(dj, techno.style, "Tools", "L")

    answer = send(pages, reset="1")

    assert answer.status_code == 422
    assert said_beside(answer, "later") == ["L is Tools in Deep Techno."]
    assert own_keys(dj) == {"later": "V"}


def test_a_fragment_comes_back_in_place(pages):
    address = reverse("own_keys")
    data = form_of(look(pages))

    saved = pages.post(address, data | {"later": "V"}, headers={"HX-Request": "true"})
    refused = pages.post(address, data | {"later": "J"}, headers={"HX-Request": "true"})

    assert (saved.status_code, refused.status_code) == (200, 422)
    assert b"<html" not in saved.content + refused.content
    assert b"Saved" in saved.content


def test_the_keys_of_categories_are_listed_by_style(pages, dj, techno):
    style = look(pages).cssselect(".own-keys-style")[0]

    assert " ".join(style.text_content().split()) == "Deep Techno 1 Warm Up"


def test_the_page_asks_as_often_for_many_styles(pages, dj, techno, django_assert_max_num_queries):
    with django_assert_max_num_queries(20) as few:
        look(pages)
    for style in StyleFactory.create_batch(9):
        categories.create_first(user=dj, style=style, names=["A", "B"])

    with django_assert_max_num_queries(len(few)):
        look(pages)


# Categories beside the keys of the DJ


def test_a_key_that_an_action_has_given_up_is_free_for_a_category(pages, dj, techno):
    with pytest.raises(Invalid, match="L is Later on the desk"):
        add(dj, techno.style, "Tools", "L")
    send(pages, later="V")

    add(dj, techno.style, "Tools", "L")

    with pytest.raises(Invalid, match="V is Later on the desk"):
        add(dj, techno.style, "Odd", "V")


def test_new_categories_get_the_next_key_that_is_free_as_this_dj_has_set_them(pages, dj, techno):
    send(pages, later="3", wrong="A")

    for number in range(9):
        add(dj, techno.style, f"C{number}")

    found = categories.of_style(dj, techno.style)
    assert [one.hotkey for one in found] == [*"12456789BC", "0"]


def test_the_form_offers_what_is_free(pages, dj, techno):
    send(pages, later="2")

    page = look(pages, "style", techno.style.slug)

    free = [cap.text for cap in page.cssselect(".free-keys .cap")]
    assert free[:3] == ["3", "4", "5"]
    assert "L" in free
    assert page.cssselect("#key-new")[0].get("placeholder") == "3"


def test_twelve_categories_have_twelve_keys_on_the_desk(pages, dj):
    week = CurationPeriodFactory(user=dj, categories=[f"C{number}" for number in range(12)])
    CurationTrackFactory(curation_period=week)

    keys = look(pages, "sort", week.pk).cssselect(".bank-categories .key")

    assert [key.get("data-keys") for key in keys] == [*"123456789ABC"]


def drawn(page):
    """Of the desk: what each key says, and how it is coloured."""
    keys = page.cssselect(".keyboard")[0].cssselect(".kb")
    words = {key.get("data-legend"): key.cssselect("b")[0].tail or "" for key in keys}
    kinds = {key.get("data-legend"): key.get("class").partition("kb-")[2] for key in keys}
    return words, kinds


def test_the_drawn_keyboard_shows_what_each_key_does_and_which_are_free(pages, dj, techno):
    add(dj, techno.style, "After Hours", "H")
    house = CurationPeriodFactory(user=dj, style__name="Lounge", categories=["Opening"])
    add(dj, house.style, "After Hours", "H")

    words, kinds = drawn(look(pages))

    assert words["1"] == "Warm Up / Opening"
    assert words["H"] == "After Hours"
    shown = {key: kinds[key] for key in ("1", "H", "0", "Q", "Z", "L", "2", "Y")}
    assert shown == {
        "1": "category",
        "H": "category",
        "0": "category",
        "Q": "sound",
        "Z": "walking",
        "L": "other",
        "2": "",
        "Y": "",
    }
    assert (words["Q"], words["Z"], words["L"], words["Y"]) == ("Jump to 0 %", "Undo", "Later", "")


def test_the_drawing_follows_a_key_that_is_saved_and_none_that_is_refused(pages, techno):
    refused = html.fromstring(send(pages, later="5", undo="5").content)
    assert drawn(refused)[0]["5"] == ""

    send(pages, later="5")

    words, _ = drawn(look(pages))
    assert (words["5"], words["L"]) == ("Later", "")


def test_every_key_that_there_is_is_drawn_once(pages, techno):
    drawn_keys = [key for row in keyboard.ROWS for key in row]

    assert sorted(drawn_keys) == sorted([*hotkeys.KEYS, hotkeys.SHIFT])

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from curation import categories, golden, moves
from curation.models import UserCategory
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def style():
    return StyleFactory(name="Dub", slug="dub")


@pytest.fixture
def three(dj, style):
    """Warm Up on 1, Groove on 2, Closing on 3."""
    names = ["Warm Up", "Groove", "Closing"]
    return categories.create_first(user=dj, style=style, names=names)[:3]


def form(rows, **changes):
    """What the browser sends for these rows, with some fields written over."""
    data = {"name-new": "", "key-new": ""}
    for row in rows:
        data |= {f"name-{row.pk}": row.name, f"key-{row.pk}": row.hotkey}
    return data | changes


def save(pages, data, **headers):
    return pages.post(reverse("style_save", args=["dub"]), data, headers=headers)


def keys(dj, style):
    return {one.name: one.hotkey for one in categories.of_style(dj, style) if not one.is_trash}


def test_the_list_counts_my_categories_and_not_those_of_others(pages, dj, style, three):
    categories.create_first(user=UserFactory(), style=style, names=["A", "B", "C", "D"])
    StyleFactory(name="Cumbia")

    page = pages.get(reverse("styles")).content.decode()

    assert "3 categories" in page
    assert "Cumbia" in page


def test_the_list_asks_as_often_for_thirty_styles_as_for_three(
    pages, django_assert_max_num_queries
):
    StyleFactory.create_batch(3)
    pages.get(reverse("styles"))
    with django_assert_max_num_queries(20) as few:
        pages.get(reverse("styles"))
    StyleFactory.create_batch(27)
    with django_assert_max_num_queries(len(few)):
        pages.get(reverse("styles"))


def test_the_first_visit_suggests_names_and_writes_nothing(pages, style):
    page = pages.get(reverse("style", args=["dub"])).content.decode()

    assert 'value="Warm Up"' in page
    assert not UserCategory.objects.exists()


def test_the_first_categories_come_with_trash(pages, dj, style):
    answer = pages.post(reverse("style_begin", args=["dub"]), {"name": ["Intro", "", "Peak", ""]})

    assert answer.status_code == 302
    made = [(one.name, one.hotkey) for one in categories.of_style(dj, style)]
    assert made == [("Intro", "1"), ("Peak", "2"), ("Trash", "0")]


def test_no_name_at_all_is_refused_beside_the_fields(pages, style):
    answer = pages.post(reverse("style_begin", args=["dub"]), {"name": ["", " "]})

    assert answer.status_code == 422
    assert "Name at least one category." in answer.content.decode()


def test_a_name_that_is_too_long_is_refused_and_kept_on_the_form(pages, style):
    answer = pages.post(reverse("style_begin", args=["dub"]), {"name": ["Fine", "x" * 61]})

    assert answer.status_code == 422
    assert "x" * 61 in answer.content.decode()
    assert not UserCategory.objects.filter(is_trash=False).exists()


def test_categories_can_be_copied_from_another_style(pages, dj, three):
    other = StyleFactory(name="Polka", slug="polka")
    page = pages.get(reverse("style", args=["polka"])).content.decode()
    assert '<option value="dub">Dub</option>' in page

    pages.post(reverse("style_copy", args=["polka"]), {"source": "dub"})

    assert keys(dj, other) == {"Warm Up": "1", "Groove": "2", "Closing": "3"}


def test_only_own_categories_can_be_copied(pages, style):
    other = StyleFactory(slug="polka")
    categories.create_first(user=UserFactory(), style=other, names=["Secret"])

    answer = pages.post(reverse("style_copy", args=["dub"]), {"source": "polka"})

    assert answer.status_code == 404


def test_a_name_and_a_key_are_changed_together(pages, dj, style, three):
    warm = three[0]

    answer = save(pages, form(three, **{f"name-{warm.pk}": "Opening", f"key-{warm.pk}": "a"}))

    assert answer.status_code == 302
    assert keys(dj, style) == {"Opening": "A", "Groove": "2", "Closing": "3"}


def test_two_categories_swap_their_keys_in_one_go(pages, dj, style, three):
    warm, groove, _ = three

    save(pages, form(three, **{f"key-{warm.pk}": "2", f"key-{groove.pk}": "1"}))

    assert keys(dj, style) == {"Warm Up": "2", "Groove": "1", "Closing": "3"}


def test_a_taken_key_is_refused_at_its_field_with_the_free_ones(pages, dj, style, three):
    warm = three[0]

    answer = save(pages, form(three, **{f"name-{warm.pk}": "Opening", f"key-{warm.pk}": "2"}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "2 already files to Groove. Free: 1, 4, 5" in page
    assert f'aria-describedby="error-{warm.pk}"' in page
    assert 'value="Opening"' in page
    assert keys(dj, style) == {"Warm Up": "1", "Groove": "2", "Closing": "3"}


def test_a_key_of_the_desk_is_refused(pages, three):
    answer = save(pages, form(three, **{f"key-{three[0].pk}": "J"}))

    assert answer.status_code == 422
    assert "J is Next on the desk" in answer.content.decode()


def test_one_bad_row_keeps_all_from_being_saved(pages, dj, style, three):
    warm, groove, _ = three

    save(pages, form(three, **{f"name-{warm.pk}": "Opening", f"name-{groove.pk}": ""}))

    assert "Opening" not in keys(dj, style)


def test_a_refused_form_comes_back_as_a_fragment_to_htmx(pages, three):
    answer = save(pages, form(three, **{f"key-{three[0].pk}": "2"}), **{"HX-Request": "true"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<html" not in page
    assert page.strip().startswith('<div class="stacked" id="categories">')


def test_a_saved_form_comes_back_as_a_fragment_to_htmx(pages, three):
    answer = save(pages, form(three, **{"name-new": "Late"}), **{"HX-Request": "true"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Late"' in page
    assert "Saved" in page


def test_the_last_row_adds_a_category(pages, dj, style, three):
    save(pages, form(three, **{"name-new": "Late", "key-new": ""}))

    assert keys(dj, style)["Late"] == "4"


def test_a_taken_key_of_a_new_category_is_refused_at_its_field(pages, dj, style, three):
    answer = save(pages, form(three, **{"name-new": "Late", "key-new": "1"}))

    assert answer.status_code == 422
    assert "1 already files to Warm Up" in answer.content.decode()
    assert "Late" not in keys(dj, style)


def test_a_category_moves_up_and_keeps_its_key(pages, dj, style, three):
    save(pages, form(three) | {"up": three[1].pk})

    assert list(keys(dj, style).items()) == [("Groove", "2"), ("Warm Up", "1"), ("Closing", "3")]


def test_moving_saves_what_was_typed_before(pages, dj, style, three):
    save(pages, form(three, **{f"name-{three[0].pk}": "Opening"}) | {"down": three[0].pk})

    assert list(keys(dj, style)) == ["Groove", "Opening", "Closing"]


def test_an_empty_category_is_removed(pages, dj, style, three):
    save(pages, form(three) | {"remove": three[2].pk})

    assert list(keys(dj, style)) == ["Warm Up", "Groove"]


def test_a_category_that_holds_tracks_stays(pages, dj, style):
    period = CurationPeriodFactory(user=dj, style=style)
    track = CurationTrackFactory(curation_period=period)
    moves.move_track(user=dj, track=track, to=playlist_of(period, "Warm Up"))
    rows = [one for one in categories.of_style(dj, style) if not one.is_trash]

    answer = save(pages, form(rows) | {"remove": rows[0].pk})

    assert answer.status_code == 422
    assert "Warm Up still holds tracks. Move them first." in answer.content.decode()
    assert "Warm Up" in keys(dj, style)


def test_a_category_of_another_dj_cannot_be_touched(pages, dj, style, three):
    other = categories.create_first(user=UserFactory(), style=style, names=["Theirs"])[0]

    save(pages, form(three) | {f"name-{other.pk}": "Mine", "remove": other.pk})

    other.refresh_from_db()
    assert other.name == "Theirs"


def test_what_golden_holds_stands_beside_each_category(pages, dj, style):
    period = CurationPeriodFactory(user=dj, style=style)
    track = CurationTrackFactory(curation_period=period)
    moves.move_track(user=dj, track=track, to=playlist_of(period, "Warm Up"))
    track.refresh_from_db()
    golden.promote(user=dj, tracks=[track])

    page = pages.get(reverse("style", args=["dub"])).content.decode()

    assert "1 track</a>" in page


def test_the_page_asks_as_often_for_many_categories(
    pages, dj, style, three, django_assert_max_num_queries
):
    pages.get(reverse("style", args=["dub"]))
    with django_assert_max_num_queries(20) as few:
        pages.get(reverse("style", args=["dub"]))
    names = [f"More {number}" for number in range(27)]
    categories.create_first(user=dj, style=style, names=names)
    with django_assert_max_num_queries(len(few)):
        pages.get(reverse("style", args=["dub"]))


def test_an_unknown_style_is_not_there(pages):
    assert pages.get(reverse("style", args=["no-such"])).status_code == 404


def test_saving_needs_a_post(pages, three):
    assert pages.get(reverse("style_save", args=["dub"])).status_code == 405

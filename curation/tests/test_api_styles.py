import pytest

from curation import categories, moves
from curation.models import MirroredPlaylist, Style
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    UserCategoryFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def style():
    return StyleFactory(name="Night Techno", slug="night-techno")


def names(answer) -> list[str]:
    return [one["name"] for one in answer.json()]


def test_styles_come_with_their_genres_and_without_what_an_admin_has_put_away(api):
    Style.objects.filter(slug="house").update(is_active=False)

    listed = {one["slug"]: one for one in api.get("styles").json()}

    assert "house" not in listed
    assert {"beatport_id": 6, "name": "Techno (Peak Time / Driving)"} in listed["techno"]["genres"]


def test_categories_stand_in_the_order_of_the_keys_with_trash_last(api, dj, style):
    categories.create_first(user=dj, style=style, names=["Warm Up", "Peak Time"])
    UserCategoryFactory(style=style, name="Somebody else's")

    listed = api.get(f"styles/{style.pk}/categories").json()

    row = [(one["name"], one["hotkey"], one["position"], one["is_trash"]) for one in listed]
    assert row == [
        ("Warm Up", "1", 0, False),
        ("Peak Time", "2", 1, False),
        ("Trash", "0", 2, True),
    ]


def test_the_golden_playlist_of_a_category_can_be_read(api, dj, style):
    categories.create_first(user=dj, style=style, names=["Warm Up", "Peak Time"])
    golden = MirroredPlaylist.objects.filter(user_category__name="Warm Up")
    golden.update(spotify_id="made-by-spotify")

    listed = api.get(f"styles/{style.pk}/categories").json()

    ids = [one["spotify_playlist_id"] for one in listed]
    assert ids == ["made-by-spotify", None, None]


def test_a_category_is_added_with_the_next_free_key(api, style):
    api.post(f"styles/{style.pk}/categories", {"name": "Warm Up"})
    answer = api.post(f"styles/{style.pk}/categories", {"name": " Peak\n Time "})

    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["hotkey"], made["position"]) == ("Peak Time", "2", 1)
    assert made["style_id"] == style.pk


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"name": "warm up"}, "name", "warm up exists already."),
        ({"name": " \n"}, "name", "Give the category a name."),
        ({"name": "Tools", "hotkey": "1"}, "hotkey", "1 already files to Warm Up."),
        ({"name": "Tools", "hotkey": "j"}, "hotkey", "J is Next on the desk."),
        ({"name": "x" * 61}, "name", "String should have at most 60 characters."),
        ({"name": "Tools", "colour": "red"}, "colour", "Extra inputs are not permitted."),
        ({"name": 7}, "name", "Input should be a valid string."),
        ({"name": "\ud800"}, "name", "Input should be a valid string"),
        ({}, "name", "This is needed."),
        ([], "body", "Send a JSON object."),
    ],
)
def test_a_category_that_cannot_be_made_is_refused_at_its_field(
    api, dj, style, body, field, sentence
):
    categories.create_first(user=dj, style=style, names=["Warm Up"])

    answer = api.post(f"styles/{style.pk}/categories", body)

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == field
    assert sentence in error["message"]
    assert dj.categories.count() == 2


def test_nul_is_left_out_of_a_name(api, style):
    answer = api.post(f"styles/{style.pk}/categories", {"name": "War\x00m Üp 🌙"})

    assert answer.json()["name"] == "Warm Üp 🌙"


def test_a_change_touches_what_it_names(api, dj, style):
    categories.create_first(user=dj, style=style, names=["A", "B", "C"])
    last = dj.categories.get(name="C")

    answer = api.patch(f"categories/{last.pk}", {"position": 0})
    renamed = api.patch(f"categories/{last.pk}", {"name": "Opening", "hotkey": ""})

    assert answer.json()["position"] == 0
    assert (renamed.json()["name"], renamed.json()["hotkey"]) == ("Opening", "")
    assert names(api.get(f"styles/{style.pk}/categories")) == ["Opening", "A", "B", "Trash"]


def test_a_change_that_is_refused_in_part_changes_nothing(api, dj, style):
    categories.create_first(user=dj, style=style, names=["A", "B"])
    second = dj.categories.get(name="B")

    answer = api.patch(f"categories/{second.pk}", {"name": "Opening", "hotkey": "1"})

    assert answer.status_code == 422
    assert names(api.get(f"styles/{style.pk}/categories")) == ["A", "B", "Trash"]


def test_only_an_unused_category_can_be_removed(api, dj, style):
    period = CurationPeriodFactory(user=dj, style=style)
    track = CurationTrackFactory(curation_period=period)
    moves.move_track(user=dj, track=track, to=playlist_of(period, "Warm Up"))
    used, unused = (dj.categories.get(name=name) for name in ("Warm Up", "Peak Time"))

    refused, removed = api.delete(f"categories/{used.pk}"), api.delete(f"categories/{unused.pk}")

    assert refused.status_code == 409
    assert refused.json()["detail"] == "Warm Up still holds tracks. Move them first."
    assert removed.status_code == 204
    assert removed.content == b""
    assert names(api.get(f"styles/{style.pk}/categories")) == ["Warm Up", "Trash"]


def test_the_category_of_another_dj_is_not_there(api):
    theirs = UserCategoryFactory()

    assert api.patch(f"categories/{theirs.pk}", {"name": "Mine"}).status_code == 404
    assert api.delete(f"categories/{theirs.pk}").status_code == 404
    theirs.refresh_from_db()
    assert theirs.name != "Mine"


def test_a_style_that_does_not_exist_is_a_404(api):
    assert api.get("styles/0/categories").status_code == 422
    assert api.get("styles/123456/categories").status_code == 404
    assert api.post("styles/123456/categories", {"name": "Warm Up"}).status_code == 404


def test_lists_ask_as_often_for_thirty_as_for_three(api, dj, style, django_assert_max_num_queries):
    addresses = ["styles", f"styles/{style.pk}/categories"]
    for address in addresses:
        api.get(address)
    for number in range(3):
        StyleFactory()
        UserCategoryFactory(user=dj, style=style, name=f"Category {number}")
    with django_assert_max_num_queries(16) as few:
        for address in addresses:
            api.get(address)
    for number in range(3, 30):
        StyleFactory()
        UserCategoryFactory(user=dj, style=style, name=f"Category {number}")
    with django_assert_max_num_queries(len(few)):
        for address in addresses:
            api.get(address)

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.tests.factories import UserFactory
from curation import categories, golden, moves, periods
from curation.errors import Invalid
from curation.models import UserCategory
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def week(dj):
    """Open, of a style with the categories Warm Up on 1 and Peak Time on 2."""
    return CurationPeriodFactory(user=dj, style=StyleFactory(slug="dub"))


@pytest.fixture
def warm_up(week):
    return week.user.categories.get(name="Warm Up")


def sorted_into(week, name):
    track = CurationTrackFactory(curation_period=week)
    moves.move_track(user=week.user, track=track, to=playlist_of(week, name))
    track.refresh_from_db()
    return track


def names(playlists):
    return [str(one) for one in playlists]


def press(pages, **button):
    return pages.post(reverse("style_save", args=["dub"]), button, follow=True)


def test_it_is_not_offered_in_a_new_week_and_its_key_is_free(dj, week, warm_up):
    categories.archive(warm_up)

    opened = periods.open_period(user=dj, style=week.style, year=2026, week=45)

    assert names(opened.playlists.with_counts()) == ["Peak Time", "Trash"]
    assert categories.free_keys(dj, week.style)[0] == "1"


def test_an_open_week_shows_it_while_it_holds_tracks(week, warm_up):
    track = sorted_into(week, "Warm Up")
    categories.archive(warm_up)

    assert names(week.playlists.with_counts()) == ["Warm Up", "Peak Time", "Trash"]

    moves.move_track(user=week.user, track=track, to=playlist_of(week, "Peak Time"))

    assert names(week.playlists.with_counts()) == ["Peak Time", "Trash"]

    moves.undo(week)

    assert names(week.playlists.with_counts()) == ["Warm Up", "Peak Time", "Trash"]


def test_golden_stays_and_is_shown_as_archived(pages, week, warm_up):
    golden.promote(user=week.user, tracks=[sorted_into(week, "Warm Up")])
    categories.archive(warm_up)

    page = pages.get(reverse("golden")).content.decode()

    assert warm_up.golden_tracks.count() == 1
    assert "archived</span>" in page
    assert pages.get(reverse("golden_category", args=[warm_up.pk])).status_code == 200


def test_it_comes_back_on_a_free_key_and_into_the_open_weeks(dj, week, warm_up):
    categories.archive(warm_up)
    categories.add_category(user=dj, style=week.style, name="Tools", hotkey="1")
    opened = periods.open_period(user=dj, style=week.style, year=2026, week=45)

    categories.bring_back(warm_up)

    assert names(opened.playlists.with_counts()) == ["Peak Time", "Tools", "Warm Up", "Trash"]
    assert playlist_of(opened, "Warm Up").user_category.hotkey == "3"


def test_its_name_stays_its_own(dj, week, warm_up):
    categories.archive(warm_up)

    with pytest.raises(Invalid, match="Warm Up is archived"):
        categories.add_category(user=dj, style=week.style, name="warm up")


@pytest.mark.parametrize("change", [{"name": "Opening"}, {"hotkey": "9"}])
def test_it_is_not_changed_while_it_is_archived(warm_up, change):
    categories.archive(warm_up)

    with pytest.raises(Invalid, match="Bring it back first"):
        categories.change_category(warm_up, **change)


def test_trash_is_never_archived(dj, week):
    with pytest.raises(Invalid):
        categories.archive(dj.categories.get(is_trash=True))


def test_the_database_holds_no_archived_category_on_a_key(warm_up):
    categories.archive(warm_up)

    with pytest.raises(IntegrityError), transaction.atomic():
        UserCategory.objects.filter(pk=warm_up.pk).update(hotkey="1")


def test_both_are_buttons_on_the_page_of_the_style(pages, warm_up):
    page = press(pages, archive=warm_up.pk).content.decode()

    assert f'id="back-{warm_up.pk}"' in page
    assert f'id="name-{warm_up.pk}"' not in page

    page = press(pages, back=warm_up.pk).content.decode()

    assert f'id="name-{warm_up.pk}"' in page
    assert 'name="back"' not in page


def test_a_second_click_changes_nothing(pages, dj, warm_up):
    for _ in range(2):
        press(pages, archive=warm_up.pk)
    first = dj.categories.get(pk=warm_up.pk).archived_at
    for _ in range(2):
        press(pages, back=warm_up.pk)

    assert first
    assert not dj.categories.get(pk=warm_up.pk).archived_at


def test_a_style_whose_categories_are_all_archived_shows_them(pages, week):
    for category in week.user.categories.exclude(is_trash=True):
        categories.archive(category)

    page = pages.get(reverse("style", args=["dub"])).content.decode()

    assert page.count('name="back"') == 2


def test_a_stranger_archives_nothing(client, week, warm_up):
    client.force_login(UserFactory())

    client.post(reverse("style_save", args=["dub"]), {"archive": warm_up.pk})

    warm_up.refresh_from_db()
    assert warm_up.archived_at is None


def test_spotify_keeps_all_that_is_there(desk):
    kept, silver = desk.fill(2)
    desk.sort([kept, silver], "Warm Up")
    desk.promote([kept])
    desk.send()
    before = desk.at_spotify()
    desk.forget_calls()

    categories.archive(desk.playlist("Warm Up").user_category)
    desk.send()

    assert desk.at_spotify() == before
    assert desk.calls() == []
    desk.sort(desk.fill(1), "Peak Time")
    desk.send()
    desk.assert_in_step()

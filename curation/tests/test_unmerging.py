import pytest
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import UserFactory
from catalog.tests.factories import TrackFactory
from curation import categories, golden, merging, moves, periods, unmerging
from curation.errors import Conflict
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    Move,
    PeriodPlaylist,
    UserCategory,
)
from curation.tests.factories import CurationPeriodFactory, playlist_of
from curation.tests.test_merging import kept_in, opening, sorted_into, warm_up, week

__all__ = ["opening", "warm_up", "week"]  # fixtures

pytestmark = pytest.mark.django_db


def snapshot():
    """All that the DJ has, but for the ids of the Golden rows that a merge takes away."""
    models = [UserCategory, PeriodPlaylist, CurationTrack, Move]
    rows = [row for model in models for row in model.objects.order_by("pk")]
    kept = GoldenTrack.objects.values_list("user_category", "track", "added_at")
    return serializers.serialize("json", rows), sorted(kept)


def undo(category):
    unmerging.undo(unmerging.standing(UserCategory.objects.get(pk=category.pk)))


def test_everything_is_as_it_was(dj, week, warm_up, opening):
    other = CurationPeriodFactory(user=dj, style=week.style, week=45, categories=[])
    both = TrackFactory()
    kept_in(week, "Warm Up", track=both)
    kept_in(other, "Opening", track=both)
    kept_in(week, "Opening")
    gone = sorted_into(week, "Opening")
    moves.move_track(user=dj, track=gone, to=playlist_of(week, "Peak Time"))
    sorted_into(other, "Opening")
    before = snapshot()

    merging.merge(opening, into=warm_up)
    assert snapshot() != before
    undo(opening)

    assert snapshot() == before


def test_what_was_merged_into_it_before_comes_back_with_it(dj, week, warm_up, opening):
    peak = dj.categories.get(name="Peak Time")
    sorted_into(week, "Peak Time")
    start = snapshot()
    merging.merge(peak, into=opening)
    before = snapshot()
    merging.merge(opening, into=warm_up)

    with pytest.raises(AttributeError):
        undo(peak)  # it is part of Warm Up now, by the other merge
    undo(opening)
    assert snapshot() == before
    undo(peak)
    assert snapshot() == start


def test_the_older_undo_works_after_it(week, warm_up, opening):
    row = kept_in(week, "Opening")
    merging.merge(opening, into=warm_up)
    undo(opening)

    moves.undo(week)
    assert not opening.golden_tracks.exists()
    moves.undo(week)
    assert CurationTrack.objects.get(pk=row.pk).current_silver_playlist is None


def test_what_was_sorted_into_the_other_one_since_stays_there(week, warm_up, opening):
    sorted_into(week, "Opening")
    merging.merge(opening, into=warm_up)
    late = sorted_into(week, "Warm Up")

    undo(opening)

    late.refresh_from_db()
    assert str(late.current_silver_playlist) == "Warm Up"


def test_a_week_that_was_opened_since_has_the_category_too(dj, week, warm_up, opening):
    merging.merge(opening, into=warm_up)
    later = periods.open_period(user=dj, style=week.style, year=2026, week=44)

    undo(opening)

    assert later.playlists.filter(user_category=opening).exists()


def test_a_second_undo_changes_nothing(week, warm_up, opening):
    sorted_into(week, "Opening")
    merging.merge(opening, into=warm_up)
    made = unmerging.standing(UserCategory.objects.get(pk=opening.pk))
    unmerging.undo(made)
    before = snapshot()

    unmerging.undo(made)

    assert snapshot() == before


def sort_anew(dj, week, row):
    moves.move_track(user=dj, track=moves.as_it_is_now(row), to=playlist_of(week, "Peak Time"))


def sort_anew_and_back(dj, week, row):
    sort_anew(dj, week, row)
    moves.undo(week)


def promote(dj, week, row):
    golden.promote(user=dj, tracks=[moves.as_it_is_now(row)])


def close(dj, week, row):
    periods.close_period(CurationPeriod.objects.get(pk=week.pk), rest_to_trash=False)


def take_the_key(dj, week, row):
    categories.add_category(user=dj, style=week.style, name="Closing", hotkey="2")


def bring_back(dj, week, row):
    categories.bring_back(dj.categories.get(name="Opening"))


def take_from_golden(dj, week, row):
    dj.categories.get(name="Warm Up").golden_tracks.all().delete()


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (sort_anew, "sorted anew"),
        (sort_anew_and_back, "sorted anew"),
        (promote, "sorted anew"),
        (close, "Week 46 was closed"),
        (take_the_key, "Key 2 has another use"),
        (bring_back, "no part of Warm Up"),
        (take_from_golden, "taken out of Warm Up"),
    ],
)
def test_what_was_changed_since_is_a_reason_to_refuse(dj, week, warm_up, opening, since, words):
    row = sorted_into(week, "Opening")
    kept_in(week, "Opening")
    merging.merge(opening, into=warm_up)
    made = unmerging.standing(UserCategory.objects.get(pk=opening.pk))
    since(dj, week, row)
    before = snapshot()

    with pytest.raises(Conflict, match=words):
        unmerging.undo(made)

    assert snapshot() == before


def test_a_closed_week_that_was_reopened_since_is_a_reason_to_refuse(dj, week, warm_up, opening):
    sorted_into(week, "Opening")
    close(dj, week, None)
    merging.merge(opening, into=warm_up)
    periods.reopen_period(CurationPeriod.objects.get(pk=week.pk))

    with pytest.raises(Conflict, match="Week 46 was reopened"):
        undo(opening)


def test_the_page_of_the_style_offers_it_and_the_page_says_why_not(pages, dj, week, opening):
    address = [week.style.slug, opening.pk]
    row = sorted_into(week, "Opening")
    pages.post(reverse("merge_now", args=address), {"into": dj.categories.get(name="Warm Up").pk})
    page = pages.get(reverse("style", args=address[:1])).content.decode()
    assert "Undo<span" in page

    done = pages.post(reverse("merge_undo", args=address), follow=True).content.decode()
    assert "Opening is no part of Warm Up any more." in done
    assert "Undo<span" not in done

    pages.post(reverse("merge_now", args=address), {"into": dj.categories.get(name="Warm Up").pk})
    sort_anew(dj, week, row)
    refused = pages.post(reverse("merge_undo", args=address))
    assert refused.status_code == 409
    assert "sorted anew since" in refused.content.decode()


def test_an_undo_asks_as_often_for_forty_tracks_as_for_four(week, warm_up, opening):
    def ask(tracks):
        for _ in range(tracks):
            kept_in(week, "Opening")
        merging.merge(opening, into=warm_up)
        with CaptureQueriesContext(connection) as asked:
            undo(opening)
        opening.refresh_from_db()
        return len(asked)

    ask(1)

    assert ask(4) == ask(40)


def test_a_stranger_undoes_nothing(client, dj, week, warm_up, opening):
    merging.merge(opening, into=warm_up)
    client.force_login(UserFactory())

    answer = client.post(reverse("merge_undo", args=[week.style.slug, opening.pk]))

    assert answer.status_code == 404
    opening.refresh_from_db()
    assert opening.merged_into == warm_up

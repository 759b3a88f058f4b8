from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import UserFactory
from catalog.tests.factories import TrackFactory
from curation import categories, golden, merging, mirror, moves, periods, shelf, unmerging
from curation.errors import Conflict, Invalid
from curation.models import CurationPeriod, CurationTrack, Move
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db
NAMES = ["Warm Up", "Opening", "Peak Time"]


@pytest.fixture
def week(dj):
    """Open, of a style with the categories Warm Up, Opening and Peak Time."""
    return CurationPeriodFactory(user=dj, style=StyleFactory(slug="dub"), categories=NAMES)


@pytest.fixture
def warm_up(week):
    return week.user.categories.get(name="Warm Up")


@pytest.fixture
def opening(week):
    return week.user.categories.get(name="Opening")


def sorted_into(week, name, *, track=None):
    row = CurationTrackFactory(curation_period=week, track=track or TrackFactory())
    moves.move_track(user=week.user, track=row, to=playlist_of(week, name))
    row.refresh_from_db()
    return row


def kept_in(week, name, *, track=None):
    row = sorted_into(week, name, track=track)
    golden.promote(user=week.user, tracks=[row])
    row.refresh_from_db()
    return row


def place_of(row):
    return str(CurationTrack.objects.get(pk=row.pk).current_silver_playlist)


def kept(category):
    return set(category.golden_tracks.values_list("track", flat=True))


def test_tracks_of_open_weeks_go_along(dj, week, warm_up, opening):
    other = CurationPeriodFactory(user=dj, style=week.style, week=45, categories=[])
    rows = [sorted_into(week, "Opening"), sorted_into(other, "Opening")]
    stays = sorted_into(week, "Peak Time")

    merging.merge(opening, into=warm_up)

    assert [place_of(row) for row in rows] == ["Warm Up", "Warm Up"]
    assert place_of(stays) == "Peak Time"
    shown = [str(one) for one in week.playlists.with_counts()]
    assert shown == ["Warm Up", "Peak Time", "Trash"]


def test_golden_tracks_go_along_and_doubles_are_kept_once(dj, week, warm_up, opening):
    other = CurationPeriodFactory(user=dj, style=week.style, week=45, categories=[])
    both = TrackFactory()
    first = kept_in(week, "Warm Up", track=both)
    kept_in(other, "Opening", track=both)
    single = kept_in(week, "Opening")
    before = warm_up.golden_tracks.get().added_at

    merging.merge(opening, into=warm_up)

    assert kept(warm_up) == {first.track_id, single.track_id}
    assert warm_up.golden_tracks.get(track=both).added_at == before
    assert not opening.golden_tracks.exists()


def test_the_undo_of_an_older_decision_leads_to_where_the_tracks_are(week, warm_up, opening):
    row = sorted_into(week, "Opening")
    moves.move_track(user=week.user, track=row, to=playlist_of(week, "Peak Time"))
    merging.merge(opening, into=warm_up)

    moves.undo(week)
    assert place_of(row) == "Warm Up"

    moves.undo(week)
    assert place_of(row) == "None"


def test_the_undo_of_a_promotion_takes_it_from_the_other_category(week, warm_up, opening):
    kept_in(week, "Opening")
    merging.merge(opening, into=warm_up)

    moves.undo(week)

    assert kept(warm_up) == set()


def test_the_undo_of_a_promotion_leaves_what_the_other_category_kept_before(dj, week, opening):
    warm_up = dj.categories.get(name="Warm Up")
    other = CurationPeriodFactory(user=dj, style=week.style, week=45, categories=[])
    row = kept_in(other, "Warm Up")
    kept_in(week, "Opening", track=row.track)
    merging.merge(opening, into=warm_up)

    moves.undo(week)

    assert kept(warm_up) == {row.track_id}


def test_a_decision_of_an_old_page_goes_to_the_other_category(week, warm_up, opening):
    old = playlist_of(week, "Opening")
    row = CurationTrackFactory(curation_period=week)
    merging.merge(opening, into=warm_up)

    moves.move_track(user=week.user, track=row, to=week.playlists.get(pk=old.pk))

    assert place_of(row) == "Warm Up"


def test_many_moved_by_an_old_page_go_to_the_other_category(week, warm_up, opening):
    old = playlist_of(week, "Opening")
    rows = CurationTrackFactory.create_batch(3, curation_period=week)
    merging.merge(opening, into=warm_up)

    moves.move_tracks(user=week.user, period=week, chosen=week.tracks.all(), to=old)

    assert {place_of(row) for row in rows} == {"Warm Up"}


def test_a_decision_sent_again_after_the_merge_is_still_the_same(week, warm_up, opening):
    row = CurationTrackFactory(curation_period=week)
    old = playlist_of(week, "Opening")
    first = moves.move_track(user=week.user, track=row, to=old)
    merging.merge(opening, into=warm_up)

    again = moves.move_track(
        user=week.user,
        track=row,
        to=week.playlists.get(pk=old.pk),
        client_id=first.client_id,
    )

    assert again == first
    assert Move.objects.count() == 1


def test_a_closed_week_keeps_its_record_and_follows_once_it_is_reopened(week, warm_up, opening):
    silver, promoted = sorted_into(week, "Opening"), kept_in(week, "Opening")
    periods.close_period(week, rest_to_trash=False)

    merging.merge(opening, into=warm_up)

    assert place_of(silver) == "Opening"
    [line] = shelf.lines(warm_up, warm_up.golden_tracks.all())
    assert line.period == week

    periods.reopen_period(CurationPeriod.objects.get(pk=week.pk))

    assert place_of(silver) == "Warm Up"
    promoted.refresh_from_db()
    assert promoted.promoted_at
    assert kept(warm_up) == {promoted.track_id}


def test_what_was_merged_into_it_before_goes_along(dj, week, warm_up, opening):
    peak = dj.categories.get(name="Peak Time")
    row = sorted_into(week, "Opening")
    merging.merge(opening, into=warm_up)

    merging.merge(warm_up, into=peak)

    opening.refresh_from_db()
    assert opening.merged_into == peak
    assert place_of(row) == "Peak Time"


def test_its_key_is_free_and_it_can_be_brought_back_empty(dj, week, warm_up, opening):
    merging.merge(opening, into=warm_up)
    assert "2" in categories.free_keys(dj, week.style)

    categories.bring_back(opening)

    opening.refresh_from_db()
    assert (opening.merged_into, opening.archived_at, opening.hotkey) == (None, None, "2")


@pytest.mark.parametrize("name", ["Opening", "Trash"])
def test_what_cannot_be_one_is_refused(dj, opening, name):
    with pytest.raises(Invalid):
        merging.merge(opening, into=dj.categories.get(name=name))


def test_another_style_is_refused(dj, opening):
    other = CurationPeriodFactory(user=dj)

    with pytest.raises(Invalid):
        merging.merge(opening, into=playlist_of(other, "Warm Up").user_category)


def test_an_archived_category_takes_none(warm_up, opening):
    categories.archive(warm_up)

    with pytest.raises(Invalid):
        merging.merge(opening, into=warm_up)


def test_it_is_not_merged_into_two(dj, warm_up, opening):
    merging.merge(opening, into=warm_up)

    with pytest.raises(Conflict, match="part of Warm Up already"):
        merging.merge(opening, into=dj.categories.get(name="Peak Time"))


def test_what_others_became_part_of_is_not_removed(warm_up, opening):
    merging.merge(opening, into=warm_up)

    with pytest.raises(Invalid, match="Another category"):
        categories.remove_category(warm_up)


@pytest.mark.django_db(transaction=True)
def test_decisions_made_at_the_same_time_all_end_in_the_other_category(week, warm_up, opening):
    rows = CurationTrackFactory.create_batch(6, curation_period=week)
    old = playlist_of(week, "Opening")
    starts = Barrier(2)

    def decide():
        try:
            starts.wait()
            for row in rows:
                to = week.playlists.select_related("user_category").get(pk=old.pk)
                moves.move_track(user=week.user, track=row, to=to)
        finally:
            connection.close()

    def merge():
        try:
            starts.wait()
            merging.merge(opening, into=warm_up)
        finally:
            connection.close()

    with ThreadPoolExecutor() as djs:
        for done in [djs.submit(decide), djs.submit(merge)]:
            done.result()

    assert {place_of(row) for row in rows} == {"Warm Up"}


# The page


def address(name, category):
    return reverse(name, args=["dub", category.pk])


def test_the_page_says_what_will_happen_and_changes_nothing(pages, week, warm_up, opening):
    both = TrackFactory()
    kept_in(CurationPeriodFactory(user=week.user, style=week.style, week=45), "Warm Up", track=both)
    kept_in(week, "Opening", track=both)
    sorted_into(week, "Opening")

    page = pages.get(address("merge", opening), {"into": warm_up.pk}).content.decode()

    assert "1 track of 1 open week moves to Warm Up" in page
    assert "1 track moves to Warm Up" in page
    assert "1 is there already" in page
    assert "Merge Opening into Warm Up" in page
    assert kept(opening) == {both.pk}


def test_the_page_offers_the_other_categories_only(pages, opening):
    page = pages.get(address("merge", opening)).content.decode()

    assert page.count("?into=") == 2
    assert "What will happen" not in page


def test_a_second_click_says_the_same(pages, week, warm_up, opening):
    sorted_into(week, "Opening")

    for _ in range(2):
        answer = pages.post(address("merge_now", opening), {"into": warm_up.pk}, follow=True)

    assert "Opening is part of Warm Up now." in answer.content.decode()
    assert "merged into Warm Up" in answer.content.decode()
    assert Move.objects.count() == 1


def test_a_second_tab_that_chose_another_one_is_told(pages, dj, warm_up, opening):
    merging.merge(opening, into=warm_up)
    peak = dj.categories.get(name="Peak Time")

    answer = pages.post(address("merge_now", opening), {"into": peak.pk})

    assert answer.status_code == 409
    assert "part of Warm Up already" in answer.content.decode()


def test_a_category_archived_meanwhile_is_refused_on_the_page(pages, warm_up, opening):
    categories.archive(warm_up)

    answer = pages.post(address("merge_now", opening), {"into": warm_up.pk})

    assert answer.status_code == 422
    assert "cannot become part of Warm Up" in answer.content.decode()


def test_a_stranger_finds_nothing(client, warm_up, opening):
    client.force_login(UserFactory())

    assert client.get(address("merge", opening)).status_code == 404
    assert client.post(address("merge_now", opening), {"into": warm_up.pk}).status_code == 404


@pytest.mark.parametrize("into", ["", "x", "99999999"])
def test_a_target_that_is_not_there_is_not_found(pages, opening, into):
    assert pages.post(address("merge_now", opening), {"into": into}).status_code == 404


def test_trash_has_no_such_page(pages, dj, week):
    trash = dj.categories.get(is_trash=True)

    assert pages.get(address("merge", trash)).status_code == 404


def test_the_golden_page_of_a_merged_category_leads_to_the_other(pages, warm_up, opening):
    merging.merge(opening, into=warm_up)

    answer = pages.get(reverse("golden_category", args=[opening.pk]))

    assert answer.url == reverse("golden_category", args=[warm_up.pk])


def test_the_page_asks_as_often_for_twelve_weeks_as_for_two(pages, week, warm_up, opening):
    def ask():
        with CaptureQueriesContext(connection) as asked:
            pages.get(address("merge", opening), {"into": warm_up.pk})
        return len(asked)

    def add(weeks):
        for number in weeks:
            one = CurationPeriodFactory(user=week.user, style=week.style, week=number)
            sorted_into(one, "Opening")

    add(range(1, 3))
    ask()
    few = ask()
    add(range(3, 13))

    assert ask() == few


def test_a_merge_asks_as_often_for_forty_tracks_as_for_four(week, warm_up, opening):
    def merge(tracks):
        for _ in range(tracks):
            kept_in(week, "Opening")
        with CaptureQueriesContext(connection) as asked:
            merging.merge(opening, into=warm_up)
        categories.bring_back(opening)
        return len(asked)

    merge(1)

    assert merge(4) == merge(40)


# Spotify


def test_spotify_follows_item_by_item(desk):
    last_week = CurationPeriodFactory(user=desk.user, style=desk.period.style, week=45)
    early, late, there, rest = desk.fill(2), desk.fill(3), desk.fill(2), desk.fill(1)
    desk.sort([*early, *late], "Warm Up")
    desk.sort(there, "Peak Time")
    desk.promote([early[0], late[0]])
    desk.promote(there[:1])
    this_week, desk.period = desk.period, last_week
    desk.sort(desk.fill(2), "Warm Up")
    desk.period = this_week
    desk.send()
    before = desk.at_spotify()
    assert sum(name.endswith("Warm Up") for name in before) == 3

    warm_up = desk.playlist("Warm Up").user_category
    desk.forget_calls()
    merging.merge(warm_up, into=desk.playlist("Peak Time").user_category)
    desk.send()

    assert len(desk.calls("DELETE", "/me/library")) == 1  # all three
    held = desk.at_spotify()
    assert not [name for name in held if name.endswith("Warm Up")]
    style = this_week.style.name
    assert len(held[f"{style} · Peak Time"]) == 3
    assert len(held[f"{style} W46 2026 · Peak Time"]) == 4
    assert len(held[f"{style} W45 2026 · Peak Time"]) == 2
    assert held[f"{style} W46 2026 · Bronze"] == desk.uris_of(
        desk.period.tracks.filter(pk=rest[0].pk), "pk"
    )
    del held[f"{style} W45 2026 · Peak Time"]
    held.pop(f"{style} W45 2026 · Bronze", None)
    for name, wanted in desk.ours().items():
        assert held.pop(name, []) == wanted, name
    assert held == {}


def test_the_djs_own_golden_playlist_stays_as_it_is(desk):
    desk.sort(desk.fill(2), "Warm Up")
    desk.promote(list(desk.period.tracks.all()))
    desk.send()
    row = desk.row("golden", "Warm Up")
    row.is_adopted = True
    row.save(update_fields=["is_adopted"])
    before = desk.at_spotify()[row.name]

    merging.merge(row.user_category, into=desk.playlist("Peak Time").user_category)
    desk.send()

    assert desk.at_spotify()[row.name] == before
    assert desk.at_spotify()[f"{desk.period.style.name} · Peak Time"] == before


def test_a_closed_week_that_stays_on_spotify_stays_as_it_is(desk):
    desk.sort(desk.fill(2), "Warm Up")
    periods.close_period(desk.period, rest_to_trash=False, stays_on_spotify=True)
    desk.send()
    before = desk.at_spotify()
    desk.forget_calls()

    merging.merge(
        desk.playlist("Warm Up").user_category, into=desk.playlist("Peak Time").user_category
    )
    desk.send()

    assert desk.at_spotify() == before
    assert desk.calls() == []

    periods.reopen_period(CurationPeriod.objects.get(pk=desk.period.pk))
    desk.send()

    desk.assert_in_step()


def test_a_merge_costs_a_handful_of_calls(desk):
    desk.sort(desk.fill(30), "Warm Up")
    desk.sort(desk.fill(30), "Peak Time")
    desk.send()
    desk.forget_calls()

    merging.merge(
        desk.playlist("Warm Up").user_category, into=desk.playlist("Peak Time").user_category
    )
    desk.send()

    assert len(desk.calls()) <= 4


def test_a_question_about_a_track_taken_off_in_spotify_goes_along(desk):
    rows = desk.fill(2)
    desk.sort(rows, "Warm Up")
    desk.promote(rows)
    desk.send()
    row = desk.row("golden", "Warm Up")
    row.absences.create(track=rows[0].track, noticed_at=row.sent_at)

    peak = desk.playlist("Peak Time").user_category
    merging.merge(row.user_category, into=peak)
    desk.send()

    held = desk.at_spotify()[f"{desk.period.style.name} · Peak Time"]
    assert len(held) == 1
    assert [one.track_id for one in mirror.absent(peak)] == [rows[0].track_id]


def test_an_undone_merge_is_as_if_it_had_not_been_at_spotify_either(desk):
    early, late, there = desk.fill(2), desk.fill(3), desk.fill(2)
    desk.sort([*early, *late], "Warm Up")
    desk.sort(there, "Peak Time")
    desk.promote([early[0], late[0]])
    desk.promote(there[:1])
    desk.send()
    before = desk.at_spotify()
    warm_up = desk.playlist("Warm Up").user_category
    merging.merge(warm_up, into=desk.playlist("Peak Time").user_category)
    desk.send()
    assert desk.at_spotify() != before

    unmerging.undo(unmerging.standing(warm_up))
    desk.send()

    assert desk.at_spotify() == before
    desk.assert_in_step()


def test_the_djs_own_playlist_is_followed_again_when_a_merge_is_undone(desk):
    rows = desk.fill(3)
    desk.sort(rows, "Warm Up")
    desk.promote(rows[:1])
    desk.send()
    row = desk.row("golden", "Warm Up")
    row.is_adopted = True
    row.save(update_fields=["is_adopted"])
    merging.merge(row.user_category, into=desk.playlist("Peak Time").user_category)
    desk.send()

    unmerging.undo(unmerging.standing(row.user_category))
    desk.promote(rows[1:2])
    desk.send()

    assert len(desk.at_spotify()[row.name]) == 2

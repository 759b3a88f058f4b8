from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.tests.factories import ArtistFactory, GenreFactory, ReleaseFactory, TrackFactory
from curation import actions, memory, moves, pace, periods, trash_rules
from curation.errors import Conflict
from curation.models import CurationPeriod, CurationTrack, Move, TrashRule
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 9)


@pytest.fixture
def genre():
    return GenreFactory()


@pytest.fixture
def week(dj, genre):
    style = StyleFactory(name="Dub", slug="dub")
    style.genres.add(genre)
    return CurationPeriodFactory(user=dj, style=style)


@pytest.fixture
def release():
    return ReleaseFactory()


@pytest.fixture
def label(release):
    return release.label


@pytest.fixture
def artist():
    return ArtistFactory(name="Ferrite")


def row(week, **track):
    return CurationTrackFactory(curation_period=week, track=TrackFactory(**track))


def on_sale(genre, **track):
    return TrackFactory(genre=genre, published_on=MONDAY, **track)


def in_trash(week):
    found = week.tracks.filter(current_silver_playlist__user_category__is_trash=True)
    return {one.track for one in found}


def sorted_week(week):
    first = row(week)
    moves.move_track(user=week.user, track=first, to=playlist_of(week, "Warm Up"))
    week.refresh_from_db()
    assert week.status == "SORTED"
    return first


# Setting one


def test_what_bronze_has_of_a_label_goes_to_trash_at_once(week, release, label):
    theirs = [row(week, release=release) for _ in range(2)]
    kept, other = row(week, release=release), row(week)
    moves.move_track(user=week.user, track=kept, to=playlist_of(week, "Warm Up"))

    log = trash_rules.always_trash(week, label)

    assert in_trash(week) == {one.track for one in theirs}
    assert {move.cause for move in log} == {"new_rule"}
    other.refresh_from_db()
    assert other.status == "UNSORTED"
    assert not week.tracks.filter(pk__in=[one.pk for one in theirs], heard_at__isnull=False)


def test_of_an_artist_but_not_what_the_artist_only_remixed(week, artist):
    own = row(week, artists=[ArtistFactory(), artist])
    row(week, remixers=[artist])

    trash_rules.always_trash(week, artist)

    assert in_trash(week) == {own.track}


def test_undo_takes_the_tracks_and_the_rule_back(week, release, label):
    row(week, release=release)
    row(week, release=release)
    trash_rules.always_trash(week, label)

    reverted = moves.undo(week)

    assert len(reverted) == 2
    assert in_trash(week) == set()
    assert not TrashRule.objects.exists()


def test_undoing_another_action_leaves_the_rule(week, release, label):
    row(week, release=release)
    other = row(week)
    trash_rules.always_trash(week, label)
    moves.move_track(user=week.user, track=other, to=playlist_of(week, "Warm Up"))

    moves.undo(week)

    assert TrashRule.objects.get().label == label
    assert len(in_trash(week)) == 1


def test_set_twice_it_is_one_rule_that_also_takes_what_was_put_back(week, release, label):
    track = row(week, release=release)
    trash_rules.always_trash(week, label)
    moves.move_track(user=week.user, track=track, to=None)

    trash_rules.always_trash(week, label)

    assert TrashRule.objects.count() == 1
    assert in_trash(week) == {track.track}


def test_with_nothing_left_in_bronze_the_week_is_sorted(week, release, label):
    row(week, release=release)

    trash_rules.always_trash(week, label)

    week.refresh_from_db()
    assert week.status == "SORTED"


def test_a_closed_week_takes_no_rule(week, label):
    periods.close_period(week, rest_to_trash=False)

    with pytest.raises(Conflict):
        trash_rules.always_trash(week, label)
    assert not TrashRule.objects.exists()


@pytest.mark.parametrize("is_about", [(True, True), (False, False)])
def test_the_database_holds_only_rules_about_one_name(week, label, artist, is_about):
    names = {"label": label if is_about[0] else None, "artist": artist if is_about[1] else None}

    with pytest.raises(IntegrityError), transaction.atomic():
        TrashRule.objects.create(user=week.user, style=week.style, **names)


@pytest.mark.parametrize("field", ["label", "artist"])
def test_the_database_holds_one_rule_per_name(week, label, artist, field):
    about = {"label": label} if field == "label" else {"artist": artist}
    week.user.trash_rules.create(style=week.style, **about)

    with pytest.raises(IntegrityError), transaction.atomic():
        week.user.trash_rules.create(style=week.style, **about)


# On arrival


@pytest.fixture
def rules(week, label, artist):
    week.user.trash_rules.create(style=week.style, label=label)
    week.user.trash_rules.create(style=week.style, artist=artist)


def test_what_arrives_of_it_goes_to_trash_and_the_rest_to_bronze(
    week, genre, release, artist, rules
):
    theirs = {on_sale(genre, release=release), on_sale(genre, artists=[artist])}
    other, remix = on_sale(genre), on_sale(genre, remixers=[artist])

    periods.bring_tracks(week)

    assert in_trash(week) == theirs
    assert {one.track for one in week.tracks.unsorted()} == {other, remix}
    assert set(Move.objects.values_list("cause", flat=True)) == {"rule"}
    week.refresh_from_db()
    assert week.late_tracks == 2


def test_a_sorted_week_stays_sorted_when_only_rules_had_work(week, genre, release, rules):
    sorted_week(week)
    on_sale(genre, release=release)

    assert periods.bring_tracks(week) == 1

    week.refresh_from_db()
    assert (week.status, week.late_tracks) == ("SORTED", 0)


def test_a_sorted_week_is_reopened_by_what_no_rule_is_about(week, genre, release, rules):
    sorted_week(week)
    on_sale(genre, release=release)
    on_sale(genre)

    periods.bring_tracks(week)

    week.refresh_from_db()
    assert (week.status, week.late_tracks) == ("IN_PROGRESS", 1)


def test_a_week_of_which_rules_trash_all_is_sorted(week, genre, release, rules):
    on_sale(genre, release=release)

    periods.bring_tracks(week)

    week.refresh_from_db()
    assert week.status == "SORTED"


def test_a_rule_holds_for_its_style_and_its_dj(week, genre, release, rules):
    on_sale(genre, release=release)
    other = CurationPeriodFactory(style=week.style)
    elsewhere = CurationPeriodFactory(user=week.user)
    elsewhere.style.genres.add(genre)

    for period in (other, elsewhere):
        periods.bring_tracks(period)
        assert in_trash(period) == set()


def test_undo_passes_over_what_rules_did_on_arrival(week, genre, release, rules):
    first = sorted_week(week)
    on_sale(genre, release=release)
    periods.bring_tracks(week)

    assert str(actions.latest(week)) == "1 track to Warm Up"
    assert [move.curation_track for move in moves.undo(week)] == [first]
    assert moves.undo(week) == []
    assert len(in_trash(week)) == 1


def test_a_track_taken_out_of_trash_goes_back_there_by_undo(week, genre, release, rules):
    on_sale(genre, release=release)
    periods.bring_tracks(week)
    track = week.tracks.get()
    moves.move_track(user=week.user, track=track, to=playlist_of(week, "Warm Up"))

    moves.undo(week)

    assert in_trash(week) == {track.track}


def test_the_pace_knows_nothing_of_it(week, genre, release, rules):
    on_sale(genre, release=release)

    periods.bring_tracks(week)

    assert not pace.decisions(moves.of_period(week)).exists()


def test_nobody_is_told_of_having_trashed_what_only_a_rule_did(week, genre, release, rules):
    track = on_sale(genre, release=release)
    periods.bring_tracks(week)
    again = CurationPeriodFactory(user=week.user, style=week.style, week=47)

    assert memory.recall(again, [track]) == {}

    moves.move_track(user=week.user, track=week.tracks.get(), to=playlist_of(week, "Trash"))
    assert memory.recall(again, [track])[track.recording_key].latest.is_trash


def test_arrivals_under_many_rules_take_no_more_queries(
    week, genre, artist, release, rules, django_assert_max_num_queries
):
    on_sale(genre, release=release)
    with django_assert_max_num_queries(40) as few:
        periods.bring_tracks(week)

    for number in range(20):
        one = ReleaseFactory()
        week.user.trash_rules.create(style=week.style, label=one.label)
        on_sale(genre, release=one)
        on_sale(genre, title=f"Another {number}", artists=[artist])
    with django_assert_max_num_queries(len(few)):
        periods.bring_tracks(week)
    assert len(in_trash(week)) == 41


# Pages


def rule_page(pages, card):
    address = reverse("trash_rule", args=[card.curation_period_id])
    return pages.get(address, {"track": card.pk})


def test_the_card_leads_to_what_can_be_set_about_it(pages, week, release, label, artist):
    card = row(week, release=release, artists=[artist])
    row(week, release=release)

    desk = pages.get(reverse("sort", args=[week.pk])).content.decode()
    page = rule_page(pages, card).content.decode()

    assert f"{reverse('trash_rule', args=[week.pk])}?track={card.pk}" in desk
    assert "label: 2 in Bronze" in " ".join(page.split())
    assert "artist: 1 in Bronze" in " ".join(page.split())
    assert not TrashRule.objects.exists()


def test_its_button_sets_the_rule_and_leads_back_to_the_desk(pages, week, release, label):
    card = row(week, release=release)

    answer = pages.post(reverse("trash_rule_set", args=[week.pk]), {"label": label.pk}, follow=True)

    assert answer.redirect_chain == [(reverse("sort", args=[week.pk]), 303)]
    assert [line.move.curation_track for line in answer.context["desk"].log] == [card]
    assert TrashRule.objects.get().label == label


def test_the_week_counts_what_rules_trashed(pages, week, genre, release, label):
    row(week, release=release)
    by_hand = row(week)
    moves.move_track(user=week.user, track=by_hand, to=playlist_of(week, "Trash"))
    trash_rules.always_trash(week, label)
    on_sale(genre, release=release)
    periods.bring_tracks(week)

    page = pages.get(reverse("period", args=[week.pk])).content.decode()

    assert "2 sent to Trash by your rules." in page
    assert f"?place={playlist_of(week, 'Trash').pk}" in page


def test_the_style_lists_rules_and_removes_them(pages, week, genre, release, label, rules):
    rule = week.user.trash_rules.get(label=label)
    style = pages.get(reverse("style", args=["dub"])).content.decode()
    assert "Remove the rule about Ferrite" in style

    answer = pages.post(reverse("trash_rule_remove", args=["dub", rule.pk]), follow=True)

    assert f"Remove the rule about {label}" not in answer.content.decode()
    on_sale(genre, release=release)
    periods.bring_tracks(week)
    assert in_trash(week) == set()


def test_rules_of_another_dj_are_not_there(pages, label):
    theirs = CurationPeriodFactory()
    rule = theirs.user.trash_rules.create(style=theirs.style, label=label)
    card = row(theirs)

    assert rule_page(pages, card).status_code == 404
    address = reverse("trash_rule_set", args=[theirs.pk])
    assert pages.post(address, {"label": label.pk}).status_code == 404
    address = reverse("trash_rule_remove", args=[theirs.style.slug, rule.pk])
    assert pages.post(address).status_code == 404
    assert TrashRule.objects.get() == rule


def test_a_closed_week_refuses_the_rule_in_words(pages, week, label):
    CurationPeriod.objects.filter(pk=week.pk).update(status="CLOSED")

    answer = pages.post(reverse("trash_rule_set", args=[week.pk]), {"label": label.pk})

    assert answer.status_code == 409
    assert CurationTrack.objects.count() == 0

"""What one DJ has and does is nothing to what another one counts, is offered or sends.

test_strangers.py walks the addresses; this is what no address shows, or only in the wrong order.
"""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.errors import NotAllowed
from accounts.gateway import Gateway
from accounts.models import SpotifyCredential
from accounts.tests.factories import UserFactory
from catalog.models import SpotifyMatch
from catalog.tests.factories import TrackFactory
from clouder.tests.test_strangers import logged_in, unpacked
from curation import (
    categories,
    desk,
    merging,
    mirror,
    moves,
    overview,
    pace,
    priorities,
    sifting,
    summary,
    sync,
    verdicts,
)
from curation.mirror import drift, library, outbox, troubles
from curation.models import CurationPeriod, MirroredItem, MirroredPlaylist, Move, Style, TrashRule
from curation.selection import Selection
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    playlist_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def theirs() -> CurationPeriod:
    """The week of a DJ who was there first."""
    return CurationPeriodFactory()


@pytest.fixture
def mine(theirs) -> CurationPeriod:
    """The same week of another DJ."""
    return CurationPeriodFactory(style=theirs.style)


def the_same_track(*periods, **fields):
    track = TrackFactory(**fields)
    return [CurationTrackFactory(curation_period=one, track=track) for one in periods]


def connected(user) -> SpotifyCredential:
    now = timezone.now()
    return SpotifyCredential.objects.create(
        user=user,
        account_id=f"account {user.pk}",
        scopes=settings.SPOTIFY_SCOPES,
        access_token=f"token {user.pk}",
        authorized_at=now,
        expires_at=now + timedelta(hours=1),
    )


def waiting(period: CurationPeriod) -> MirroredPlaylist:
    """A playlist with a change that waits."""
    bronze = period.mirrored_playlists.filter(layer="bronze")
    bronze.update(
        wanted=2, sent=1, due_at=timezone.now() + timedelta(hours=1), spotify_id=f"id{period.pk}"
    )
    return bronze.get()


# Decisions


def test_two_djs_may_use_the_same_client_id(theirs, mine):
    client_id = uuid.uuid4()
    for period in (theirs, mine):
        rows = CurationTrackFactory.create_batch(2, curation_period=period)
        moves.move_track(user=period.user, track=rows[0], to=None, client_id=client_id)
        moves.undo(period)
    for period in (theirs, mine):
        moves.move_tracks(
            user=period.user,
            period=period,
            chosen=period.tracks.all(),
            to=playlist_of(period, "Warm Up"),
            client_id=uuid.UUID(int=7),
        )

    assert mine.tracks.unsorted().count() == 0
    assert Move.objects.filter(client_id=client_id).count() == 2


def test_doubts_of_two_djs_may_have_the_same_client_id(theirs, mine):
    client_id = uuid.uuid4()
    first = CurationTrackFactory(curation_period=theirs, track__match="matched")
    second = CurationTrackFactory(curation_period=mine, track__match="matched")
    verdicts.doubt(first, client_id=client_id)

    said = verdicts.doubt(second, client_id=client_id)

    assert said
    assert said.track == second.track


def test_an_undo_takes_back_no_verdict_of_another_dj(theirs, mine):
    first = CurationTrackFactory(curation_period=theirs, track__match="matched")
    second = CurationTrackFactory(curation_period=mine, track__match="matched")
    kept, undone = verdicts.doubt(first), verdicts.doubt(second)
    theirs.user.verdicts.update(action_id=undone.action_id)

    verdicts.undo(undone)

    kept.refresh_from_db()
    assert kept.undone_at is None


def test_the_desk_lists_own_doubts_only(theirs, mine):
    first, _ = the_same_track(theirs, mine, match="matched")

    verdicts.doubt(first)

    assert desk.latest_doubts(mine) == []
    assert len(desk.latest_doubts(theirs)) == 1


def test_an_undo_takes_no_rule_of_another_dj(theirs, mine):
    row = CurationTrackFactory(curation_period=mine)
    label = row.track.release.label
    rule = {"style": mine.style, "label": label, "action_id": uuid.uuid4()}
    for period in (theirs, mine):
        period.user.trash_rules.create(**rule)
    moves.trash(mine, mine.tracks.all(), action_id=rule["action_id"], cause=Move.Cause.NEW_RULE)

    moves.undo(mine)

    assert TrashRule.objects.get().user == theirs.user


def test_only_own_decisions_make_the_pace(theirs, mine):
    row = CurationTrackFactory(curation_period=theirs)
    start = timezone.now() - timedelta(days=1)
    Move.objects.bulk_create(
        Move(
            user=theirs.user,
            curation_track=row,
            kind=Move.Kind.MOVE,
            client_id=uuid.uuid4(),
            action_id=uuid.uuid4(),
            created_at=start + timedelta(seconds=8 * number),
        )
        for number in range(2 * pace.ENOUGH)
    )

    assert pace.per_track(theirs.user)
    assert pace.per_track(mine.user) is None


# Categories and styles


def test_a_new_category_reaches_own_weeks_only(theirs, mine):
    theirs.playlists.all().delete()

    categories.add_category(user=mine.user, style=mine.style, name="Groove")

    assert not theirs.playlists.exists()


def test_a_new_category_comes_after_own_ones(theirs, mine):
    for name in "ABCDEF":
        categories.add_category(user=theirs.user, style=theirs.style, name=name)
    own = mine.user.categories.filter(style=mine.style).count()

    added = categories.add_category(user=mine.user, style=mine.style, name="Groove")

    assert added.position == own


def test_a_merged_category_of_another_dj_is_not_there(theirs, mine):
    source, into = theirs.user.categories.filter(is_trash=False)
    merging.merge(source, into=into)

    answer = logged_in(mine.user).get(reverse("golden_category", args=[source.pk]))

    assert answer.status_code == 404


def test_no_style_is_proposed_for_the_categories_of_another_dj(theirs):
    stranger = UserFactory()

    assert overview.Weeks(stranger).proposed == []
    assert [one.style for one in overview.Weeks(theirs.user).proposed] == [theirs.style]


def test_a_week_that_another_dj_opened_is_still_proposed(theirs, mine):
    latest = overview.Weeks(mine.user).latest
    CurationPeriod.objects.filter(pk=theirs.pk).update(year=latest.year, week=latest.number)

    assert [one.style for one in overview.Weeks(mine.user).proposed] == [mine.style]
    assert overview.Weeks(theirs.user).proposed == []


def test_a_style_set_up_by_a_new_dj_is_in_use_whatever_others_did_with_it(theirs, mine):
    long_ago = timezone.now() - timedelta(days=400)
    CurationPeriod.objects.filter(pk=theirs.pk).update(created_at=long_ago)
    mine.delete()

    assert Style.objects.in_use(timezone.now()).filter(pk=theirs.style_id).exists()


def test_who_has_no_week_yet_is_welcomed_though_others_have(theirs):
    page = logged_in(UserFactory()).get("/")

    assert page.context["first_styles"] is not None


def test_late_tracks_in_the_week_of_another_dj_are_no_news(theirs):
    CurationPeriod.objects.filter(pk=theirs.pk).update(status="CLOSED", late_tracks=1)

    assert not logged_in(UserFactory()).get("/").context["late"]
    assert list(logged_in(theirs.user).get("/").context["late"]) == [theirs]


def test_the_list_of_weeks_offers_own_styles(theirs):
    assert not logged_in(UserFactory()).get(reverse("periods")).context["styles"]
    page = logged_in(theirs.user).get(reverse("periods"))
    assert list(page.context["styles"]) == [theirs.style]


def test_a_week_that_another_dj_opened_is_new_to_the_program(theirs):
    asked = {"style": theirs.style.slug, "year": theirs.year, "week": theirs.week}
    client: Client = logged_in(UserFactory())

    answer = client.post("/api/curation/periods", asked, content_type="application/json")

    assert answer.status_code == 201


# The desk and the week


def test_another_djs_selection_is_not_remembered(theirs, mine):
    sifting.remember(theirs, Selection.read("order=bpm"))

    assert str(sifting.remembered(mine)) == ""


def test_the_next_week_is_an_own_one(theirs, mine):
    CurationTrackFactory(curation_period=theirs)

    assert summary.Summary.of(mine).next_week is None


def test_the_review_knows_own_playlists_only(theirs, mine):
    row = CurationTrackFactory(curation_period=mine)
    asked = {"track": row.pk, "to": playlist_of(theirs, "Warm Up").pk}

    answer = logged_in(mine.user).post(reverse("review_move", args=[mine.pk]), asked)

    assert answer.status_code == 404


def test_the_next_cards_of_another_dj_stay_first(theirs, mine):
    rows = CurationTrackFactory.create_batch(2, curation_period=theirs)
    priorities.put_first(theirs)
    before = list(SpotifyMatch.objects.filter(track__in=[row.track for row in rows]).values())

    CurationTrackFactory(curation_period=mine)
    priorities.put_first(mine)

    assert (
        list(SpotifyMatch.objects.filter(pk__in=[one["id"] for one in before]).values()) == before
    )


def test_arrivals_are_next_where_the_own_dj_is(theirs, mine):
    CurationPeriod.objects.filter(pk=theirs.pk).update(decided_at=timezone.now())

    assert priorities.where_the_dj_is(mine) == mine


# What is sent to Spotify


def test_each_dj_asks_spotify_with_the_own_token(theirs, mine):
    connected(theirs.user)
    own = connected(mine.user)

    assert Gateway.of(mine.user).credential == own


def test_the_settings_show_the_own_connection(theirs, mine):
    connected(theirs.user)
    own = connected(mine.user)

    page = logged_in(mine.user).get(reverse("settings"))

    assert page.context["connection"] == own


def test_the_bar_counts_own_playlists(theirs, mine):
    waiting(theirs)
    for period in (theirs, mine):
        connected(period.user)

    assert sync.of_user(mine.user).words != sync.of_user(theirs.user).words


def test_send_now_sends_nothing_of_another_dj(theirs, mine):
    due = waiting(theirs).due_at

    mirror.send_now(mine.user)
    mirror.send_now(mine)

    assert theirs.mirrored_playlists.get(layer="bronze").due_at == due


def test_a_late_match_wants_no_golden_playlist_of_another_dj(theirs, mine):
    row, own = the_same_track(theirs, mine, match="matched", spotify_uri=f"spotify:track:{7:022}")
    for one in (row, own):
        category = one.curation_period.user.categories.get(name="Warm Up")
        category.golden_tracks.create(track=one.track, added_at=timezone.now())

    outbox.mark_missing(mine, mine.tracks.all())

    waits = MirroredPlaylist.objects.waiting()
    assert not waits.filter(user=theirs.user).exists()
    assert waits.filter(user=mine.user, layer="golden").exists()


def test_one_call_takes_only_own_playlists_off_the_library(theirs, mine):
    waiting(theirs)
    MirroredPlaylist.objects.update(in_library=False)

    assert not library.claim_others(waiting(mine), is_wanted=True).exists()


def test_a_refusal_is_about_the_own_account(theirs, mine):
    connected(theirs.user)

    assert troubles.is_about_the_account(waiting(mine), NotAllowed())


def test_a_playlist_of_another_dj_does_not_come_back(theirs, mine):
    lost = waiting(theirs)
    MirroredPlaylist.objects.filter(pk=lost.pk).update(state="missing")

    assert drift.restore(mine.user, [lost.spotify_id]) == 0
    assert drift.restore(theirs.user, [lost.spotify_id]) == 1


def test_who_exports_takes_what_the_own_playlists_hold(theirs, mine):
    MirroredItem.objects.create(
        playlist=waiting(theirs), track=TrackFactory(), uri="spotify:track:x", position=0
    )

    assert "spotify:track:x" not in exported(mine.user)
    assert "spotify:track:x" in exported(theirs.user)


def exported(user) -> str:
    return unpacked(logged_in(user).get(reverse("own_data"))).content.decode()

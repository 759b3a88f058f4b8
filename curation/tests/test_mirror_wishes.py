"""Which layers a DJ wants in Spotify."""

import pytest

from accounts.forms import CALLS_A_WEEK
from catalog.models import SpotifyMatch
from curation import links, mirror, tasks
from curation.models import MirroredPlaylist
from curation.tests.economy import Week, hours_that_fly
from curation.tests.mirrored import Desk

pytestmark = pytest.mark.django_db
State = MirroredPlaylist.State
NAMES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]


def wish(desk: Desk, *layers: str) -> None:
    """These layers and no others, as the settings page saves it."""
    preferences = desk.user.preferences
    for layer in ("bronze", "silver", "golden"):
        setattr(preferences, f"mirrors_{layer}", layer in layers)
    preferences.save()
    mirror.follow_wishes()


def test_what_is_left_out_costs_nothing(desk):
    wish(desk, "golden")
    tracks = desk.fill(3)
    desk.sort(tracks, "Warm Up")
    desk.promote(tracks[:1])
    desk.send()

    golden = f"{desk.period.style.name} · Warm Up"
    assert desk.at_spotify() == {golden: desk.ours()[golden]}
    assert len(desk.calls()) == 2


def test_what_is_there_stays_and_catches_up_when_it_is_wanted_again(desk):
    tracks = desk.fill(4)
    desk.sort(tracks[:1], "Warm Up")
    desk.send()
    before = desk.at_spotify()

    wish(desk, "golden")
    desk.sort(tracks[1:3], "Warm Up")
    desk.send()
    assert desk.at_spotify() == before

    wish(desk, "bronze", "silver", "golden")
    desk.send()
    desk.assert_in_step()


def test_a_new_week_knows_what_is_wanted(desk):
    wish(desk, "bronze", "golden")
    MirroredPlaylist.objects.all().delete()

    mirror.prepare(desk.period)

    assert desk.row().state == State.ACTIVE
    assert desk.row("silver", "Warm Up").state == State.LEFT


def test_what_the_dj_no_longer_mirrors_is_not_taken_up(desk):
    mirror.stop_mirroring(desk.row())

    wish(desk)
    wish(desk, "bronze", "silver", "golden")

    assert desk.row().state == State.STOPPED


def test_others_are_not_asked(desk, sandbox):
    other = Desk(sandbox, [], dj="tomek")

    wish(desk)

    assert {row.state for row in desk.rows()} == {State.LEFT}
    assert {row.state for row in other.rows()} == {State.ACTIVE}


def test_the_sweep_follows(desk):
    desk.user.preferences.mirrors_bronze = False
    desk.user.preferences.save()

    tasks.sweep()

    assert desk.row().state == State.LEFT


def wish_for_edits(desk: Desk, is_wanted: bool) -> None:
    desk.user.preferences.mirrors_edits = is_wanted
    desk.user.preferences.save()
    mirror.follow_wishes()


def test_other_edits_leave_the_playlists_and_come_back(desk):
    edit, kept, *others = desk.fill(4)
    SpotifyMatch.objects.filter(track__in=[edit.track, kept.track]).update(state="other_edit")
    desk.sort([kept, others[0]], "Warm Up")
    desk.promote([kept])
    desk.send()
    everything = desk.at_spotify()
    desk.forget_calls()

    wish_for_edits(desk, False)
    desk.send()

    edits = links.accepted_uris([edit.track, kept.track]).values()
    held = {name: [uri for uri in uris if uri not in edits] for name, uris in everything.items()}
    assert held != everything
    assert desk.at_spotify() == held
    assert len(desk.calls()) == 2

    wish_for_edits(desk, True)
    desk.send()
    found = desk.at_spotify()
    assert {name: set(uris) for name, uris in found.items()} == {
        name: set(uris) for name, uris in everything.items()
    }


@pytest.mark.parametrize("is_wanted", [True, False])
def test_a_late_edit_lets_playlists_wait_where_edits_are_wanted(desk, is_wanted):
    late, *_ = desk.fill(2)
    SpotifyMatch.objects.filter(track=late.track).update(state="pending")
    wish_for_edits(desk, is_wanted)
    desk.send()

    SpotifyMatch.objects.filter(track=late.track).update(state="other_edit")
    mirror.mark_missing(desk.period, desk.period.tracks.filter(pk=late.pk))

    waiting = MirroredPlaylist.objects.filter(user=desk.user).waiting()
    assert waiting.exists() == is_wanted


@pytest.mark.slow
@pytest.mark.parametrize("layer", CALLS_A_WEEK)
def test_the_settings_tell_what_a_layer_costs(sandbox, uris, layer):
    desk = Desk(sandbox, uris, names=NAMES)
    wish(desk, layer)

    with hours_that_fly() as clock:
        week = Week(desk, NAMES, 400, clock, has_pauses=True)
        tracks = week.open()
        week.sort(tracks)
        week.promote(tracks[:40])
        week.close()

    assert len(desk.calls()) == pytest.approx(CALLS_A_WEEK[layer], abs=1)

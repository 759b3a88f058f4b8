"""The mirror against the sandbox: each test ends with Spotify's playlists equal to ours."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import connection as connection_to_spotify
from curation import golden, mirror, moves
from curation.mirror import lease
from curation.mirror.lease import LeaseLost, claim
from curation.mirror.sending import Sending
from curation.models import MirroredPlaylist, RefusedUri
from curation.tests.mirrored import Desk
from curation.tests.test_mirror_drift import look_tomorrow

pytestmark = pytest.mark.django_db
State = MirroredPlaylist.State
ITEMS = "/items$"


def test_a_week_appears_in_spotify_with_its_first_track(desk):
    mirror.mark_period(desk.period)
    desk.send()
    assert desk.held() == []

    desk.fill(3)
    desk.send()

    desk.assert_in_step()
    assert len(desk.held()) == 1
    assert desk.row().spotify_id == desk.held()[0]["id"]
    assert f"clouder:{desk.row().marker}" in desk.held()[0]["description"]


def test_tracks_go_where_they_are_sorted(desk):
    tracks = desk.fill(8)
    desk.send()

    desk.sort(tracks[:3], "Warm Up")
    desk.sort(tracks[3:5], "Peak Time")
    desk.sort(tracks[5:6], "Trash")
    desk.send()

    desk.assert_in_step()
    assert len(desk.held()) == 3


def test_the_order_is_the_order_of_decisions(desk):
    tracks = desk.fill(5)

    desk.sort([tracks[3], tracks[0], tracks[4]], "Warm Up")
    desk.send()
    desk.sort([tracks[1]], "Warm Up")
    desk.send()

    desk.assert_in_step()


def test_promoted_tracks_leave_silver_for_golden(desk):
    tracks = desk.fill(6)
    desk.sort(tracks[:4], "Warm Up")
    desk.send()

    desk.promote([tracks[2], tracks[1]])
    desk.send()

    desk.assert_in_step()


def test_undo_brings_all_of_it_back(desk):
    tracks = desk.fill(4)
    desk.sort(tracks[:2], "Warm Up")
    desk.send()
    before = desk.at_spotify()

    desk.promote([tracks[1]])
    desk.send()
    moves.undo(desk.period)
    desk.send()

    desk.assert_in_step()
    assert before.items() <= desk.at_spotify().items()


def test_more_than_a_hundred_at_once(desk):
    tracks = desk.fill(250)
    desk.send()
    desk.assert_in_step()
    assert len(desk.calls("POST", "/items")) == 3

    desk.sort(tracks[20:], "Warm Up")
    desk.forget_calls()
    desk.send()

    desk.assert_in_step()
    bronze = [("GET", f"/playlists/{desk.row().spotify_id}")]
    assert desk.calls("GET") == bronze  # nobody else's rows, so one rewrite is cheaper
    assert len(desk.calls("DELETE")) == 0
    assert len(desk.calls()) == 6


def test_there_and_back_again_is_not_worth_a_call(desk):
    tracks = desk.fill(4)
    desk.sort(tracks[:3], "Warm Up")
    desk.send()
    desk.forget_calls()

    desk.sort(tracks[2:3], "Peak Time")
    desk.sort(tracks[2:3], "Warm Up")
    desk.send()

    assert desk.calls() == []
    desk.assert_in_step()


def test_a_track_filed_again_becomes_the_last(desk):
    tracks = desk.fill(4)
    desk.sort(tracks[:3], "Warm Up")
    desk.send()
    desk.forget_calls()

    desk.sort(tracks[:1], "Peak Time")
    desk.sort(tracks[:1], "Warm Up")
    desk.send()

    desk.assert_in_step()
    assert [method for method, _ in desk.calls()] == ["DELETE", "POST"]


def test_golden_is_in_the_order_of_promotions(desk):
    tracks = desk.fill(3)
    desk.sort(tracks, "Warm Up")
    desk.promote(tracks)
    desk.send()

    golden.demote(moves.as_it_is_now(tracks[0]))
    desk.promote(tracks[:1])
    desk.send()

    desk.assert_in_step()


def test_sending_twice_sends_nothing_more(desk):
    desk.fill(3)
    desk.send()
    desk.forget_calls()

    mirror.mark_period(desk.period)
    desk.send()

    assert desk.calls() == []
    desk.assert_in_step()


def test_late_matches_join_in_the_order_of_decisions(desk):
    tracks = desk.fill(5)
    late = desk.fill(1, uris=[next(desk.uris)])
    uri = late[0].track.pk and desk.uris_of(desk.period.tracks.filter(pk=late[0].pk), "pk")[0]
    late[0].track.match.delete()
    desk.sort([tracks[0], late[0], *tracks[1:]], "Warm Up")
    desk.send()
    assert uri not in desk.held()[0]["items"]

    late[0].track.match.save()
    mirror.mark_missing(desk.period, desk.period.tracks.all())
    desk.send()

    desk.assert_in_step()


def test_two_tracks_that_are_one_at_spotify_are_kept_apart(desk):
    uri, other = next(desk.uris), next(desk.uris)
    tracks = desk.fill(3, uris=[uri, other, uri])
    desk.sort(tracks, "Warm Up")
    desk.send()
    desk.assert_in_step()

    desk.sort(tracks[:1], "Trash")
    desk.send()

    assert desk.at_spotify()[desk.row("silver", "Warm Up").name] == [other, uri]
    desk.assert_in_step()


def test_rows_of_the_dj_stay(desk, sandbox):
    tracks = desk.fill(120)
    desk.send()
    theirs = next(desk.uris)
    desk.add_by_hand(desk.row().name, theirs)

    desk.sort(tracks[:119], "Trash")
    desk.send()

    assert desk.at_spotify()[desk.row().name] == [*desk.ours()[desk.row().name], theirs]


def test_many_scattered_late_matches_are_one_rewrite(desk):
    tracks = desk.fill(20)
    late = tracks[::2]
    hidden = [track.track.match for track in late]
    for match in hidden:
        match.delete()
    desk.sort(tracks, "Warm Up")
    desk.send()
    desk.forget_calls()

    for match in hidden:
        match.save()
    mirror.mark_missing(desk.period, desk.period.tracks.all())
    desk.send()

    desk.assert_in_step()
    assert [method for method, _ in desk.calls()] == ["GET", "PUT"]


def test_nothing_is_rewritten_where_the_dj_has_added_a_row(desk):
    tracks = desk.fill(20)
    hidden = [track.track.match for track in tracks[::2]]
    for match in hidden:
        match.delete()
    desk.sort(tracks, "Warm Up")
    desk.send()
    theirs = next(desk.uris)
    desk.add_by_hand(desk.row("silver", "Warm Up").name, theirs)

    for match in hidden:
        match.save()
    mirror.mark_missing(desk.period, desk.period.tracks.all())
    desk.send()

    name = desk.row("silver", "Warm Up").name
    assert desk.at_spotify()[name] == [*desk.ours()[name], theirs]
    assert desk.calls("PUT") == []


def test_a_renamed_category_is_renamed_in_spotify(desk):
    tracks = desk.fill(2)
    desk.sort(tracks, "Warm Up")
    desk.promote(tracks[:1])
    desk.send()

    category = desk.playlist("Warm Up").user_category
    category.name = "Slow Start"
    category.save()
    mirror.mark_renamed(category)
    desk.send()

    desk.assert_in_step()
    assert len(desk.calls("PUT")) == 2


def test_only_full_calls_leave_while_the_dj_goes_on(desk):
    tracks = desk.fill(130)
    desk.send()
    desk.sort(tracks[:110], "Warm Up")
    desk.forget_calls()

    mirror.send_due(user_id=desk.user.pk)

    assert len(desk.calls("POST", "/items")) == 1
    silver = desk.row("silver", "Warm Up")
    assert silver.is_waiting
    assert silver.changes == 10
    assert mirror.send_due(user_id=desk.user.pk) == 0
    desk.send()
    desk.assert_in_step()


def test_bronze_goes_on_standing_while_the_dj_goes_on(desk):
    tracks = desk.fill(250)
    desk.send()
    desk.forget_calls()

    desk.sort(tracks[:240], "Trash")
    mirror.send_due(user_id=desk.user.pk)
    assert desk.calls() == []

    desk.sort(tracks[240:], "Trash")
    mirror.send_due(user_id=desk.user.pk)
    assert [method for method, _ in desk.calls()] == ["GET", "PUT"]
    desk.assert_in_step()


def test_a_full_playlist_says_so_and_goes_on_when_there_is_room(desk, monkeypatch):
    monkeypatch.setattr("curation.mirror.sending.MOST_ITEMS", 3)
    tracks = desk.fill(5)
    desk.send()
    assert desk.row().state == State.FULL
    assert len(desk.at_spotify()[desk.row().name]) == 3

    desk.sort(tracks[:2], "Trash")
    desk.send()

    assert desk.row().state == State.ACTIVE
    desk.assert_in_step()


# Faults


def count_queries(desk: Desk) -> int:
    desk.time_passes()
    with CaptureQueriesContext(connection) as queries:
        mirror.send(desk.row().pk)
        mirror.send(desk.row("silver", "Warm Up").pk)
    return len(queries)


def slow(settings) -> None:
    settings.HTTP_TIMEOUT = (3.05, 0.3)


FAULTS = {
    "500 before it is done": {"kind": "status", "status": 500},
    "500 after it is done": {"kind": "status", "status": 500, "after_apply": True},
    "502 as a page": {"kind": "html"},
    "timeout before": {"kind": "timeout_before", "delay_ms": 600},
    "timeout after": {"kind": "timeout_after", "delay_ms": 600},
    "reset before": {"kind": "reset"},
    "reset after": {"kind": "reset", "after_apply": True},
    "truncated": {"kind": "truncate"},
    "empty": {"kind": "empty", "after_apply": True},
    "an error that is a string": {"kind": "string_error"},
    "a short break": {"kind": "retry_after"},
    "a short break without a time": {"kind": "status", "status": 429},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
@pytest.mark.parametrize(
    "match",
    [
        {"method": "POST", "path": "/me/playlists$"},
        {"method": "POST", "path": ITEMS},
        {"method": "DELETE", "path": ITEMS},
        {"method": "PUT", "path": ITEMS},
    ],
    ids=["create", "add", "remove", "replace"],
)
def test_nothing_is_doubled_and_nothing_lost(desk, sandbox, settings, fault, match):
    slow(settings)
    sandbox.post("faults", match=match, **fault)
    tracks = desk.fill(12)
    hidden = [track.track.match for track in tracks[:8:2]]
    for found in hidden:
        found.delete()
    desk.send()
    desk.sort(tracks[:10], "Warm Up")
    desk.send()
    for found in hidden:
        found.save()
    mirror.mark_missing(desk.period, desk.period.tracks.all())

    desk.send()

    desk.assert_in_step()
    assert [rule["hits"] for rule in sandbox.get("faults")] == [1]
    assert len(desk.held()) == 2


def test_a_fresh_playlist_that_answers_404_is_asked_again(desk, sandbox):
    sandbox.post("faults", kind="status", status=404, match={"method": "POST", "path": ITEMS})
    desk.fill(2)

    desk.send()

    desk.assert_in_step()
    assert len(desk.held()) == 1


def test_one_uri_that_spotify_cannot_take_is_set_aside(desk, sandbox):
    tracks = desk.fill(100)
    dead = desk.uris_of(desk.period.tracks.filter(pk=tracks[37].pk), "pk")[0]
    sandbox.post("switches", dead_uris=[dead])

    desk.send()

    assert list(RefusedUri.objects.values_list("uri", flat=True)) == [dead]
    held = desk.at_spotify()[desk.row().name]
    assert held == [uri for uri in desk.ours()[desk.row().name] if uri != dead]
    assert len(desk.calls("POST", "/items")) <= 15


def test_what_is_set_aside_is_told_on_its_pages(client, desk):
    tracks = desk.fill(3)
    desk.sort(tracks[:2], "Warm Up")
    desk.promote(tracks[:1])
    uris = desk.uris_of(desk.period.tracks.filter(pk__in=[tracks[0].pk, tracks[2].pk]), "pk")
    for uri in uris:
        RefusedUri.objects.create(uri=uri, try_again_at=timezone.now() + timedelta(days=1))
    client.force_login(desk.user)
    category = desk.playlist("Warm Up").user_category

    week = client.get(reverse("period", args=[desk.period.pk])).content.decode()
    golden = client.get(reverse("golden_category", args=[category.pk])).content.decode()

    assert "Spotify takes 2 tracks into no playlist" in week
    assert "Spotify takes 1 track into no playlist" in golden
    assert str(tracks[2].track) in week


def test_a_uri_that_spotify_calls_wrong_is_set_aside(desk, sandbox):
    uris = [next(desk.uris) for _ in range(9)]
    wrong = "spotify:track:" + "0" * 22
    desk.fill(10, uris=[*uris[:4], wrong, *uris[4:]])

    desk.send()

    assert desk.at_spotify()[desk.row().name] == uris
    assert list(RefusedUri.objects.values_list("uri", flat=True)) == [wrong]


def test_a_uri_that_cannot_be_removed_stays_there(desk, sandbox):
    tracks = desk.fill(20)
    desk.send()
    stuck = desk.uris_of(desk.period.tracks.filter(pk=tracks[5].pk), "pk")[0]
    about = {"method": "DELETE", "body": stuck}
    sandbox.post("faults", kind="status", status=502, times=None, match=about)

    desk.sort(tracks, "Trash")
    desk.send()

    assert desk.at_spotify()[desk.row().name] == [stuck]


def test_a_refused_uri_is_tried_again_after_its_rest(desk, sandbox):
    tracks = desk.fill(3)
    uri = desk.uris_of(desk.period.tracks.filter(pk=tracks[1].pk), "pk")[0]
    about = {"method": "POST", "body": uri}
    sandbox.post("faults", kind="status", status=502, times=None, match=about)
    desk.send()
    assert RefusedUri.objects.get().uri == uri
    mirror.mark_rested()
    assert not desk.row().is_waiting

    sandbox.delete("faults")
    RefusedUri.objects.update(try_again_at=timezone.now())
    mirror.mark_rested()
    desk.send()

    assert sorted(desk.at_spotify()[desk.row().name]) == sorted(desk.ours()[desk.row().name])
    assert not RefusedUri.objects.exists()
    mirror.mark_rested()
    assert not desk.row().is_waiting


def test_a_write_that_waited_too_long_is_not_sent(desk, monkeypatch):
    monkeypatch.setattr(lease, "LONGEST_WAIT", timedelta(0))
    desk.fill(2)

    desk.send_once()

    assert desk.calls() == []
    assert desk.row().in_flight is None
    monkeypatch.undo()
    desk.send()
    desk.assert_in_step()


def test_without_a_connection_only_the_ids_of_playlists_stay(desk):
    desk.fill(2)
    desk.send()
    mirror.forget_disconnected()
    assert desk.row().name

    connection_to_spotify.disconnect(desk.user)
    mirror.forget_disconnected()

    assert (desk.row().name, desk.row().snapshot_id) == ("", "")
    assert desk.row().spotify_id
    desk.reconnect()
    mirror.mark_period(desk.period)
    desk.send()
    desk.assert_in_step()


def test_a_used_up_quota_is_waited_for_without_a_call(desk, sandbox):
    sandbox.post("faults", kind="quota", match={"method": "POST", "path": ITEMS})
    tracks = desk.fill(2)
    desk.send_once()
    desk.forget_calls()

    hours = (desk.row().retry_at - timezone.now()).total_seconds() / 3600
    assert 13 < hours < 14
    assert desk.row().trouble == MirroredPlaylist.Trouble.QUOTA
    desk.sort(tracks[:1], "Warm Up")
    mirror.send_now(desk.period)
    mirror.send_due()
    assert desk.calls() == []

    desk.send()
    desk.assert_in_step()


def test_late_matches_leave_the_last_calls_of_a_day_to_the_dj(desk, settings):
    tracks = desk.fill(2)
    hidden = tracks[1].track.match
    hidden.delete()
    desk.send()
    settings.SPOTIFY_RESERVE = 1
    hidden.save()
    mirror.mark_missing(desk.period, desk.period.tracks.all())

    desk.send_once()
    assert desk.row().is_waiting
    assert desk.row().due_at > timezone.now() + timedelta(hours=20)
    assert desk.row().trouble == ""

    desk.sort(tracks[:1], "Warm Up")
    desk.send()
    desk.assert_in_step()


def test_what_was_said_before_the_quota_ended_is_not_said_again(desk, sandbox):
    sandbox.post("faults", kind="quota", skip=1, match={"method": "POST", "path": ITEMS})
    desk.fill(250)
    desk.send_once()
    assert len(desk.at_spotify()[desk.row().name]) == 100

    desk.send()

    desk.assert_in_step()
    assert len(desk.calls("POST", "/items")) == 4


def test_a_dj_who_must_reconnect_waits_and_catches_up(desk, sandbox):
    desk.fill(2)
    sandbox.post("users/nadja", revoked=True)
    desk.send_once()
    assert desk.row().trouble == MirroredPlaylist.Trouble.ACCOUNT
    assert desk.row().is_waiting

    desk.reconnect()
    mirror.send_due()

    desk.assert_in_step()


def test_a_deleted_playlist_is_not_made_again_by_itself(desk, sandbox):
    tracks = desk.fill(3)
    desk.send()
    desk.delete_by_hand(desk.row().name)
    sandbox.post("faults", kind="status", status=404, match={"path": ITEMS})

    desk.sort(tracks[:1], "Trash")
    desk.send()

    assert desk.row().state == State.MISSING
    assert desk.at_spotify() == {}
    assert mirror.send_due() == 0

    mirror.make_again(desk.row())
    desk.send()
    desk.assert_in_step()


def test_a_404_for_a_playlist_that_is_still_there_is_an_error_like_others(desk, sandbox):
    tracks = desk.fill(3)
    desk.send()
    sandbox.post("faults", kind="status", status=404, match={"path": ITEMS})

    desk.sort(tracks[:1], "Trash")
    desk.send()

    desk.assert_in_step()
    assert desk.row().state == State.ACTIVE


def test_no_longer_mirrored_means_left_alone(desk):
    tracks = desk.fill(2)
    desk.send()
    before = desk.at_spotify()

    mirror.stop_mirroring(desk.row())
    desk.sort(tracks[:1], "Trash")
    desk.send()

    assert desk.at_spotify() == before


def test_a_dj_who_is_not_on_the_allow_list_waits(desk, sandbox):
    tracks = desk.fill(2)
    desk.send()
    sandbox.post("users/nadja", allow_listed=False)
    desk.sort(tracks[:1], "Warm Up")
    desk.send_once()
    assert desk.row("silver", "Warm Up").trouble == MirroredPlaylist.Trouble.ACCOUNT
    assert desk.row().is_waiting

    sandbox.post("users/nadja", allow_listed=True)
    desk.reconnect()
    desk.send()

    desk.assert_in_step()


def test_a_lease_lost_in_an_error_disturbs_nobody(desk, sandbox):
    desk.fill(1)
    sandbox.post("faults", kind="status", status=503, match={"method": "POST", "path": ITEMS})
    desk.time_passes()
    lease = claim(desk.row().pk)
    MirroredPlaylist.objects.update(claimed_until=None)

    with pytest.raises(LeaseLost):
        Sending(lease).carry_out()

    desk.send()
    desk.assert_in_step()


# Who else writes


def test_what_the_dj_took_off_golden_does_not_come_back_by_itself(desk, sandbox):
    tracks = desk.fill(5)
    desk.sort(tracks, "Warm Up")
    desk.promote(tracks[:3])
    desk.send()
    name = desk.row("golden", "Warm Up").name
    taken = desk.at_spotify()[name][1]
    desk.remove_by_hand(name, taken)
    sandbox.post(
        "faults", match={"method": "POST", "path": ITEMS}, **FAULTS["500 before it is done"]
    )

    desk.promote(tracks[3:4])
    desk.send()

    assert desk.at_spotify()[name] == [uri for uri in desk.ours()[name] if uri != taken]


def test_refusals_of_one_call_are_not_held_against_the_next(desk, sandbox):
    """A removal that is given up leaves its row there for ever."""
    tracks = desk.fill(4)
    desk.sort(tracks[:1], "Warm Up")
    desk.send()
    refusal = FAULTS["500 before it is done"]
    sandbox.post("faults", match={"method": "POST", "path": ITEMS}, times=2, **refusal)
    sandbox.post("faults", match={"method": "DELETE", "path": ITEMS}, skip=1, **refusal)
    desk.sort(tracks[:1], None)
    for _ in range(2):
        desk.send_once()

    desk.sort(tracks[:1], "Warm Up")
    desk.sort(tracks[3:], "Trash")
    desk.send()

    desk.assert_in_step()


def test_a_removal_in_doubt_is_not_told_by_what_the_dj_took_off(desk, sandbox):
    tracks = desk.fill(4)
    desk.send()
    about = {"method": "DELETE", "path": ITEMS}
    sandbox.post("faults", match=about, **FAULTS["500 before it is done"])
    desk.sort(tracks[3:], "Trash")
    desk.send_once()
    (bronze,) = desk.at_spotify()
    desk.edit_by_hand(bronze, items=desk.at_spotify()[bronze][1:])

    desk.send()
    look_tomorrow()
    desk.send()

    assert sorted(desk.at_spotify()[bronze]) == sorted(desk.ours()[bronze])


def test_an_addition_in_doubt_is_not_told_by_what_the_dj_took_off(desk, sandbox):
    tracks = desk.fill(4)
    late = tracks[2].track.match
    late.delete()
    desk.sort(tracks, "Warm Up")
    desk.send()
    late.save()
    mirror.mark_missing(desk.period, desk.period.tracks.all())
    about = {"method": "POST", "path": ITEMS}
    sandbox.post("faults", match=about, **FAULTS["500 after it is done"])
    desk.send_once()
    (silver,) = desk.at_spotify()
    desk.edit_by_hand(silver, items=desk.at_spotify()[silver][1:])

    desk.send()
    look_tomorrow()
    desk.send()

    assert desk.at_spotify()[silver] == desk.ours()[silver]


def test_rows_of_the_dj_do_not_confuse_a_doubt(desk, sandbox):
    tracks = desk.fill(6)
    desk.sort(tracks[:3], "Warm Up")
    desk.send()
    name, theirs = desk.row("silver", "Warm Up").name, next(desk.uris)
    desk.add_by_hand(name, theirs)
    sandbox.post(
        "faults", match={"method": "POST", "path": ITEMS}, **FAULTS["500 after it is done"]
    )

    desk.sort(tracks[3:5], "Warm Up")
    desk.send()

    held = desk.at_spotify()[name]
    assert [uri for uri in held if uri != theirs] == desk.ours()[name]
    assert held.count(theirs) == 1


def test_a_row_that_spotify_does_not_show_is_not_added_again(desk, sandbox):
    tracks = desk.fill(6)
    desk.sort(tracks[:3], "Warm Up")
    desk.send()
    name = desk.row("silver", "Warm Up").name
    sandbox.post("switches", null_uris=[desk.at_spotify()[name][1]])
    desk.add_by_hand(name, next(desk.uris))
    sandbox.post(
        "faults", match={"method": "POST", "path": ITEMS}, **FAULTS["500 before it is done"]
    )

    desk.sort(tracks[3:5], "Warm Up")
    desk.send()

    assert len(set(desk.at_spotify()[name])) == len(desk.at_spotify()[name]) == 6


def test_an_old_snapshot_never_leads_to_a_rewrite(desk, sandbox):
    sandbox.post("switches", snapshot_lag_seconds=30)
    tracks = desk.fill(20)
    hidden = [track.track.match for track in tracks[::2]]
    for match in hidden:
        match.delete()
    desk.sort(tracks, "Warm Up")
    desk.send()

    for match in hidden:
        match.save()
    mirror.mark_missing(desk.period, desk.period.tracks.all())
    desk.send()

    desk.assert_in_step()
    assert desk.calls("PUT") == []


# Economy of our own


def test_a_hundred_changes_need_as_many_queries_as_one(desk):
    tracks = desk.fill(103)
    desk.sort(tracks[:1], "Warm Up")
    desk.send()

    desk.sort(tracks[1:2], "Warm Up")
    few = count_queries(desk)
    desk.sort(tracks[2:102], "Warm Up")
    many = count_queries(desk)

    assert many == few
    desk.assert_in_step()

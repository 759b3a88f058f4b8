"""What the DJ does to our playlists in Spotify itself."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from curation import golden, mirror, tasks
from curation.mirror import drift
from curation.models import Absence, GoldenTrack, MirroredPlaylist, RefusedUri
from curation.tests.mirrored import Desk

pytestmark = pytest.mark.django_db
State = MirroredPlaylist.State
LIST = ("GET", "/me/playlists")


def look_tomorrow() -> int:
    hours_pass(25)
    return mirror.look_around()


def hours_pass(hours: int) -> None:
    before = timezone.now() - timedelta(hours=hours)
    MirroredPlaylist.objects.filter(seen_at__isnull=False).update(seen_at=before)
    MirroredPlaylist.objects.filter(sent_at__isnull=False).update(sent_at=before)


@pytest.fixture
def sent(desk) -> Desk:
    """Three tracks each in Bronze, Silver and Golden, all of it at Spotify."""
    desk.tracks = desk.fill(9)
    desk.sort(desk.tracks[:6], "Warm Up")
    desk.promote(desk.tracks[:3])
    desk.send()
    desk.forget_calls()
    return desk


@pytest.fixture
def bronze(sent) -> str:
    return sent.row().name


@pytest.fixture
def silver(sent) -> str:
    return sent.row("silver", "Warm Up").name


@pytest.fixture
def gold(sent) -> str:
    return sent.row("golden", "Warm Up").name


# Looking


def test_one_look_is_about_one_dj(sandbox, uris):
    desks = [Desk(sandbox, uris, "nadja"), Desk(sandbox, uris, "tomek")]
    for desk in desks:
        desk.fill(1)
        desk.send()
    hours_pass(25)
    before = desks[1].row().seen_at

    drift.look(desks[0].user)

    assert desks[0].row().seen_at > before
    assert desks[1].row().seen_at == before


def test_a_day_costs_one_call(sent):
    assert mirror.look_around() == 0
    assert sent.calls() == []

    assert look_tomorrow() == 0
    assert mirror.look_around() == 0

    assert sent.calls() == [LIST]


def test_what_we_wrote_ourselves_is_no_drift(sent, sandbox):
    sent.sort(sent.tracks[3:5], "Peak Time")
    sent.send()
    sent.forget_calls()

    assert look_tomorrow() == 0
    assert sent.calls() == [LIST]


def test_a_snapshot_that_is_shown_late_is_no_drift(sent, sandbox):
    sandbox.post("switches", snapshot_lag_seconds=30)
    sent.sort(sent.tracks[3:5], "Peak Time")
    sent.send()
    MirroredPlaylist.objects.update(seen_at=timezone.now() - timedelta(hours=25))
    sent.forget_calls()

    assert mirror.look_around() == 0
    assert sent.calls() == [LIST]


def test_a_rename_of_ours_is_no_drift(sent):
    category = sent.playlist("Warm Up").user_category
    category.name = "Slow Start"
    category.save()
    mirror.mark_renamed(category)
    sent.send()
    sent.forget_calls()

    assert look_tomorrow() == 0
    assert sent.calls() == [LIST]


def test_an_error_proves_nothing(sent, sandbox, bronze):
    sent.delete_by_hand(bronze)
    sandbox.post("faults", kind="status", status=503, match={"path": "me/playlists$"})

    assert look_tomorrow() == 0
    assert {row.state for row in sent.rows()} == {State.ACTIVE}


# Deleted


def test_what_the_dj_deleted_is_noticed_within_a_day(sent, bronze):
    sent.delete_by_hand(bronze)

    assert look_tomorrow() == 1

    assert sent.row().state == State.MISSING
    assert sent.row("silver", "Warm Up").state == State.ACTIVE


def test_what_we_took_off_ourselves_is_not_missed(sent):
    MirroredPlaylist.objects.update(in_library=False, state=State.OFF)

    assert look_tomorrow() == 0
    assert sent.calls() == []


def test_a_list_that_lacks_a_playlist_proves_nothing(sent, sandbox):
    empty = {"items": [], "total": 0, "limit": 50, "offset": 0}
    about = {"path": "me/playlists$"}
    sandbox.post("faults", kind="status", status=200, body=empty, match=about)

    assert look_tomorrow() == 0
    assert sent.row().state == State.ACTIVE


def test_made_again_it_is_watched_again(sent, bronze):
    sent.delete_by_hand(bronze)
    look_tomorrow()

    mirror.make_again(sent.row())
    sent.send()

    assert look_tomorrow() == 0
    sent.assert_in_step()


def test_a_deletion_that_the_dj_took_back_is_noticed(sent, bronze):
    sent.edit_by_hand(bronze, in_library=False)
    look_tomorrow()
    sent.edit_by_hand(bronze, in_library=True)

    assert look_tomorrow() == 1
    sent.send()

    sent.assert_in_step()


# Changed


def test_what_the_dj_took_off_bronze_and_silver_comes_back(sent, bronze, silver):
    sent.edit_by_hand(bronze, items=sent.at_spotify()[bronze][1:])
    sent.edit_by_hand(silver, items=[])

    assert look_tomorrow() == 2
    sent.send()

    held = sent.at_spotify()
    assert sorted(held[bronze]) == sorted(sent.ours()[bronze])
    assert held[silver] == sent.ours()[silver]


def test_what_the_dj_took_off_before_we_wrote_is_noticed_all_the_same(sent, silver):
    sent.edit_by_hand(silver, items=sent.at_spotify()[silver][1:])
    sent.sort(sent.tracks[6:7], "Warm Up")
    sent.send()

    assert look_tomorrow() == 1
    sent.send()

    sent.assert_in_step()


def test_a_place_that_the_dj_took_away_is_no_wrong_uri(sent, silver):
    hidden = sent.tracks[4].track.match
    hidden.delete()
    sent.sort(sent.tracks[4:5], "Trash")
    sent.sort(sent.tracks[4:7], "Warm Up")
    sent.send()
    hidden.save()
    mirror.mark_missing(sent.period, sent.period.tracks.all())
    sent.edit_by_hand(silver, items=[])

    sent.send()

    assert not RefusedUri.objects.exists()
    sent.assert_in_step()


def test_a_new_order_is_put_right(sent, silver):
    sent.edit_by_hand(silver, items=sent.at_spotify()[silver][::-1])

    look_tomorrow()
    sent.send()

    sent.assert_in_step()


def test_a_playlist_that_stood_for_hours_is_looked_at_before_we_write(sent, silver):
    """Our own write would hide from the daily look what the DJ did before it."""
    theirs, rows = next(sent.uris), sent.at_spotify()[silver]
    sent.edit_by_hand(silver, items=[*rows[:0:-1], theirs])
    hours_pass(7)

    sent.sort(sent.tracks[6:7], "Warm Up")
    sent.send()

    held = sent.at_spotify()[silver]
    assert sorted(held) == sorted([*sent.ours()[silver], theirs])
    assert held.index(theirs) < held.index(sent.ours()[silver][-1])


def test_a_new_order_in_one_that_stood_is_put_right(sent, silver):
    sent.edit_by_hand(silver, items=sent.at_spotify()[silver][::-1])
    hours_pass(7)

    sent.sort(sent.tracks[6:7], "Warm Up")
    sent.send()

    sent.assert_in_step()


def test_an_evening_costs_one_look(sent):
    hours_pass(7)
    for track in sent.tracks[6:9]:
        sent.sort([track], "Warm Up")
        sent.send()

    assert sent.calls("GET") == [LIST]


def test_nothing_is_written_into_a_playlist_deleted_hours_ago(sent, silver):
    sent.delete_by_hand(silver)
    hours_pass(7)

    sent.sort(sent.tracks[6:7], "Warm Up")
    sent.send()

    row = sent.row("silver", "Warm Up")
    assert row.state == State.MISSING
    assert sent.calls("POST", row.spotify_id) == []


def test_rows_of_the_dj_stay_and_ours_come_after_them(sent, silver):
    theirs = [next(sent.uris), "spotify:local:A:B:C:100", next(sent.uris)]
    before = sent.at_spotify()[silver]
    sent.edit_by_hand(silver, items=[theirs[0], *before, *theirs[1:]])

    look_tomorrow()
    sent.sort(sent.tracks[6:8], "Warm Up")
    sent.send()

    added = sent.ours()[silver][len(before) :]
    assert sent.at_spotify()[silver] == [theirs[0], *before, *theirs[1:], *added]
    assert look_tomorrow() == 0


def test_a_track_that_the_dj_added_before_us_is_not_added_twice(sent, silver):
    (uri,) = sent.uris_of(sent.period.tracks.filter(pk=sent.tracks[6].pk), "pk")
    sent.edit_by_hand(silver, items=[*sent.at_spotify()[silver], uri])
    sent.sort(sent.tracks[6:7], "Warm Up")

    look_tomorrow()
    sent.send()

    sent.assert_in_step()


def test_the_name_that_the_dj_gave_stays_until_the_category_is_renamed_here(sent, silver):
    sent.edit_by_hand(silver, name="Mine now")

    look_tomorrow()
    sent.send()

    assert sent.at_spotify()["Mine now"] == sent.ours()[silver]

    category = sent.playlist("Warm Up").user_category
    category.name = "Slow Start"
    category.save()
    mirror.mark_renamed(category)
    sent.send()

    sent.assert_in_step()


# Taken off Golden


@pytest.fixture
def asked(sent, gold) -> list[GoldenTrack]:
    """The DJ took the second of three tracks off Golden in Spotify."""
    kept = sent.at_spotify()[gold]
    sent.edit_by_hand(gold, items=[kept[0], kept[2]])
    look_tomorrow()
    sent.send()
    return list(mirror.absent(sent.playlist("Warm Up").user_category))


def test_what_the_dj_took_off_golden_is_asked_about(sent, gold, asked):
    assert [one.track_id for one in asked] == [sent.tracks[1].track_id]
    assert len(sent.at_spotify()[gold]) == 2

    sent.promote(sent.tracks[3:4])
    sent.send()

    ours = sent.ours()[gold]
    assert sent.at_spotify()[gold] == [ours[0], *ours[2:]]


def test_it_goes_back_when_the_dj_says_so(sent, asked):
    mirror.put_back(sent.playlist("Warm Up").user_category, asked)
    sent.send()

    sent.assert_in_step()
    assert not Absence.objects.exists()


def test_it_leaves_golden_here_when_the_dj_says_so(sent, gold, asked):
    golden.remove(asked[0])
    sent.send()

    assert sent.at_spotify()[gold] == sent.ours()[gold]
    assert not mirror.absent(sent.playlist("Warm Up").user_category).exists()


def test_promoted_again_it_goes_back(sent, asked):
    golden.remove(asked[0])
    sent.promote(sent.tracks[1:2])
    sent.send()

    sent.assert_in_step()


def test_the_task_looks(sent):
    MirroredPlaylist.objects.update(seen_at=timezone.now() - timedelta(hours=25))

    tasks.look_for_deleted()

    assert sent.calls() == [LIST]


# The page


@pytest.fixture
def answer(sent, client, asked):
    client.force_login(sent.user)
    address = reverse("golden_absent", args=[sent.playlist("Warm Up").user_category.pk])

    def answer(how: str):
        found = client.post(address, {"kept": [asked[0].pk], "answer": how}, follow=True)
        sent.send()
        return found.content.decode()

    return answer


def test_the_pages_ask(sent, client, asked):
    client.force_login(sent.user)
    category = sent.playlist("Warm Up").user_category

    assert "You took tracks off Warm Up" in client.get(reverse("home")).content.decode()
    page = client.get(reverse("golden_category", args=[category.pk])).content.decode()
    assert "You took 1 track off this playlist in Spotify" in page


def test_the_page_puts_it_back(sent, answer):
    assert "1 track will be in the playlist again." in answer("back")

    sent.assert_in_step()


def test_the_page_takes_it_off_here_too(sent, gold, answer):
    assert "1 track left Warm Up here, too." in answer("remove")

    assert len(sent.ours()[gold]) == 2
    assert sent.at_spotify()[gold] == sent.ours()[gold]

import pytest

from curation import mirror, periods
from curation.models import MirroredPlaylist

pytestmark = pytest.mark.django_db
State = MirroredPlaylist.State


@pytest.fixture
def sorted_desk(desk):
    """Bronze, two Silver and one Golden playlist at Spotify."""
    tracks = desk.fill(9)
    desk.sort(tracks[:4], "Warm Up")
    desk.sort(tracks[4:7], "Peak Time")
    desk.promote(tracks[:2])
    desk.send()
    desk.assert_in_step()
    desk.forget_calls()
    return desk


def names(desk) -> list[str]:
    return sorted(name.rpartition(" · ")[2] for name in desk.at_spotify())


def close(desk, **choices: bool) -> None:
    desk.period.refresh_from_db()
    desk.period = periods.close_period(desk.period, **{"rest_to_trash": True} | choices)
    desk.send()


def test_a_closed_week_leaves_spotify_in_one_call(sorted_desk):
    close(sorted_desk)

    assert names(sorted_desk) == ["Warm Up"]
    assert [method for method, _ in sorted_desk.calls()] == ["DELETE"]
    states = {row.layer: row.state for row in sorted_desk.rows() if row.spotify_id}
    assert states == {"bronze": State.OFF, "silver": State.OFF, "golden": State.ACTIVE}


def test_a_closed_week_stays_where_the_dj_wants_it_to(sorted_desk):
    close(sorted_desk, stays_on_spotify=True)

    sorted_desk.assert_in_step()
    assert len(sorted_desk.held()) == 4


def test_a_reopened_week_comes_back_with_all_that_was_decided(sorted_desk):
    desk = sorted_desk
    close(desk)
    desk.forget_calls()

    desk.period = periods.reopen_period(desk.period)
    desk.sort(desk.period.tracks.filter(current_silver_playlist=desk.playlist("Trash")), None)
    desk.send()

    desk.assert_in_step()
    assert len(desk.calls("PUT", "/me/library")) == 1


def test_closing_and_reopening_at_once_costs_nothing(sorted_desk):
    period = periods.close_period(sorted_desk.period, rest_to_trash=False)
    sorted_desk.period = periods.reopen_period(period)

    sorted_desk.send()

    sorted_desk.assert_in_step()
    assert sorted_desk.calls() == []


def test_a_week_that_never_came_to_spotify_is_closed_without_a_call(desk):
    close(desk)

    assert desk.calls() == []


def test_a_playlist_that_was_being_made_when_the_week_was_closed_leaves_too(desk, sandbox):
    made = {"method": "POST", "path": "/me/playlists$"}
    sandbox.post("faults", kind="status", status=500, after_apply=True, match=made)
    desk.fill(2)
    desk.send_once()
    assert len(desk.held()) == 1

    close(desk)

    assert desk.at_spotify() == {}


@pytest.mark.parametrize("after_apply", [False, True])
def test_an_unclear_answer_is_asked_again(sorted_desk, sandbox, after_apply):
    about = {"path": "/me/library$"}
    sandbox.post("faults", kind="status", status=500, after_apply=after_apply, match=about)

    close(sorted_desk)

    assert names(sorted_desk) == ["Warm Up"]


def test_one_unknown_playlist_keeps_no_other_from_leaving(sorted_desk):
    MirroredPlaylist.objects.filter(pk=sorted_desk.row().pk).update(spotify_id="0" * 22)

    sorted_desk.period = periods.close_period(sorted_desk.period, rest_to_trash=False)
    for _ in range(5):
        sorted_desk.send_once()

    assert names(sorted_desk) == ["Bronze", "Warm Up"]


def test_a_deleted_playlist_is_not_put_back(sorted_desk, sandbox):
    desk = sorted_desk
    desk.delete_by_hand(desk.row().name)
    about = {"path": f"{desk.row().spotify_id}/items"}
    sandbox.post("faults", kind="status", status=404, times=None, match=about)
    mirror.mark_period(desk.period)
    desk.sort(desk.period.tracks.unsorted(), "Trash")
    desk.send()
    assert desk.row().state == State.MISSING

    close(desk)
    desk.period = periods.reopen_period(desk.period)
    desk.send()

    assert names(desk) == ["Peak Time", "Warm Up", "Warm Up"]

import pytest

from curation import mirror, tasks
from curation.mirror.turns import in_turns
from curation.tests.mirrored import Desk


def test_each_dj_has_a_turn():
    rows = [(1, 10), (1, 11), (1, 12), (2, 20), (3, 30), (2, 21)]

    assert list(in_turns(rows)) == [10, 20, 30, 11, 21, 12]


def test_nobody_waits_is_no_turn():
    assert list(in_turns([])) == []


@pytest.mark.django_db
def test_a_sweep_sends_for_every_dj(sandbox, uris):
    desks = [Desk(sandbox, uris, "nadja"), Desk(sandbox, uris, "tomek")]
    for desk in desks:
        tracks = desk.fill(3)
        desk.sort(tracks[:1], "Warm Up")
        desk.time_passes()

    tasks.send_waiting()

    for desk in desks:
        desk.assert_in_step()


@pytest.mark.django_db
def test_a_hint_about_one_dj_sends_nothing_of_another(sandbox, uris):
    desks = [Desk(sandbox, uris, "nadja"), Desk(sandbox, uris, "tomek")]
    for desk in desks:
        desk.fill(1)
        desk.time_passes()

    mirror.send_due(user_id=desks[0].user.pk)

    assert not desks[0].row().is_waiting
    assert desks[1].row().is_waiting


@pytest.mark.django_db
def test_a_sweep_ends_in_time(desk):
    tracks = desk.fill(3)
    desk.sort(tracks[:1], "Warm Up")
    desk.time_passes()

    assert mirror.send_due(seconds=0) <= 1
    assert mirror.send_due() >= 1
    desk.assert_in_step()


@pytest.mark.django_db
def test_a_dj_without_spotify_holds_nobody_up(sandbox, uris):
    without, desk = Desk(sandbox, uris, "tomek"), Desk(sandbox, uris)
    without.fill(1)
    without.user.spotify.delete()
    desk.fill(1)
    without.time_passes()
    desk.time_passes()

    mirror.send_due()

    desk.assert_in_step()
    assert without.row().is_waiting

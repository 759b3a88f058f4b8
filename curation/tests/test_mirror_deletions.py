from datetime import timedelta

import pytest
from django.utils import timezone

from curation import mirror, tasks
from curation.models import MirroredPlaylist

pytestmark = pytest.mark.django_db
State = MirroredPlaylist.State


def a_day_passes() -> None:
    yesterday = timezone.now() - timedelta(hours=25)
    MirroredPlaylist.objects.filter(seen_at__isnull=False).update(seen_at=yesterday)


@pytest.fixture
def sent(desk):
    tracks = desk.fill(3)
    desk.sort(tracks[:1], "Warm Up")
    desk.send()
    desk.forget_calls()
    return desk


def test_what_the_dj_deleted_is_noticed_within_a_day(sent):
    sent.delete_by_hand(sent.row().name)
    a_day_passes()

    tasks.look_for_deleted()

    assert sent.row().state == State.MISSING
    assert sent.row("silver", "Warm Up").state == State.ACTIVE
    assert len(sent.calls()) == 1


def test_a_day_costs_one_call(sent):
    mirror.look_for_deleted()
    assert sent.calls() == []

    a_day_passes()
    mirror.look_for_deleted()
    mirror.look_for_deleted()

    assert sent.calls() == [("GET", "/me/library/contains")]


def test_what_we_took_off_ourselves_is_not_missed(sent):
    sent.delete_by_hand(sent.row().name)
    MirroredPlaylist.objects.update(in_library=False, state=State.OFF)
    a_day_passes()

    assert mirror.look_for_deleted() == 0
    assert sent.calls() == []


def test_an_error_proves_nothing(sent, sandbox):
    a_day_passes()
    sandbox.post("faults", kind="status", status=503, match={"path": "contains$"})

    assert mirror.look_for_deleted() == 0
    assert {row.state for row in sent.rows()} == {State.ACTIVE}


def test_made_again_it_is_watched_again(sent):
    sent.delete_by_hand(sent.row().name)
    a_day_passes()
    mirror.look_for_deleted()

    mirror.make_again(sent.row())
    sent.send()
    a_day_passes()

    assert mirror.look_for_deleted() == 0
    sent.assert_in_step()

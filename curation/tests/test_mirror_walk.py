"""The sender is killed with -9 once at each HTTP request and each commit of an evening."""

import pytest

from curation import mirror, periods
from curation.models import MirroredPlaylist
from curation.tests.accidents import NEVER, Process
from curation.tests.factories import CurationPeriodFactory
from curation.tests.mirrored import Desk

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE = 5


def decide(desk: Desk) -> None:
    """So that one sending creates, adds, inserts, removes, renames, and takes off the library."""
    this_week = desk.period
    last_week = CurationPeriodFactory(user=desk.user, style=this_week.style, week=45)
    desk.period = last_week
    desk.sort(desk.fill(2)[:1], "Warm Up")
    desk.period = this_week
    tracks = desk.fill(6)
    hidden = tracks[1].track.match
    hidden.delete()
    desk.sort(tracks[:4], "Warm Up")
    desk.send()

    hidden.save()
    mirror.mark_missing(this_week, this_week.tracks.all())
    desk.promote(tracks[2:4])
    desk.sort(tracks[4:5], "Peak Time")
    category = desk.playlist("Warm Up").user_category
    category.name = "Slow Start"
    category.save()
    mirror.mark_renamed(category)
    periods.close_period(last_week, rest_to_trash=True)


def send(desk: Desk, *, dies_at: int = NEVER) -> int | None:
    desk.time_passes()
    work = Process(lambda: mirror.send_due(user_id=desk.user.pk, seconds=60), dies_at=dies_at)
    return work.wait()


def walk(sandbox, uris, *, dies_at: int) -> int | None:
    """An evening in which the sender dies once, and the next ones go on."""
    sandbox.post("reset")
    MirroredPlaylist.objects.all().delete()
    desk = Desk(sandbox, uris)
    decide(desk)
    chances = send(desk, dies_at=dies_at)
    desk.send()
    desk.assert_in_step()
    desk.assert_witnessed()
    return chances


def test_a_sender_may_be_killed_at_each_request_and_each_commit(sandbox, uris):
    chances = walk(sandbox, uris, dies_at=NEVER)
    assert chances
    assert chances > 60

    for number in range(chances // SAMPLE // 2, chances, chances // SAMPLE):
        assert walk(sandbox, uris, dies_at=number) is None


@pytest.mark.slow
def test_the_whole_walk(sandbox, uris):
    chances = walk(sandbox, uris, dies_at=NEVER)
    assert chances

    survived = [number for number in range(chances) if walk(sandbox, uris, dies_at=number) is None]

    # An evening may take a few steps less than the first one did.
    assert len(survived) >= chances - 4

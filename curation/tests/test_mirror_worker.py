"""A real worker, killed with -9 in the middle of a request."""

import time

import pytest
from django.conf import settings

from conftest import wait_until
from curation import mirror, tasks
from curation.models import MirroredPlaylist

pytestmark = pytest.mark.django_db(transaction=True)


def is_in_step(desk) -> bool:
    return not MirroredPlaylist.objects.filter(user=desk.user).waiting().exists()


def sweep_twice() -> None:
    """As beat does."""
    for _ in range(2):
        tasks.send_waiting.delay()
        time.sleep(settings.SWEEP_SECONDS)


def test_a_nudge_is_enough(desk, worker):
    desk.fill(3)

    mirror.send_now(desk.period)

    wait_until(lambda: is_in_step(desk))
    desk.assert_in_step()


@pytest.mark.parametrize(
    "match",
    [
        {"method": "POST", "path": "/me/playlists$"},
        {"method": "POST", "path": "/items$"},
        {"method": "DELETE", "path": "/items$"},
        {"method": "PUT", "path": "/playlists/[^/]+$"},
    ],
    ids=["create", "add", "remove", "rename"],
)
def test_a_killed_worker_is_replaced_within_two_sweeps(desk, sandbox, worker, match):
    tracks = desk.fill(4)
    desk.sort(tracks[:1], "Warm Up")
    if match["method"] != "POST":
        desk.send()
        desk.sort(tracks[1:2], "Warm Up")
        category = desk.playlist("Warm Up").user_category
        category.name = "Slow Start"
        category.save()
        mirror.mark_renamed(category)
        desk.forget_calls()
    sandbox.post("faults", kind="timeout_after", delay_ms=3000, match=match)

    mirror.send_now(desk.period)
    wait_until(lambda: any(rule["hits"] for rule in sandbox.get("faults")))
    worker.kill()
    assert not is_in_step(desk)
    worker.start()

    sweep_twice()

    wait_until(lambda: is_in_step(desk), 20)
    desk.assert_in_step()
    assert len(desk.held()) == 2

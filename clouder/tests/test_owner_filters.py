"""Without any of the filters that tell DJs apart, some test turns red.

Each is removed in a process of its own, which then walks the addresses where it counts; what the
walk does not miss, the tests of `test_two_djs.py` or those nearest to the filter do.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction

from clouder.tests import owner_filters
from clouder.tests.owner_filters import Filter
from clouder.tests.routes import Route
from clouder.tests.test_strangers import World

# Filters that nothing misses, and why they may stand.
EXCUSED = {
    "curation/views/tracklist.py: period.tracks": "moves.move_tracks moves only the week's own.",
}

pytestmark = [pytest.mark.slow, pytest.mark.once]


class Followed(World):
    """Notes which functions each route calls."""

    def __init__(self) -> None:
        self.called: dict[Route, set[CodeType]] = {}
        super().__init__()

    def call(self, client: Any, route: Route, *args: Any, **more: Any) -> Any:
        called = self.called.setdefault(route, set())

        def note(frame: FrameType, event: str, _: object) -> None:
            if event == "call":
                called.add(frame.f_code)

        sys.setprofile(note)
        try:
            return super().call(client, route, *args, **more)
        finally:
            sys.setprofile(None)

    def routes_of(self, one: Filter) -> set[Route]:
        return {route for route, called in self.called.items() if any(map(one.is_in, called))}


class Narrow(World):
    def __init__(self, only: set[Route]) -> None:
        self.asked_for = only
        super().__init__()

    def asks(self, route: Route) -> bool:
        return route in self.asked_for


@contextmanager
def thrown_away() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def is_missed_by_the_walk(one: Filter, routes: set[Route]) -> bool:
    """Asked in a fork: there the filter may go."""
    connections.close_all()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] != 0
    is_missed = True
    try:
        owner_filters.remove(one.place)
        with thrown_away():
            is_missed = any(Narrow(routes).problems())
    finally:
        os._exit(is_missed)


def nearest(file: str) -> list[str]:
    """Tests of the module, and of the page that shows it."""
    room, *rest = file.removesuffix(".py").split("/")
    names = {f"{room}/tests/test_{'_'.join(rest)}.py", f"{room}/tests/test_views_{rest[-1]}.py"}
    return sorted(name for name in names if (settings.BASE_DIR / name).exists())


def is_missed_by_a_test(one: Filter) -> bool:
    tests = ["clouder/tests/test_two_djs.py", *nearest(one.file)]
    options = ["-x", "-q", "-p", "clouder.tests.owner_filters", "--without", one.place]
    environment = {name: value for name, value in os.environ.items() if name[:5] != "TEST_"}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert ended.returncode in (0, 1), ended.stdout.decode()
    return ended.returncode == 1


@pytest.mark.django_db(transaction=True)
def test_each_filter_is_missed():
    filters = owner_filters.all_filters()
    with thrown_away():
        world = Followed()
        assert list(world.problems()) == []
    asked = {one: world.routes_of(one) for one in filters}
    missed = {one for one, at in asked.items() if at and is_missed_by_the_walk(one, at)}
    missed |= {one for one in filters if one not in missed and is_missed_by_a_test(one)}

    assert {str(one) for one in set(filters) - missed} == set(EXCUSED)

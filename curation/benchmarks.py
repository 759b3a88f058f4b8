"""What `make bench` measures here. See clouder.bench."""

import time
from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import QuotaHour
from clouder import crowd
from conftest import Sandbox
from curation import columns, moves
from curation.models import CurationPeriod
from curation.tests.economy import BURST, STEADY, Week, hours_that_fly
from curation.tests.mirrored import Desk, uris_of_the_sandbox

NAMES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]
MORE_NAMES = [*NAMES, "Dub", "Hypnotic", "Tools", "Classics"]
UNDONE, PROMOTED = 50, 100
PACES: dict[str, dict[str, Any]] = {
    "steady": {"seconds": STEADY},
    "burst": {"seconds": BURST},
    "steady, a pause after each part": {"seconds": STEADY, "has_pauses": True},
}


def list_of_2000_tracks() -> dict[str, float]:
    """All tracks of a week as a list: looked at in each order, many of them moved and back."""
    crowd.gather(2_000, weeks=1, size=2_000, raw="{}")
    period = CurationPeriod.objects.get()
    client = Client()
    client.force_login(period.user)
    address = reverse("period_tracks", args=[period.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    look = partial(client.get, address)
    figures: dict[str, float] = {
        "the page: queries": len(queries),
        "the page: ms": 1000 * median(_seconds(look) for _ in range(9)),
        "the page: kB": len(page.content) / 1000,
        "sorted by the slowest column: ms": 1000
        * max(_seconds(partial(look, {"sort": name})) for name in columns.NAMED),
    }
    for count in (500, 2_000):
        to = period.playlists.exclude(user_category__is_trash=True)[count == 500]
        ids = period.tracks.order_by("position").values_list("pk", flat=True)[:count]
        chosen = period.tracks.filter(pk__in=list(ids))
        move = partial(moves.move_tracks, user=period.user, period=period, chosen=chosen, to=to)
        for verb, do in (("moved", move), ("undone", partial(moves.undo, period))):
            with CaptureQueriesContext(connection) as queries:
                seconds = _seconds(do)
            figures[f"{count} tracks {verb}: ms"] = 1000 * seconds
            figures[f"{count} tracks {verb}: queries"] = len(queries)
    return figures


def _seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def calls_for_400_tracks() -> dict[str, float]:
    """Everything that Spotify is asked from the opening of a week to its closing."""
    return _table(400)


def calls_for_1500_tracks() -> dict[str, float]:
    return _table(1_500)


def calls_for_2000_tracks() -> dict[str, float]:
    return _table(2_000)


def _table(size: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    for names in (NAMES, MORE_NAMES):
        for pace, habits in PACES.items():
            calls, week = _cost(size, names, **habits)
            about = f"{len(names)} categories, {pace}:"
            used, least, strictest = calls.total(), week.least.calls, week.strictest.calls
            figures |= {
                f"{about} writes": calls["write"],
                f"{about} reads": calls["read"],
                f"{about} least for its rests": least,
                f"{about} times that": used / least,
                f"{about} least without rests": strictest,
                f"{about} times that least": used / strictest,
                f"{about} calls per sorted track": used / size,
            }
    return figures


def _cost(size: int, names: list[str], **habits: Any) -> tuple[Counter[str], Week]:
    """The calls by bucket as the sandbox counted them, and what they were for."""
    sandbox = _sandbox()
    sandbox.post("reset")
    sandbox.post("quota", **settings.SPOTIFY_DAY)
    QuotaHour.objects.all().delete()  # another day
    desk = Desk(sandbox, _uris(), names=names)
    with hours_that_fly() as clock:
        week = Week(desk, names, size, clock, **habits)
        tracks = week.open()
        week.sort(tracks)
        desk.assert_in_step()
        week.undo(UNDONE)
        week.promote(tracks[: 3 * PROMOTED : 3])
        week.close()
    assert sum(len(uris) for uris in desk.at_spotify().values()) == PROMOTED
    return Counter(row["bucket"] for row in sandbox.get("log", side="spotify")), week


def _sandbox() -> Sandbox:
    return Sandbox(settings.SANDBOX_URL)


@cache
def _uris() -> list[str]:
    return uris_of_the_sandbox(_sandbox(), tracks=3_000)

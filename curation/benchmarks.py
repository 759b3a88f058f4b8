"""What `make bench` measures here. See clouder.bench."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count, F, Q

from accounts.models import QuotaHour
from accounts.tests.factories import connect
from catalog.models import Genre
from conftest import Sandbox
from curation import mirror
from curation.models import CurationPeriod, MirroredPlaylist
from curation.tests import stopwatch
from curation.tests.browser.conftest import DeskPage, filed
from curation.tests.economy import BURST, STEADY, Week, hours_that_fly
from curation.tests.evenings import DECISIONS, Evening, Web, week_of
from curation.tests.mirrored import Desk, uris_of_the_sandbox
from ingestion import runs, search

NAMES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]
MORE_NAMES = [*NAMES, "Dub", "Hypnotic", "Tools", "Classics"]
UNDONE, PROMOTED = 50, 100
FEW, BUSY = 200, 2_000  # tracks in Bronze
SOME, MANY = 100, 1_000  # decisions
DJS, WORKERS, SIZE, ANSWER_MS = ["nadja", "tomek", "ines"], (1, 2, 4), 240, 80
PACES: dict[str, dict[str, Any]] = {
    "steady": {"seconds": STEADY},
    "burst": {"seconds": BURST},
    "steady, a pause after each part": {"seconds": STEADY, "has_pauses": True},
}


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


def work_by_workers() -> dict[str, float]:
    """How much 1, 2 and 4 workers send, and look up, at a Spotify that takes 80 ms to answer.

    How far apart the DJs are: the one who got least against the one who got most, at half time.
    """
    figures: dict[str, float] = {}
    for workers in WORKERS:
        about = f"{workers} worker{'s' if workers > 1 else ''}:"
        _three_djs()
        seconds, least = _work(workers, "_work_at_playlists", watch=_least_by_dj)
        figures[f"{about} calls of playlists a second"] = len(_calls("write")) / seconds
        figures[f"{about} least against most of a DJ's"] = least
        call_command("flush", verbosity=0, interactive=False)
        _a_week_to_look_up()
        seconds, _ = _work(workers, "_work_at_searches")
        figures[f"{about} searches a second"] = len(_calls("search")) / seconds
        call_command("flush", verbosity=0, interactive=False)
    return figures


def desk_of_a_busy_week() -> dict[str, float]:
    """The desk in a browser with 2,000 tracks to sort: what a DJ waits for, and what it costs."""
    small = stopwatch.page_of(week_of(_sandbox(), FEW).period)
    call_command("flush", verbosity=0, interactive=False)
    _sandbox().post("reset")
    period = week_of(_sandbox(), BUSY).period
    large = stopwatch.page_of(period)
    with _desk(period) as (desk, web):
        first = stopwatch.first_card(desk)
        keys = stopwatch.next_card(desk, SOME)
        clerk = stopwatch.Clerk(period, web.port)
        answers = clerk.answers()
    return {
        "page: first card, ms": first,
        "page: KB": large["bytes"] / 1000,
        "page: queries": large["queries"],
        f"page with {FEW} tracks: KB": small["bytes"] / 1000,
        f"page with {FEW} tracks: queries": small["queries"],
        "key until the next card is painted, p50 ms": keys["p50"],
        "key until the next card is painted, p95 ms": keys["p95"],
        "answer to a move, p50 ms": answers["p50"],
        "answer to a move, p95 ms": answers["p95"],
        "answer of a view that changes one row, p50 ms": answers["bare"],
        "times that, p50": answers["p50"] / answers["bare"],
        "statements of a move": clerk.statements(),
    }


def evening_at_the_desk() -> dict[str, float]:
    """200 decisions in a minute, then up to 1,000 as fast as cards come: what is left of them."""
    period = week_of(_sandbox(), BUSY).period
    with _desk(period) as (desk, _):
        desk.open()
        room = stopwatch.Room(desk.page)
        before = room.look()
        evening = Evening(desk)
        evening.sort()
        wrong = sum(a != b for a, b in zip_longest(filed(period), evening.pressed))
        settled = room.look()
        Evening(desk, seconds=0).sort(MANY - DECISIONS)
        after = room.look()
    return {
        f"{DECISIONS} decisions in a minute: lost, doubled or out of order": wrong,
        "heap before, MB": before["heap"],
        f"heap after {DECISIONS}, MB": settled["heap"],
        f"heap after {MANY}, MB": after["heap"],
        "nodes before": before["nodes"],
        f"nodes after {DECISIONS}": settled["nodes"],
        f"nodes after {MANY}": after["nodes"],
    }


@contextmanager
def _desk(period: CurationPeriod) -> Iterator[tuple[DeskPage, Web]]:
    """In a browser, and the web server behind it, with a view that changes one row beside ours."""
    web = Web(application="curation.tests.bare:application")
    web.start()
    try:
        with stopwatch.desk_page(period, web) as desk:
            yield desk, web
    finally:
        web.stop()


LONG = [calls_for_1500_tracks, calls_for_2000_tracks, work_by_workers, evening_at_the_desk]


def _work_at_playlists() -> None:
    while MirroredPlaylist.objects.waiting().exists():
        mirror.send_due(seconds=5)


def _work_at_searches() -> None:
    while search.due().exists():
        if search.look_up(seconds=5).is_busy:
            time.sleep(0.1)


def _three_djs() -> None:
    sandbox = _sandbox()
    sandbox.post("reset")
    uris = _uris()
    for place, dj in enumerate(DJS):
        desk = Desk(sandbox, uris[place * SIZE :], dj=dj, names=[*MORE_NAMES, "Eleven", "Twelve"])
        tracks = desk.fill(SIZE)
        names = [*MORE_NAMES, "Eleven", "Twelve"]
        for number, track in enumerate(tracks):
            desk.sort([track], names[number % len(names)])
        desk.time_passes()


def _a_week_to_look_up() -> None:
    sandbox = _sandbox()
    sandbox.post("reset")
    connect(None, sandbox, DJS[0])
    week = {"genre_id": 11, "year": 2026, "week": 41}
    sandbox.post("weeks", **week, tracks=SIZE)
    genre = Genre.objects.create(beatport_id=11, name="House", slug="house")
    runs.carry_to_end(runs.request_week(genre=genre, year=2026, week=41).pk)


def _work(
    workers: int, what: str, *, watch: Callable[[], float | None] = lambda: None
) -> tuple[float, float]:
    """Seconds until all is done, and what `watch` saw last before half of it was."""
    _sandbox().post("faults", kind="delay", delay_ms=ANSWER_MS, times=None, match={"path": "/v1/"})
    code = (
        "import sys, django; django.setup(); from curation import benchmarks;"
        f"print(flush=True); sys.stdin.readline(); benchmarks.{what}()"
    )
    environment = {**os.environ, "TEST_DATABASE_READY": "1"}
    hands = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", code],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(workers)
    ]
    for hand in hands:
        assert hand.stdout
        hand.stdout.readline()
    started, seen = time.perf_counter(), 0.0
    for hand in hands:
        assert hand.stdin
        hand.stdin.write(b"\n")
        hand.stdin.flush()
    while any(hand.poll() is None for hand in hands):
        seen = watch() or seen
        time.sleep(0.1)
    assert not any(hand.returncode for hand in hands)
    return time.perf_counter() - started, seen


def _least_by_dj() -> float | None:
    """None once more than half is sent."""
    mine = MirroredPlaylist.objects.values("user").annotate(
        done=Count("pk", filter=Q(sent=F("wanted")) & Q(sent__gt=0))
    )
    done = sorted(mine.values_list("done", flat=True))
    if sum(done) > MirroredPlaylist.objects.count() / 2 or not done[-1]:
        return None
    return float(done[0] / done[-1])


def _calls(bucket: str) -> list[dict[str, Any]]:
    return [row for row in _sandbox().get("log", side="spotify") if row["bucket"] == bucket]

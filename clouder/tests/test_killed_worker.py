"""A worker that dies in the middle: the rows know, two sweeps find them, nothing happens twice."""

import time
from collections import Counter
from collections.abc import Callable

import pytest
from celery import Task
from django.conf import settings

from accounts.tests.factories import connect
from catalog.models import SpotifyMatch, Track
from catalog.tests.factories import GenreFactory
from conftest import Sandbox, Worker, wait_until
from curation import mirror
from curation import tasks as curation_tasks
from curation.models import MirroredPlaylist
from curation.tests.mirrored import Desk, uris_of_the_sandbox
from ingestion import runs, search
from ingestion import tasks as ingestion_tasks
from ingestion.models import IngestRun

GENRE, YEAR, WEEK, TRACKS = 6, 2026, 44, 250


class Accident:
    """Kills the worker while the sandbox has a request of its in hand."""

    def __init__(self, sandbox: Sandbox, worker: Worker) -> None:
        self.sandbox = sandbox
        self.worker = worker

    def expect(self, path: str, *, method: str = "", before: bool = False, skip: int = 0) -> None:
        """The request that will not be answered, and whether the sandbox still does it."""
        self.path, self.method = path, method
        self.earlier = len(self.requests()) + skip
        kind = "timeout_before" if before else "timeout_after"
        match = {"path": path, "method": method}
        self.sandbox.post("faults", kind=kind, match=match, skip=skip, delay_ms=3_000)

    def requests(self) -> list[dict]:
        log = self.sandbox.get("log")
        return [row for row in log if self.path in row["path"] and self.method in row["method"]]

    def happen(self) -> None:
        wait_until(lambda: len(self.requests()) > self.earlier)
        self.worker.kill()
        self.worker.start()

    def be_swept_up(self, sweep: Task, *, until: Callable[[], object]) -> None:
        """Two sweeps are enough, as beat would send them; after them nothing else nudges."""
        for _ in range(2):
            sweep.delay()
            time.sleep(settings.SWEEP_SECONDS)
        wait_until(until, 20)


@pytest.fixture
def accident(sandbox, worker) -> Accident:
    return Accident(sandbox, worker)


@pytest.mark.parametrize("pages_before", [0, 1])
def test_an_ingest_run_goes_on_where_its_worker_was_killed(accident, sandbox, pages_before):
    sandbox.post("weeks", genre_id=GENRE, year=YEAR, week=WEEK, tracks=TRACKS)
    accident.expect("/catalog/tracks/", skip=pages_before)
    run = runs.request_week(genre=GenreFactory(beatport_id=GENRE), year=YEAR, week=WEEK)

    accident.happen()
    accident.be_swept_up(
        ingestion_tasks.sweep,
        until=lambda: IngestRun.objects.get(pk=run.pk).is_finished,
    )

    run.refresh_from_db()
    assert run.status == IngestRun.Status.COMPLETE
    assert run.collected == run.expected == Track.objects.count()
    pages = -(-run.expected // 100)
    assert len(accident.requests()) == pages + 1  # only what was in hand is asked again


def test_the_search_errand_goes_on_with_the_next_track(accident, sandbox):
    sandbox.post("weeks", genre_id=GENRE, year=YEAR, week=WEEK + 1, tracks=30)
    genre = GenreFactory(beatport_id=GENRE)
    runs.carry_to_end(runs.request_week(genre=genre, year=YEAR, week=WEEK + 1).pk)
    connect(None, sandbox)
    accident.expect("/search", skip=12)
    ingestion_tasks.match.delay()

    accident.happen()
    accident.be_swept_up(ingestion_tasks.match, until=lambda: not search.due().exists())

    assert not SpotifyMatch.objects.filter(state=SpotifyMatch.State.PENDING).exists()
    queries = [row["query"]["q"] for row in accident.requests()]
    codes = Counter(query for query in queries if query.startswith("isrc:"))
    in_hand = queries[accident.earlier - 1 : accident.earlier + 1]  # its ISRC, its title
    assert {code for code, times in codes.items() if times > 1} <= set(in_hand)


@pytest.fixture(scope="session")
def uris(sandbox_process) -> list[str]:
    return uris_of_the_sandbox(sandbox_process)


@pytest.mark.parametrize("is_lost", [False, True], ids=["carried out", "lost"])
@pytest.mark.parametrize("path", ["/me/playlists", "/items"], ids=["create", "add"])
def test_a_playlist_is_made_and_filled_once(accident, sandbox, uris, path, is_lost):
    desk = Desk(sandbox, uris)
    desk.fill(120)
    accident.expect(path, method="POST", before=is_lost)
    mirror.send_now(desk.period)

    accident.happen()
    if is_lost:
        desk.time_passes()  # until the request can no longer be on its way
    accident.be_swept_up(
        curation_tasks.send_waiting,
        until=lambda: not MirroredPlaylist.objects.waiting().exists(),
    )

    desk.assert_in_step()
    assert len(desk.held()) == 1

"""kill -9 in the middle of a run, more than once: nothing is missing, nothing is there twice."""

import time
from collections import Counter

import pytest
from django.conf import settings

from catalog.models import Entity, ExternalData, Genre, SpotifyMatch, Track, TrackArtist
from catalog.tests.factories import GenreFactory
from conftest import Sandbox, Worker, wait_until
from ingestion import runs, tasks
from ingestion.models import IngestRun, RawPage

YEAR, WEEK, TRACKS = 2026, 43, 430


@pytest.fixture
def techno(transactional_db) -> Genre:
    return Genre.objects.filter(beatport_id=6).first() or GenreFactory(beatport_id=6)


def pages_asked(sandbox: Sandbox, page: int | None = None) -> list[dict]:
    log = [row for row in sandbox.get("log", side="beatport") if "tracks" in row["path"]]
    return [row for row in log if page is None or row["query"]["page"] == str(page)]


def go_on(worker: Worker) -> None:
    """Two sweeps, as beat would send them; nothing else nudges."""
    worker.start()
    for _ in range(2):
        tasks.sweep.delay()
        time.sleep(settings.SWEEP_SECONDS)


def test_a_run_survives_its_workers(sandbox, worker, techno):
    sandbox.post("weeks", genre_id=6, year=YEAR, week=WEEK, tracks=TRACKS)
    match = {"query": "[?&]page=4(&|$)"}
    sandbox.post("faults", kind="timeout_after", match=match, delay_ms=4000)
    run = runs.request_week(genre=techno, year=YEAR, week=WEEK)

    wait_until(lambda: any(row["done_at"] for row in pages_asked(sandbox, 2)))
    worker.kill()  # perhaps in the middle of writing the second page down
    run.refresh_from_db()
    committed = run.pages_done
    assert run.status == IngestRun.Status.RUNNING
    assert Track.objects.count() == run.collected == 100 * committed

    go_on(worker)
    wait_until(lambda: pages_asked(sandbox, 4))
    worker.kill()  # while the answer is under way
    go_on(worker)
    wait_until(lambda: IngestRun.objects.get(pk=run.pk).is_finished, 20)

    run.refresh_from_db()
    assert (run.status, run.collected) == (IngestRun.Status.COMPLETE, run.expected)
    assert run.new == run.expected == Track.objects.count() >= TRACKS
    assert (run.changed, run.withdrawn) == (0, 0)
    assert SpotifyMatch.objects.count() == Track.objects.count()
    assert ExternalData.objects.filter(entity_type=Entity.TRACK).count() == run.expected
    assert not Track.objects.exclude(pk__in=TrackArtist.objects.values("track")).exists()
    pages = list(RawPage.objects.order_by("number").values_list("number", flat=True))
    assert pages == [1, 2, 3, 4, 5]
    times = Counter(int(row["query"]["page"]) for row in pages_asked(sandbox))
    asked_again = {page for page, number in times.items() if number > 1}
    assert set(times) == {1, 2, 3, 4, 5}
    assert asked_again <= {committed + 1, 4}  # what was in hand, nothing that was committed

"""Several at once at the same week: there is one open run, and each page is asked for once."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from catalog.models import Genre, Track
from catalog.tests.factories import GenreFactory
from ingestion import runs
from ingestion.models import IngestRun
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6
Status = IngestRun.Status


@pytest.fixture
def techno() -> Genre:
    return Genre.objects.filter(beatport_id=6).first() or GenreFactory(beatport_id=6)


def at_once(work: Callable[[], object]) -> list[object]:
    """What each of several threads got. They start together; one that fails, fails the test."""
    together = Barrier(AT_ONCE)
    got: list[object] = []

    def one() -> None:
        try:
            together.wait()
            got.append(work())
        except Exception as error:
            got.append(error)
            raise
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [one for one in got if isinstance(one, Exception)]
    return got


def open_runs(genre: Genre) -> list[IngestRun]:
    return list(IngestRun.objects.filter(genre=genre, status__in=IngestRun.UNFINISHED))


def test_a_week_asked_for_by_many_at_once_is_one_run(techno):
    got = at_once(lambda: runs.request_week(genre=techno, year=2026, week=47))

    assert [IngestRun.objects.get()] * AT_ONCE == got


def test_a_complete_week_read_again_by_many_at_once_is_one_more_run(techno):
    complete = IngestRunFactory(genre=techno, finished=True)

    got = at_once(lambda: runs.run_again(IngestRun.objects.get(pk=complete.pk)))

    assert open_runs(techno) == [got[0]]
    assert IngestRun.objects.count() == 2


def test_a_stopped_run_is_taken_up_once(techno):
    """By the sweep of each worker, and by somebody who asks for the week."""
    stopped = IngestRunFactory(
        genre=techno, finished=True, status=Status.FAILED, trouble="unavailable"
    )

    at_once(lambda: runs.run_again(IngestRun.objects.get(pk=stopped.pk), by_itself=True))

    assert open_runs(techno) == [stopped]
    stopped.refresh_from_db()
    assert stopped.resumed == 1


def test_a_run_that_many_workers_take_is_carried_out_by_one(techno, sandbox):
    sandbox.post("weeks", genre_id=6, year=2026, week=47, tracks=250)
    run = runs.request_week(genre=techno, year=2026, week=47)

    at_once(lambda: runs.carry_out(run.pk))

    run.refresh_from_db()
    assert (run.status, run.attempts) == (Status.COMPLETE, 1)
    assert run.collected == run.expected == Track.objects.count()
    asked = [row["query"]["page"] for row in sandbox.get("log", side="beatport")]
    assert asked == ["1", "2", "3"]

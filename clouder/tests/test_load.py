"""A crowd at its desks, decisions due at a fixed rate: none refused, lost or doubled.

What it took is printed, beside the least that a request can cost under the same load. Shorter:
LOAD_SECONDS=60 make slow ARGS="clouder/tests/test_load.py -s"
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.tests.factories import UserFactory
from catalog.models import SpotifyMatch, Track
from catalog.tests.factories import GenreFactory
from clouder.tests.arrivals import Crowd, Load
from curation.models import CurationPeriod, CurationTrack, Move
from curation.tests.evenings import Web
from curation.tests.factories import CurationPeriodFactory, StyleFactory
from ingestion import runs
from ingestion.models import IngestRun

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SECONDS = int(os.environ.get("LOAD_SECONDS", "600"))
BARE_SECONDS = max(SECONDS // 5, 10)
CATEGORIES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]
MOST_GROWTH = 1.15
INGESTED = 3_000


@pytest.fixture
def web(transactional_db) -> Iterator[Web]:
    web = Web(application="curation.tests.bare:application")
    web.start()
    yield web
    web.stop()


def weeks(djs: int, size: int) -> list[CurationPeriod]:
    """One of each DJ, with so many tracks in Bronze."""
    style = StyleFactory()
    tracks = Track.objects.bulk_create(
        Track(beatport_id=n, title=f"Title {n}", recording_key=f"text:{n}")
        for n in range(1, size + 1)
    )
    SpotifyMatch.objects.bulk_create(
        SpotifyMatch(track=track, state="matched", matched_at=timezone.now()) for track in tracks
    )
    periods = [
        CurationPeriodFactory(user=UserFactory(), style=style, categories=CATEGORIES)
        for _ in range(djs)
    ]
    for period in periods:
        CurationTrack.objects.bulk_create(
            CurationTrack(
                curation_period=period,
                track=track,
                recording_key=track.recording_key,
                position=place,
            )
            for place, track in enumerate(tracks)
        )
    return periods


def assert_each_is_there_once(load: Load) -> None:
    assert load.refused == []
    assert sorted(load.sent) == sorted(Move.objects.values_list("client_id", flat=True))
    assert CurationTrack.objects.exclude(current_silver_playlist=None).count() == len(load.sent)


def tell(about: str, load: Load, bare: Load) -> None:
    figures = [
        f"p{name} {1000 * ours:.0f} ms ({ours / theirs:.2f} times bare)"
        for name, ours, theirs in [
            ("50", load.p50, bare.p50),
            ("95", load.p95, bare.p95),
            ("99", load.p99, bare.p99),
        ]
    ]
    print(f"\n{about}, {connection.vendor}: {len(load.sent)} decisions, {', '.join(figures)}")


def memory(web: Web) -> int:
    """Bytes of the server and its workers."""
    pids = [web.process.pid, *children(web.process.pid)]
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE")


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


@pytest.mark.skipif(
    not os.environ.get("TEST_DATABASE_URL") or settings.BROKER_IS_A_FOLDER,
    reason="for PostgreSQL and Redis",
)
def test_fifty_djs_at_a_decision_a_second(web, worker):
    crowd = Crowd(web.url, weeks(50, SECONDS + 50))
    bare = crowd.touch(BARE_SECONDS)
    warmed_up = crowd.decide(SECONDS // 10)
    before = memory(web)

    load = crowd.decide(SECONDS - SECONDS // 10, first=SECONDS // 10)

    grown = memory(web) / before
    tell("50 DJs", load, bare)
    print(f"memory of the web server: {before / 2**20:.0f} MB, at the end {grown:.2f} times that")
    load.sent += warmed_up.sent
    load.refused += warmed_up.refused + bare.refused
    assert_each_is_there_once(load)
    assert grown <= MOST_GROWTH


@pytest.mark.skipif(bool(os.environ.get("TEST_DATABASE_URL")), reason="for SQLite")
def test_five_djs_while_a_week_is_fetched(web, sandbox):
    sandbox.post("weeks", genre_id=6, year=2026, week=44, tracks=INGESTED)
    genre = GenreFactory(beatport_id=6)
    crowd = Crowd(web.url, weeks(5, SECONDS + 50))
    has_ended = threading.Event()
    fetched: list[str] = []

    def fetch() -> None:
        while not has_ended.is_set():
            run = runs.request_week(genre=genre, year=2026, week=44, max_age=None)
            runs.carry_to_end(run.pk)
            fetched.append(IngestRun.objects.get(pk=run.pk).status)
        connection.close()

    fetcher = threading.Thread(target=fetch)
    fetcher.start()
    try:
        bare = crowd.touch(BARE_SECONDS)
        load = crowd.decide(SECONDS)
    finally:
        has_ended.set()
        fetcher.join()

    tell(f"5 DJs while {len(fetched)} times {INGESTED} tracks were fetched", load, bare)
    load.refused += bare.refused
    assert set(fetched) == {IngestRun.Status.COMPLETE}
    assert_each_is_there_once(load)

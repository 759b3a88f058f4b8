"""Two weeks by the clock: real beats decide from their rows, a real worker fetches.

The clocks of the sandbox, the worker and the beats are moved from day to day. There are two beats,
and each task that fetches runs once more: what is asked twice shows in the log of the sandbox.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from accounts.models import SpotifyCredential, User
from accounts.tests.factories import connect
from catalog.models import ExternalData, Genre, Provider, SpotifyMatch
from catalog.tests.factories import GenreFactory, matched_track
from clouder import schedules
from clouder.celery import app
from clouder.models import SeededEntry
from conftest import ProcessGroup, Sandbox, wait_until
from curation.models import CurationPeriod
from curation.tests.factories import CurationPeriodFactory, StyleFactory, UserCategoryFactory
from curation.weeks import Week
from ingestion import credentials, search
from ingestion.models import IngestRun, RawPage
from ingestion.tests.factories import IngestRunFactory

INSTALLED = datetime(2026, 12, 20, 6, tzinfo=UTC)  # a Sunday; the year has a week 53
DAY = timedelta(days=1, minutes=10)
ALL_TURNS = timedelta(minutes=5)  # of what stands in line on one day
EDITED = 9  # from this day on every other day
TRACKS = 4
FETCH, READ_AGAIN = "Fetch the new weeks", "Read the last weeks again"

Asked = tuple[int, str, int]  # genre, days, page


class Moved(ProcessGroup):
    """A process of Celery with a clock of its own."""

    def __init__(self, folder: Path, name: str, *arguments: str) -> None:
        self.clock = folder / f"{name}.clock"
        command = ["celery", "-q", "-A", "clouder.tests.moved_clock", *arguments]
        env = {"CLOCK_FILE": str(self.clock)}
        super().__init__(*command, log=folder / f"{name}.log", env=env)

    def move_to(self, moment: datetime) -> None:
        self.clock.write_text(moment.isoformat())

    def wait_until_it_is(self, moment: datetime) -> None:
        self.wait_until_said(f"It is {moment:%Y-%m-%d %H:%M}")


class World:
    """Everything that has a clock."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.elsewhen = time_machine.travel(INSTALLED, tick=True)
        pool = ["--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        self.worker = Moved(folder, "worker", "worker", *pool)
        self.beats = [Moved(folder, f"beat-{number}", "beat") for number in (1, 2)]

    def start(self) -> None:
        self.here = self.elsewhen.start()
        self.sandbox.post("clock", now=INSTALLED.isoformat())

    def stop(self) -> None:
        self.elsewhen.stop()
        for process in [self.worker, *self.beats]:
            if hasattr(process, "process"):
                process.kill()

    def start_processes(self) -> None:
        app.control.purge()
        for process in [self.worker, *self.beats]:
            process.move_to(INSTALLED)
            process.start()
        self.worker.wait_until_said(" ready.")

    def restart_beats(self) -> None:
        for beat in self.beats:
            beat.stop()
            beat.move_to(timezone.now())
            beat.start()

    def move_to(self, moment: datetime) -> None:
        """Who sends what is due comes last; both of them at once."""
        self.sandbox.post("clock", now=moment.isoformat())
        self.here.move_to(moment)
        for process in [self.worker, *self.beats]:
            process.move_to(moment)
            process.wait_until_it_is(moment)


@pytest.fixture(autouse=True)
def once(request) -> None:
    """Half a minute is enough: other tests hold the tasks against both databases."""
    if request.config.getoption("--database-only"):
        pytest.skip("has run on SQLite and files")


@pytest.fixture
def world(transactional_db, sandbox, tmp_path) -> Iterator[World]:
    world = World(sandbox, tmp_path)
    world.start()
    yield world
    world.stop()
    sandbox.post("clock", offset_seconds=0)


@pytest.fixture
def installed(world) -> None:
    """Clouder as it was set up on that Sunday: its schedules and its connection to Beatport."""
    PeriodicTask.objects.all().delete()
    SeededEntry.objects.all().delete()
    schedules.create_defaults()
    credentials.current()


@pytest.fixture
def genres(sandbox, world) -> list[Genre]:
    """Three, each with small weeks: the last one is of a style that nobody uses."""
    genres = [GenreFactory(beatport_id=number) for number in (11, 14, 15)]
    for week in [Week(2026, number) for number in range(47, 54)] + [Week(2027, 1)]:
        for genre in genres:
            values = {"genre_id": genre.beatport_id, "year": week.year, "week": week.number}
            sandbox.post("weeks", tracks=TRACKS, **values)
    return genres


@pytest.fixture
def dj(sandbox, world, genres) -> User:
    """Sorts a week of one style; the authorisation ends in 36 days. Another DJ is about to begin
    with a style that shares the genre, and a third one has left."""
    dj = connect(None, sandbox, "nadja")
    authorized_at = INSTALLED - timedelta(days=180 - 36)
    SpotifyCredential.objects.filter(user=dj).update(authorized_at=authorized_at)
    used, shared, left = StyleFactory.create_batch(3)
    used.genres.set(genres[:1])
    shared.genres.set(genres[:2])
    left.genres.set(genres[2:])
    CurationPeriodFactory(user=dj, style=used, year=2026, week=51)
    UserCategoryFactory(style=shared, user=connect(None, sandbox, "tomek"))
    CurationPeriodFactory(style=left)
    CurationPeriod.objects.filter(style=left).update(created_at=INSTALLED - timedelta(weeks=9))
    return dj


@pytest.fixture
def kept(world, dj) -> ExternalData:
    """What was kept for 25 days on that Sunday: a raw page, and what Spotify said of a track."""
    back_then = INSTALLED - timedelta(days=25)
    upload = IngestRunFactory(genre=None, year=None, week=None, finished=True)
    RawPage.objects.create(run=upload, number=1, body=b"x")
    RawPage.objects.update(fetched_at=back_then)
    track = matched_track(1)
    candidate = {"uri": "spotify:track:x", "score": 0.7, "title": "Rain"}
    SpotifyMatch.objects.filter(track=track).update(
        candidates=[candidate], candidates_until=back_then + timedelta(days=30)
    )
    answers = ExternalData.objects.filter(provider=Provider.SPOTIFY, entity_id=track.pk)
    answers.update(raw={"name": "Rain"}, fetched_at=back_then)
    return answers.get()


def is_kept(answer: ExternalData) -> list[bool]:
    """The page, the answer and the title of its candidate."""
    answer.refresh_from_db()
    match = SpotifyMatch.objects.get(track=answer.entity_id)
    old = RawPage.objects.filter(run__genre=None).exists()
    return [old, answer.raw is not None, "title" in match.candidates[0]]


def requests(sandbox: Sandbox, side: str, path: str) -> list[dict]:
    return [row for row in sandbox.get("log", side=side) if path in row["path"]]


def fetched(sandbox: Sandbox) -> list[Asked]:
    queries = [row["query"] for row in requests(sandbox, "beatport", "/catalog/tracks/")]
    return sorted((int(q["genre_id"]), q["publish_date"], int(q["page"])) for q in queries)


def renewals(sandbox: Sandbox) -> list[int]:
    places = [("beatport", "/token/"), ("accounts", "/api/token")]
    return [len(requests(sandbox, *place)) for place in places]


def is_warned(dj: User) -> bool:
    return SpotifyCredential.objects.get(user=dj).ends_soon


def assert_soon(look: Callable[[], object], wanted: object) -> None:
    with suppress(AssertionError):
        wait_until(lambda: look() == wanted)
    assert look() == wanted


def due_on(number: int, today: date, genres: list[Genre]) -> list[Asked]:
    """What the entries say for this day, each genre-week once."""
    running = Week.of(today)
    weeks = set()
    if number <= EDITED or (number - EDITED) % 2 == 0:
        weeks |= {running, running.before()}
    if number % 7 == 0:
        weeks |= {running.before(back) for back in range(1, 5)}
    days = [f"{week.first_day}:{week.last_day}" for week in weeks]
    return sorted((genre.beatport_id, span, 1) for genre in genres for span in days)


def have_run(since: datetime) -> bool:
    """Every entry that runs at least daily is noted as run, and all that was asked for is done."""
    late = PeriodicTask.objects.filter(Q(last_run_at=None) | Q(last_run_at__lt=since))
    late = late.exclude(name__in=[FETCH, READ_AGAIN])
    waiting = IngestRun.objects.filter(status__in=IngestRun.UNFINISHED)
    return not (late.exists() or waiting.exists() or search.due().exists())


def wait_until_asked(wanted: list[Asked], *, since: datetime) -> None:
    """Then the weeks stand in line."""
    wait_until(lambda: IngestRun.objects.filter(created_at__gte=since).count() >= len(wanted), 20)


def wait_until_fetched(sandbox: Sandbox, wanted: list[Asked], *, since: datetime) -> None:
    wait_until(lambda: len(fetched(sandbox)) >= len(wanted), 20)
    wait_until(lambda: have_run(since), 20)


def run_once_more() -> None:
    """As a task does that was delivered twice, or late."""
    today = timezone.now() - 2 * ALL_TURNS
    for entry in PeriodicTask.objects.filter(name__in=[FETCH, READ_AGAIN], last_run_at__gt=today):
        app.tasks[entry.task](**json.loads(entry.kwargs))


def edit(client: Client, name: str, *, days: int) -> None:
    """As the admin does it, in the admin."""
    entry = PeriodicTask.objects.get(name=name)
    interval = IntervalSchedule.objects.create(every=days, period=IntervalSchedule.DAYS)
    form = {
        "name": entry.name,
        "task": entry.task,
        "enabled": "on",
        "interval": interval.pk,
        "crontab": "",
        "kwargs": entry.kwargs,
        "expire_seconds": entry.expire_seconds,
    }
    address = f"/admin/django_celery_beat/periodictask/{entry.pk}/change/"
    assert client.post(address, form).status_code == 302


def test_two_weeks_by_the_clock(world, installed, sandbox, genres, dj, kept, admin_client):
    sandbox.delete("log")
    world.start_processes()
    searched: dict[str, list[int]] = defaultdict(list)

    for number in range(1, 16):
        today = INSTALLED + number * DAY
        wanted = due_on(number, today.date(), genres[:2])
        world.move_to(today)
        wait_until_asked(wanted, since=today)
        world.move_to(today + ALL_TURNS)
        wait_until_fetched(sandbox, wanted, since=today)
        run_once_more()

        assert fetched(sandbox) == wanted, f"day {number}"
        assert not IngestRun.objects.filter(status__in=IngestRun.UNFINISHED).exists()
        assert_soon(lambda: renewals(sandbox), [1, 2])  # Beatport's token, those of two DJs
        assert_soon(lambda: is_warned(dj), number >= 6)
        assert_soon(lambda: is_kept(kept), 3 * [number < 5])
        for row in requests(sandbox, "spotify", "/search"):
            searched[row["query"]["q"]].append(number)
        sandbox.delete("log")
        if number == EDITED:
            edit(admin_client, FETCH, days=2)
            world.restart_beats()

    assert PeriodicTask.objects.get(name=FETCH).interval.every == 2
    sent = dict(PeriodicTask.objects.values_list("name", "total_run_count"))
    assert (sent[FETCH], sent[READ_AGAIN]) == (EDITED + 3, 2)  # once, with two beats
    assert set(PeriodicTask.objects.values_list("name", flat=True)) == set(schedules.DEFAULTS)
    assert not IngestRun.objects.exclude(status=IngestRun.Status.COMPLETE).exclude(genre=None)
    admin_client.force_login(dj)
    assert "Spotify connection ends on" in admin_client.get("/").content.decode()
    assert all(later - day >= 7 for days in searched.values() for day, later in pairwise(days))

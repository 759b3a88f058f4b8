"""The life of an IngestRun: asked for, carried out page by page, finished with the truth about it.

Who carries a run out holds a lease (`claimed_until`), renewed per page. What a page brought is
committed together with the run's progress, and only while the lease is still held: a worker that
was given up for dead writes nothing more. What went wrong waits in the row (`not_before`,
`attempts`, `error`), never in a worker.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import Genre
from ingestion import beatport, credentials, pages, sources, tasks
from ingestion.beatport import Reader
from ingestion.errors import BeatportError, BeatportUnavailable
from ingestion.models import IngestRun

FRESH = timedelta(days=1)
MOST_ATTEMPTS = 5
MOST_READINGS = 2
BACK_OFF_SECONDS = (2, 15, 60, 300)
NUDGED_AT_ONCE = 20

Status = IngestRun.Status


class LeaseLost(Exception):
    """Somebody else carries the run on."""


# Asking for a run


def request_week(
    *, genre: Genre, year: int, week: int, max_age: timedelta | None = FRESH
) -> IngestRun:
    """The open run of this week, or one read to the end within `max_age`, or else a new one.

    A run that stopped half-way is taken up again at the page where it stopped.
    """
    of_week = IngestRun.objects.filter(genre=genre, year=year, week=week).order_by("-pk")
    newest = of_week.first()
    if newest and (not newest.is_finished or _is_fresh(newest, max_age)):
        return newest
    if newest and _stopped_half_way(newest):
        return run_again(newest)
    try:
        with transaction.atomic():
            run = IngestRun.objects.create(genre=genre, year=year, week=week, source=_source())
    except IntegrityError:  # somebody else was faster
        return of_week.get(status__in=IngestRun.UNFINISHED)
    nudge(run)
    return run


def run_again(run: IngestRun) -> IngestRun:
    """A run that stopped half-way goes on where it stopped, every other one begins anew."""
    if not run.is_finished:
        return run
    pages_done = run.pages_done if _stopped_half_way(run) else 0
    try:
        with transaction.atomic():
            _update_finished(run, pages_done=pages_done)
    except IntegrityError:
        return IngestRun.objects.get(
            genre=run.genre_id, year=run.year, week=run.week, status__in=IngestRun.UNFINISHED
        )
    run.refresh_from_db()
    nudge(run)
    return run


def nudge(run: IngestRun) -> None:
    tasks.carry_out_run.delay_on_commit(run_id=run.pk)


def _update_finished(run: IngestRun, *, pages_done: int) -> None:
    finished = IngestRun.objects.filter(pk=run.pk).exclude(status__in=IngestRun.UNFINISHED)
    finished.update(
        status=Status.QUEUED,
        source=run.source if run.source == IngestRun.Source.FILE else _source(),
        pages_done=pages_done,
        readings=0,
        attempts=0,
        not_before=None,
        claimed_until=None,
        finished_at=None,
        error="",
    )


def _is_fresh(run: IngestRun, max_age: timedelta | None) -> bool:
    if max_age is None or run.finished_at is None:
        return False
    if not run.is_read_to_the_end or _stopped_half_way(run):
        return False
    return run.finished_at > timezone.now() - max_age


def _stopped_half_way(run: IngestRun) -> bool:
    """Pages of the last day can be gone on with; the list is another one after that."""
    if run.status not in (Status.PARTIAL, Status.FAILED) or run.finished_at is None:
        return False
    is_recent = run.finished_at > timezone.now() - FRESH
    return is_recent and 0 < run.pages_done * beatport.PER_PAGE < (run.expected or 0)


def _source() -> str:
    return IngestRun.Source.API if credentials.is_connected() else IngestRun.Source.PAGE


# Carrying it out


def carry_out(run_id: int, *, on_page: Callable[[IngestRun], None] | None = None) -> None:
    """Does what is left of a run, unless somebody is at it or its time has not come."""
    run = _claim(run_id)
    if run is None:
        return
    try:
        reader = sources.reader_of(run)
        while not run.is_finished:
            _carry_on(run, reader)
            if on_page:
                on_page(run)
    except LeaseLost:
        return
    except BeatportUnavailable as error:
        _put_off(run, error)
    except (BeatportError, sources.FileRefused) as error:
        _stop(run, str(error))
    except Exception as error:  # ours to mend: said to staff, tried again, never swallowed
        _put_off(run, BeatportUnavailable(f"{type(error).__name__}: {error}"))
        raise


def carry_to_end(run_id: int, *, on_page: Callable[[IngestRun], None] | None = None) -> IngestRun:
    """For a command: waits as long as it takes, also for a worker that has the run already."""
    while True:
        carry_out(run_id, on_page=on_page)
        run = IngestRun.objects.select_related("genre").get(pk=run_id)
        if run.is_finished:
            return run
        time.sleep(0.2)


@transaction.atomic
def _claim(run_id: int) -> IngestRun | None:
    now = timezone.now()
    free = IngestRun.objects.waiting(now).filter(pk=run_id)
    mine = free.update(
        status=Status.RUNNING,
        claimed_until=_lease_end(),
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", now),
        not_before=None,
    )
    if not mine:
        return None
    run = IngestRun.objects.select_related("genre").get(pk=run_id)
    if run.attempts > MOST_ATTEMPTS:
        _stop(run, f"Given up after {MOST_ATTEMPTS} attempts. {run.error}")
        return None
    return run


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


def _carry_on(run: IngestRun, reader: Reader) -> None:
    if run.pages_done >= beatport.MOST_PAGES:
        _stop(run, f"Stopped after {beatport.MOST_PAGES} pages: no week is that long.")
        return
    _update(run, claimed_until=_lease_end())
    page = reader.page(run.pages_done + 1)
    with transaction.atomic():
        taken = pages.take_in(run, run.pages_done + 1, page)
        _update(
            run,
            claimed_until=_lease_end(),
            pages_done=run.pages_done + 1,
            expected=run.expected if page.expected is None else page.expected,
            collected=taken.collected,
            set_aside=taken.set_aside,
            attempts=1,  # what fails from here on fails for the first time
            error="",
        )
        if page.is_last:
            _judge(run)


def _judge(run: IngestRun) -> None:
    """After the last page: all of it, once more from the first page, or the truth in words."""
    missing = 0 if run.expected is None else run.expected - run.collected
    if missing <= 0 and not run.set_aside:
        _finish(run, Status.COMPLETE, "")
    elif missing <= run.set_aside:
        _finish(run, Status.PARTIAL, _were_set_aside(run))
    elif run.source != IngestRun.Source.FILE and run.readings + 1 < MOST_READINGS:
        _update(run, readings=run.readings + 1, pages_done=0)
    else:
        said = f"Beatport counts {run.expected} tracks, but {run.collected} different ones came"
        _finish(run, Status.PARTIAL, f"{said} in {run.readings + 1} readings.")


def _were_set_aside(run: IngestRun) -> str:
    if run.set_aside == 1:
        return "One row could not be read and was set aside."
    return f"{run.set_aside} rows could not be read and were set aside."


def _put_off(run: IngestRun, error: BeatportUnavailable) -> None:
    if run.attempts >= MOST_ATTEMPTS:
        _stop(run, f"Given up after {MOST_ATTEMPTS} attempts. {error}")
        return
    wait = error.retry_after
    if wait is None:
        wait = BACK_OFF_SECONDS[run.attempts - 1]
    _leave(
        run,
        status=Status.QUEUED,
        claimed_until=None,
        not_before=timezone.now() + timedelta(seconds=wait),
        error=str(error)[:500],
    )


def _stop(run: IngestRun, reason: str) -> None:
    status = Status.PARTIAL if run.collected else Status.FAILED
    _leave(run, **_finished(status, reason))


def _finish(run: IngestRun, status: Status, reason: str) -> None:
    _update(run, readings=run.readings + 1, **_finished(status, reason))


def _finished(status: Status, reason: str) -> dict[str, Any]:
    return {
        "status": status,
        "claimed_until": None,
        "finished_at": timezone.now(),
        "error": reason[:500],
    }


def _leave(run: IngestRun, **fields: Any) -> None:
    """Like `_update`, for the way out: a lease that was lost needs no more words."""
    try:
        _update(run, **fields)
    except LeaseLost:
        return


@transaction.atomic
def _update(run: IngestRun, **fields: Any) -> None:
    """Writes progress as long as the run is still ours."""
    ours = IngestRun.objects.filter(pk=run.pk, claimed_until=run.claimed_until)
    if not ours.update(**fields):
        raise LeaseLost
    for name, value in fields.items():
        setattr(run, name, value)


# Looking after all of them


def sweep() -> int:
    """Nudges what nobody is at. Returns how many runs those are."""
    waiting = list(IngestRun.objects.waiting(timezone.now()).order_by("pk")[:NUDGED_AT_ONCE])
    for run in waiting:
        nudge(run)
    return len(waiting)


def progress(genres: Iterable[Genre], year: int, week: int) -> list[IngestRun]:
    """The newest run of each genre that has one, by genre name."""
    of_week = IngestRun.objects.filter(genre__in=genres, year=year, week=week)
    newest = of_week.order_by().values("genre").annotate(newest=Max("pk")).values("newest")
    runs = IngestRun.objects.filter(pk__in=newest).select_related("genre")
    return list(runs.order_by("genre__name"))

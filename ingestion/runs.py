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
from django.db.models import Exists, F, Max, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import Genre
from ingestion import beatport, credentials, pages, sources, tasks
from ingestion.beatport import Reader
from ingestion.errors import BeatportError, BeatportUnavailable, BeatportUnreadable
from ingestion.models import IngestRun, IngestRunQuerySet

FRESH = timedelta(days=1)
MOST_ATTEMPTS = 5
MOST_READINGS = 2
BACK_OFF_SECONDS = (2, 15, 60, 300)
NUDGED_AT_ONCE = 20
WORTH_RESUMING = timedelta(days=60)

Status = IngestRun.Status
Trouble = IngestRun.Trouble

# When the sweep takes up a run that has stopped; after the last time only somebody who asks does.
RESUMED_AFTER: dict[str, list[timedelta]] = {
    Trouble.UNAVAILABLE: [timedelta(minutes=10), *(timedelta(hours=n) for n in (1, 6, 24))],
    Trouble.UNREADABLE: [timedelta(hours=n) for n in (1, 6, 24)],
    Trouble.OURS: [timedelta(hours=n) for n in (1, 6, 24)],
    Trouble.SHORT: [timedelta(hours=6)],
}


class LeaseLost(Exception):
    """Somebody else carries the run on."""


# Asking for a run


def request_week(
    *,
    genre: Genre,
    year: int,
    week: int,
    max_age: timedelta | None = FRESH,
    not_before: datetime | None = None,
) -> IngestRun:
    """The open run of this week, or one read to the end within `max_age`, or else a new one.

    A run that stopped half-way is taken up again at the page where it stopped. With `not_before`
    it waits for its turn; who asks for the same week without one does not wait for that.
    """
    of_week = IngestRun.objects.filter(genre=genre, year=year, week=week).order_by("-pk")
    newest = of_week.first()
    if newest and not newest.is_finished:
        return newest if not_before else _bring_forward(newest)
    if newest and _is_fresh(newest, max_age):
        return newest
    if newest and _can_go_on(newest):
        return run_again(newest, not_before=not_before)
    try:
        with transaction.atomic():
            run = IngestRun.objects.create(
                genre=genre, year=year, week=week, source=_source(), not_before=not_before
            )
    except IntegrityError:  # somebody else was faster
        return of_week.get(status__in=IngestRun.UNFINISHED)
    if not_before is None:
        nudge(run)
    return run


def _bring_forward(run: IngestRun) -> IngestRun:
    """What only waits for its turn. What waits after an error goes on waiting."""
    in_line = IngestRun.objects.in_line(timezone.now()).filter(pk=run.pk)
    if in_line.update(not_before=None):
        run.refresh_from_db()
        nudge(run)
    return run


def run_again(
    run: IngestRun, *, by_itself: bool = False, not_before: datetime | None = None
) -> IngestRun:
    """A run that stopped half-way goes on where it stopped, every other one begins anew.

    A complete run stays as it is: reading its week again is another run.
    """
    if not run.is_finished:
        return run
    if run.status == Status.COMPLETE and run.genre and run.year and run.week:
        return request_week(genre=run.genre, year=run.year, week=run.week, max_age=None)
    try:
        with transaction.atomic():
            resumed = run.resumed + 1 if by_itself else 0
            _queue_again(run, resumed=resumed, not_before=not_before)
    except IntegrityError:
        return IngestRun.objects.get(
            genre=run.genre_id, year=run.year, week=run.week, status__in=IngestRun.UNFINISHED
        )
    run.refresh_from_db()
    if not_before is None:
        nudge(run)
    return run


def nudge(run: IngestRun) -> None:
    tasks.carry_out_run.delay_on_commit(run_id=run.pk)


def _queue_again(run: IngestRun, *, resumed: int, not_before: datetime | None) -> None:
    source = run.source if run.source == IngestRun.Source.FILE else _source()
    goes_on = _can_go_on(run) and source == run.source
    finished = IngestRun.objects.filter(pk=run.pk).exclude(status__in=IngestRun.UNFINISHED)
    is_mine = finished.update(
        status=Status.QUEUED,
        source=source,
        readings=0,
        attempts=0,
        resumed=resumed,
        not_before=not_before,
        claimed_until=None,
        finished_at=None,
        trouble="",
        error="",
    )
    if is_mine and not goes_on:
        _forget_what_came(run)


def _forget_what_came(run: IngestRun) -> None:
    """The catalogue keeps all of it; the run counts again from the first page."""
    run.pages.exclude(number=sources.WHOLE_FILE).delete()
    run.rows_set_aside.all().delete()
    IngestRun.objects.filter(pk=run.pk).update(pages_done=0, collected=0, set_aside=0)


def _is_fresh(run: IngestRun, max_age: timedelta | None) -> bool:
    if max_age is None or run.finished_at is None:
        return False
    if not run.is_read_to_the_end or run.stopped_half_way:
        return False
    return run.finished_at > timezone.now() - max_age


def _can_go_on(run: IngestRun) -> bool:
    """Pages of the last day can be gone on with; the list is another one after that."""
    is_recent = run.finished_at is not None and run.finished_at > timezone.now() - FRESH
    return run.stopped_half_way and is_recent


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
    except (BeatportUnavailable, BeatportUnreadable) as error:
        _put_off(run, str(error), error.trouble, wait=getattr(error, "retry_after", None))
    except (BeatportError, sources.FileRefused) as error:
        _stop(run, str(error), error.trouble)
    except Exception as error:  # ours to mend: said to staff, tried again, never swallowed
        _put_off(run, f"{type(error).__name__}: {error}", Trouble.OURS)
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
        _stop(run, _given_up(run.error), Trouble.OURS, goes_on=False)  # it kills its workers
        return None
    return run


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


def _carry_on(run: IngestRun, reader: Reader) -> None:
    if run.pages_done >= beatport.MOST_PAGES:
        words = f"Stopped after {beatport.MOST_PAGES} pages: no week is that long."
        _stop(run, words, Trouble.ENDLESS)
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
            new=run.new + taken.new,
            changed=run.changed + taken.changed,
            withdrawn=run.withdrawn + taken.withdrawn,
            attempts=1,  # what fails from here on fails for the first time
            trouble="",
            error="",
        )
        if page.is_last:
            _judge(run)


def _judge(run: IngestRun) -> None:
    """After the last page: all of it, once more from the first page, or the truth in words."""
    missing = None if run.expected is None else run.expected - run.collected
    if missing is None:
        _finish(run, Status.PARTIAL, Trouble.SHORT, f"{_came(run)} Beatport did not say how many.")
    elif missing <= 0 and not run.set_aside:
        _note_absent(run)
        _finish(run, Status.COMPLETE, "", "")
    elif missing <= run.set_aside:
        _finish(run, Status.PARTIAL, Trouble.SET_ASIDE, _were_set_aside(run))
    elif run.source != IngestRun.Source.FILE and run.readings + 1 < MOST_READINGS:
        _update(run, readings=run.readings + 1, pages_done=0)
    else:
        said = f"Beatport counts {run.expected} tracks, but {run.collected} different ones came"
        _finish(run, Status.PARTIAL, Trouble.SHORT, f"{said} in {run.readings + 1} readings.")


def _came(run: IngestRun) -> str:
    return f"{run.collected} track{'' if run.collected == 1 else 's'} came."


def _were_set_aside(run: IngestRun) -> str:
    if run.set_aside == 1:
        return "One row could not be read and was set aside."
    return f"{run.set_aside} rows could not be read and were set aside."


def _note_absent(run: IngestRun) -> None:
    """What the list had and has no more is counted once; the catalogue keeps it."""
    absent = pages.absent(run)
    before = IngestRun.objects.filter(
        genre=run.genre_id, year=run.year, week=run.week, status=Status.COMPLETE, pk__lt=run.pk
    )
    known = before.order_by("-pk").values_list("absent_ids", flat=True).first() or []
    newly = absent.difference(known)
    _update(run, absent_ids=sorted(absent), withdrawn=run.withdrawn + len(newly))


def _put_off(run: IngestRun, reason: str, trouble: str, *, wait: int | None = None) -> None:
    if run.attempts >= MOST_ATTEMPTS:
        _stop(run, _given_up(reason), trouble)
        return
    if wait is None:
        wait = BACK_OFF_SECONDS[run.attempts - 1]
    _leave(
        run,
        status=Status.QUEUED,
        claimed_until=None,
        not_before=timezone.now() + timedelta(seconds=wait),
        trouble=trouble,
        error=reason[:500],
    )


def _given_up(reason: str) -> str:
    return f"Given up after {MOST_ATTEMPTS} attempts. {reason}"


def _stop(run: IngestRun, reason: str, trouble: str, *, goes_on: bool = True) -> None:
    status = Status.PARTIAL if run.collected else Status.FAILED
    _leave(run, **_finished(run, status, trouble, reason, goes_on=goes_on))


def _finish(run: IngestRun, status: Status, trouble: str, reason: str) -> None:
    _update(run, readings=run.readings + 1, **_finished(run, status, trouble, reason))


def _finished(
    run: IngestRun, status: Status, trouble: str, reason: str, *, goes_on: bool = True
) -> dict[str, Any]:
    """What is the matter may be over by itself: then the sweep takes the run up again."""
    waits = RESUMED_AFTER.get(trouble, []) if goes_on else []
    wait = waits[run.resumed] if run.resumed < len(waits) else None
    return {
        "status": status,
        "claimed_until": None,
        "finished_at": timezone.now(),
        "not_before": timezone.now() + wait if wait else None,
        "trouble": trouble,
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
    """Takes up what stopped, and nudges what nobody is at. Returns how many runs those are."""
    for run in stopped_for_now(timezone.now())[:NUDGED_AT_ONCE]:
        run_again(run, by_itself=True)
    waiting = list(IngestRun.objects.waiting(timezone.now()).order_by("pk")[:NUDGED_AT_ONCE])
    for run in waiting:
        nudge(run)
    return len(waiting)


def stopped_for_now(at: datetime) -> IngestRunQuerySet:
    """Runs that stopped and whose time to go on has come, unless their week was read since."""
    stopped = IngestRun.objects.filter(
        ~Exists(later_runs()), status__in=[Status.PARTIAL, Status.FAILED], not_before__lte=at
    )
    return stopped.select_related("genre").order_by("not_before", "pk")


def waiting_for_connection() -> IngestRunQuerySet:
    """Weeks of the last months that stopped because Beatport was not connected."""
    return IngestRun.objects.filter(
        ~Exists(later_runs()),
        status__in=[Status.PARTIAL, Status.FAILED],
        trouble__in=IngestRun.FOR_WANT_OF_A_CONNECTION,
        finished_at__gt=timezone.now() - WORTH_RESUMING,
    )


def resume_after_connecting() -> int:
    """They go on with the next sweeps. Returns how many there are."""
    return waiting_for_connection().update(not_before=timezone.now(), resumed=0)


def later_runs() -> IngestRunQuerySet:
    """Of the same week, for a subquery."""
    return IngestRun.objects.filter(
        genre=OuterRef("genre"), year=OuterRef("year"), week=OuterRef("week"), pk__gt=OuterRef("pk")
    )


def progress(genres: Iterable[Genre], year: int, week: int) -> list[IngestRun]:
    """The newest run of each genre that has one, by genre name."""
    of_week = IngestRun.objects.filter(genre__in=genres, year=year, week=week)
    newest = of_week.order_by().values("genre").annotate(newest=Max("pk")).values("newest")
    runs = IngestRun.objects.filter(pk__in=newest).select_related("genre")
    return list(runs.order_by("genre__name"))

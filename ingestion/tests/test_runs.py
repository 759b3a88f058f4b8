import gzip
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Genre, Track
from catalog.tests.factories import GenreFactory
from ingestion import runs
from ingestion.models import BeatportCredential, IngestRun, Lease
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db

Status = IngestRun.Status
Trouble = IngestRun.Trouble


@pytest.fixture
def techno() -> Genre:
    return GenreFactory(beatport_id=6)


@pytest.fixture
def week(sandbox):
    """Week 47 of techno, with so many tracks on the Beatport side."""

    def of(tracks: int) -> None:
        sandbox.post("weeks", genre_id=6, year=2026, week=47, tracks=tracks)

    return of


def carried_out(run: IngestRun) -> IngestRun:
    runs.carry_out(run.pk)
    run.refresh_from_db()
    return run


def read_again(genre: Genre) -> IngestRun:
    return carried_out(runs.request_week(genre=genre, year=2026, week=47, max_age=None))


def pages_asked(sandbox) -> list[str]:
    asked = [row for row in sandbox.get("log", side="beatport") if "tracks" in row["path"]]
    return [row["query"]["page"] for row in asked]


def as_if_the_worker_had_died(run: IngestRun) -> None:
    IngestRun.objects.filter(pk=run.pk).update(
        claimed_until=timezone.now() - timedelta(seconds=1), not_before=None
    )


# Asking


def test_a_week_asked_for_twice_is_one_run(techno):
    first = runs.request_week(genre=techno, year=2026, week=47)
    second = runs.request_week(genre=techno, year=2026, week=47)

    assert first == second
    assert first.status == Status.QUEUED


def test_a_fresh_complete_run_is_enough(techno):
    run = IngestRunFactory(genre=techno, finished=True)

    assert runs.request_week(genre=techno, year=2026, week=47) == run


def test_an_old_complete_run_is_not_enough(techno):
    old = IngestRunFactory(genre=techno, finished=True)

    asked = runs.request_week(genre=techno, year=2026, week=47, max_age=timedelta(seconds=1))

    assert asked != old
    assert asked.status == Status.QUEUED


def test_without_a_maximal_age_the_week_is_read_again(techno):
    old = IngestRunFactory(genre=techno, finished=True)

    assert runs.request_week(genre=techno, year=2026, week=47, max_age=None) != old


def test_a_failed_run_is_followed_by_a_new_one(techno):
    failed = IngestRunFactory(genre=techno, finished=True, status=Status.FAILED)

    assert runs.request_week(genre=techno, year=2026, week=47) != failed


def test_a_week_read_to_the_end_is_not_fetched_anew_for_the_rows_set_aside(techno):
    read = {"pages_done": 2, "readings": 1, "expected": 150, "collected": 149, "set_aside": 1}
    partial = IngestRunFactory(genre=techno, finished=True, status=IngestRun.Status.PARTIAL, **read)

    assert runs.request_week(genre=techno, year=2026, week=47) == partial
    assert runs.request_week(genre=techno, year=2026, week=47, max_age=None) != partial


def test_without_credentials_the_web_pages_are_asked(techno, settings):
    settings.BEATPORT_ACCESS_TOKEN = ""

    run = runs.request_week(genre=techno, year=2026, week=47)

    assert run.source == IngestRun.Source.PAGE


def test_a_run_in_line_waits_for_its_turn(techno, django_capture_on_commit_callbacks):
    turn = timezone.now() + timedelta(minutes=5)

    with django_capture_on_commit_callbacks() as nudges:
        run = runs.request_week(genre=techno, year=2026, week=47, not_before=turn)
        again = runs.request_week(genre=techno, year=2026, week=47, not_before=turn)
        runs.sweep()

    assert run == again
    assert run.not_before == turn
    assert nudges == []


def test_who_opens_a_week_does_not_stand_in_line(techno, django_capture_on_commit_callbacks):
    turn = timezone.now() + timedelta(minutes=5)
    runs.request_week(genre=techno, year=2026, week=47, not_before=turn)

    with django_capture_on_commit_callbacks() as nudges:
        run = runs.request_week(genre=techno, year=2026, week=47)

    assert run.not_before is None
    assert len(nudges) == 1


def test_what_waits_after_an_error_is_not_hurried(techno):
    later = timezone.now() + timedelta(minutes=5)
    IngestRunFactory(genre=techno, not_before=later, attempts=1, error="Beatport is down.")

    assert runs.request_week(genre=techno, year=2026, week=47).not_before == later


def test_a_run_that_stopped_half_way_goes_on_in_its_turn(techno):
    turn = timezone.now() + timedelta(minutes=5)
    half = IngestRunFactory(
        genre=techno,
        finished=True,
        status=Status.PARTIAL,
        trouble=IngestRun.Trouble.UNAVAILABLE,
        pages_done=2,
    )

    run = runs.request_week(genre=techno, year=2026, week=47, not_before=turn)

    assert (run, run.pages_done, run.not_before) == (half, 2, turn)


def test_progress_shows_the_newest_run_of_each_genre(techno, django_assert_num_queries):
    house = GenreFactory(beatport_id=5)
    IngestRunFactory(genre=techno, finished=True)
    newest = IngestRunFactory(genre=techno)
    other = IngestRunFactory(genre=house)
    IngestRunFactory(genre=house, week=46)

    with django_assert_num_queries(1):
        found = runs.progress([techno, house], 2026, 47)
        names = {str(run.genre) for run in found}

    assert set(found) == {newest, other}
    assert names == {techno.name, house.name}


# Carrying out


def test_a_week_arrives_whole(techno, week):
    week(230)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert (run.status, run.error) == (Status.COMPLETE, "")
    assert run.expected == run.collected == Track.objects.filter(genre=techno).count() >= 230
    assert (run.pages_done, run.set_aside) == (3, 0)
    assert run.finished_at is not None
    assert run.claimed_until is None


def test_raw_pages_are_kept(techno, week):
    week(110)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    page = run.pages.get(number=2)
    rows = json.loads(gzip.decompress(page.body))["results"]
    assert sorted(row["id"] for row in rows) == page.track_ids


def test_reading_a_week_again_changes_nothing(techno, week):
    week(110)
    carried_out(runs.request_week(genre=techno, year=2026, week=47))
    before = list(Track.objects.order_by("pk").values())

    again = carried_out(runs.request_week(genre=techno, year=2026, week=47, max_age=None))

    assert again.status == Status.COMPLETE
    assert list(Track.objects.order_by("pk").values()) == before


def test_an_interrupted_run_goes_on_where_it_stopped(techno, week, sandbox):
    week(310)
    fault = {"path": "/catalog/tracks", "query": "[?&]page=3(&|$)"}
    sandbox.post("faults", kind="status", status=503, match=fault, times=1)
    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))
    assert (run.status, run.pages_done, run.attempts) == (Status.QUEUED, 2, 1)
    assert run.collected == 200
    assert "503" in run.error
    assert run.not_before > timezone.now()
    sandbox.delete("log")
    as_if_the_worker_had_died(run)

    carried_out(run)

    assert run.status == Status.COMPLETE
    assert run.expected == run.collected
    assert pages_asked(sandbox)[:2] == ["3", "4"]


def test_a_run_is_not_taken_up_before_its_time(techno, week, sandbox):
    run = IngestRunFactory(genre=techno, not_before=timezone.now() + timedelta(minutes=1))

    carried_out(run)

    assert run.status == Status.QUEUED
    assert pages_asked(sandbox) == []


def test_retry_after_is_honoured(techno, week, sandbox):
    week(50)
    sandbox.post("faults", kind="retry_after", match={"path": "/catalog/tracks"}, times=1)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    wait = (run.not_before - timezone.now()).total_seconds()
    assert run.status == Status.QUEUED
    assert 3 < wait <= 5


def test_after_five_attempts_a_run_is_given_up(techno, sandbox):
    sandbox.post("faults", kind="status", status=500, match={"path": "/catalog/tracks"}, times=None)
    run = runs.request_week(genre=techno, year=2026, week=47)

    for _ in range(5):
        assert run.status == Status.QUEUED
        as_if_the_worker_had_died(run)
        carried_out(run)

    assert run.status == Status.FAILED
    assert "5 attempts" in run.error
    assert "500" in run.error


def test_a_run_that_kills_its_workers_is_given_up(techno, sandbox):
    run = IngestRunFactory(genre=techno, status=Status.RUNNING, attempts=5)
    as_if_the_worker_had_died(run)

    carried_out(run)

    assert run.status == Status.FAILED
    assert pages_asked(sandbox) == []


def test_what_was_committed_makes_a_given_up_run_partial(techno, week, sandbox):
    week(150)
    fault = {"path": "/catalog/tracks", "query": "[?&]page=2(&|$)"}
    sandbox.post("faults", kind="status", status=400, match=fault, times=None)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert (run.status, run.collected) == (Status.PARTIAL, 100)
    assert run.error


def test_a_partial_run_is_taken_up_again_when_asked_for(techno, week, sandbox):
    week(150)
    fault = {"path": "/catalog/tracks", "query": "[?&]page=2(&|$)"}
    sandbox.post("faults", kind="status", status=400, match=fault, times=1)
    stopped = carried_out(runs.request_week(genre=techno, year=2026, week=47))
    sandbox.delete("log")

    again = runs.request_week(genre=techno, year=2026, week=47)

    assert again == stopped
    assert carried_out(again).status == Status.COMPLETE
    assert pages_asked(sandbox) == ["2"]


def test_half_a_week_is_never_complete(techno, week, sandbox):
    week(210)
    sandbox.post("switches", count_off_by=4)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert run.status == Status.PARTIAL
    assert run.expected == run.collected + 4
    assert f"counts {run.expected}" in run.error
    assert run.readings == 2


def test_a_row_that_comes_on_two_pages_counts_once(techno, week, sandbox):
    week(210)
    sandbox.post("switches", drifting_rows=True)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    shown = sum(len(page.track_ids) for page in run.pages.all())
    assert shown > run.collected == Track.objects.filter(genre=techno).count()
    assert (run.status == Status.COMPLETE) == (run.collected == run.expected)


def test_broken_rows_are_set_aside_with_a_reason_and_the_rest_goes_on(techno, week, sandbox):
    week(50)
    sandbox.post("switches", hostile_rows=True)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    aside = run.rows_set_aside.get()
    assert run.collected + run.set_aside == run.expected
    assert (run.status, run.set_aside) == (Status.PARTIAL, 1)
    assert aside.reason == "The track has no usable id."
    assert run.error == "One row could not be read and was set aside."
    assert Track.objects.filter(title="Nulland Void").exists()


def test_a_worker_that_lost_its_lease_writes_nothing_more(techno, week):
    week(150)
    run = runs.request_week(genre=techno, year=2026, week=47)

    def somebody_else_takes_over(running: IngestRun) -> None:
        IngestRun.objects.filter(pk=run.pk).update(claimed_until=timezone.now())

    runs.carry_out(run.pk, on_page=somebody_else_takes_over)

    run.refresh_from_db()
    assert (run.status, run.pages_done, run.collected) == (Status.RUNNING, 1, 100)
    assert Track.objects.count() == 100


def test_a_run_in_good_hands_is_left_alone(techno, sandbox):
    run = IngestRunFactory(
        genre=techno, status=Status.RUNNING, claimed_until=timezone.now() + timedelta(minutes=1)
    )

    carried_out(run)

    assert run.status == Status.RUNNING
    assert pages_asked(sandbox) == []


def test_a_refused_token_ends_the_run_with_a_clear_word(techno, sandbox):
    BeatportCredential.objects.create(access_token="stale", refresh_token="dead")

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert run.status == Status.FAILED
    assert "Connect Beatport again" in run.error
    assert BeatportCredential.objects.get().status == BeatportCredential.Status.NEEDS_RECONNECT


def test_our_own_mistakes_are_written_down_and_raised(techno):
    run = IngestRunFactory(genre=techno, source=IngestRun.Source.API, week=99)

    with pytest.raises(ValueError):
        runs.carry_out(run.pk)

    run.refresh_from_db()
    assert run.status == Status.QUEUED
    assert "ValueError" in run.error


def test_requests_are_paced_for_all_processes_together(techno, week, settings):
    settings.BEATPORT_REQUESTS_PER_SECOND = 5
    week(250)
    started = timezone.now()

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert run.pages_done == 3
    assert timezone.now() - started >= timedelta(seconds=0.4)
    assert Lease.objects.filter(name="Beatport").exists()


# Traps of the list


def test_pages_may_be_shorter_than_we_asked(techno, week, sandbox):
    week(45)
    sandbox.post("switches", ignores_per_page=True)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert (run.status, run.pages_done) == (Status.COMPLETE, -(-run.expected // 10))
    assert run.collected == run.expected == Track.objects.count() >= 45


def test_the_last_page_may_name_a_next_one(techno, week, sandbox):
    week(150)
    sandbox.post("switches", bogus_next=True)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert run.status == Status.COMPLETE
    assert pages_asked(sandbox) == ["1", "2"]


def test_a_list_in_no_order_is_complete_only_when_all_of_it_came(techno, week, sandbox):
    week(330)
    sandbox.post("switches", restless_order=True)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert run.collected == Track.objects.count()
    assert (run.status == Status.COMPLETE) == (run.collected == run.expected)
    assert (run.trouble == Trouble.SHORT) == (run.collected < run.expected)
    assert len(pages_asked(sandbox)) == 8  # the second reading brings what the first one missed


def test_without_a_count_nobody_knows_whether_a_week_is_whole(techno, week, sandbox):
    week(150)
    sandbox.post("switches", count_is_missing=True)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert (run.status, run.trouble) == (Status.PARTIAL, Trouble.SHORT)
    assert run.collected == Track.objects.count() >= 150
    assert "did not say how many" in run.error


def test_a_list_without_end_is_left_after_three_hundred_pages(techno, week, sandbox):
    week(3)
    sandbox.post("switches", endless_pages=True)
    run = runs.request_week(genre=techno, year=2026, week=47)
    IngestRun.objects.filter(pk=run.pk).update(pages_done=298)

    carried_out(run)

    assert pages_asked(sandbox) == ["299", "300"]
    assert (run.status, run.trouble) == (Status.PARTIAL, Trouble.ENDLESS)
    assert "300 pages" in run.error
    assert run.not_before is None


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut"},
        {"kind": "html", "status": 200},
        {"kind": "empty"},
        {"kind": "truncate"},
        {"kind": "status", "status": 408},
        {"kind": "status", "status": 200, "body": {"detail": "No results here."}},
    ],
    ids=lambda fault: f"{fault['kind']}-{fault.get('status', '')}",
)
def test_an_answer_that_is_none_is_asked_for_once_more(techno, week, sandbox, fault):
    week(150)
    match = {"path": "/catalog/tracks", "query": "[?&]page=2(&|$)"}
    sandbox.post("faults", match=match, **fault)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))
    assert (run.status, run.pages_done, run.collected) == (Status.QUEUED, 1, 100)
    assert run.trouble in (Trouble.UNAVAILABLE, Trouble.UNREADABLE)
    assert run.error
    as_if_the_worker_had_died(run)
    carried_out(run)

    assert (run.status, run.trouble, run.error) == (Status.COMPLETE, "", "")
    assert pages_asked(sandbox) == ["1", "2", "2"]


@pytest.mark.parametrize("kind", [True, "title", "redirect", "no-data"])
def test_a_bot_check_ends_the_run_and_is_named(techno, week, sandbox, settings, kind):
    settings.BEATPORT_ACCESS_TOKEN = ""
    week(50)
    sandbox.post("switches", challenge=kind)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert (run.status, run.trouble) == (Status.FAILED, Trouble.CHALLENGE)
    assert "whether we are human" in run.error
    assert len(sandbox.get("log", side="beatport")) == 1


# What a reading changed


def test_the_first_reading_of_a_week_brings_new_tracks(techno, week):
    week(110)

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert (run.new, run.changed, run.withdrawn) == (run.collected, 0, 0)


def test_a_week_read_later_says_what_is_new_changed_and_withdrawn(techno, week, sandbox):
    week(110)
    carried_out(runs.request_week(genre=techno, year=2026, week=47))
    one, other, third = Track.objects.order_by("beatport_id")[:3]
    week(113)
    sandbox.post(
        "switches",
        taken_down=[one.beatport_id],
        unlisted=[other.beatport_id],
        corrected=[third.beatport_id],
    )
    before = Track.objects.count()

    run = read_again(techno)

    assert run.status == Status.COMPLETE
    assert run.new == Track.objects.count() - before == 3
    assert (run.changed, run.withdrawn, run.absent_ids) == (2, 2, [other.beatport_id])
    statuses = Track.objects.in_bulk([one.pk, other.pk, third.pk])
    assert statuses[one.pk].status == Track.Status.WITHDRAWN
    assert statuses[other.pk].status == Track.Status.PUBLISHED  # absence is no deletion
    assert statuses[third.pk].title.endswith("Corrected")


def test_what_is_withdrawn_is_said_once(techno, week, sandbox):
    week(50)
    carried_out(runs.request_week(genre=techno, year=2026, week=47))
    one, other = Track.objects.order_by("beatport_id")[:2]
    sandbox.post("switches", taken_down=[one.beatport_id], unlisted=[other.beatport_id])

    second, third = read_again(techno), read_again(techno)

    assert (second.new, second.changed, second.withdrawn) == (0, 1, 2)
    assert (third.new, third.changed, third.withdrawn) == (0, 0, 0)
    assert third.absent_ids == [other.beatport_id]


def test_half_a_reading_calls_nothing_absent(techno, week, sandbox):
    week(150)
    carried_out(runs.request_week(genre=techno, year=2026, week=47))
    fault = {"path": "/catalog/tracks", "query": "[?&]page=2(&|$)"}
    sandbox.post("faults", kind="status", status=400, match=fault, times=None)

    run = read_again(techno)

    assert (run.status, run.withdrawn, run.absent_ids) == (Status.PARTIAL, 0, [])


def test_a_complete_week_read_again_is_another_run(techno, week):
    week(50)
    first = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    again = runs.run_again(first)

    assert again != first
    assert runs.run_again(again) == again  # which waits already


def test_a_run_that_begins_anew_counts_anew(techno, week, sandbox):
    """A row that was there yesterday makes nothing complete today."""
    week(150)
    sandbox.post("switches", count_off_by=5)
    short = carried_out(runs.request_week(genre=techno, year=2026, week=47))
    assert (short.status, short.trouble) == (Status.PARTIAL, Trouble.SHORT)
    came = short.collected
    gone = Track.objects.order_by("beatport_id")[:5]
    sandbox.post("switches", unlisted=[track.beatport_id for track in gone])

    again = runs.run_again(short)

    assert (again.pk, again.pages_done, again.collected) == (short.pk, 0, 0)
    carried_out(again)
    assert (again.status, again.collected) == (Status.PARTIAL, came - 5)


# Sweeping


def stopped_on_page_two(sandbox, genre: Genre) -> IngestRun:
    """A run that was given up after its first page."""
    match = {"path": "/catalog/tracks", "query": "[?&]page=2(&|$)"}
    sandbox.post("faults", kind="status", status=503, match=match, times=5)
    run = runs.request_week(genre=genre, year=2026, week=47)
    for _ in range(5):
        as_if_the_worker_had_died(run)
        carried_out(run)
    assert (run.status, run.trouble, run.collected) == (Status.PARTIAL, "unavailable", 100)
    return run


def when_its_time_has_come(run: IngestRun) -> None:
    IngestRun.objects.filter(pk=run.pk).update(not_before=timezone.now())
    runs.sweep()
    run.refresh_from_db()


def test_the_sweep_takes_a_run_up_at_the_page_where_it_stopped(techno, week, sandbox):
    week(310)
    run = stopped_on_page_two(sandbox, techno)
    runs.sweep()
    run.refresh_from_db()
    assert run.status == Status.PARTIAL  # its time is in ten minutes
    assert 9 < (run.not_before - timezone.now()).total_seconds() / 60 <= 10
    sandbox.delete("log")

    when_its_time_has_come(run)

    assert (run.status, run.resumed, run.pages_done) == (Status.QUEUED, 1, 1)
    assert carried_out(run).status == Status.COMPLETE
    assert pages_asked(sandbox) == ["2", "3", "4"]
    assert run.collected == run.expected == Track.objects.count()


def test_the_sweep_has_patience_with_an_end(techno, week, sandbox):
    week(150)
    run = stopped_on_page_two(sandbox, techno)
    sandbox.post("faults", kind="status", status=503, match={"path": "/tracks"}, times=None)
    waits = []

    while run.not_before:
        waits.append(round((run.not_before - timezone.now()).total_seconds() / 60))
        when_its_time_has_come(run)
        for _ in range(5):
            as_if_the_worker_had_died(run)
            carried_out(run)

    assert waits == [10, 60, 360, 1440]
    assert run.status == Status.PARTIAL


def test_somebody_who_asks_gives_the_sweep_its_patience_back(techno, week, sandbox):
    week(150)
    run = stopped_on_page_two(sandbox, techno)
    IngestRun.objects.filter(pk=run.pk).update(resumed=4, not_before=None)
    run.refresh_from_db()

    runs.run_again(run)

    assert (run.resumed, run.status) == (0, Status.QUEUED)


def test_a_week_read_since_is_not_taken_up_again(techno, week, sandbox):
    week(150)
    run = stopped_on_page_two(sandbox, techno)
    IngestRunFactory(genre=techno, finished=True)

    when_its_time_has_come(run)

    assert run.status == Status.PARTIAL


def test_a_list_of_yesterday_is_begun_anew(techno, week, sandbox):
    week(150)
    run = stopped_on_page_two(sandbox, techno)
    IngestRun.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(hours=25))
    run.refresh_from_db()

    when_its_time_has_come(run)

    assert (run.pages_done, run.collected) == (0, 0)
    assert carried_out(run).status == Status.COMPLETE


def test_what_a_refusal_stopped_is_left_to_staff(techno, week, sandbox):
    sandbox.post("faults", kind="status", status=400, match={"path": "/catalog/tracks"})

    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))

    assert (run.status, run.trouble, run.not_before) == (Status.FAILED, Trouble.REFUSED, None)


def test_what_the_website_stopped_goes_on_by_the_api_after_connecting(
    techno, week, sandbox, settings
):
    settings.BEATPORT_ACCESS_TOKEN = ""
    week(150)
    sandbox.post("faults", kind="status", status=403, body="no", match={"query": "[?&]page=2"})
    run = carried_out(runs.request_week(genre=techno, year=2026, week=47))
    assert (run.status, run.source, run.pages_done) == (Status.PARTIAL, "page", 1)
    BeatportCredential.objects.create(access_token="sandbox-beatport-access")
    sandbox.delete("log")

    assert runs.resume_after_connecting() == 1
    runs.sweep()
    carried_out(run)

    assert (run.status, run.source) == (Status.COMPLETE, "api")
    assert pages_asked(sandbox) == ["1", "2"]  # the list of another source is another list


def test_the_sweep_nudges_what_nobody_is_at(techno, django_capture_on_commit_callbacks):
    IngestRunFactory(genre=techno)
    IngestRunFactory(genre=techno, week=46, finished=True)
    in_good_hands = timezone.now() + timedelta(minutes=1)
    IngestRunFactory(genre=techno, week=45, status=Status.RUNNING, claimed_until=in_good_hands)

    assert runs.sweep() == 1

from datetime import date, timedelta

import pytest
from django.utils import timezone

from catalog.tests.factories import GenreFactory, TrackFactory
from curation import coverage
from curation.coverage import Coverage, State
from curation.line import TURN
from curation.tests.factories import StyleFactory
from curation.weeks import Week
from ingestion import runs
from ingestion.models import IngestRun
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db
WEEK = Week(2026, 46)


@pytest.fixture
def techno():
    return GenreFactory(name="Techno")


@pytest.fixture
def dub():
    return GenreFactory(name="Dub")


@pytest.fixture
def style(techno, dub):
    style = StyleFactory(name="Deep", slug="deep")
    style.genres.set([techno, dub])
    return style


def cell(style, week=WEEK):
    return Coverage([style], [week]).cell()


def read(genre, status="complete", week=WEEK, **fields):
    times = {} if status in IngestRun.UNFINISHED else {"finished_at": timezone.now()}
    fields = {"collected": 10, "expected": 10} | times | fields
    return IngestRunFactory(genre=genre, year=week.year, week=week.number, status=status, **fields)


def test_a_week_without_runs_is_missing(style):
    assert cell(style).state == State.MISSING


def test_a_style_is_complete_only_when_all_its_genres_are(style, techno, dub):
    read(techno)

    assert cell(style).state == State.PARTIAL
    assert cell(style).incomplete == [dub]

    read(dub)

    assert cell(style).state == State.COMPLETE
    assert (cell(style).collected, cell(style).expected) == (20, 20)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_one_genre_being_read_makes_the_week_run(style, techno, dub, status):
    read(techno)
    read(dub, status)

    assert cell(style).state == State.RUNNING


def test_nothing_at_all_is_failed_and_something_is_partial(style, techno, dub):
    read(techno, "failed", collected=0)
    read(dub, "failed", collected=0)
    assert cell(style).state == State.FAILED

    read(dub, "partial", collected=4)
    assert cell(style).state == State.PARTIAL
    assert cell(style).is_short


def test_the_newest_run_of_a_genre_counts(style, techno, dub):
    read(techno, "failed", collected=0), read(techno)
    read(dub, "partial"), read(dub)

    assert cell(style).state == State.COMPLETE


def test_runs_of_other_weeks_and_files_do_not_count(style, techno):
    read(techno, week=Week(2026, 45))
    IngestRunFactory(genre=techno, year=None, week=None, finished=True)

    assert cell(style).state == State.MISSING


def test_tracks_and_those_on_spotify_are_summed_over_the_genres(style, techno, dub):
    TrackFactory(genre=techno, published_on=date(2026, 11, 9), match="matched")
    TrackFactory(genre=dub, published_on=date(2026, 11, 15), match="other_edit")
    TrackFactory(genre=dub, published_on=date(2026, 11, 15), match="not_found")
    TrackFactory(genre=dub, published_on=date(2026, 11, 16), match="matched")
    TrackFactory(published_on=date(2026, 11, 15), match="matched")

    assert (cell(style).tracks, cell(style).matched, cell(style).share) == (3, 2, 66)


def test_the_age_is_that_of_the_oldest_reading(style, techno, dub):
    old = timezone.now() - timedelta(days=3)
    read(techno, finished_at=old)
    assert cell(style).fetched_at == old
    read(dub)
    assert cell(style).fetched_at == old


def test_this_year_and_the_last_are_shown():
    shown = coverage.weeks_shown(date(2027, 1, 2))  # still in week 53 of 2026

    assert shown[0] == Week(2026, 53)
    assert shown[-1] == Week(2025, 1)
    assert len(shown) == 53 + 52


def test_weeks_in_a_row_are_one_span():
    found = coverage.spans([Week(2026, 3), Week(2025, 52), Week(2026, 1), Week(2025, 51)])

    assert found == [(date(2025, 12, 15), date(2026, 1, 4)), (date(2026, 1, 12), date(2026, 1, 18))]


def test_as_many_questions_for_a_hundred_weeks_as_for_one(style, techno, django_assert_num_queries):
    others = [StyleFactory() for _ in range(3)]
    for other in others:
        other.genres.add(GenreFactory(), techno)
    weeks = coverage.weeks_shown(date(2026, 11, 25))
    for week in weeks[:6]:
        read(techno, week=week)
        TrackFactory(genre=techno, published_on=week.first_day)

    with django_assert_num_queries(3):
        assert len(Coverage([style], weeks[:1]).cells) == 1
    with django_assert_num_queries(3):
        assert len(Coverage([style, *others], weeks).cells) == 4 * len(weeks)


# Asking for more


def test_a_gap_is_asked_for_week_by_week_the_newest_first(style, techno, dub):
    weeks = [Week(2026, number) for number in (44, 45, 46)]
    read(techno, week=weeks[2]), read(dub, week=weeks[2])
    read(techno, week=weeks[1]), read(dub, "partial", week=weeks[1], trouble="short", readings=2)

    first, *rest = coverage.fetch_gap(Coverage([style], weeks).cells.values())

    assert (first.genre, first.week) == (dub, 45)
    assert {(run.genre, run.week) for run in rest} == {(dub, 44), (techno, 44)}
    assert [run.not_before - first.not_before for run in rest] == [TURN, 2 * TURN]


def test_a_gap_asked_for_twice_stands_in_line_once(style):
    coverage.fetch_gap([cell(style)])

    assert coverage.fetch_gap([cell(style)]) == []
    assert IngestRun.objects.count() == 2


def test_a_second_gap_stands_behind_the_first(style):
    (*_, last) = coverage.fetch_gap([cell(style)])

    (first, *_) = coverage.fetch_gap([cell(style, Week(2026, 40))])

    assert first.not_before == last.not_before + TURN


def test_a_cell_is_fetched_at_once_although_it_stood_in_line(style):
    coverage.fetch_gap([cell(style)])

    coverage.fetch(style, WEEK)

    assert not IngestRun.objects.exclude(not_before=None).exists()


def test_what_stands_in_line_can_leave_it(style, techno):
    begun = runs.request_week(genre=techno, year=2026, week=30)
    coverage.fetch_gap([cell(style)])

    assert coverage.leave_line(style) == 2
    assert list(IngestRun.objects.all()) == [begun]


def test_a_run_that_waits_after_an_error_does_not_leave(style, techno):
    later = timezone.now() + timedelta(minutes=9)
    read(techno, "queued", collected=0, attempts=2, not_before=later)

    assert coverage.leave_line(style) == 0


def test_what_goes_on_is_told_apart_from_what_waits(style, techno, dub):
    assert not coverage.Going.now()
    read(techno, "running")
    coverage.fetch_gap([cell(style, Week(2026, 40))])

    going = coverage.Going.now()

    assert (going.running, going.waiting) == (1, 2)


def test_cells_change_while_they_are_read_and_just_after(style, techno, dub):
    read(techno, "running")
    read(dub, week=Week(2026, 45))
    read(dub, week=Week(2026, 44), finished_at=timezone.now() - timedelta(minutes=5))

    changing = coverage.changing(timezone.now())

    assert sorted(one.week for one in changing) == [Week(2026, 45), WEEK]

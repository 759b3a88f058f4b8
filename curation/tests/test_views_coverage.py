import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.tests.factories import GenreFactory, TrackFactory
from curation import coverage
from curation.models import Style
from curation.tests.factories import CurationPeriodFactory, StyleFactory
from curation.weeks import Week
from ingestion.models import IngestRun
from ingestion.tests.factories import IngestRunFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(dj, pages):
    dj.is_staff = True
    dj.save()
    return pages


@pytest.fixture
def genre():
    return GenreFactory(name="Dub Techno")


@pytest.fixture
def style(genre):
    style = StyleFactory(name="Dub", slug="dub")
    style.genres.add(genre)
    return style


@pytest.fixture
def week():
    return Week.of(timezone.localdate()).before()


def read(genre, week, **fields):
    fields = {"finished_at": timezone.now(), "collected": 200, "expected": 872} | fields
    return IngestRunFactory(genre=genre, year=week.year, week=week.number, **fields)


def address(name, style, week):
    return reverse(name, args=[style.slug, week.year, week.number])


def look(pages, where) -> str:
    answer = pages.get(where)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


READ = [
    "coverage",
    "coverage_progress",
    "coverage_style",
    "coverage_cell",
    "coverage_cell_progress",
]
WRITE = ["coverage_last", "coverage_gap", "coverage_leave", "coverage_cell_fetch"]


def place(name, style, week):
    if "cell" in name:
        return address(name, style, week)
    return reverse(name, args=[style.slug] if name in (*WRITE, "coverage_style") else [])


@pytest.mark.parametrize("name", [*READ, *WRITE])
def test_djs_have_no_part_in_it(pages, client, style, week, name):
    where = place(name, style, week)
    ask = "post" if name in WRITE else "get"

    assert getattr(pages, ask)(where).status_code == 403
    assert getattr(client, ask)(where)["Location"].startswith(reverse("login"))
    assert not IngestRun.objects.exists()


@pytest.mark.parametrize("name", WRITE)
def test_looking_changes_nothing(staff, style, week, name):
    assert staff.get(place(name, style, week)).status_code == 405


def test_a_djs_bar_does_not_name_it(pages, staff, dj):
    assert reverse("coverage") in look(staff, reverse("home"))
    dj.is_staff = False
    dj.save()
    assert reverse("coverage") not in look(pages, reverse("home"))


def test_without_styles_the_page_says_where_to_make_one(staff):
    Style.objects.update(is_active=False)

    assert "No styles yet." in look(staff, reverse("coverage"))


def test_without_beatport_the_page_says_so(staff, style, settings):
    settings.BEATPORT_ACCESS_TOKEN = ""

    assert "Beatport’s API is not connected." in look(staff, reverse("coverage"))


@pytest.mark.parametrize(
    ("fields", "sign", "words"),
    [
        ({"status": "partial"}, "partial", "<b>200</b><span>of 872</span>"),
        ({"status": "running", "finished_at": None}, "running or in line", "of 872"),
        ({"status": "running", "collected": 0, "finished_at": None}, "running or in line", "asked"),
        (
            {"status": "queued", "collected": 0, "finished_at": None},
            "running or in line",
            "in line",
        ),
        ({"status": "failed", "collected": 0}, "failed", "<span>failed</span>"),
        ({"status": "complete", "collected": 872}, "complete", "100 % · 0 min"),
    ],
)
def test_a_cell_says_its_state_in_words(staff, style, genre, week, fields, sign, words):
    TrackFactory(genre=genre, published_on=week.first_day, match="matched")
    read(genre, week, **fields)

    page = look(staff, reverse("coverage"))

    cell = page[page.index(f'id="cell-{style.pk}-{week.year}-{week.number}"') :].split("</td>")[0]
    assert f'aria-label="{style}, {week.year} week {week.number}: {sign}"' in cell
    assert words in cell
    assert address("coverage_cell", style, week) in cell


def test_tracks_from_files_show_in_a_week_that_was_not_fetched(staff, style, genre, week):
    TrackFactory(genre=genre, published_on=week.first_day)

    assert "<b>1</b><span>from files</span>" in look(staff, reverse("coverage"))


def test_what_is_fetched_next_by_itself_is_told(staff, style):
    assert "no DJ uses a style" in look(staff, reverse("coverage"))

    CurationPeriodFactory(style=style)

    page = look(staff, reverse("coverage"))
    assert "for Dub." in page
    assert page.count("not in use") == Style.objects.filter(is_active=True).count() - 1


def test_the_detail_tells_each_genres_error(staff, style, genre, week):
    read(genre, week, status="partial", error="Beatport's website wants to see a human.")

    page = look(staff, address("coverage_cell", style, week))

    assert "200 of 872" in page
    assert "Beatport&#x27;s website wants to see a human." in page


def test_a_week_being_read_is_asked_about_until_it_is_over(staff, style, genre, week):
    run = read(genre, week, status="running", finished_at=None)
    poll = 'hx-trigger="every 3s"'

    assert poll in look(staff, address("coverage_cell", style, week))
    assert poll in look(staff, reverse("coverage"))

    IngestRun.objects.filter(pk=run.pk).update(status="complete", finished_at=timezone.now())

    assert poll not in look(staff, address("coverage_cell_progress", style, week))
    assert poll not in look(staff, reverse("coverage_progress"))


def test_cells_that_changed_ride_along_with_the_progress(staff, style, genre, week):
    read(genre, week, status="running", finished_at=None)

    fragment = look(staff, reverse("coverage_progress"))

    assert f'<template> <td id="cell-{style.pk}-{week.year}-{week.number}"' in fragment
    assert 'hx-swap-oob="true"' in fragment
    assert "hx-swap-oob" not in look(staff, reverse("coverage"))


def test_a_cell_is_fetched(staff, style, genre, week):
    answer = staff.post(address("coverage_cell_fetch", style, week))

    assert answer["Location"] == address("coverage_cell", style, week)
    run = IngestRun.objects.get()
    assert (run.genre, run.year, run.week) == (genre, week.year, week.number)


def test_pressed_twice_a_cell_is_fetched_once(staff, style, week):
    for _ in range(2):
        staff.post(address("coverage_cell_fetch", style, week))

    assert IngestRun.objects.count() == 1


def test_the_last_weeks_of_a_style_are_fetched(staff, style):
    staff.post(reverse("coverage_last", args=["dub"]))

    assert IngestRun.objects.filter(not_before=None).count() == 5


def test_the_gap_of_a_range_is_put_in_line(staff, style, genre, week):
    first = week.before(3)
    read(genre, week.before(), status="complete")

    answer = staff.post(
        reverse("coverage_gap", args=["dub"]),
        {"since": first.typed, "until": week.typed},
        follow=True,
    )

    assert "3 fetches stand in line" in answer.content.decode()
    queued = IngestRun.objects.filter(status="queued").order_by("not_before")
    assert [Week(run.year, run.week) for run in queued] == [week, week.before(2), first]


def test_the_line_can_be_left(staff, style, week):
    staff.post(reverse("coverage_gap", args=["dub"]), {"since": week.typed, "until": week.typed})

    staff.post(reverse("coverage_leave", args=["dub"]))

    assert not IngestRun.objects.exists()


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("x", "2026-W10", "Write a week as 2026-W46."),
        ("2026-W10", "", "Write a week as 2026-W46."),
        ("2025-W53", "2026-W10", "2025 has no week 53."),
        ("2026-W10", "2026-W09", "The last week comes before the first."),
        ("1999-W01", "1999-W02", "Choose weeks of this year or the last"),
        ("9999-W52", "9999-W52", "9999 has no week 52."),
        ("²⁰²⁶-W1", "2026-W10", "Write a week as 2026-W46."),
    ],
)
def test_a_range_that_cannot_be_is_refused_at_its_field(staff, style, since, until, sentence):
    answer = staff.post(reverse("coverage_gap", args=["dub"]), {"since": since, "until": until})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'aria-describedby="gap-error"' in page
    assert f'value="{until}"' in page
    assert not IngestRun.objects.exists()


@pytest.mark.parametrize(("year", "week"), [(2025, 53), (2026, 0), (1, 1), (9998, 1), (10**20, 1)])
def test_a_week_that_cannot_be_is_not_there(staff, style, year, week):
    for name in ("coverage_cell", "coverage_cell_progress"):
        assert staff.get(reverse(name, args=["dub", year, week])).status_code == 404
    assert staff.post(reverse("coverage_cell_fetch", args=["dub", year, week])).status_code == 404


def test_the_pages_ask_as_often_for_many_styles_and_runs(
    staff, style, genre, week, django_assert_max_num_queries
):
    pages = [
        reverse("coverage"),
        reverse("coverage_progress"),
        address("coverage_cell", style, week),
    ]
    pages.append(reverse("coverage_style", args=["dub"]))
    read(genre, week, status="running", finished_at=None)
    for page in pages:
        look(staff, page)
    few = {}
    for page in pages:
        with django_assert_max_num_queries(20) as asked:
            look(staff, page)
        few[page] = len(asked)
    for _ in range(6):
        more = GenreFactory()
        style.genres.add(more)
        StyleFactory().genres.add(more)
        read(more, week, status="running", finished_at=None)
        read(more, week.before(), status="failed", error="No.")
        TrackFactory(genre=more, published_on=week.first_day)
    for page in pages:
        with django_assert_max_num_queries(few[page]):
            look(staff, page)
    assert coverage.Going.now().running == 7

"""For staff: what is fetched, style by week, and what is missing."""

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.staff import staff_only
from curation import coverage, routine
from curation.coverage import Cell, Coverage, Going, State
from curation.errors import Invalid
from curation.models import Style
from curation.periods import FIRST_YEAR
from curation.views import asked
from curation.weeks import Week, exists
from ingestion import credentials
from ingestion.models import IngestRun

LAST_WEEKS = 4
RUNS_SHOWN = 12
TYPED_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.ASCII | re.IGNORECASE)


@require_safe
@staff_only
def grid(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    shown = Coverage(coverage.styles(), coverage.weeks_shown(today))
    return render(
        request,
        "curation/coverage.html",
        {
            "room": "coverage",
            "styles": shown.styles,
            "rows": shown.rows(today),
            "legend": coverage.LEGEND,
            "going": Going.now(),
            "in_use": set(Style.objects.in_use(timezone.now()).values_list("pk", flat=True)),
            "upcoming": routine.upcoming(),
            "is_connected": credentials.is_connected(),
        },
    )


@require_safe
@staff_only
def progress(request: HttpRequest) -> HttpResponse:
    """The line that tells what goes on; cells that change ride along out of band."""
    context = {"going": Going.now(), "changing": coverage.changing(timezone.now())}
    return render(request, "curation/coverage.html#progress", context)


@require_safe
@staff_only
def style(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "curation/coverage_style.html", style_page(own(slug)))


@require_POST
@staff_only
def fetch_last(request: HttpRequest, slug: str) -> HttpResponse:
    """The running week and the last ones, again."""
    found = own(slug)
    for week in coverage.weeks_shown(timezone.localdate())[: LAST_WEEKS + 1]:
        coverage.fetch(found, week)
    messages.success(request, f"The last weeks of {found} are fetched now.")
    return redirect("coverage_style", slug)


@require_POST
@staff_only
def fetch_gap(request: HttpRequest, slug: str) -> HttpResponse:
    found = own(slug)
    typed = {name: asked.text(request.POST, name).strip() for name in ("since", "until")}
    try:
        weeks = weeks_between(since=typed["since"], until=typed["until"])
    except Invalid as refusal:
        page = style_page(found) | typed | {"error": refusal}
        return render(request, "curation/coverage_style.html", page, status=422)
    queued = coverage.fetch_gap(Coverage([found], weeks).cells.values())
    messages.success(request, told(queued))
    return redirect("coverage_style", slug)


@require_POST
@staff_only
def leave_line(request: HttpRequest, slug: str) -> HttpResponse:
    left = coverage.leave_line(own(slug))
    messages.success(request, f"{left} fetch{'' if left == 1 else 'es'} taken out of the line.")
    return redirect("coverage_style", slug)


@require_safe
@staff_only
def cell(request: HttpRequest, slug: str, year: int, week: int) -> HttpResponse:
    found = own_cell(slug, year, week)
    return render(request, "curation/coverage_cell.html", cell_page(found))


@require_safe
@staff_only
def cell_progress(request: HttpRequest, slug: str, year: int, week: int) -> HttpResponse:
    found = own_cell(slug, year, week)
    return render(request, "curation/coverage_cell.html#progress", cell_page(found))


@require_POST
@staff_only
def fetch_cell(request: HttpRequest, slug: str, year: int, week: int) -> HttpResponse:
    found = own_cell(slug, year, week)
    coverage.fetch(found.style, found.week)
    return redirect("coverage_cell", slug, year, week)


def own(slug: str) -> Style:
    return get_object_or_404(Style, slug=slug)


def own_cell(slug: str, year: int, week: int) -> Cell:
    """Raises Http404 also for a week that does not exist or is still to come."""
    found = own(slug)
    if not (FIRST_YEAR <= year <= 9998 and week <= 53 and exists(year, week)):
        raise Http404
    if Week(year, week).first_day > timezone.localdate():
        raise Http404
    return Coverage([found], [Week(year, week)]).cell()


def weeks_between(*, since: str, until: str) -> list[Week]:
    """Of those that the page shows. Raises Invalid."""
    first, last = read_week("since", since), read_week("until", until)
    if last < first:
        raise Invalid("until", "The last week comes before the first.")
    shown = [w for w in coverage.weeks_shown(timezone.localdate()) if first <= w <= last]
    if not shown:
        raise Invalid("since", "Choose weeks of this year or the last, as far as they have begun.")
    return shown


def read_week(field: str, text: str) -> Week:
    found = TYPED_WEEK.fullmatch(text)
    if found is None:
        raise Invalid(field, "Write a week as 2026-W46.")
    year, number = int(found[1]), int(found[2])
    if not (year <= 9998 and exists(year, number)):
        raise Invalid(field, f"{year} has no week {number}.")
    return Week(year, number)


def told(queued: list[IngestRun]) -> str:
    if not queued:
        return "Nothing is missing there, or it is being fetched already."
    last = timezone.localtime(queued[-1].not_before)
    count = f"{len(queued)} fetch{'es' if len(queued) > 1 else ''}"
    return f"{count} stand in line, the newest week first. The last begins about {last:%H:%M}."


def style_page(found: Style) -> dict[str, Any]:
    shown = Coverage([found], coverage.weeks_shown(timezone.localdate()))
    cells = list(shown.cells.values())
    years = sorted({cell.week.year for cell in cells}, reverse=True)
    return {
        "room": "coverage",
        "style": found,
        "years": [year_of(year, cells) for year in years],
        "problems": [one for one in cells if one.state in (State.FAILED, State.PARTIAL)],
        "in_line": sum(one.state == State.RUNNING and one.waits_only for one in cells),
        "running": sum(one.state == State.RUNNING and not one.waits_only for one in cells),
        "last_weeks": LAST_WEEKS,
        "since": "",
        "until": "",
        "is_connected": credentials.is_connected(),
    }


def year_of(year: int, cells: list[Cell]) -> dict[str, Any]:
    """One year of a style in numbers, and the weeks that its gap lies between."""
    own_weeks = [cell for cell in cells if cell.week.year == year]
    missing = coverage.gap(own_weeks)
    return {
        "year": year,
        "weeks": len(own_weeks),
        "complete": sum(cell.state == State.COMPLETE for cell in own_weeks),
        "missing": missing,
        "coming": sum(cell.state == State.RUNNING for cell in own_weeks),
        "since": own_weeks[-1].week,
        "until": own_weeks[0].week,
    }


def cell_page(found: Cell) -> dict[str, Any]:
    week = found.week
    following = week.before(-1)
    newest = {run.genre_id: run for run in found.runs}
    genres = [(genre, newest.get(genre.pk)) for genre in found.style.genres.all()]
    return {
        "room": "coverage",
        "cell": found,
        "style": found.style,
        "week": week,
        "genres": sorted(genres, key=lambda pair: pair[0].name),
        "earlier": week.before(),
        "later": following if following.first_day <= timezone.localdate() else None,
        "history": runs_of(found),
        "now": timezone.now(),
        "is_connected": credentials.is_connected(),
    }


def runs_of(found: Cell) -> list[IngestRun]:
    genres = found.style.genres.all()
    asked_for = IngestRun.objects.filter(
        genre__in=genres, year=found.week.year, week=found.week.number
    )
    return list(asked_for.select_related("genre").order_by("-pk")[:RUNS_SHOWN])

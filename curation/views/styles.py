from collections.abc import Mapping
from itertools import zip_longest

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import DjRequest
from curation import categories, hotkeys, trash_rules
from curation.errors import Invalid
from curation.forms import CategorySheet
from curation.models import Style
from curation.views import asked
from curation.weeks import last_full_week

FIRST_ROWS = 6


@require_safe
@login_required
def styles(request: DjRequest) -> HttpResponse:
    own = Q(categories__user=request.user, categories__is_trash=False, categories__archived_at=None)
    listed = (
        Style.objects.active()
        .annotate(category_count=Count("categories", filter=own, distinct=True))
        .prefetch_related("genres")
    )
    return render(
        request,
        "curation/styles.html",
        {
            "room": "styles",
            "mine": [style for style in listed if style.category_count],
            "others": [style for style in listed if not style.category_count],
        },
    )


@require_safe
@login_required
def style(request: DjRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Style, slug=slug)
    sheet = CategorySheet(request.user, found)
    if sheet.rows or categories.archived(request.user, found):
        return render(request, "curation/style.html", style_page(sheet))
    return render(request, "curation/style_first.html", first_page(request.user, found))


@require_POST
@login_required
def begin(request: DjRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Style, slug=slug)
    names = request.POST.getlist("name")
    try:
        if not any(name.strip() for name in names):
            raise Invalid("name", "Name at least one category.")
        categories.create_first(user=request.user, style=found, names=names)
    except Invalid as refusal:
        page = first_page(request.user, found, names=names, error=refusal.message)
        return render(request, "curation/style_first.html", page, status=422)
    return redirect("style", slug)


@require_POST
@login_required
def copy(request: DjRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Style, slug=slug)
    slug_of_source = asked.text(request.POST, "source")
    source = get_object_or_404(sources(request.user, found), slug=slug_of_source)
    categories.copy_from(user=request.user, source=source, style=found)
    messages.success(request, f"The categories of {source} are here as well.")
    return redirect("style", slug)


@require_POST
@login_required
def save(request: DjRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Style, slug=slug)
    sheet = CategorySheet(request.user, found, request.POST.dict())
    if not (sheet.save() and act(sheet, request.POST.dict())):
        page = style_page(sheet)
        return render(request, fragment_or_page(request), page, status=422)
    if not request.htmx:
        messages.success(request, "Saved.")
        return redirect("style", slug)
    page = style_page(CategorySheet(request.user, found)) | {"saved": True}
    return render(request, "curation/style.html#categories", page)


def act(sheet: CategorySheet, data: Mapping[str, str]) -> bool:
    """What the pressed button asks for beside saving."""
    if "up" in data:
        sheet.move(data["up"], by=-1)
    elif "down" in data:
        sheet.move(data["down"], by=1)
    elif "archive" in data:
        sheet.archive(data["archive"])
    elif "back" in data:
        sheet.bring_back(data["back"])
    elif "remove" in data:
        return sheet.remove(data["remove"])
    return True


def fragment_or_page(request: DjRequest) -> str:
    return "curation/style.html#categories" if request.htmx else "curation/style.html"


def style_page(sheet: CategorySheet) -> dict[str, object]:
    user = sheet.user
    kept = categories.all_of(user, sheet.style).annotate(Count("golden_tracks"))
    return {
        "room": "styles",
        "style": sheet.style,
        "sheet": sheet,
        "kept": dict(kept.values_list("pk", "golden_tracks__count")),
        "archived": categories.archived(user, sheet.style),
        "rules": trash_rules.of_style(user, sheet.style),
        "bank": categories.of_style(user, sheet.style),
        "free_keys": categories.free_keys(user, sheet.style),
        "hotkeys": hotkeys.of(user.preferences),
        "latest": last_full_week(now=timezone.now(), zone=user.preferences.zone),
    }


def first_page(
    user: User, style: Style, *, names: list[str] | None = None, error: str = ""
) -> dict[str, object]:
    rows = names or categories.SUGGESTED_NAMES
    free = categories.free_keys(user, style)[:FIRST_ROWS]
    return {
        "room": "styles",
        "style": style,
        "names": list(zip_longest(rows, free, fillvalue="")),
        "hotkeys": hotkeys.of(user.preferences),
        "error": error,
        "sources": sources(user, style),
    }


def sources(user: User, style: Style) -> QuerySet[Style]:
    """The other styles for which the DJ has categories."""
    return (
        Style.objects.filter(
            categories__user=user, categories__is_trash=False, categories__archived_at=None
        )
        .exclude(pk=style.pk)
        .distinct()
        .order_by("position", "name")
    )

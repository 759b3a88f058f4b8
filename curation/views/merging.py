from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import DjRequest
from curation import categories, merging, unmerging
from curation.errors import Conflict, Invalid
from curation.models import UserCategory
from curation.tracklist import as_id
from curation.views import asked
from curation.views.answers import conflict


@require_safe
@login_required
def merge(request: DjRequest, slug: str, pk: int) -> HttpResponse:
    """What would happen, for the category chosen by `into`, before it does."""
    source = own(request, slug, pk)
    if source.merged_into_id:
        return redirect("style", slug)
    return draw(request, source, into=chosen(source, asked.text(request.GET, "into")))


@require_POST
@login_required
def carry_out(request: DjRequest, slug: str, pk: int) -> HttpResponse:
    source = own(request, slug, pk)
    siblings = categories.all_of(request.user, source.style)
    into = get_object_or_404(siblings, pk=as_id(request.POST.get("into", "")))
    try:
        merging.merge(source, into=into)
    except Conflict as refusal:
        return conflict(request, refusal, back=reverse("style", args=[slug]))
    except Invalid as refusal:
        return draw(request, source, error=refusal.message, status=422)
    messages.success(request, f"{source} is part of {into} now.")
    return redirect("style", slug)


@require_POST
@login_required
def undo(request: DjRequest, slug: str, pk: int) -> HttpResponse:
    made = unmerging.standing(own(request, slug, pk))
    try:
        if made:
            unmerging.undo(made)
            messages.success(request, f"{made.source} is no part of {made.into} any more.")
    except Conflict as refusal:
        return conflict(request, refusal, back=reverse("style", args=[slug]))
    return redirect("style", slug)


def own(request: DjRequest, slug: str, pk: int) -> UserCategory:
    found = request.user.categories.filter(is_trash=False, style__slug=slug)
    return get_object_or_404(found.select_related("user", "style"), pk=pk)


def chosen(source: UserCategory, into: str) -> UserCategory | None:
    """Without a choice it is the only other one."""
    row = merging.targets(source)
    if not into and len(row) == 1:
        return row[0]
    return next((one for one in row if str(one.pk) == into), None)


def draw(
    request: DjRequest,
    source: UserCategory,
    *,
    into: UserCategory | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "room": "styles",
        "category": source,
        "targets": merging.targets(source),
        "into": into,
        "plan": into and merging.Plan(source, into),
        "error": error,
    }
    return render(request, "curation/merge.html", context, status=status)

"""Rules by which tracks go to Trash unheard: asked for from a card, listed with their style."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import DjRequest
from catalog.models import Artist, Label
from curation import trash_rules
from curation.errors import Conflict
from curation.tracklist import as_id
from curation.views import answers, asked
from curation.views.answers import SeeOther
from curation.views.desk import own_period


@require_safe
@login_required
def ask(request: DjRequest, pk: int) -> HttpResponse:
    """What can be set about the card `track`, and what it would do, before it does."""
    period = own_period(request, pk)
    rows = period.tracks.select_related("track__release__label")
    row = get_object_or_404(rows, pk=as_id(asked.text(request.GET, "track")))
    context = {
        "room": "weeks",
        "period": period,
        "row": row,
        "offers": trash_rules.offers(period, row.track),
    }
    return render(request, "curation/trash_rule.html", context)


@require_POST
@login_required
def set_rule(request: DjRequest, pk: int) -> HttpResponse:
    """The desk then lists what it did among the latest decisions, with its undo."""
    period = own_period(request, pk)
    about: Label | Artist
    if label := request.POST.get("label"):
        about = get_object_or_404(Label, pk=as_id(label))
    else:
        about = get_object_or_404(Artist, pk=as_id(request.POST.get("artist", "")))
    desk = reverse("sort", args=[pk])
    try:
        trash_rules.always_trash(period, about)
    except Conflict as refusal:
        return answers.conflict(request, refusal, back=desk)
    return SeeOther(desk)


@require_POST
@login_required
def remove(request: DjRequest, slug: str, pk: int) -> HttpResponse:
    rule = get_object_or_404(request.user.trash_rules, pk=pk, style__slug=slug)
    rule.delete()
    messages.success(request, f"{rule} comes to Bronze again. What is in Trash stays there.")
    return redirect("style", slug)

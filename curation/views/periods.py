from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import DjRequest
from curation import fetching, layers, mirror, overview, trash_rules
from curation import periods as weeks_of
from curation.errors import Conflict, Invalid
from curation.models import CurationPeriod, CurationTrack, MirroredPlaylist, Style
from curation.views import asked
from curation.views.answers import conflict
from curation.weeks import last_full_week

PERIODS_A_PAGE = 30


@require_safe
@login_required
def periods(request: DjRequest) -> HttpResponse:
    return render(request, "curation/periods.html", list_page(request))


@require_POST
@login_required
def open_week(request: DjRequest) -> HttpResponse:
    style = get_object_or_404(Style, slug=asked.text(request.POST, "style"))
    typed = {name: request.POST.get(name, "") for name in ("week", "year")}
    try:
        period = weeks_of.open_period(
            user=request.user,
            style=style,
            year=number("year", typed["year"]),
            week=number("week", typed["week"]),
        )
    except Invalid as refusal:
        page = list_page(request) | typed | {"style": style, "error": refusal}
        return render(request, "curation/periods.html", page, status=422)
    return redirect("period", period.pk)


@require_safe
@login_required
def period(request: DjRequest, pk: int) -> HttpResponse:
    return render(request, "curation/period.html", week_page(own(request, pk)))


@require_safe
@login_required
def progress(request: DjRequest, pk: int) -> HttpResponse:
    """What changes while the week arrives; the table rides along out of band."""
    page = week_page(own(request, pk)) | {"out_of_band": True}
    return render(request, "curation/period.html#progress", page)


@require_POST
@login_required
def fetch(request: DjRequest, pk: int) -> HttpResponse:
    fetching.fetch_again(own(request, pk))
    return redirect("period", pk)


@require_POST
@login_required
def sync(request: DjRequest, pk: int) -> HttpResponse:
    mirror.send_now(own(request, pk))
    messages.success(request, "What waits is sent to Spotify now.")
    return redirect("period", pk)


@require_POST
@login_required
def make_again(request: DjRequest, pk: int) -> HttpResponse:
    """A new playlist for one that the DJ deleted in Spotify."""
    lost = get_object_or_404(request.user.mirrored_playlists, pk=pk)
    mirror.make_again(lost)
    messages.success(request, "A new playlist is made in Spotify.")
    return redirect(page_of(lost))


@require_POST
@login_required
def stop_mirroring(request: DjRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(request.user.mirrored_playlists, pk=pk)
    mirror.stop_mirroring(kept)
    messages.success(request, "Clouder leaves this playlist as it is in Spotify.")
    return redirect(page_of(kept))


@require_POST
@login_required
def close(request: DjRequest, pk: int) -> HttpResponse:
    found = own(request, pk)
    try:
        weeks_of.close_period(
            found,
            rest_to_trash=request.POST.get("rest") == "trash",
            stays_on_spotify="stays" in request.POST,
        )
    except Conflict as refusal:
        return conflict(request, refusal, back=reverse("period", args=[pk]))
    messages.success(request, f"Week {found.week} is closed. It can be reopened at any time.")
    return redirect(f"{reverse('review', args=[pk])}#summary")


@require_POST
@login_required
def reopen(request: DjRequest, pk: int) -> HttpResponse:
    found = own(request, pk)
    try:
        weeks_of.reopen_period(found)
    except Conflict as refusal:
        return conflict(request, refusal, back=reverse("period", args=[pk]))
    messages.success(request, f"Week {found.week} is open again, as you left it.")
    return redirect("period", pk)


def page_of(mirrored: MirroredPlaylist) -> str:
    if mirrored.curation_period_id:
        return reverse("period", args=[mirrored.curation_period_id])
    return reverse("golden_category", args=[mirrored.user_category_id])


def own(request: DjRequest, pk: int) -> CurationPeriod:
    """The DJ's own week; somebody else's is not there."""
    return get_object_or_404(request.user.periods.select_related("style", "user__spotify"), pk=pk)


def week_page(found: CurationPeriod) -> dict[str, Any]:
    return {
        "room": "weeks",
        "period": found,
        "arrival": fetching.Arrival(found),
        "layers": layers.of_period(found),
        "set_aside": mirror.set_aside(wanted_on_spotify(found)),
        "trashed_by_rules": trash_rules.trashed(found),
        "left_out": weeks_of.left_out(found),
    }


def wanted_on_spotify(found: CurationPeriod) -> QuerySet[CurationTrack]:
    """Also what was promoted: then it is missing in Golden."""
    return found.tracks.exclude(current_silver_playlist__user_category__is_trash=True)


def list_page(request: DjRequest) -> dict[str, Any]:
    latest = last_full_week(now=timezone.now(), zone=request.user.preferences.zone)
    page = listed_periods(request)
    return {
        "room": "weeks",
        "page": page,
        "weeks": overview.at_a_glance(page),
        "styles": own_styles(request.user),
        "all_styles": Style.objects.active(),
        "statuses": CurationPeriod.Status,
        "asked": {name: asked.text(request.GET, name) for name in ("style", "status")},
        "week": latest.number,
        "year": latest.year,
    }


def listed_periods(request: DjRequest) -> Page:
    slug = asked.text(request.GET, "style")
    styles = Style.objects.filter(slug=slug) if slug else None
    found = overview.listed(request.user, styles=styles, status=asked.text(request.GET, "status"))
    return Paginator(found, PERIODS_A_PAGE).get_page(request.GET.get("page"))


def own_styles(user: User) -> QuerySet[Style]:
    return Style.objects.filter(periods__user=user).distinct().order_by("position", "name")


def number(field: str, text: str) -> int:
    """Raises Invalid for what is no number."""
    if text.strip().isdecimal() and len(text.strip()) <= 4:
        return int(text)
    raise Invalid(field, "Write a number.")

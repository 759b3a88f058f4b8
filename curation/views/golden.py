import csv
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import DjRequest
from catalog.models import Track
from curation import mirror, shelf, sync
from curation.errors import Conflict, Invalid
from curation.models import UserCategory
from curation.tracklist import as_id
from curation.views.answers import conflict

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    KeptCategory = WithAnnotations[UserCategory, shelf.Kept]

TRACKS_A_PAGE = 100
BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take the file for UTF-8 only with it


@require_safe
@login_required
def golden(request: DjRequest) -> HttpResponse:
    shown = [described(category) for category in shelf.categories(request.user)]
    return render(
        request,
        "curation/golden.html",
        {"room": "golden", "categories": shown, "kept": sum(one["kept"] for one in shown)},
    )


@require_safe
@login_required
def category(request: DjRequest, pk: int) -> HttpResponse:
    merged = request.user.categories.filter(pk=pk, merged_into__isnull=False).first()
    if merged:
        return redirect("golden_category", merged.merged_into_id)
    found = own(request, pk)
    return render(request, "curation/golden_category.html", category_page(request, found))


@require_safe
@login_required
def export(request: DjRequest, pk: int) -> HttpResponse:
    found = own(request, pk)
    name = f"{found.style} - {found}.csv"
    answer = HttpResponse(
        BYTE_ORDER_MARK,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, name) or ""},
    )
    csv.writer(answer).writerows(shelf.export(found))
    return answer


@require_POST
@login_required
def remove(request: DjRequest, pk: int) -> HttpResponse:
    found = own(request, pk)
    kept = get_object_or_404(found.golden_tracks, pk=as_id(request.POST.get("kept", "")))
    try:
        removal = shelf.remove(kept)
    except Conflict as refusal:
        return conflict(request, refusal, back=reverse("golden_category", args=[pk]))
    query = {"removed": removal} | ({"page": page} if (page := request.POST.get("page")) else {})
    return redirect(f"{reverse('golden_category', args=[pk])}?{urlencode(query)}")


@require_POST
@login_required
def restore(request: DjRequest, pk: int) -> HttpResponse:
    found = own(request, pk)
    try:
        kept = shelf.put_back(found, request.POST.get("removal", ""))
    except Conflict as refusal:
        return conflict(request, refusal, back=reverse("golden_category", args=[pk]))
    except BadSignature:
        messages.error(request, "This can no longer be undone.")
    else:
        messages.success(request, f"“{kept.track}” is back in {found}.")
    return redirect("golden_category", pk)


@require_POST
@login_required
def answer_absent(request: DjRequest, pk: int) -> HttpResponse:
    """What shall become of tracks that the DJ took off the playlist in Spotify."""
    found = own(request, pk)
    chosen = [as_id(value) for value in request.POST.getlist("kept")]
    kept = mirror.absent(found).filter(pk__in=[pk for pk in chosen if pk])
    if request.POST.get("answer") == "remove":
        try:
            removed = shelf.remove_all(kept)
        except Conflict as refusal:
            return conflict(request, refusal, back=reverse("golden_category", args=[pk]))
        messages.success(request, f"{tracks(removed)} left {found} here, too.")
    else:
        returned = mirror.put_back(found, kept)
        messages.success(request, f"{tracks(returned)} will be in the playlist again.")
    return redirect("golden_category", pk)


@require_POST
@login_required
def adopt(request: DjRequest, pk: int) -> HttpResponse:
    found = own(request, pk)
    link = request.POST.get("link", "")
    try:
        adopted = mirror.adopt(found, link)
    except Invalid as refusal:
        page = category_page(request, found) | {"link": link, "error": refusal}
        return render(request, "curation/golden_category.html", page, status=422)
    messages.success(request, f"“{adopted.name}” is the Golden playlist of {found} now.")
    return redirect("golden_category", pk)


def tracks(count: int) -> str:
    return f"{count} track" if count == 1 else f"{count} tracks"


def own(request: DjRequest, pk: int) -> "KeptCategory":
    """The DJ's own category; somebody else's, and Trash, are not there."""
    return get_object_or_404(shelf.categories(request.user), pk=pk)


def category_page(request: DjRequest, found: "KeptCategory") -> dict[str, Any]:
    page = Paginator(shelf.kept_in(found), TRACKS_A_PAGE).get_page(request.GET.get("page"))
    removal = request.GET.get("removed", "")
    removed = removal and shelf.removed_track(found, removal)
    return described(found) | {
        "room": "golden",
        "page": page,
        "lines": shelf.lines(found, page),
        "removal": removal,
        "set_aside": mirror.set_aside(found.golden_tracks.order_by("added_at", "pk")),
        "absent": mirror.absent(found).select_related("track"),
        "playlist": getattr(found, "golden_playlist", None),
        "removed": removed and Track.objects.filter(pk=removed).first(),
    }


def described(found: "KeptCategory") -> dict[str, Any]:
    mirrored = getattr(found, "golden_playlist", None)
    connected = sync.is_connected(found.user)
    return {
        "category": found,
        "kept": found.kept,
        "sync": sync.of_playlist(mirrored, connected=connected, now=timezone.now()),
    }

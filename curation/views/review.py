"""The review: a DJ hears the Silver tracks of a week again and chooses what stays for good.

With htmx's header an action is answered by the columns and the counts; without it, by the way
back to the review.
"""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import DjRequest
from curation import golden, hotkeys, moves
from curation.errors import Conflict
from curation.models import CurationPeriod, CurationTrack
from curation.review import Review, refile
from curation.summary import Summary
from curation.tracklist import as_id
from curation.views import answers
from curation.views.answers import SeeOther
from curation.views.desk import own_period

NOTHING_TICKED = "Tick the tracks first that this is about."


@require_safe
@login_required
def review(request: DjRequest, pk: int) -> HttpResponse:
    return draw(request, own_period(request, pk))


@require_POST
@login_required
def promote(request: DjRequest, pk: int) -> HttpResponse:
    """Those ticked (`track`), what is left of one playlist (`playlist`), or all that is left."""
    period = own_period(request, pk)
    tracks = asked_for(request, period)
    return act(request, period, partial(golden.promote, user=request.user, tracks=tracks))


@require_POST
@login_required
def demote(request: DjRequest, pk: int) -> HttpResponse:
    period = own_period(request, pk)
    return act(request, period, partial(golden.demote, own_track(request, period)))


@require_POST
@login_required
def move(request: DjRequest, pk: int) -> HttpResponse:
    """Those ticked go to another playlist; with `golden` they are promoted there."""
    period = own_period(request, pk)
    to = get_object_or_404(period.playlists, pk=as_id(request.POST.get("to", "")))
    go = partial(refile, user=request.user, period=period, tracks=ticked(request, period), to=to)
    return act(request, period, partial(go, is_golden="golden" in request.POST))


@require_POST
@login_required
def undo(request: DjRequest, pk: int) -> HttpResponse:
    """Reverts the latest action, which is the one that the page names by `move`."""
    period = own_period(request, pk)
    named = request.POST.get("move", "")
    latest = Review(period).latest
    if latest is None or str(latest.client_id) != named:
        return act(request, period, refuse_undo)
    return act(request, period, partial(moves.undo_action, latest))


def refuse_undo() -> None:
    raise Conflict("Something else was decided since. Look at what is there now.")


def asked_for(request: DjRequest, period: CurationPeriod) -> list[CurationTrack]:
    if "track" in request.POST or "ticked" in request.POST:
        return ticked(request, period)
    silver = period.tracks.filter(
        promoted_at=None, current_silver_playlist__user_category__is_trash=False
    ).select_related("curation_period")
    if "playlist" in request.POST:
        silver = silver.filter(current_silver_playlist=as_id(request.POST["playlist"]))
    columns = ("current_silver_playlist__user_category__position", "current_silver_playlist")
    return list(silver.order_by(*columns, "sorted_at", "pk"))


def ticked(request: DjRequest, period: CurationPeriod) -> list[CurationTrack]:
    """In the order of the page. All of them are there, or it is a page of yesterday."""
    asked = set(request.POST.getlist("track"))
    found = period.tracks.select_related("curation_period").order_by("sorted_at", "pk")
    tracks = list(found.filter(pk__in=[pk for pk in map(as_id, asked) if pk]))
    if len(tracks) < len(asked):
        raise Http404
    return tracks


def own_track(request: DjRequest, period: CurationPeriod) -> CurationTrack:
    tracks = period.tracks.select_related("curation_period")
    return get_object_or_404(tracks, pk=as_id(request.POST.get("track", "")))


def act(request: DjRequest, period: CurationPeriod, action: Callable[[], object]) -> HttpResponse:
    address = reverse("review", args=[period.pk])
    if "ticked" in request.POST and "track" not in request.POST:
        return answers.conflict(request, Conflict(NOTHING_TICKED), back=address)
    try:
        action()
    except Conflict as conflict:
        return answers.conflict(request, conflict, back=address)
    if request.htmx:
        return draw(request, own_period(request, period.pk), part="#answer")
    return SeeOther(address)


def draw(request: DjRequest, period: CurationPeriod, *, part: str = "") -> HttpResponse:
    context = {
        "room": "weeks",
        "period": period,
        "review": Review(period),
        "summary": Summary.of(period),
        "preferences": period.user.preferences,
        "is_answer": bool(part),
        "hotkeys": hotkeys.of(period.user.preferences),
        "jumps": hotkeys.JUMPS,
        "embed_api_url": settings.SPOTIFY_EMBED_API_URL,
    }
    return render(request, f"curation/review.html{part}", context)

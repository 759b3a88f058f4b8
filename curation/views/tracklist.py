"""All tracks of a week as a list: to look through, and to move many of them at once.

With htmx's header a decision is answered by the list as it is then; without it, by the way back.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Max, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import DjRequest
from catalog.models import Label
from curation import actions, columns, hotkeys, moves, tracklist
from curation.actions import counted
from curation.desk import Desk
from curation.errors import Conflict
from curation.models import CurationPeriod, CurationTrack, Move, PeriodPlaylist
from curation.tracklist import BRONZE, Filter, as_id
from curation.views import answers
from curation.views.answers import SeeOther
from curation.views.desk import own_period, read_id

TRACKS_A_PAGE = 100


@dataclass(frozen=True)
class Choice:
    """The tracks that a form means, and how it says so."""

    tracks: QuerySet[CurationTrack]
    words: str


@dataclass(frozen=True)
class Said:
    """What the list tells about the decision just made; `move` is what Undo names."""

    sentence: str
    move: Move | None = None
    is_refusal: bool = False


@require_safe
@login_required
def tracks(request: DjRequest, pk: int) -> HttpResponse:
    return draw(request, own_period(request, pk))


@require_POST
@login_required
def move(request: DjRequest, pk: int) -> HttpResponse:
    """Moves the selected tracks, all that the filter finds, or what Bronze has of one label."""
    period = own_period(request, pk)
    choice = read_choice(request, period)
    if choice is None:
        said = Said("Nothing is selected. Select the tracks first.", is_refusal=True)
        return draw(request, period, said=said)
    to = read_target(request, period)
    try:
        log = moves.move_tracks(
            user=request.user,
            period=period,
            chosen=choice.tracks,
            to=to,
            client_id=read_id(request.POST.get("client_id", "")),
            asked=choice.words,
        )
    except Conflict as refusal:
        return answers.conflict(request, refusal, back=address(request, period))
    return answer(request, period, Said(moved(log, to), log[0] if log else None))


@require_POST
@login_required
def undo(request: DjRequest, pk: int) -> HttpResponse:
    """Reverts the action that `move` (its client id) belongs to."""
    period = own_period(request, pk)
    made = moves.made(period, read_id(request.POST.get("move", "")))
    try:
        log = moves.undo_action(made) if made else []
    except Conflict as refusal:
        return answers.conflict(request, refusal, back=address(request, period))
    return answer(request, period, Said(undone(log)))


def read_choice(request: DjRequest, period: CurationPeriod) -> Choice | None:
    """None when nothing is selected. A track that came after the page was made is never meant."""
    newest = as_id(request.POST.get("newest", ""))
    found: QuerySet[CurationTrack]
    if label := as_id(request.POST.get("label_to_trash", "")):
        found = period.tracks.unsorted().filter(track__release__label=label)
        words = f"label {label}"
    elif "all" in request.POST:
        found = tracklist.rows(period, Filter.read(request.GET.dict()))
        words = f"all {request.GET.urlencode()}"
    else:
        elsewhere = request.POST.get("elsewhere", "").split(",")
        named = [*request.POST.getlist("track"), *elsewhere]
        ids = {pk for text in named if (pk := as_id(text))}
        if not ids:
            return None
        return Choice(period.tracks.filter(pk__in=ids), moves.in_words(ids))
    if newest:
        found = found.filter(pk__lte=newest)
    return Choice(found, f"{words} up to {newest}")


def read_target(request: DjRequest, period: CurationPeriod) -> PeriodPlaylist | None:
    if "label_to_trash" in request.POST:
        return get_object_or_404(period.playlists, user_category__is_trash=True)
    to = request.POST.get("to", "")
    return None if to == BRONZE else get_object_or_404(period.playlists, pk=as_id(to))


def moved(log: Sequence[Move], to: PeriodPlaylist | None) -> str:
    place = to or "Bronze"
    if not log:
        return f"All of them are in {place} already."
    left_golden = sum(move.took_golden for move in log)
    return f"{counted(len(log))} to {place}." + (
        f" Out of Golden: {left_golden}." if left_golden else ""
    )


def undone(log: Sequence[Move]) -> str:
    if not log:
        return "That was undone already."
    return f"Undone: {counted(len({move.curation_track_id for move in log}))} back."


def answer(request: DjRequest, period: CurationPeriod, said: Said) -> HttpResponse:
    Desk(period).look_ahead()
    if request.htmx:
        return draw(request, own_period(request, period.pk), said=said)
    messages.success(request, said.sentence)
    return SeeOther(address(request, period))


def address(request: DjRequest, period: CurationPeriod) -> str:
    """The list as it was asked for."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return reverse("period_tracks", args=[period.pk]) + query


def draw(request: DjRequest, period: CurationPeriod, *, said: Said | None = None) -> HttpResponse:
    """The whole page, or the list with what there is to say about a decision."""
    shown = Filter.read(request.GET.dict())
    found = tracklist.rows(period, shown)
    page = Paginator(found, TRACKS_A_PAGE).get_page(request.GET.get("page"))
    lines = tracklist.described(page, met_in=period)
    context = {
        "room": "weeks",
        "period": period,
        "asked": shown,
        "label": shown.label and Label.objects.filter(pk=shown.label).first(),
        "labels": tracklist.label_counts(period, lines),
        "heads": columns.heads(shown.sort),
        "places": tracklist.places(period),
        "playlists": period.playlists.with_counts(),
        "states": tracklist.STATES,
        "page": page,
        "rows": lines,
        "latest": actions.latest(period),
        "client_id": uuid.uuid4(),
        "rule_id": uuid.uuid4(),
        "said": said,
        "preferences": period.user.preferences,
        "hotkeys": hotkeys.of(period.user.preferences),
        "jumps": hotkeys.JUMPS,
        "embed_api_url": settings.SPOTIFY_EMBED_API_URL,
    } | period.tracks.aggregate(total=Count("pk"), newest=Max("pk"))
    part = "#answer" if said and request.htmx else ""
    status = 422 if said and said.is_refusal else 200
    return render(request, f"curation/period_tracks.html{part}", context, status=status)

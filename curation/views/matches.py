from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import DjRequest
from catalog.models import SpotifyMatch
from curation import comparison, links, verdicts
from curation.errors import Invalid
from curation.tracklist import as_id

QUEUE_LENGTH = 50


@require_safe
@login_required
def matches(request: DjRequest) -> HttpResponse:
    """The queue, and one match of it to decide about."""
    asked = request.GET.get("track", "")
    return render(request, "curation/matches.html", page(request, asked))


@require_POST
@login_required
def decide(request: DjRequest, pk: int) -> HttpResponse:
    match = own(request, str(pk))
    following = comparison.Order(comparison.waiting(request.user), pk).forth
    try:
        said = carry_out(request, match)
    except Invalid as refusal:
        shown = page(request, str(pk)) | {
            "error": refusal,
            "link": request.POST.get("link", ""),
        }
        return render(request, "curation/matches.html", shown, status=422)
    messages.success(request, said)
    return redirect(f"{reverse('matches')}?track={following}" if following else "matches")


def carry_out(request: DjRequest, match: SpotifyMatch) -> str:
    """What the pressed button says; returns the sentence that tells it back."""
    track, said = match.track, request.POST
    if "none" in said:
        verdicts.not_there(track)
        return f"“{track}” is not on Spotify. It stays in its place here."
    if "same" in said or "edit" in said:
        uri = said.get("same") or said.get("edit") or ""
        if uri not in {candidate.get("uri") for candidate in match.candidates}:
            raise Invalid("link", "Spotify offers another choice by now. Look again.")
        verdicts.accept(track, uri=uri, is_edit="edit" in said)
        return f"“{track}” is decided. It joins its playlist."
    verdicts.accept(track, uri=pasted(said.get("link", "")), is_edit="link_edit" in said)
    return f"“{track}” is decided by your link. It joins its playlist."


def pasted(text: str) -> str:
    try:
        return links.spotify_uri(text)
    except ValueError:
        raise Invalid(
            "link", "Paste the link of a track: in Spotify, Share, then Copy link."
        ) from None


def page(request: DjRequest, asked: str) -> dict[str, Any]:
    queue = comparison.waiting(request.user)
    match = (own(request, asked) if asked else None) or comparison.described(queue).first()
    order = comparison.Order(queue, match.track_id if match else None)
    return {
        "room": "matches",
        "match": match,
        "sides": comparison.sides(match) if match else [],
        "beatport_url": links.on_beatport(match.track) if match else "",
        "queue": Paginator(queue, QUEUE_LENGTH).get_page(order.place // QUEUE_LENGTH + 1),
        "place": order.place_among_alike,
        "alike": order.alike,
        "back": order.back,
        "forth": order.forth,
    }


def own(request: DjRequest, asked: str) -> SpotifyMatch:
    """The match of a track in the DJ's weeks."""
    track = as_id(asked)
    match = comparison.of_track(request.user, track) if track else None
    if match is None:
        raise Http404
    return match

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import DjRequest
from catalog.models import SpotifyMatch
from curation import cards, comparison, links, verdicts
from curation.errors import Conflict, Invalid
from curation.tracklist import as_id
from curation.views.answers import conflict

QUEUE_LENGTH = 50
MOST_AT_ONCE = 200  # a form carries a thousand fields


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
    onward = f"{reverse('matches')}?track={following}" if following else "matches"
    seen = as_id(request.POST.get("seen", ""))
    if seen is not None and verdicts.was_given_since(match.track, seen):
        state = match.get_state_display()
        messages.warning(request, f"“{match.track}” was decided meanwhile: {state}.")
        return redirect(onward)
    try:
        said = carry_out(request, match)
    except Invalid as refusal:
        shown = page(request, str(pk)) | {
            "error": refusal,
            "link": request.POST.get("link", ""),
        }
        return render(request, "curation/matches.html", shown, status=422)
    messages.success(request, said)
    return redirect(onward)


@require_POST
@login_required
def undo(request: DjRequest) -> HttpResponse:
    """The verdict that the page named, which is the DJ's latest unless another tab was faster."""
    pk = as_id(request.POST.get("verdict", ""))
    verdict = request.user.verdicts.filter(pk=pk).first() if pk else None
    if verdict is None:
        raise Http404
    try:
        undone = verdicts.undo(verdict)
    except Conflict as refusal:
        return conflict(request, refusal, back=reverse("matches"))
    if undone:
        words = f"“{verdict.track}” is" if len(undone) == 1 else f"{len(undone)} tracks are"
        messages.success(request, f"{words} as before.")
    return redirect(f"{reverse('matches')}?track={verdict.track_id}")


@require_POST
@login_required
def accept_alike(request: DjRequest) -> HttpResponse:
    """The proposals of one kind that the page showed, with one undo for all."""
    shown = {pk for text in request.POST.getlist("track") if (pk := as_id(text))}
    is_edit = request.POST.get("kind") == "edit"
    proposals = [
        one
        for one in comparison.proposals(request.user)
        if one.match.track_id in shown and one.is_edit == is_edit
    ]
    if not proposals:
        messages.warning(request, "These were decided already.")
        return redirect("matches")
    action_id = uuid.uuid4()
    with transaction.atomic():
        for one in proposals:
            track = one.match.track
            verdicts.accept(request.user, track, uri=one.uri, is_edit=is_edit, action_id=action_id)
    count = len(proposals)
    as_what = " as other edits" if is_edit else ""
    messages.success(request, f"{count} track{'s are' if count > 1 else ' is'} accepted{as_what}.")
    return redirect("matches")


def carry_out(request: DjRequest, match: SpotifyMatch) -> str:
    """What the pressed button says; returns the sentence that tells it back."""
    track, said = match.track, request.POST
    if "none" in said:
        verdicts.not_there(request.user, track)
        return f"“{track}” is not on Spotify. It stays in its place here."
    if "same" in said or "edit" in said:
        uri = said.get("same") or said.get("edit") or ""
        if uri not in {candidate.get("uri") for candidate in match.candidates}:
            raise Invalid("link", "Spotify offers another choice by now. Look again.")
        verdicts.accept(request.user, track, uri=uri, is_edit="edit" in said)
        return f"“{track}” is decided. It joins its playlist."
    uri = pasted(said.get("link", ""))
    verdicts.accept(request.user, track, uri=uri, is_edit="link_edit" in said)
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
        "latest": verdicts.latest(request.user),
        "bulks": bulks(request.user),
        "seen": verdicts.newest_about(match.track) if match else 0,
        "preferences": request.user.preferences,
        "jumps": cards.JUMPS,
        "embed_api_url": settings.SPOTIFY_EMBED_API_URL,
        "clip_url": links.clip(match.track) if match else "",
    }


def bulks(user: User) -> list[tuple[str, str, list[comparison.Proposal]]]:
    """Kind, words and proposals of what can be accepted at once."""
    found = comparison.proposals(user)
    kinds = [
        ("same", "of the same length", False),
        ("edit", "of another length, as other edits", True),
    ]
    listed = [
        (kind, words, [one for one in found if one.is_edit == is_edit][:MOST_AT_ONCE])
        for kind, words, is_edit in kinds
    ]
    return [bulk for bulk in listed if len(bulk[2]) > 1]


def own(request: DjRequest, asked: str) -> SpotifyMatch:
    """The match of a track in the DJ's weeks."""
    track = as_id(asked)
    match = comparison.of_track(request.user, track) if track else None
    if match is None:
        raise Http404
    return match

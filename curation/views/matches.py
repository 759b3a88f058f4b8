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
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import DjRequest
from catalog.models import SpotifyMatch, Track
from curation import comparison, hotkeys, links, verdicts
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
    return draw(request, page(request, asked))


@require_POST
@login_required
def decide(request: DjRequest, pk: int) -> HttpResponse:
    match = own(request, str(pk))
    onward = following(request, pk)
    try:
        carry_out(request, match)
    except verdicts.DecidedMeanwhile as refusal:
        messages.warning(request, str(refusal))
    except Invalid as refusal:
        shown = page(request, str(pk)) | {
            "error": refusal,
            "link": request.POST.get("link", ""),
        }
        return draw(request, shown, status=422)
    return redirect(onward)


def following(request: DjRequest, pk: int) -> str:
    """The address of the next in the queue; of the one that the page knew if this one has left."""
    order = comparison.Order(comparison.waiting(request.user), pk)
    known = as_id(request.POST.get("forth", ""))
    following = order.forth or (known if known in order.states else None)
    return f"{reverse('matches')}?track={following}" if following else reverse("matches")


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
    proposals = accept_shown(request.user, shown, is_edit=is_edit)
    if not proposals:
        messages.warning(request, "These were decided already.")
        return redirect("matches")
    count = len(proposals)
    as_what = " as other edits" if is_edit else ""
    messages.success(request, f"{count} track{'s are' if count > 1 else ' is'} accepted{as_what}.")
    return redirect("matches")


@transaction.atomic
def accept_shown(user: User, shown: set[int], *, is_edit: bool) -> list[comparison.Proposal]:
    """What is still proposed of these tracks."""
    verdicts.hold(Track.objects.filter(pk__in=shown))
    proposed = comparison.proposals(user)
    chosen = [one for one in proposed if one.match.track_id in shown and one.is_edit == is_edit]
    action_id = uuid.uuid4()
    for one in chosen:
        verdicts.accept(user, one.match.track, uri=one.uri, is_edit=is_edit, action_id=action_id)
    return chosen


def carry_out(request: DjRequest, match: SpotifyMatch) -> None:
    """What the pressed button says; the page tells it back beside its undo."""
    user, track, said = request.user, match.track, request.POST
    seen = as_id(said.get("seen", ""))
    if "none" in said:
        verdicts.not_there(user, track, seen=seen)
    elif "same" in said or "edit" in said:
        uri = said.get("same") or said.get("edit") or ""
        if uri not in {candidate.get("uri") for candidate in match.candidates}:
            raise Invalid("link", "Spotify offers another choice by now. Look again.")
        verdicts.accept(user, track, uri=uri, is_edit="edit" in said, seen=seen)
    else:
        uri = pasted(said.get("link", ""))
        verdicts.accept(user, track, uri=uri, is_edit="link_edit" in said, seen=seen)


def pasted(text: str) -> str:
    try:
        return links.spotify_uri(text)
    except ValueError:
        raise Invalid(
            "link", "Paste the link of a track: in Spotify, Share, then Copy link."
        ) from None


def draw(request: DjRequest, shown: dict[str, Any], *, status: int = 200) -> HttpResponse:
    is_part = request.htmx and not request.htmx.history_restore_request
    template = "curation/matches.html#matching" if is_part else "curation/matches.html"
    answer = render(request, template, shown, status=status)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


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
        "hotkeys": hotkeys.of(request.user.preferences),
        "jumps": hotkeys.JUMPS,
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

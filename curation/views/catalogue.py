"""Tracks, artists and labels, and the search for them."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import DjRequest
from catalog import search as finding
from catalog.models import Artist, Label, Track, TrackArtist
from catalog.search import Question
from curation import catalogue, links
from curation.catalogue import History
from curation.views import asked
from ingestion import search as looking

TRACKS_A_PAGE = 50
NAMES_SHOWN = 8


@require_safe
@login_required
def search(request: DjRequest) -> HttpResponse:
    question = Question.read(asked.text(request.GET, "q"))
    found = list(finding.tracks(question).values_list("pk", flat=True))
    page = Paginator(found[: finding.MOST_TRACKS], TRACKS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "curation/search.html",
        {
            "room": "search",
            "question": question,
            "artists": finding.artists(question)[:NAMES_SHOWN],
            "labels": finding.labels(question)[:NAMES_SHOWN],
            "page": page,
            "lines": catalogue.lines(request.user, page, asked=question),
            "is_cut": len(found) > finding.MOST_TRACKS,
            "most": finding.MOST_TRACKS,
        },
    )


@require_safe
@login_required
def track(request: DjRequest, pk: int) -> HttpResponse:
    shown = described_or_404(pk)
    (line,) = catalogue.lines(request.user, [shown.pk])
    return render(
        request,
        "curation/track.html",
        {
            "room": "search",
            "track": shown,
            "line": line,
            "match": line.match,
            "next_look_at": looking.next_look_at(line.match) if line.match else None,
            "now": timezone.now(),
            "artists": catalogue.credited(shown, TrackArtist.Role.ARTIST),
            "remixers": catalogue.credited(shown, TrackArtist.Role.REMIXER),
            "history": History.of(request.user, shown),
            "elsewhere": catalogue.elsewhere(shown),
        },
    )


@require_safe
@login_required
def artist(request: DjRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Artist, pk=pk)
    page = releases(request, catalogue.of_artist(shown))
    url = links.page_on_beatport("artist", shown)
    return render(request, "curation/artist.html", page | {"artist": shown, "beatport_url": url})


@require_safe
@login_required
def label(request: DjRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Label, pk=pk)
    page = releases(request, catalogue.of_label(shown))
    url = links.page_on_beatport("label", shown)
    return render(request, "curation/label.html", page | {"label": shown, "beatport_url": url})


def described_or_404(pk: int) -> Track:
    found = catalogue.described(Track.objects.select_related("genre", "sub_genre")).filter(pk=pk)
    shown = found.first()
    if shown is None:
        raise Http404
    return shown


def releases(request: DjRequest, tracks: QuerySet[Track]) -> dict[str, Any]:
    pks = tracks.values_list("pk", flat=True)
    page = Paginator(pks, TRACKS_A_PAGE).get_page(request.GET.get("page"))
    return {
        "room": "search",
        "page": page,
        "lines": catalogue.lines(request.user, page),
        "keeping": catalogue.keeping(request.user, tracks),
    }

"""For staff: what the rules of today would decide otherwise, shown first, then applied."""

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.staff import staff_with
from curation import verdicts
from ingestion import rematching
from ingestion.rematching import Kind

MOST_JUDGED = 5_000  # rows a page; the command takes all
MOST_SHOWN = 200
SHOWN = (Kind.WORSE, Kind.BETTER, Kind.OTHER_TRACK)

changing = staff_with("catalog.change_spotifymatch")


@require_safe
@changing
def rules(request: HttpRequest) -> HttpResponse:
    judged = rematching.decided_by_rules().count()
    found = [one for one in rematching.changes(most=MOST_JUDGED) if one.kind in SHOWN]
    found.sort(key=lambda change: SHOWN.index(change.kind))
    counts = Counter(change.kind for change in found)
    context = {
        "room": "matches",
        "judged": min(judged, MOST_JUDGED),
        "is_part": judged > MOST_JUDGED,
        "changes": found[:MOST_SHOWN],
        "total": len(found),
        "better": counts[Kind.BETTER],
        "worse": counts[Kind.WORSE],
        "other_track": counts[Kind.OTHER_TRACK],
    }
    return render(request, "curation/rules.html", context)


@require_POST
@changing
def apply(request: HttpRequest) -> HttpResponse:
    """Those that the page had when it was drawn."""
    given = request.POST.getlist("match")[:MOST_SHOWN]
    chosen = [int(pk) for pk in given if pk.isdecimal() and len(pk) <= 18]
    applied = sum(verdicts.revise(change) for change in rematching.changes(chosen=chosen))
    if applied:
        decisions = "decision is" if applied == 1 else "decisions are"
        messages.success(request, f"{applied} {decisions} as today’s rules have it.")
    else:
        messages.warning(request, "These were decided otherwise in the meantime.")
    return redirect("rules")

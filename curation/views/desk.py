"""The sorting desk: the page, and one address for each thing a DJ decides there.

With htmx's header a decision is answered by nothing where the page knows what it changes, else by
the parts that changed; without it, by the way back to the desk. Both are made by the same forms.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import DjRequest
from curation import cards, filing, golden, hotkeys, moves, sifting, verdicts
from curation.desk import Desk, Held
from curation.errors import Conflict, Invalid
from curation.models import CurationPeriod, CurationTrack
from curation.selection import BADGES, KEYS, NOTHING_ASKED, ORDERS, Selection, is_asked_for
from curation.views import answers
from curation.views.answers import SeeOther

MOST_HELD = 100
NO_CATEGORY = "This category is gone. Load the desk again."
GONE = "This track is not in the week any more. Load the desk again."


class DecisionForm(forms.Form):
    """A decision about one track; `client_id` makes sending it twice the same as once."""

    client_id = forms.UUIDField(required=False)

    def __init__(self, data: QueryDict, *, period: CurationPeriod) -> None:
        super().__init__(data)
        self.fields["track"] = forms.ModelChoiceField(
            period.tracks.select_related("track__match"),
            error_messages={"invalid_choice": GONE, "required": GONE},
        )

    @property
    def sentence(self) -> str:
        return next(str(errors[0]) for errors in self.errors.values())


class MoveForm(DecisionForm):
    golden = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict, *, period: CurationPeriod) -> None:
        super().__init__(data, period=period)
        self.fields["to"] = forms.ModelChoiceField(
            period.playlists.select_related("user_category"),
            error_messages={"invalid_choice": NO_CATEGORY, "required": NO_CATEGORY},
        )


@require_safe
@login_required
@vary_on_headers("HX-Request")
def sort(request: DjRequest, pk: int) -> HttpResponse:
    period = own_period(request, pk)
    held = read_held(request)
    if request.htmx:
        return draw(request, Desk(period, held), part="answer")
    if held.selection is None:
        remembered = sifting.remembered(period)
        if remembered != NOTHING_ASKED:
            query = filter(None, [str(remembered), request.GET.urlencode()])
            return redirect(f"{request.path}?{'&'.join(query)}")
        held = replace(held, selection=remembered)
    return draw(request, Desk(period, held))


@require_POST
@login_required
def select(request: DjRequest, pk: int) -> HttpResponse:
    """Shows other tracks or another order, and remembers that for the style.

    The card in sight stays if it is among them.
    """
    period = own_period(request, pk)
    held = read_held(request)
    selection = held.selection or NOTHING_ASKED
    sifting.remember(period, selection)
    if not sifting.Sieve(period, selection).finds(held.at):
        held = replace(held, at=None)
    desk = Desk(period, held)
    desk.put_first()
    if not request.htmx:
        return SeeOther(address(period, selection=selection))
    return draw(request, desk, part="redrawn" if request.POST.get("redraw") else "answer")


@require_POST
@login_required
def bring(request: DjRequest, pk: int) -> HttpResponse:
    """What the page does not know yet: more cards above all, which are looked up first."""
    desk = Desk(own_period(request, pk), read_held(request))
    desk.look_ahead()
    return draw(request, desk, part="answer")


@require_POST
@login_required
def move(request: DjRequest, pk: int) -> HttpResponse:
    if request.htmx and is_filed(request, pk):
        return HttpResponse(status=204)
    period = own_period(request, pk)
    form = MoveForm(request.POST, period=period)
    if not form.is_valid():
        return refused(request, period, form.sentence, status=422)
    decided = form.cleaned_data
    said = {name: decided[name] for name in ("track", "to", "client_id")}
    do = golden.move_and_promote if decided["golden"] else moves.move_track
    return decide(request, period, partial(do, user=request.user, **said), about=decided["track"])


def is_filed(request: DjRequest, pk: int) -> bool:
    """The plain case, of which the page knows all that it changes, was made in the least time."""
    told = request.POST
    ids = read_ids(told.get("track")) + read_ids(told.get("to"))
    client_id = read_id(told.get("client_id", ""))
    if told.get("golden") or client_id is None or len(ids) != 2:
        return False
    track, to = ids
    return filing.file_track(user=request.user, period=pk, track=track, to=to, client_id=client_id)


@require_POST
@login_required
def later(request: DjRequest, pk: int) -> HttpResponse:
    period = own_period(request, pk)
    form = DecisionForm(request.POST, period=period)
    if not form.is_valid():
        return refused(request, period, form.sentence, status=422)
    put_off = partial(moves.put_off, user=request.user, **form.cleaned_data)
    return decide(request, period, put_off, about=form.cleaned_data["track"])


@require_POST
@login_required
def wrong_version(request: DjRequest, pk: int) -> HttpResponse:
    period = own_period(request, pk)
    form = DecisionForm(request.POST, period=period)
    if not form.is_valid():
        return refused(request, period, form.sentence, status=422)
    track = form.cleaned_data["track"]
    doubt = partial(verdicts.doubt, track, client_id=form.cleaned_data["client_id"])
    return decide(request, period, doubt, show=track.pk, is_changed=True)


@require_POST
@login_required
def undo(request: DjRequest, pk: int) -> HttpResponse:
    """Reverts the action that `move` (its client id) belongs to, or the latest one.

    A verdict about a match (`M`) has a client id like a move.
    """
    period = own_period(request, pk)
    if not request.POST.get("move"):
        return decide(request, period, partial(moves.undo, period))
    client_id = read_id(request.POST["move"])
    verdict = client_id and request.user.verdicts.filter(client_id=client_id).first()
    if verdict:
        rows = period.tracks.filter(track=verdict.track_id).values_list("pk", flat=True)
        take_back = partial(verdicts.undo, verdict)
        return decide(request, period, take_back, show=rows.first(), is_changed=True)
    move = moves.made(period, client_id)
    if move is None:  # it never arrived, so there is nothing to revert
        return decide(request, period, lambda: None)
    return decide(request, period, partial(moves.undo_action, move), show=move.curation_track_id)


def own_period(request: DjRequest, pk: int) -> CurationPeriod:
    return get_object_or_404(request.user.periods.select_related("style"), pk=pk)


def decide(
    request: DjRequest,
    period: CurationPeriod,
    decision: Callable[[], object],
    *,
    about: CurationTrack | None = None,
    show: int | None = None,
    is_changed: bool = False,
) -> HttpResponse:
    """Makes the decision; answers the desk as it is then, at the card after the one decided.

    `show` is another card to be at; with `is_changed` it is drawn again even if the page has it.
    """
    desk = Desk(period, read_held(request))
    if about and not request.htmx:
        show = cards.following(desk.sieve, about)
    try:
        decision()
    except Conflict as conflict:
        return refused(request, period, str(conflict), status=409)
    except Invalid as invalid:
        return refused(request, period, invalid.message, status=422)
    if request.htmx:
        held = read_held(request, at=show)
        if is_changed:
            held = replace(held, cards=held.cards - {show})
        desk = Desk(own_period(request, period.pk), held)
        desk.look_ahead()
        return draw(request, desk, part="answer")
    desk.look_ahead()
    sifting.remember(period, desk.selection)  # a form in an address told nobody
    return SeeOther(address(period, track=show, selection=desk.selection))


def refused(
    request: DjRequest, period: CurationPeriod, sentence: str, *, status: int
) -> HttpResponse:
    answer = answers.conflict(request, Conflict(sentence), back=address(period))
    answer.status_code = status
    return answer


def draw(request: DjRequest, desk: Desk, *, part: str = "") -> HttpResponse:
    """The whole desk, or the parts of it that an answer brings."""
    context = {
        "room": "weeks",
        "period": desk.period,
        "desk": desk,
        "preferences": desk.period.user.preferences,
        "is_answer": bool(part),
        "client_id": uuid.uuid4(),
        "hotkeys": desk.hotkeys,
        "jumps": hotkeys.JUMPS,
        "keys": KEYS,
        "orders": ORDERS,
        "badges": BADGES,
        "embed_api_url": settings.SPOTIFY_EMBED_API_URL,
    }
    return render(request, f"curation/sort.html#{part}" if part else "curation/sort.html", context)


def read_held(request: DjRequest, *, at: int | None = None) -> Held:
    told = request.POST if request.method == "POST" else request.GET
    in_sight = told.get("at", told.get("track"))  # a page may have none
    shown = at or next(iter(read_ids(in_sight)), None)
    return Held(
        selection=read_selection(request),
        at=shown,
        cards=frozenset(read_ids(told.get("held"))),
        undelivered=frozenset(read_ids(told.get("undelivered"))),
        has_started=request.method == "POST" or bool(told.get("start") or told.get("track")),
    )


def read_selection(request: DjRequest) -> Selection | None:
    """As the page tells it, else as its address says; None when neither does."""
    told = request.POST if request.method == "POST" else request.GET
    if "selection" in told:
        return Selection.read(told["selection"])
    return Selection.read(request.GET.urlencode()) if is_asked_for(request.GET) else None


def read_ids(text: str | None) -> list[int]:
    """Ids as a page lists them; what is no id is left out."""
    words = (text or "").split(",")[:MOST_HELD]
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]


def read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def address(
    period: CurationPeriod, *, track: int | None = None, selection: Selection = NOTHING_ASKED
) -> str:
    asked = [str(selection), urlencode({"track": track}) if track else ""]
    query = "&".join(part for part in asked if part)
    desk = reverse("sort", args=[period.pk])
    return f"{desk}?{query}" if query else desk

"""The page where staff connects Beatport."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.staff import staff_only, staff_with
from ingestion import connection, consent, credentials, runs
from ingestion.consent import Consent
from ingestion.errors import BeatportError, BeatportUnavailable
from ingestion.forms import AppForm, TokensForm
from ingestion.tokens import App

WALK = "beatport_consent"
CONNECT = "ingestion.change_beatportcredential"
UPLOAD = "ingestion.add_ingestrun"

connecting = staff_with(CONNECT)


@require_safe
@staff_only
def beatport(request: HttpRequest) -> HttpResponse:
    return show(request)


@sensitive_post_parameters()
@require_POST
@connecting
def connect_with_tokens(request: HttpRequest) -> HttpResponse:
    form = TokensForm(request.POST)
    if form.is_valid():
        try:
            is_proven = connection.connect_with_tokens(form.candidate())
            return connected(request, is_proven=is_proven)
        except BeatportError as error:
            form.add_error(None, str(error))
    return show(request, tokens_form=form)


@sensitive_post_parameters()
@require_POST
@connecting
def connect_app(request: HttpRequest) -> HttpResponse:
    form = AppForm(request.POST, held=credentials.current())
    if not form.is_valid():
        return show(request, app_form=form)
    if request.POST.get("way") == "code":
        return leave_for_consent(request, form.app)
    try:
        connection.connect_app(form.app)
        return connected(request)
    except BeatportError as error:
        form.add_error(None, str(error))
        return show(request, app_form=form)


def leave_for_consent(request: HttpRequest, app: App) -> HttpResponse:
    """By a page that refreshes to Beatport: a form may not be redirected to any other host."""
    begun = Consent(app=app, redirect_uri=callback_address(request))
    request.session[WALK] = begun.sealed()
    page = {"address": begun.address, "room": "beatport"}
    answer = render(request, "ingestion/beatport_leave.html", page)
    answer["Refresh"] = f"0; url={begun.address}"
    return answer


@require_safe
@never_cache
@connecting
def come_back(request: HttpRequest) -> HttpResponse:
    """From Beatport's consent page. The address of this page holds a code, so nobody stays here."""
    seal = request.session.pop(WALK, "")
    if "code" not in request.GET:
        messages.error(request, "Beatport was told not to connect. Nothing was changed.")
        return redirect("beatport")
    try:
        consent.finish(seal, state=request.GET.get("state", ""), code=request.GET["code"])
    except BeatportError as error:
        messages.error(request, f"{error} Nothing was changed.")
        return redirect("beatport")
    return connected(request)


@require_POST
@connecting
def check(request: HttpRequest) -> HttpResponse:
    try:
        connection.check()
    except BeatportUnavailable as error:
        messages.warning(request, f"{error} That says nothing about the connection.")
    except BeatportError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Beatport answers and knows us.")
    return redirect("beatport")


@require_safe
@connecting
def ask_to_disconnect(request: HttpRequest) -> HttpResponse:
    page = {"room": "beatport", "held": credentials.current()}
    return render(request, "ingestion/beatport_disconnect.html", page)


@require_POST
@connecting
def disconnect(request: HttpRequest) -> HttpResponse:
    credentials.forget()
    messages.success(request, "Beatport is disconnected; its tokens are deleted here.")
    return redirect("beatport")


def connected(request: HttpRequest, *, is_proven: bool = True) -> HttpResponse:
    said = ["Beatport is connected."]
    if not is_proven:
        said = ["The tokens are stored. Beatport does not answer now, so they are not tried yet."]
    if waited := runs.resume_after_connecting():
        said.append(
            f"{waited} week{' that' if waited == 1 else 's that'} waited for it will go on."
        )
    messages.success(request, " ".join(said))
    return redirect("beatport")


def show(request: HttpRequest, **forms: Any) -> HttpResponse:
    held = credentials.current()
    page = {
        "room": "beatport",
        "held": held,
        "tokens_form": TokensForm(),
        "app_form": AppForm(held=held, initial={"client_id": held.client_id if held else ""}),
        "web_url": settings.BEATPORT_WEB_URL,
        "callback": callback_address(request),
        "waiting": runs.waiting_for_connection().count(),
        "may_connect": request.user.has_perm(CONNECT),
        "may_upload": request.user.has_perm(UPLOAD),
    }
    status = 422 if forms else 200
    return render(request, "ingestion/beatport.html", page | forms, status=status)


def callback_address(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("beatport_callback"))

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import api_tokens, connection, provider, shown_once
from accounts.addresses import local_or_nothing
from accounts.forms import ApiTokenForm, PreferencesForm
from accounts.models import SpotifyCredential
from accounts.requests import DjRequest


@require_safe
@never_cache
def login(request: HttpRequest) -> HttpResponse:
    after = local_or_nothing(request.GET.get("next", ""))
    if request.user.is_authenticated:
        return redirect(after or "home")
    if request.get_host().partition(":")[0] == "localhost":
        return HttpResponseRedirect(address_that_spotify_accepts(request))
    return render(request, "accounts/login.html", {"next": after})


def address_that_spotify_accepts(request: HttpRequest) -> str:
    """Spotify sends nobody back to `localhost`."""
    return request.build_absolute_uri().replace("//localhost", "//127.0.0.1", 1)


def start_login(request: HttpRequest) -> HttpResponse:
    """The form's POST leads to Spotify; who comes by a link gets the page with the form."""
    if request.method == "POST":
        return provider.start(request)
    after = local_or_nothing(request.GET.get("next", ""))
    query = f"?{urlencode({'next': after})}" if after else ""
    return redirect(reverse("login") + query)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    end_session(request)
    return redirect("login")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: DjRequest) -> HttpResponse:
    form = PreferencesForm(request.POST or None, instance=request.user.preferences)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("settings")
    page = settings_page(request, form=form, secret=shown_once.take(request))
    answer = render(request, "accounts/settings.html", page, status=422 if form.errors else 200)
    shown_once.forget(request, answer)
    return answer


def settings_page(request: DjRequest, **changes: Any) -> dict[str, Any]:
    page = {
        "form": PreferencesForm(instance=request.user.preferences),
        "connection": connection_of(request),
        "room": "settings",
    }
    return page | tokens(request) | changes


def tokens(request: DjRequest, **changes: Any) -> dict[str, Any]:
    listed = request.user.api_tokens.defer("sha256").order_by("-created_at")
    return {"tokens": listed, "token_form": ApiTokenForm()} | changes


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make_token(request: DjRequest) -> HttpResponse:
    """Who comes here by a link, or from the login, gets the page with the form."""
    if request.method != "POST":
        return redirect("settings")
    form = ApiTokenForm(request.POST)
    secret = form.make(request.user)
    if request.htmx:
        page = tokens(request, secret=secret) if secret else tokens(request, token_form=form)
        status = 200 if secret else 422
        return render(request, "accounts/settings.html#tokens", page, status=status)
    if not secret:
        page = settings_page(request, token_form=form)
        return render(request, "accounts/settings.html", page, status=422)
    answer = redirect(reverse("settings") + "#tokens")
    shown_once.hand_over(answer, secret=secret, user=request.user)
    return answer


@login_required
@require_POST
def revoke_token(request: DjRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(request.user.api_tokens, pk=token_id)
    api_tokens.revoke(token)
    if request.htmx:
        page = tokens(request, revoked=token)
        return render(request, "accounts/settings.html#tokens", page)
    messages.success(request, f"{token.name} is revoked.")
    return redirect(reverse("settings") + "#tokens")


@login_required
@require_safe
def ask_to_disconnect(request: DjRequest) -> HttpResponse:
    page = {"connection": connection_of(request), "room": "settings"}
    return render(request, "accounts/disconnect.html", page)


@login_required
@require_POST
def disconnect(request: DjRequest) -> HttpResponse:
    connection.disconnect(request.user)
    update_session_auth_hash(request, request.user)
    messages.success(
        request,
        "Spotify is disconnected. Your categories, weeks and Golden stay; "
        "they are here again when you log in with the same account.",
    )
    return redirect("settings")


def connection_of(request: DjRequest) -> SpotifyCredential | None:
    return getattr(request.user, "spotify", None)

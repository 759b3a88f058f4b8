"""Spotify's accounts service: the consent page and the token endpoint."""

from __future__ import annotations

import re
import secrets
from base64 import b64decode, urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from sandbox import clock, switches
from sandbox.models import AccessToken, Consent, Listener
from sandbox.store import writing

CLIENT_ID = "sandbox-client"
CLIENT_SECRET = "sandbox-secret"
CALLBACK_PATH = "/accounts/spotify/login/callback/"
ACCESS_LIFE = timedelta(seconds=3600)
CODE_LIFE = timedelta(minutes=10)
CONSENT_LIFE = timedelta(days=182)
SCOPES = set(
    "playlist-read-private playlist-read-collaborative playlist-modify-private "
    "playlist-modify-public user-library-read user-library-modify user-read-private "
    "user-read-email streaming user-read-playback-state user-modify-playback-state "
    "user-read-currently-playing user-top-read user-read-recently-played user-follow-read "
    "user-follow-modify ugc-image-upload".split()
)


class Denied(Exception):
    """A token request that is refused, in OAuth's words."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status


def authorize(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    wrong = _wrong_client(asked.get("client_id", ""), asked.get("redirect_uri", ""))
    if wrong:
        return _refused(request, wrong)
    problem = _wrong_question(asked.dict())
    if problem:
        return _back(asked["redirect_uri"], error=problem, state=asked.get("state", ""))
    if request.method != "POST":
        return _consent_page(request)
    listener = Listener.objects.filter(id=request.POST.get("listener")).first()
    if listener is None or request.POST.get("answer") != "agree":
        return _back(asked["redirect_uri"], error="access_denied", state=asked.get("state", ""))
    with writing():
        consent = Consent.objects.create(
            listener=listener,
            client_id=asked["client_id"],
            redirect_uri=asked["redirect_uri"],
            scopes=asked.get("scope", ""),
            challenge=asked["code_challenge"],
            code=secrets.token_urlsafe(48),
            authorized_at=clock.now(),
        )
    return _back(asked["redirect_uri"], code=consent.code, state=asked.get("state", ""))


def token(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return JsonResponse({"error": "unsupported_method"}, status=405)
    grants = {
        "authorization_code": _from_code,
        "refresh_token": _from_refresh_token,
        "client_credentials": _from_client,
    }
    try:
        client_id = _client(request)
        grant = grants.get(request.POST.get("grant_type", ""))
        if grant is None:
            raise Denied("unsupported_grant_type", "grant_type parameter is missing or unknown")
        with writing():
            body = grant(request.POST.dict(), client_id)
    except Denied as denied:
        answer = {"error": denied.error, "error_description": denied.description}
        return JsonResponse(answer, status=denied.status)
    return JsonResponse(body, headers={"Cache-Control": "no-store"})


def revoke(listener: Listener) -> None:
    """What the DJ does on his account page: our app is gone, its tokens too."""
    Consent.objects.filter(listener=listener).update(is_revoked=True)


def grant(listener: Listener, scope: str | None) -> dict[str, Any]:
    """A consent with its tokens, as after the whole walk through the pages."""
    with writing():
        consent = Consent.objects.create(
            listener=listener,
            client_id=CLIENT_ID,
            redirect_uri="",
            scopes=" ".join(sorted(SCOPES)) if scope is None else scope,
            challenge="",
            code=secrets.token_urlsafe(48),
            code_used=True,
            refresh_token=secrets.token_urlsafe(96),
            authorized_at=clock.now(),
        )
        return _tokens(consent) | {"refresh_token": consent.refresh_token}


def _consent_page(request: HttpRequest) -> HttpResponse:
    scopes = request.GET.get("scope", "").split()
    page = {"listeners": Listener.objects.order_by("-is_allow_listed", "id"), "scopes": scopes}
    return render(request, "sandbox/authorize.html", page)


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "sandbox/refused.html", {"sentence": sentence}, status=400)


def _wrong_client(client_id: str, redirect_uri: str) -> str:
    if client_id != CLIENT_ID:
        return "INVALID_CLIENT: Invalid client"
    parts = urlsplit(redirect_uri)
    is_local = parts.scheme == "http" and parts.hostname == "127.0.0.1"
    if parts.path != CALLBACK_PATH or not (is_local or parts.scheme == "https"):
        return "INVALID_CLIENT: Invalid redirect URI"
    return ""


def _wrong_question(asked: dict[str, str]) -> str:
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if not set(asked.get("scope", "").split()) <= SCOPES:
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256":
        return "invalid_request"
    if not re.fullmatch(r"[\w-]{43}", asked.get("code_challenge", "")):
        return "invalid_request"
    return ""


def _back(redirect_uri: str, **answer: str) -> HttpResponse:
    joint = "&" if "?" in redirect_uri else "?"
    query = urlencode({name: value for name, value in answer.items() if value})
    return HttpResponseRedirect(f"{redirect_uri}{joint}{query}")


def _client(request: HttpRequest) -> str:
    """The client's id: proven by Basic, by secret in the body, or public (PKCE)."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    client_id = request.POST.get("client_id", "")
    secret = request.POST.get("client_secret")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = b64decode(credentials).decode().partition(":")
        except ValueError as error:
            raise Denied("invalid_client", "Invalid client") from error
    if client_id != CLIENT_ID:
        raise Denied("invalid_client", "Invalid client")
    if secret is None and request.POST.get("grant_type") == "client_credentials":
        raise Denied("invalid_client", "Invalid client secret")
    if secret not in (None, CLIENT_SECRET):
        raise Denied("invalid_client", "Invalid client secret")
    return client_id


def _from_code(form: dict[str, str], client_id: str) -> dict[str, Any]:
    consent = Consent.objects.filter(code=form.get("code", ""), client_id=client_id).first()
    if consent is None or consent.code_used or _is_over(consent, CODE_LIFE):
        raise Denied("invalid_grant", "Invalid authorization code")
    if form.get("redirect_uri") != consent.redirect_uri:
        raise Denied("invalid_grant", "Invalid redirect URI")
    if _challenge(form.get("code_verifier", "")) != consent.challenge:
        raise Denied("invalid_grant", "code_verifier was incorrect")
    consent.code_used = True
    consent.refresh_token = secrets.token_urlsafe(96)
    consent.save()
    return _tokens(consent) | {"refresh_token": consent.refresh_token}


def _from_refresh_token(form: dict[str, str], client_id: str) -> dict[str, Any]:
    consent = Consent.objects.filter(
        refresh_token=form.get("refresh_token", ""), client_id=client_id
    ).first()
    if consent is None or consent.is_revoked:
        raise Denied("invalid_grant", "Refresh token revoked")
    if _is_over(consent, CONSENT_LIFE):
        raise Denied("invalid_grant", "Refresh token expired")
    consent.refreshed += 1
    body = _tokens(consent)
    if _rotates(consent):
        consent.refresh_token = secrets.token_urlsafe(96)
        body["refresh_token"] = consent.refresh_token
    consent.save()
    return body


def _from_client(form: dict[str, str], client_id: str) -> dict[str, Any]:
    return _tokens(None)


def _tokens(consent: Consent | None) -> dict[str, Any]:
    access = AccessToken.objects.create(
        token=secrets.token_urlsafe(120), consent=consent, expires_at=clock.now() + ACCESS_LIFE
    )
    body = {"access_token": access.token, "token_type": "Bearer", "expires_in": 3600}
    return body | ({"scope": consent.scopes} if consent else {})


def _rotates(consent: Consent) -> bool:
    """Every other time there is a new refresh token, unless a test says otherwise."""
    rule = switches.get("new_refresh_token")
    return rule == "always" or (rule == "sometimes" and consent.refreshed % 2 == 0)


def _is_over(consent: Consent, life: timedelta) -> bool:
    return clock.now() - consent.authorized_at > life


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()

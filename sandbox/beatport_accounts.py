"""Beatport's consent page and token endpoint, for apps and for tokens that were pasted."""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from sandbox import clock, switches
from sandbox.models import BeatportConsent, BeatportToken
from sandbox.store import writing

ACCESS_TOKEN = "sandbox-beatport-access"
REFRESH_TOKEN = "sandbox-beatport-refresh"
CLIENT_ID = "sandbox-beatport-client"
CLIENT_SECRET = "sandbox-beatport-secret"
CALLBACK_PATH = "/beatport/callback/"
ACCESS_LIFE = timedelta(seconds=36_000)
REFRESH_LIFE = timedelta(days=90)
CODE_LIFE = timedelta(minutes=1)


class Denied(Exception):
    """A token request that is refused, in OAuth's words."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


def authorize(request: HttpRequest) -> HttpResponse:
    asked = request.GET.dict()
    if wrong := _wrong_client(asked):
        page = {"sentence": wrong, "callback": CALLBACK_PATH}
        return render(request, "sandbox/beatport_refused.html", page, status=400)
    if problem := _wrong_question(asked):
        return _back(asked, error=problem)
    if request.method != "POST":
        return render(request, "sandbox/beatport_authorize.html")
    if request.POST.get("answer") != "agree":
        return _back(asked, error="access_denied")
    with writing():
        consent = BeatportConsent.objects.create(
            code=secrets.token_urlsafe(24),
            redirect_uri=asked["redirect_uri"],
            challenge=asked.get("code_challenge", ""),
            authorized_at=clock.now(),
        )
    return _back(asked, code=consent.code)


def token(request: HttpRequest) -> HttpResponse:
    form = request.POST.dict()
    grants = {
        "refresh_token": _from_refresh_token,
        "client_credentials": _from_client,
        "authorization_code": _from_code,
    }
    try:
        grant = grants.get(form.get("grant_type", ""))
        if grant is None:
            raise Denied("unsupported_grant_type")
        with writing():
            return JsonResponse(grant(form))
    except Denied as denied:
        return JsonResponse({"error": denied.error}, status=denied.status)


def is_good(token: str, kind: str = "access") -> bool:
    if token == ACCESS_TOKEN and kind == "access":
        return not switches.get("beatport_access_expired")
    if token == REFRESH_TOKEN and kind == "refresh":
        return not switches.get("beatport_refresh_dead")
    return BeatportToken.objects.filter(token=token, kind=kind, expires_at__gt=clock.now()).exists()


def _from_refresh_token(form: dict[str, str]) -> dict[str, Any]:
    """Every other answer lacks a new refresh token. A client that is named must be right."""
    if form.get("client_id"):
        _check_client(form)
    if not is_good(form.get("refresh_token", ""), kind="refresh"):
        raise Denied("invalid_grant")
    return _new_tokens(renews=BeatportToken.objects.filter(kind="access").count() % 2 == 0)


def _from_client(form: dict[str, str]) -> dict[str, Any]:
    _check_client(form)
    return _new_tokens(renews=False)


def _from_code(form: dict[str, str]) -> dict[str, Any]:
    _check_client(form)
    found = BeatportConsent.objects.filter(code=form.get("code", ""), is_used=False).first()
    if found is None or clock.now() - found.authorized_at > CODE_LIFE:
        raise Denied("invalid_grant")
    if form.get("redirect_uri") != found.redirect_uri:
        raise Denied("invalid_grant")
    if found.challenge and found.challenge != _challenge(form.get("code_verifier", "")):
        raise Denied("invalid_grant")
    found.is_used = True
    found.save()
    return _new_tokens(renews=True)


def _check_client(form: dict[str, str]) -> None:
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        raise Denied("invalid_client", 401)


def _new_tokens(*, renews: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "access_token": _token("access", ACCESS_LIFE),
        "expires_in": 36_000,
        "token_type": "Bearer",
        "scope": "app:docs user:dj",
    }
    if renews:
        body["refresh_token"] = _token("refresh", REFRESH_LIFE)
    return body


def _token(kind: str, life: timedelta) -> str:
    text = secrets.token_urlsafe(24)
    BeatportToken.objects.create(token=text, kind=kind, expires_at=clock.now() + life)
    return text


def _wrong_client(asked: dict[str, str]) -> str:
    if asked.get("client_id") != CLIENT_ID:
        return "There is no app with this client id."
    parts = urlsplit(asked.get("redirect_uri", ""))
    is_local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "testserver")
    if parts.path != CALLBACK_PATH or not (is_local or parts.scheme == "https"):
        return "The app has no such redirect address."
    return ""


def _wrong_question(asked: dict[str, str]) -> str:
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "code_challenge" not in asked:
        return ""
    is_sha = asked.get("code_challenge_method") == "S256"
    is_whole = re.fullmatch(r"[\w-]{43}", asked["code_challenge"])
    return "" if is_sha and is_whole else "invalid_request"


def _back(asked: dict[str, str], **answer: str) -> HttpResponse:
    query = urlencode(answer | ({"state": asked["state"]} if "state" in asked else {}))
    return HttpResponseRedirect(f"{asked['redirect_uri']}?{query}")


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()

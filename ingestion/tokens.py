"""Beatport's token endpoint: tokens for a refresh token, for a code, or for an app by itself.

Secrets travel in the body, never in an address, and stay out of every repr and every error.
"""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from ingestion import cleaning, transport
from ingestion.errors import BeatportUnavailable, TokenRefused
from ingestion.models import BeatportCredential

LONGEST_LIFE_SECONDS = 10 * 365 * 24 * 60 * 60
_ONE_WORD = re.compile(r"[\x21-\x7e]{1,4000}")
REASONS = {
    "invalid_client": "Beatport does not know this client id with this secret.",
    "unauthorized_client": "Beatport does not let this app in this way.",
    "invalid_grant": "Beatport does not accept this any more; it may be used up or too old.",
}


@dataclass(frozen=True)
class App:
    """An OAuth application of the installation's own."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Tokens:
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime


def is_token(text: object) -> bool:
    """What may stand in a header: no spaces, no line breaks, plain characters."""
    return isinstance(text, str) and _ONE_WORD.fullmatch(text) is not None


def for_refresh_token(refresh: str, app: App) -> Tokens:
    return _ask({"grant_type": "refresh_token", "refresh_token": refresh}, app)


def for_code(code: str, app: App, *, verifier: str, redirect_uri: str) -> Tokens:
    form = {"code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
    return _ask({"grant_type": "authorization_code"} | form, app)


def for_app(app: App) -> Tokens:
    return _ask({"grant_type": "client_credentials"}, app)


def consent_address(app: App, *, state: str, verifier: str, redirect_uri: str) -> str:
    """Where a person says yes to the app at Beatport."""
    digest = sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{settings.BEATPORT_API_URL}/auth/o/authorize/?{urlencode(query)}"


def _ask(form: dict[str, str], app: App) -> Tokens:
    named = {"client_id": app.client_id, "client_secret": app.client_secret}
    form |= {name: value for name, value in named.items() if value}
    address = f"{settings.BEATPORT_API_URL}/auth/o/token/"
    answer = transport.ask(transport.session(), "POST", address, data=form)
    if answer.status in (400, 401, 403) and not transport.is_challenge(answer):
        raise TokenRefused(_reason(answer))
    transport.check(answer, secrets=form.values())
    return _tokens(answer)


def _reason(answer: transport.Answer) -> str:
    """Our own words: theirs may quote what was sent."""
    error = answer.json().get("error")
    known = REASONS.get(error) if isinstance(error, str) else None
    return known or f"Beatport refuses ({answer.status})."


def _tokens(answer: transport.Answer) -> Tokens:
    found = answer.json()
    if not is_token(found.get("access_token")):
        raise BeatportUnavailable("Beatport answered without a token.")
    seconds = cleaning.whole_number(found.get("expires_in"), 1, LONGEST_LIFE_SECONDS)
    life = BeatportCredential.LIFETIME if seconds is None else timedelta(seconds=seconds)
    refresh = found.get("refresh_token")
    return Tokens(
        access=found["access_token"],
        refresh=str(refresh) if is_token(refresh) else "",
        expires_at=timezone.now() + life,
    )

"""Connecting Beatport, keeping the connection alive, and renewing its token: one process at a time.

A candidate is an unsaved BeatportCredential. It replaces the connection once Beatport accepts it.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests
from django.conf import settings

from ingestion import credentials, leases, tokens, transport
from ingestion.errors import (
    BeatportError,
    BeatportNeedsReconnect,
    BeatportUnavailable,
    TokenRefused,
)
from ingestion.models import BeatportCredential
from ingestion.tokens import App, Tokens

REFRESH_WAIT_SECONDS = 10
RENEWED_BEFORE_THE_END = timedelta(minutes=15)
BETWEEN_ATTEMPTS_SECONDS = 5 * 60

Way = BeatportCredential.Way
logger = logging.getLogger(__name__)


# Connecting


def connect_with_tokens(candidate: BeatportCredential) -> bool:
    """Takes pasted tokens. False: Beatport did not answer, so nobody knows yet if they are good.

    Raises BeatportError for tokens that are not; then the former connection stays.
    """
    candidate.way = Way.TOKENS
    try:
        prove(candidate)
    except BeatportUnavailable:
        credentials.put(candidate)
        return False
    credentials.put(candidate)
    return True


def connect_app(app: App) -> None:
    """By the client credentials alone. Raises BeatportError when Beatport gives no token."""
    _connect(Way.CLIENT, app, tokens.for_app(app))


def connect_with_code(app: App, *, code: str, verifier: str, redirect_uri: str) -> None:
    found = tokens.for_code(code, app, verifier=verifier, redirect_uri=redirect_uri)
    _connect(Way.CODE, app, found)


def _connect(way: str, app: App, found: Tokens) -> None:
    credentials.put(
        BeatportCredential(
            way=way,
            client_id=app.client_id,
            client_secret=app.client_secret,
            access_token=found.access,
            refresh_token=found.refresh,
            expires_at=found.expires_at,
        )
    )


def prove(candidate: BeatportCredential) -> None:
    """One question with the token; one renewal where that is refused."""
    if candidate.access_token and _is_accepted(candidate):
        return
    if not candidate.refresh_token:
        raise TokenRefused("Beatport does not accept this access token.")
    found = _new_tokens(candidate)
    candidate.access_token = found.access
    candidate.refresh_token = found.refresh or candidate.refresh_token
    candidate.expires_at = found.expires_at


def _is_accepted(candidate: BeatportCredential) -> bool:
    answer = ask_as(candidate, "/catalog/genres/", {"page": 1, "per_page": 1})
    if answer.status == 401:
        return False
    transport.check(answer, secrets=candidate.secrets)
    return True


def ask_as(
    held: BeatportCredential,
    path: str,
    params: dict[str, Any],
    http: requests.Session | None = None,
) -> transport.Answer:
    address = settings.BEATPORT_API_URL + path
    headers = transport.bearer(held.access_token)
    return transport.ask(
        http or transport.session(), "GET", address, params=params, headers=headers
    )


# Using it


def in_use() -> BeatportCredential:
    """The connection with a token that is still good for a while."""
    held = credentials.current()
    if held is None or not held.is_ok:
        raise BeatportNeedsReconnect
    if credentials.is_about_to_end(held) and held.can_renew:
        renew(held)
    return held


def renew(held: BeatportCredential) -> None:
    """A new token for one that ends or was refused, or the one that somebody else just got."""
    used = held.access_token
    claim = credentials.claim_refresh(held)
    if claim is None:
        _wait_for_other_renewal(held, used)
        return
    held.refresh_from_db()
    if held.access_token != used or not held.is_ok:
        credentials.give_up_claim(held, claim)
        if not held.is_ok:
            raise BeatportNeedsReconnect
        return
    try:
        credentials.store(held, _new_tokens(held), claim=claim)
    except TokenRefused:
        credentials.needs_reconnect(held)
        raise BeatportNeedsReconnect from None
    except BeatportError:
        credentials.give_up_claim(held, claim)
        raise


def _new_tokens(held: BeatportCredential) -> Tokens:
    app = App(held.client_id, held.client_secret)
    if held.way == Way.CLIENT:
        return tokens.for_app(app)
    if not held.refresh_token:
        raise TokenRefused("There is no refresh token.")
    return tokens.for_refresh_token(held.refresh_token, app)


def _wait_for_other_renewal(held: BeatportCredential, used: str) -> None:
    deadline = time.monotonic() + REFRESH_WAIT_SECONDS
    while time.monotonic() < deadline:
        held.refresh_from_db()
        if not held.is_ok:
            raise BeatportNeedsReconnect
        if held.access_token != used:
            return
        time.sleep(0.1)
    raise BeatportUnavailable("The token for Beatport is being renewed.", retry_after=30)


def keep_alive() -> None:
    """Renews a token before its end, also while nobody uses it: staff hears of trouble early."""
    held = credentials.current()
    if held is None or not held.is_ok:
        return
    if not credentials.is_about_to_end(held, within=RENEWED_BEFORE_THE_END):
        return
    if leases.take("Keeping Beatport connected", seconds=BETWEEN_ATTEMPTS_SECONDS) is None:
        return
    _renew_or_say(held)


def _renew_or_say(held: BeatportCredential) -> None:
    if not held.can_renew:
        if held.expires_at and credentials.is_about_to_end(held, within=timedelta(0)):
            credentials.needs_reconnect(held)
        return
    try:
        renew(held)
    except BeatportError as error:
        logger.warning("Beatport's token was not renewed: %s", error)


def check() -> None:
    """Asks Beatport one small question. Raises BeatportError, and notes a lost connection."""
    with_connection(lambda held: ask_as(held, "/catalog/genres/", {"page": 1, "per_page": 1}))


def with_connection(
    question: Callable[[BeatportCredential], transport.Answer],
) -> transport.Answer:
    """A good answer; a token that is refused is renewed once."""
    held = in_use()
    answer = question(held)
    if answer.status == 401:
        renew(held)
        answer = question(held)
    if answer.status == 401:
        credentials.needs_reconnect(held)
        raise BeatportNeedsReconnect
    transport.check(answer, secrets=held.secrets)
    return answer

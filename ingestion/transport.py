"""How Beatport is asked: at its pace, within a time, up to a size, and never on a redirect's word.

What a failure means is said here, too. No secret of ours is in the words or behind them.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils import timezone
from django.utils.http import parse_http_date_safe
from urllib3.exceptions import HTTPError

from ingestion import envelopes, leases
from ingestion.errors import (
    BeatportChallenge,
    BeatportGone,
    BeatportRefused,
    BeatportUnavailable,
    BeatportUnreadable,
)
from ingestion.models import Lease

PACE = "Beatport"
LONGEST_WAIT = 24 * 60 * 60
LONGEST_ANSWER = 20  # seconds from the question to the last byte
COME_BACK_LATER = {408, 425, 429, 500, 502, 503, 504}
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    url: str
    body: bytes

    def json(self) -> dict[str, Any]:
        try:
            found = envelopes.read_json(self.body)
        except envelopes.Unreadable:
            return {}
        return found if isinstance(found, dict) else {}


def session() -> requests.Session:
    http = requests.Session()
    http.headers["User-Agent"] = settings.USER_AGENT
    return http


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def ask(http: requests.Session, method: str, address: str, **question: Any) -> Answer:
    """Raises BeatportUnavailable when nothing whole came, or while Beatport wants a break.

    The exceptions of the libraries end here: some of them quote the headers that were sent.
    """
    _keep_the_break(address)
    leases.wait_for_turn(PACE, per_second=settings.BEATPORT_REQUESTS_PER_SECOND)
    deadline = time.monotonic() + LONGEST_ANSWER
    question = {"allow_redirects": False} | question
    try:
        with http.request(
            method, address, timeout=settings.HTTP_TIMEOUT, stream=True, **question
        ) as answer:
            body = _body(answer, deadline)
            return Answer(answer.status_code, answer.headers, answer.url, body)
    except (requests.RequestException, HTTPError) as error:
        failure = type(error).__name__
    raise BeatportUnavailable(f"Beatport could not be reached ({failure}).")


def check(answer: Answer, secrets: Iterable[str] = ()) -> None:
    """Raises for every answer but a good one. Secrets are taken out of what Beatport said."""
    if answer.status in COME_BACK_LATER:
        wait = _retry_after(answer.headers.get("Retry-After", ""))
        if wait:
            _take_a_break(answer.url, wait)
        raise BeatportUnavailable(f"Beatport answers {answer.status}.", retry_after=wait)
    if is_challenge(answer):
        raise BeatportChallenge
    if answer.status == 404:
        raise BeatportGone(f"Beatport does not have this: {said(answer, secrets)}")
    if answer.status >= 400:
        raise BeatportRefused(f"Beatport refuses ({answer.status}): {said(answer, secrets)}")
    if answer.status >= 300:
        raise BeatportUnreadable(f"Beatport answers {answer.status}.")


def is_challenge(answer: Answer) -> bool:
    beginning = answer.body[:20_000]
    return (
        answer.headers.get("cf-mitigated") == "challenge"
        or "/human-test/" in answer.url
        or "/human-test/" in answer.headers.get("Location", "")
        or b"<title>Just a moment..." in beginning
    )


def said(answer: Answer, secrets: Iterable[str] = ()) -> str:
    """The sentence in `{"detail": …}`, `{"error": …}` or `{"param": ["…"]}`."""
    found = answer.json()
    words = found.get("detail") or found.get("error") or _first_complaint(found)
    text = str(words[0] if isinstance(words, list) and words else words)
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    return text[:200] or "without a reason."


def _first_complaint(found: dict[str, Any]) -> str:
    """Which parameter, and what about it."""
    for name, complaints in found.items():
        first = complaints[0] if isinstance(complaints, list) and complaints else complaints
        return f"{name}: {first}"
    return ""


def _body(answer: requests.Response, deadline: float) -> bytes:
    """All of it, unless it is larger (unpacked) or slower than any page should be."""
    body = bytearray()
    while chunk := answer.raw.read1(CHUNK, decode_content=True):
        body += chunk
        if len(body) > envelopes.LARGEST_DOCUMENT:
            raise BeatportUnreadable("Beatport's answer is too large.")
        if time.monotonic() > deadline:
            raise BeatportUnavailable(f"Beatport's answer took over {LONGEST_ANSWER} seconds.")
    return bytes(body)


def _retry_after(words: str) -> int | None:
    """Seconds, or a date. None for neither."""
    if words.strip().isdigit():
        return min(int(words), LONGEST_WAIT)
    moment = parse_http_date_safe(words) if words else None
    if moment is None:
        return None
    return max(0, min(moment - int(time.time()), LONGEST_WAIT))


# A break that Beatport asked for holds for all that we ask of that host.


def _take_a_break(address: str, seconds: int) -> None:
    until = timezone.now() + timedelta(seconds=seconds)
    Lease.objects.update_or_create(name=_break_of(address), defaults={"until": until})


def _keep_the_break(address: str) -> None:
    held = Lease.objects.filter(name=_break_of(address), until__gt=timezone.now()).first()
    if held:
        seconds = int((held.until - timezone.now()).total_seconds()) + 1
        raise BeatportUnavailable("Beatport has asked for a break.", retry_after=seconds)


def _break_of(address: str) -> str:
    return f"Break: {urlsplit(address).netloc}"[:40]

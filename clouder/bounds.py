"""What one request may bring, and how much one DJ may write: so that nobody takes it from others.

A web process counts for itself, in its memory: no write waits for a counter, and a counter that is
lost harms nobody.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from ninja.throttling import BaseThrottle

from ingestion.uploads import MOST_BYTES

# Ten decisions a second go on for ever; what waited in a browser comes in bursts.
WRITES_AT_ONCE = 1200
WRITES_PER_SECOND = 20
MOST_DJS = 10_000
AROUND_FILES = 256 * 1024  # the form that brings them

TOO_MUCH = "That is more than Clouder takes at once. Nothing was changed."
TOO_FAST = "That was more than Clouder takes from one DJ. Nothing was changed; wait a moment."
READS = {"GET", "HEAD", "OPTIONS", "TRACE"}

GetResponse = Callable[[HttpRequest], HttpResponse]


@dataclass
class Allowance:
    """How many more writes; they come back with time."""

    at: float
    left: float = field(default_factory=lambda: WRITES_AT_ONCE)

    def spend(self, now: float) -> float:
        """Seconds to wait, 0 when the write may go on."""
        self.left = min(WRITES_AT_ONCE, self.left + (now - self.at) * WRITES_PER_SECOND)
        self.at = now
        if self.left < 1:
            return (1 - self.left) / WRITES_PER_SECOND
        self.left -= 1
        return 0


class Allowances:
    """Those of the DJs who wrote last."""

    def __init__(self) -> None:
        self.of: OrderedDict[int, Allowance] = OrderedDict()
        self.lock = Lock()

    def spend(self, user_id: int) -> float:
        now = time.monotonic()
        with self.lock:
            allowance = self.of.setdefault(user_id, Allowance(now))
            self.of.move_to_end(user_id)
            if len(self.of) > MOST_DJS:
                self.of.popitem(last=False)
            return allowance.spend(now)

    def forget(self) -> None:
        with self.lock:
            self.of.clear()


allowances = Allowances()


def spent_by(request: HttpRequest) -> float:
    """Seconds to wait. Who only reads has as much as he likes."""
    if request.method in READS or request.user.pk is None:
        return 0
    return allowances.spend(request.user.pk)


class Writes(BaseThrottle):
    """The same allowance for the API, which finds out who asks by itself."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def allow_request(self, request: HttpRequest) -> bool:
        self.seconds = spent_by(request)
        return not self.seconds

    def wait(self) -> float:
        return self.seconds


def body(get_response: GetResponse) -> GetResponse:
    """Refuses a body by the length that is announced, before any of it is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if length(request) > most(request):
            return refused(request, 413, TOO_MUCH)
        return get_response(request)

    return middleware


def length(request: HttpRequest) -> float:
    """What is no number could be any."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return math.inf


def most(request: HttpRequest) -> int:
    if request.path_info == reverse("uploads"):
        return MOST_BYTES + AROUND_FILES
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def writes(get_response: GetResponse) -> GetResponse:
    """For the pages; a form that is refused keeps what was typed, in the browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_page = not request.path_info.startswith("/api/")
        if is_page and (seconds := spent_by(request)):
            answer = refused(request, 429, TOO_FAST)
            answer["Retry-After"] = str(whole(seconds))
            return answer
        return get_response(request)

    return middleware


def whole(seconds: float | None) -> int:
    return max(1, math.ceil(seconds or 0))


def refused(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """A page; what shows no page is told the sentence in a header."""
    if "HX-Request" in request.headers:
        answer = HttpResponse(status=status)
    else:
        answer = render(request, "refused.html", {"sentence": sentence}, status=status)
    answer["X-Sentence"] = quote(sentence)
    return answer

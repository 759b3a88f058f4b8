"""The one module that speaks to Beatport: its API v4 and its web pages.

Pages of a genre-week come out, or errors of a small tree; nothing of HTTP goes further up. A bot
check is recognised and named, never worked round.
"""

import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import requests
from django.conf import settings
from django.utils import timezone
from django.utils.http import parse_http_date_safe

from ingestion import credentials, envelopes, leases, parsing
from ingestion.envelopes import Envelope, NoTracksInside, Unreadable
from ingestion.models import BeatportCredential

PER_PAGE = 100
MOST_PAGES = 300
LONGEST_WAIT = 24 * 60 * 60
PACE = "Beatport"
COME_BACK_LATER = {408, 425, 429, 500, 502, 503, 504}
REFRESH_WAIT_SECONDS = 10


class BeatportError(Exception):
    """`str()` is a sentence for staff."""


class BeatportUnavailable(BeatportError):
    """Nothing came; later it may. `retry_after` is in seconds, where Beatport named a time."""

    def __init__(self, sentence: str, retry_after: int | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(sentence)


class BeatportNeedsReconnect(BeatportError):
    def __init__(self) -> None:
        super().__init__(
            "Beatport does not know us (any more). Connect Beatport again, or upload a saved page."
        )


class BeatportChallenge(BeatportError):
    def __init__(self) -> None:
        super().__init__(
            "Beatport's website asks whether we are human, and we are not. "
            "Connect Beatport's API, or save the page in a browser and upload it."
        )


class BeatportRefused(BeatportError):
    """The question itself was refused; asking again changes nothing."""


class BeatportGone(BeatportRefused):
    """There is no such thing (any more)."""


class BeatportUnreadable(BeatportError):
    """An answer came, but not one that we know how to read."""


@dataclass(frozen=True)
class Page:
    """One page of a list of tracks, and how the list goes on."""

    rows: list[Any]
    expected: int | None
    is_last: bool
    body: bytes


class Reader(Protocol):
    """Where the tracks of a run come from, page by page, the first being 1."""

    def page(self, number: int) -> Page: ...


@dataclass(frozen=True)
class Days:
    """Both included. Beatport lists years of pre-orders where the last day is missing."""

    first: date
    last: date

    @classmethod
    def of_week(cls, year: int, week: int) -> "Days":
        return cls(date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7))

    def __str__(self) -> str:
        return f"{self.first}:{self.last}"


class ApiReader:
    """The tracks of one genre and some days, by the API."""

    def __init__(self, *, genre_id: int, days: Days) -> None:
        self.api = Api()
        self.query = {"genre_id": genre_id, "publish_date": str(days), "order_by": "-publish_date"}

    def page(self, number: int) -> Page:
        question = {**self.query, "page": number, "per_page": PER_PAGE}
        try:
            body = self.api.get("/catalog/tracks/", question)
            return _page(number, envelopes.read_api_page(body), body)
        except Unreadable as error:
            raise BeatportUnreadable(f"Beatport's answer cannot be read: {error}") from error
        except BeatportGone:
            if number == 1:
                raise
            return Page(rows=[], expected=None, is_last=True, body=b"")  # the list became shorter


class WebReader:
    """The tracks of one genre and some days, from the pages of the web site."""

    def __init__(self, *, genre_id: int, slug: str, days: Days) -> None:
        self.http = _session()
        self.address = f"{settings.BEATPORT_WEB_URL}/genre/{slug or '-'}/{genre_id}/tracks"
        self.query = {"publish_date": str(days)}

    def page(self, number: int) -> Page:
        question = {**self.query, "page": number, "per_page": PER_PAGE}
        answer = _ask(self.http, "GET", self.address, params=question)
        if _is_challenge(answer) or answer.status in (401, 403):
            raise BeatportChallenge
        _check(answer)
        try:
            return _page(number, envelopes.read_web_page(answer.body), answer.body)
        except NoTracksInside as error:
            return self._empty_page(answer, number, error)
        except Unreadable as error:
            raise BeatportUnreadable(f"Beatport's page cannot be read: {error}") from error

    def _empty_page(self, answer: "Answer", number: int, error: NoTracksInside) -> Page:
        """A page without its data is a bot check; one with data and no tracks is the end."""
        if b"__NEXT_DATA__" not in answer.body:
            raise BeatportChallenge from error
        if number == 1:
            raise BeatportUnreadable("Beatport's page holds no list of tracks.") from error
        return Page(rows=[], expected=None, is_last=True, body=answer.body)


class Api:
    """Beatport's API v4 with the installation's own token."""

    def __init__(self) -> None:
        self.http = _session()

    def get(self, path: str, params: dict[str, Any]) -> bytes:
        held = self._credential()
        answer = self._ask_as(held, path, params)
        if answer.status == 401:
            self._refresh(held)
            answer = self._ask_as(held, path, params)
        if answer.status == 401:
            credentials.needs_reconnect(held)
            raise BeatportNeedsReconnect
        _check(answer)
        return answer.body

    def _credential(self) -> BeatportCredential:
        held = credentials.current()
        if held is None or held.status != BeatportCredential.Status.OK or not held.access_token:
            raise BeatportNeedsReconnect
        if credentials.is_about_to_end(held) and held.refresh_token:
            self._refresh(held)
        return held

    def _ask_as(self, held: BeatportCredential, path: str, params: dict[str, Any]) -> "Answer":
        return _ask(
            self.http,
            "GET",
            settings.BEATPORT_API_URL + path,
            params=params,
            headers={"Authorization": f"Bearer {held.access_token}"},
        )

    def _refresh(self, held: BeatportCredential) -> None:
        """Renews the token, or waits for the one who is at it already."""
        used = held.access_token
        if not credentials.claim_refresh(held):
            self._wait_for_other_refresh(held, used)
            return
        held.refresh_from_db()
        if held.access_token != used:
            credentials.give_up_claim(held)
            return
        try:
            self._renew(held)
        except BeatportUnavailable:
            credentials.give_up_claim(held)
            raise

    def _renew(self, held: BeatportCredential) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": held.refresh_token}
        if held.client_id:
            form |= {"client_id": held.client_id}
        if held.client_secret:
            form |= {"client_secret": held.client_secret}
        address = f"{settings.BEATPORT_API_URL}/auth/o/token/"
        answer = _ask(self.http, "POST", address, data=form)
        if answer.status in (400, 401, 403):
            credentials.needs_reconnect(held)
            raise BeatportNeedsReconnect
        _check(answer)
        self._store(held, answer)

    def _store(self, held: BeatportCredential, answer: "Answer") -> None:
        found = answer.json()
        access = found.get("access_token")
        if not isinstance(access, str) or not access:
            raise BeatportUnavailable("Beatport answered without a token.")
        lifetime = found.get("expires_in")
        seconds = lifetime if isinstance(lifetime, int) else 36_000
        credentials.store(
            held,
            access=access,
            refresh=str(found.get("refresh_token") or ""),
            expires_at=timezone.now() + timedelta(seconds=seconds),
        )

    def _wait_for_other_refresh(self, held: BeatportCredential, used: str) -> None:
        deadline = time.monotonic() + REFRESH_WAIT_SECONDS
        while time.monotonic() < deadline:
            held.refresh_from_db()
            if held.status != BeatportCredential.Status.OK:
                raise BeatportNeedsReconnect
            if held.access_token != used:
                return
            time.sleep(0.1)
        raise BeatportUnavailable("The token for Beatport is being renewed.", retry_after=30)


def genres() -> list[parsing.GenreRow]:
    """All genres as they are called now."""
    body = Api().get("/catalog/genres/", {"page": 1, "per_page": 200})
    try:
        found = envelopes.read_api_page(body)
    except Unreadable as error:
        raise BeatportUnreadable(f"Beatport's genres cannot be read: {error}") from error
    return [row for row in map(parsing.parse_genre, found.rows) if row]


def _page(number: int, found: Envelope, body: bytes) -> Page:
    """The address of the next page is not to be trusted; the count is, where there is one."""
    per_page = found.per_page or PER_PAGE
    more = len(found.rows) > 0 and (found.count is None or number * per_page < found.count)
    return Page(rows=found.rows, expected=found.count, is_last=not more, body=body)


# How a question is asked


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    url: str
    body: bytes

    def json(self) -> dict[str, Any]:
        try:
            found = envelopes.read_json(self.body)
        except Unreadable:
            return {}
        return found if isinstance(found, dict) else {}


def _session() -> requests.Session:
    http = requests.Session()
    http.headers["User-Agent"] = settings.USER_AGENT
    return http


def _ask(http: requests.Session, method: str, address: str, **question: Any) -> Answer:
    leases.wait_for_turn(PACE, per_second=settings.BEATPORT_REQUESTS_PER_SECOND)
    try:
        with http.request(
            method, address, timeout=settings.HTTP_TIMEOUT, stream=True, **question
        ) as answer:
            return Answer(answer.status_code, answer.headers, answer.url, _body(answer))
    except requests.RequestException as error:
        raise BeatportUnavailable(
            f"Beatport could not be reached ({type(error).__name__})."
        ) from error


def _body(answer: requests.Response) -> bytes:
    """All of it, unless it is larger than any page should be (unpacked)."""
    body = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        body += chunk
        if len(body) > envelopes.LARGEST_DOCUMENT:
            raise BeatportUnreadable("Beatport's answer is too large.")
    return bytes(body)


def _check(answer: Answer) -> None:
    if answer.status in COME_BACK_LATER:
        wait = _retry_after(answer.headers.get("Retry-After", ""))
        raise BeatportUnavailable(f"Beatport answers {answer.status}.", retry_after=wait)
    if _is_challenge(answer):
        raise BeatportChallenge
    if answer.status == 404:
        raise BeatportGone(f"Beatport does not have this: {_detail(answer)}")
    if answer.status >= 400:
        raise BeatportRefused(f"Beatport refuses ({answer.status}): {_detail(answer)}")
    if answer.status >= 300:
        raise BeatportUnreadable(f"Beatport answers {answer.status}.")


def _is_challenge(answer: Answer) -> bool:
    beginning = answer.body[:20_000]
    return (
        answer.headers.get("cf-mitigated") == "challenge"
        or "/human-test/" in answer.url
        or b"<title>Just a moment..." in beginning
    )


def _retry_after(said: str) -> int | None:
    """Seconds, or a date. None for neither."""
    if said.strip().isdigit():
        return min(int(said), LONGEST_WAIT)
    moment = parse_http_date_safe(said) if said else None
    if moment is None:
        return None
    return max(0, min(moment - int(time.time()), LONGEST_WAIT))


def _detail(answer: Answer) -> str:
    """The sentence in `{"detail": …}`, `{"error": …}` or `{"param": ["…"]}`."""
    found = answer.json()
    said = found.get("detail") or found.get("error") or next(iter(found.values()), "")
    first = said[0] if isinstance(said, list) and said else said
    return str(first)[:200] or "without a reason."

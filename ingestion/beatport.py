"""The readers of Beatport: its API v4 and its web pages.

Pages of a genre-week come out, or the errors of `ingestion.errors`; nothing of HTTP goes further
up. A bot check is recognised and named, never worked round.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.conf import settings

from ingestion import connection, envelopes, parsing, transport
from ingestion.envelopes import Envelope, NoTracksInside, Unreadable
from ingestion.errors import BeatportChallenge, BeatportGone, BeatportUnreadable
from ingestion.transport import Answer

PER_PAGE = 100
MOST_PAGES = 300


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
        self.http = transport.session()
        self.address = f"{settings.BEATPORT_WEB_URL}/genre/{slug or '-'}/{genre_id}/tracks"
        self.query = {"publish_date": str(days)}

    def page(self, number: int) -> Page:
        question = {**self.query, "page": number, "per_page": PER_PAGE}
        answer = transport.ask(
            self.http, "GET", self.address, params=question, allow_redirects=True
        )
        if transport.is_challenge(answer) or answer.status in (401, 403):
            raise BeatportChallenge
        transport.check(answer)
        try:
            return _page(number, envelopes.read_web_page(answer.body), answer.body)
        except NoTracksInside as error:
            return self._empty_page(answer, number, error)
        except Unreadable as error:
            raise BeatportUnreadable(f"Beatport's page cannot be read: {error}") from error

    def _empty_page(self, answer: Answer, number: int, error: NoTracksInside) -> Page:
        """A page without its data is a bot check; one with data and no tracks is the end."""
        if b"__NEXT_DATA__" not in answer.body:
            raise BeatportChallenge from error
        if number == 1:
            raise BeatportUnreadable("Beatport's page holds no list of tracks.") from error
        return Page(rows=[], expected=None, is_last=True, body=answer.body)


class Api:
    """Beatport's API v4 with the installation's own token."""

    def __init__(self) -> None:
        self.http = transport.session()

    def get(self, path: str, params: dict[str, Any]) -> bytes:
        answer = connection.with_connection(
            lambda held: connection.ask_as(held, path, params, http=self.http)
        )
        return answer.body


def genres() -> list[parsing.GenreRow]:
    """All genres as they are called now."""
    body = Api().get("/catalog/genres/", {"page": 1, "per_page": 200})
    try:
        found = envelopes.read_api_page(body)
    except Unreadable as error:
        raise BeatportUnreadable(f"Beatport's genres cannot be read: {error}") from error
    return [row for row in map(parsing.parse_genre, found.rows) if row]


def _page(number: int, found: Envelope, body: bytes) -> Page:
    """The address of the next page is not to be trusted; the count is, where there is one.

    Nor is it said that a page is as long as we asked.
    """
    per_page = found.per_page or len(found.rows)
    more = len(found.rows) > 0 and (found.count is None or number * per_page < found.count)
    return Page(rows=found.rows, expected=found.count, is_last=not more, body=body)

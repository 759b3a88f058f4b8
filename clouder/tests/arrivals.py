"""DJs who decide at a fixed rate, whether the server keeps up or not."""

import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import quantiles
from urllib.parse import unquote

import requests
from django.conf import settings
from django.test import Client

from curation.models import CurationPeriod, PeriodPlaylist

EVERY = 8  # decisions; then a page asks for more cards, and tells how many it has
HELD = 6
PATIENCE = 30.0
PAUSE = 0.3  # before a refused decision is sent again
LONGEST = 180.0  # outage


@dataclass
class Seat:
    """A DJ at the desk of one week: session, tracks in their order, playlists."""

    period: CurationPeriod
    tracks: list[int]
    playlists: list[int]
    cookies: dict[str, str]

    @classmethod
    def of(cls, period: CurationPeriod) -> "Seat":
        client = Client()
        client.force_login(period.user)
        client.get("/settings/")
        in_order = period.tracks.unsorted().in_bronze_order()
        playlists = PeriodPlaylist.objects.filter(curation_period=period).order_by("pk")
        return cls(
            period,
            list(in_order.values_list("pk", flat=True)),
            list(playlists.values_list("pk", flat=True)),
            {name: morsel.value for name, morsel in client.cookies.items()},
        )

    def decision(self, place: int, client_id: uuid.UUID) -> dict[str, object]:
        return {
            "track": self.tracks[place],
            "to": self.playlists[place % len(self.playlists)],
            "client_id": str(client_id),
        }


@dataclass
class Load:
    """What came of it. Seconds are counted from when a decision was due."""

    seconds: list[float] = field(default_factory=list)
    sent: list[uuid.UUID] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return quantiles(self.seconds, n=100)[49]

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=100)[94]

    @property
    def p99(self) -> float:
        return quantiles(self.seconds, n=100)[98]


class Crowd:
    def __init__(self, url: str, periods: Sequence[CurationPeriod]) -> None:
        self.url = url
        self.seats = [Seat.of(period) for period in periods]

    def decide(self, seconds: int, *, first: int = 0) -> Load:
        """One decision a second and DJ, from its `first` track on."""
        return self.arrive(seconds, lambda *about: self._decide(first, *about))

    def touch(self, seconds: int) -> Load:
        """The same rate at the view that does the least."""
        return self.arrive(seconds, self._touch)

    def arrive(
        self, seconds: int, ask: Callable[[Load, requests.Session, Seat, int], None]
    ) -> Load:
        load = Load()
        start = time.monotonic() + 1

        def sit(number: int) -> None:
            seat = self.seats[number]
            with requests.Session() as session:
                session.cookies.update(seat.cookies)
                session.headers["X-CSRFToken"] = seat.cookies[settings.CSRF_COOKIE_NAME]
                for second in range(seconds):
                    due = start + second + number / len(self.seats)
                    time.sleep(max(0.0, due - time.monotonic()))
                    ask(load, session, seat, second)
                    load.seconds.append(time.monotonic() - due)

        with ThreadPoolExecutor(len(self.seats)) as hands:
            list(hands.map(sit, range(len(self.seats))))
        return load

    def _decide(
        self, first: int, load: Load, session: requests.Session, seat: Seat, second: int
    ) -> None:
        place = first + second
        client_id = uuid.uuid4()
        load.sent.append(client_id)
        ahead = seat.tracks[place + 1 : place + 1 + HELD]
        held = {"at": ahead[0], "held": ",".join(map(str, ahead))}
        asked = [("move", seat.decision(place, client_id)), ("next", held)]
        for action, told in asked[: 1 + (place % EVERY == 0)]:
            answer = self.post(session, seat, action, told)
            if not answer.ok:
                load.refused.append(f"{answer.status_code} {answer.text[:200]}")

    def insist(self, load: Load, session: requests.Session, seat: Seat, second: int) -> None:
        """As the browser does: the same decision again until it is taken."""
        client_id = uuid.uuid4()
        load.sent.append(client_id)
        decided = seat.decision(second, client_id)
        deadline = time.monotonic() + LONGEST
        while not (answer := self.post(session, seat, "move", decided)).ok:
            sentence = unquote(answer.headers.get("X-Sentence", ""))
            load.refused.append(f"{answer.status_code} {sentence}")
            assert time.monotonic() < deadline, load.refused[-1]
            time.sleep(PAUSE)

    def post(
        self, session: requests.Session, seat: Seat, action: str, told: dict[str, object]
    ) -> requests.Response:
        return session.post(
            f"{self.url}/curation/periods/{seat.period.pk}/sort/{action}/",
            data=told,
            headers={"HX-Request": "true"},
            timeout=PATIENCE,
        )

    def _touch(self, load: Load, session: requests.Session, seat: Seat, second: int) -> None:
        track = seat.tracks[second % len(seat.tracks)]
        answer = session.post(f"{self.url}/bare/", data={"track": track}, timeout=PATIENCE)
        if answer.status_code != requests.codes.no_content:
            load.refused.append(f"{answer.status_code} {answer.text[:200]}")

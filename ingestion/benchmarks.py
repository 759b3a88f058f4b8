"""What `make bench` measures here. See clouder.bench."""

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import Any, TypeVar

import requests
from django.conf import settings
from django.db import connection as database

from accounts import connection
from accounts.answers import Profile
from catalog.models import (
    Artist,
    Entity,
    ExternalData,
    Genre,
    Label,
    Provider,
    Release,
    SpotifyMatch,
    Track,
    TrackArtist,
)
from ingestion import bare, envelopes, invented, pages, runs, search
from ingestion.matching import Found, Subject, Wanted, judge
from ingestion.parsing import TrackRow, parse_track
from ingestion.plain_registration import register_one_by_one
from ingestion.registration import register

TRACKS = 2_000
MANY = 30_000
ONE_BY_ONE = 500
A_MONTH = 120_000
ROUNDS = 3
PAGE = 100
GENRES = (6, 1, 98)
TRACKS_OF_WEEK = 400
MEGABYTE = 2**20

Made = TypeVar("Made")


def registration() -> dict[str, float]:
    """Invented tracks with their raw JSON, from rows already parsed, each time from nothing.

    One by one is the plain loop of get_or_create. The floor is the same rows once more, as the
    database hands them out, into the same tables with the same indexes: no models, no looking for
    what is there, no telling apart of recordings, one statement per table (COPY on PostgreSQL) and
    one transaction. What the floor has not are the shares of looking up and of Python, where the
    models' values are prepared one by one.
    """
    rows = [parse_track(invented.track_object(number)) for number in range(TRACKS)]
    plain = _seconds(lambda: register_one_by_one(rows))
    first, again, floor, shares = _typical(_registered(rows) for _ in range(ROUNDS))
    return {
        "tracks registered one by one per second": TRACKS / plain,
        "tracks registered per second": TRACKS / first,
        "tracks registered again per second": TRACKS / again,
        "tracks per second at the floor": TRACKS / floor,
        "times as fast as one by one": plain / first,
        "times as fast again as the first time": first / again,
        "percent of the floor": 100 * floor / first,
        **shares,
    }


def registration_of_many() -> dict[str, float]:
    """In a process of its own, for its memory: from the bytes of each page.

    One by one would take minutes: it is measured on the tracks that come next, with all the others
    there already.
    """
    told = json.loads(_in_a_process_of_its_own(f"benchmarks._register_and_weigh({MANY})"))
    floor = bare.seconds_to_write_again()
    following = range(MANY, MANY + ONE_BY_ONE)
    rows = [parse_track(invented.track_object(number)) for number in following]
    plain = _seconds(lambda: register_one_by_one(rows)) / ONE_BY_ONE
    return {
        "tracks": MANY,
        "tracks parsed per second": MANY / told["parsing"],
        "tracks registered one by one per second": 1 / plain,
        "tracks registered per second": MANY / told["registering"],
        "tracks registered again per second": MANY / told["again"],
        "tracks per second at the floor": MANY / floor,
        "times as fast as one by one": plain * MANY / told["registering"],
        "times as fast again as the first time": told["registering"] / told["again"],
        "percent of the floor": 100 * floor / told["registering"],
        **told["shares"],
        "MB of memory at most": told["megabytes"],
    }


def registration_of_a_month() -> dict[str, float]:
    """A month of the whole store, page by page.

    How a page's time grows is measured by the time that making its rows takes, which is always the
    same work: so a machine that gets busy in between is not taken for a table that gets large.
    """
    making, registering = zip(*map(_seconds_of_page, range(0, A_MONTH, PAGE)), strict=True)
    fifth = len(making) // 5
    relative = [one / other for one, other in zip(registering, making, strict=True)]
    return {
        "tracks": Track.objects.count(),
        "artist links": TrackArtist.objects.count(),
        "milliseconds per page, first fifth": 1000 * median(registering[:fifth]),
        "milliseconds per page, last fifth": 1000 * median(registering[-fifth:]),
        "growth in percent": 100 * (median(relative[-fifth:]) / median(relative[:fifth]) - 1),
        "MB of database": bare.size() / MEGABYTE,
    }


LONG = [registration_of_a_month]


def parsing() -> dict[str, float]:
    """A page of about a megabyte against `json.loads` of its JSON alone, each the best of many.

    From the bytes of an answer to what registration takes: decoding, JSON with what no database
    stores looked for and taken out, finding the data in a web page, and each row's cells cleaned
    and typed.
    """
    objects = [invented.track_object(number) for number in range(340)]
    document = {"results": objects, "count": len(objects), "per_page": 100}
    body = json.dumps(document).encode()
    web_body = _as_web_page(document)
    alone, api, web = _best_of(
        lambda: json.loads(body),
        lambda: _parsed(body),
        lambda: pages.sort_out(envelopes.read_web_page(web_body).rows),
    )
    return {
        "MB of JSON": len(body) / MEGABYTE,
        "milliseconds of json.loads": 1000 * alone,
        "times json.loads, from the API": api / alone,
        "times json.loads, from a web page": web / alone,
    }


def matching_rules() -> dict[str, float]:
    pairs = [_pair(number) for number in range(TRACKS)]
    seconds = _seconds(lambda: [judge(Subject(wanted), found) for wanted, found in pairs])
    return {"pairs judged per second": TRACKS / seconds}


def matching_of_weeks() -> dict[str, float]:
    """Three invented weeks, from an empty catalogue, held against what the sandbox knows of them.

    Right is the recording itself where Spotify has it, else another edit of it, each called by its
    name. Wrong is whatever is accepted and neither. Doubtful and missed ones are of those there.
    """
    _connect()
    truth: dict[str, dict[str, Any]] = {}
    for genre_id in GENRES:
        truth |= _fetch_week(genre_id)
    started = time.perf_counter()
    tally = search.look_up(seconds=600)
    seconds = time.perf_counter() - started
    outcomes = _outcomes(truth)
    there = sum(number for (is_there, _), number in outcomes.items() if is_there)
    accepted = tally.matched + tally.other_edit
    wrong = outcomes[True, "wrong"] + outcomes[False, "wrong"]
    return {
        "tracks looked up": tally.looked_up,
        "tracks on Spotify": there,
        "percent right, of those there": 100 * outcomes[True, "right"] / there,
        "percent doubtful, of those there": 100 * outcomes[True, "doubtful"] / there,
        "percent missed, of those there": 100 * outcomes[True, "missed"] / there,
        "percent called by the wrong class, of those there": 100 * outcomes[True, "class"] / there,
        "percent wrong, of those accepted": 100 * wrong / accepted,
        "calls per track": tally.calls / tally.looked_up,
        "tracks looked up per second": tally.looked_up / seconds,
    }


def _fetch_week(genre_id: int) -> dict[str, dict[str, Any]]:
    """What the sandbox knows of it, by Beatport id."""
    genre, _ = Genre.objects.get_or_create(
        beatport_id=genre_id, defaults={"name": str(genre_id), "slug": str(genre_id)}
    )
    week = {"genre_id": genre_id, "year": 2026, "week": 40}
    side_door = f"{settings.SANDBOX_URL}/_"
    asked = {**week, "tracks": TRACKS_OF_WEEK}
    requests.post(f"{side_door}/weeks", json=asked, timeout=60).raise_for_status()
    runs.carry_to_end(runs.request_week(genre=genre, year=2026, week=40).pk)
    known: dict[str, dict[str, Any]] = requests.get(
        f"{side_door}/truth", params=week, timeout=60
    ).json()
    return known


def _outcomes(truth: dict[str, dict[str, Any]]) -> Counter[tuple[bool, str]]:
    """Of tracks on Spotify (or not), how many were right, wrong, called by the wrong class,
    doubtful or missed.
    """
    tracks = ExternalData.objects.filter(provider=Provider.SPOTIFY, entity_type=Entity.TRACK)
    accepted = dict(tracks.values_list("entity_id", "external_id"))
    return Counter(
        _outcome(match.state, accepted.get(match.track_id), truth[str(match.track.beatport_id)])
        for match in SpotifyMatch.objects.select_related("track")
    )


def _outcome(state: str, accepted: str | None, known: dict[str, Any]) -> tuple[bool, str]:
    same, edits = set(known["same"]) - set(known["late"]), set(known["other_edit"])
    is_there = bool(same or edits)
    if accepted is None:
        return is_there, "doubtful" if state == SpotifyMatch.State.REVIEW else "missed"
    if accepted not in same | edits:
        return is_there, "wrong"
    best = same or edits
    is_called_so = (state == SpotifyMatch.State.MATCHED) == (accepted in same)
    return is_there, "right" if accepted in best and is_called_so else "class"


def _seconds(work: Callable[[], Any]) -> float:
    return _timed(work)[0]


def _timed(work: Callable[[], Made]) -> tuple[float, Made]:
    started = time.perf_counter()
    made = work()
    return time.perf_counter() - started, made


def _seconds_of_page(start: int) -> tuple[float, float]:
    """To make its rows, and to register them."""
    making, rows = _timed(partial(_invented, start))
    return making, _seconds(partial(register, rows))


def _invented(start: int) -> list[TrackRow]:
    return [parse_track(invented.track_object(start + number)) for number in range(PAGE)]


def _registered(rows: list[TrackRow]) -> tuple[float, float, float, dict[str, float]]:
    """Seconds for the first time, again, and at the floor; what the first were spent on."""
    _forget_all()
    with _watched() as spent:
        first = _seconds(lambda: _register_in_pages(rows))
    shares = _shares(spent, first)
    again = _seconds(lambda: _register_in_pages(rows))
    return first, again, bare.seconds_to_write_again(), shares


def _typical(
    rounds: Iterable[tuple[float, float, float, dict[str, float]]],
) -> tuple[float, float, float, dict[str, float]]:
    """The medians."""
    first, again, floor, shares = zip(*rounds, strict=True)
    typical = {what: median(one[what] for one in shares) for what in shares[0]}
    return median(first), median(again), median(floor), typical


@contextmanager
def _watched() -> Iterator[Mapping[str, float]]:
    """Seconds in statements, by what they are for."""
    spent: defaultdict[str, float] = defaultdict(float)

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            spent[_purpose(sql)] += time.perf_counter() - started

    with database.execute_wrapper(watch):
        yield spent


def _purpose(sql: str) -> str:
    if sql.startswith("SELECT"):
        return "looking up what is there"
    if "catalog_externaldata" in sql:
        return "writing raw JSON and Beatport's ids"
    return "writing all other rows"


def _shares(spent: Mapping[str, float], total: float) -> dict[str, float]:
    shares = {f"percent for {what}": 100 * seconds / total for what, seconds in spent.items()}
    return shares | {"percent in Python, and committing": 100 - sum(shares.values())}


def _best_of(*works: Callable[[], Any]) -> list[float]:
    """The least seconds of each. They take turns, so that a busy moment hits none alone."""
    rounds = [[_seconds(work) for work in works] for _ in range(15)]
    return [min(seconds) for seconds in zip(*rounds, strict=True)]


def _as_web_page(document: dict[str, Any]) -> bytes:
    queries = {"dehydratedState": {"queries": [{"state": {"data": document}}]}}
    script = json.dumps({"props": {"pageProps": queries}})
    return f'<html><body><script id="__NEXT_DATA__">{script}</script></body></html>'.encode()


def _in_a_process_of_its_own(call: str) -> str:
    """What it prints. It works in the same database."""
    code = f"import django; django.setup(); from ingestion import benchmarks; {call}"
    environment = {**os.environ, "TEST_DATABASE_READY": "1"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def _register_and_weigh(tracks: int) -> None:
    """Prints seconds and megabytes, as JSON."""
    parsing = registering = again = 0.0
    with _watched() as spent:
        for body in _bodies(tracks):
            seconds, rows = _timed(partial(_parsed, body))
            parsing += seconds
            registering += _seconds(partial(register, rows))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for body in _bodies(tracks):
        again += _seconds(partial(register, _parsed(body)))
    told = {"parsing": parsing, "registering": registering, "again": again, "megabytes": megabytes}
    print(json.dumps({**told, "shares": _shares(spent, registering)}))


def _bodies(tracks: int) -> Iterator[bytes]:
    for start in range(0, tracks, PAGE):
        objects = [invented.track_object(start + number) for number in range(PAGE)]
        yield json.dumps({"results": objects}).encode()


def _parsed(body: bytes) -> list[TrackRow]:
    return pages.sort_out(envelopes.read_api_page(body).rows)[0]


def _register_in_pages(rows: list[TrackRow]) -> None:
    for start in range(0, len(rows), PAGE):
        register(rows[start : start + PAGE])


def _forget_all() -> None:
    ExternalData.objects.all().delete()
    for model in (Track, Release, Label, Artist):
        model._default_manager.all().delete()


def _pair(number: int) -> tuple[Wanted, Found]:
    """The same title; every other time another remix of it."""
    remixer = f"Remixer {number % 300}"
    other = f"Remixer {(number + number % 2) % 300}"
    title, artists = f"Invented Title {number}", (f"Artist {number % 1_500} (FR)", "Zoë Ørsted")
    wanted = Wanted(title, f"{remixer} Extended Remix", artists, (remixer,), length_ms=372_000)
    found = Found(f"{title} - {other} Remix", (*artists, other), length_ms=250_000)
    return wanted, found


def _connect() -> None:
    """A DJ of the sandbox."""
    users = f"{settings.SANDBOX_URL}/_/users/nadja"
    listener = requests.post(users, json={}, timeout=30).json()
    tokens = requests.post(f"{users}/tokens", json={}, timeout=30).json()
    profile = Profile(account_id=listener["account_id"], display_name="Nadja", url="")
    connection.connect(profile=profile, tokens=connection.read_tokens(tokens))

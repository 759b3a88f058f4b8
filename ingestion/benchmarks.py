"""What `make bench` measures here. See clouder.bench."""

import time
from collections.abc import Callable
from typing import Any

import requests
from django.conf import settings

from accounts import connection
from accounts.answers import Profile
from catalog.models import Artist, ExternalData, Genre, Label, Release, Track
from ingestion import invented, runs, search
from ingestion.matching import Found, Subject, Wanted, judge
from ingestion.parsing import TrackRow, parse_track
from ingestion.plain_registration import register_one_by_one
from ingestion.registration import register

TRACKS = 2_000
PAGE = 100


def registration() -> dict[str, float]:
    """Invented tracks with their raw JSON, the plain way and in pages, each time from nothing."""
    objects = [invented.track_object(number) for number in range(TRACKS)]
    parsing = _seconds(lambda: [parse_track(found) for found in objects])
    rows = [parse_track(found) for found in objects]
    plain = _seconds(lambda: register_one_by_one(rows))
    _forget_all()
    bulk = _seconds(lambda: _register_in_pages(rows))
    again = _seconds(lambda: _register_in_pages(rows))
    return {
        "tracks parsed per second": TRACKS / parsing,
        "tracks registered one by one per second": TRACKS / plain,
        "tracks registered per second": TRACKS / bulk,
        "tracks registered again per second": TRACKS / again,
        "times as fast as one by one": plain / bulk,
    }


def matching_rules() -> dict[str, float]:
    pairs = [_pair(number) for number in range(TRACKS)]
    seconds = _seconds(lambda: [judge(Subject(wanted), found) for wanted, found in pairs])
    return {"pairs judged per second": TRACKS / seconds}


def search_errand() -> dict[str, float]:
    """A week of the sandbox, from nothing known."""
    _connect()
    genre, _ = Genre.objects.get_or_create(beatport_id=6, defaults={"name": "Techno"})
    asked = {"genre_id": 6, "year": 2026, "week": 40, "tracks": 400}
    requests.post(f"{settings.SANDBOX_URL}/_/weeks", json=asked, timeout=30).raise_for_status()
    run = runs.carry_to_end(runs.request_week(genre=genre, year=2026, week=40).pk)
    started = time.perf_counter()
    tally = search.look_up(seconds=600)
    return {
        "tracks looked up": tally.looked_up,
        "calls per track": tally.calls / run.collected,
        "share accepted": (tally.matched + tally.other_edit) / tally.looked_up,
        "share doubtful": tally.review / tally.looked_up,
        "tracks looked up per second": tally.looked_up / (time.perf_counter() - started),
    }


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


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

"""What `make bench` measures here. See clouder.bench."""

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from catalog import plans
from clouder import crowd
from curation import columns, moves
from curation.models import CurationPeriod

TRACKS = 100_000
FEW, MANY = 2_000, 1_000_000
ROUNDS = 7
LARGE = 50_000  # rows
# Not a walk along an index, which ends at its LIMIT.
SCAN = re.compile(r"Seq Scan on (\w+)|^SCAN (\w+)$", re.MULTILINE)


def admin_lists() -> dict[str, float]:
    """Every list of the admin, and searches that the largest are asked, at 100,000 tracks."""
    crowd.gather(TRACKS)
    chief = User.objects.create_superuser("chief", password=None)
    client = Client()
    client.force_login(chief)
    client.get(reverse("admin:index"))  # templates and content types are read once
    figures = {}
    for name, address in _lists():
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        queries = float(len(captured))
        started = time.perf_counter()
        assert client.get(address).status_code == 200
        figures[f"{name}: queries"] = queries
        figures[f"{name}: ms"] = 1000 * (time.perf_counter() - started)
    return figures


def _lists() -> Iterator[tuple[str, str]]:
    yield "first page", reverse("admin:index")
    for model in admin.site._registry:
        opts = model._meta
        name = f"{opts.app_label}.{opts.model_name}"
        yield name, reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    tracks = reverse("admin:catalog_track_changelist")
    for asked in ("q=77777", "q=glass117", "q=glass117+artist", "spotify=review", "p=150"):
        yield f"tracks ?{asked}", f"{tracks}?{asked}"


def pages_among_a_million() -> dict[str, float]:
    """What a DJ and staff look at: among 2,000 tracks in 4 weeks, and among a million tracks when
    20 DJs have 2,000 weeks of 500. A plan that reads a large table from end to end is printed.
    """
    crowd.gather(FEW, weeks=4, size=500, raw="{}")
    small = {name: _look(address)[:2] for name, address in _pages()}
    call_command("flush", verbosity=0, interactive=False)
    crowd.gather(MANY, djs=20, weeks=100, size=500, raw="{}")
    large_tables = _large_tables()
    figures: dict[str, float] = {}
    for name, address in _pages():
        queries, ms, found = _look(address)
        scans = sorted({table for plan in found for table in _scanned(*plan) & large_tables})
        if scans:
            print(f"\n    {name} reads the whole of {', '.join(scans)}", flush=True)
        few_queries, few_ms = small[name]
        figures |= {
            f"{name}: queries": queries,
            f"{name}: queries more than among few": queries - few_queries,
            f"{name}: ms": ms,
            f"{name}: times as long as among few": ms / few_ms,
            f"{name}: large tables read whole": len(scans),
        }
    return figures


def list_of_2000_tracks() -> dict[str, float]:
    """All tracks of a week as a list: looked at in each order, many of them moved and back."""
    crowd.gather(2_000, weeks=1, size=2_000, raw="{}")
    period = CurationPeriod.objects.get()
    client = Client()
    client.force_login(period.user)
    address = reverse("period_tracks", args=[period.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    look = partial(client.get, address)
    figures: dict[str, float] = {
        "the page: queries": len(queries),
        "the page: ms": 1000 * median(_seconds(look) for _ in range(9)),
        "the page: kB": len(page.content) / 1000,
        "sorted by the slowest column: ms": 1000
        * max(_seconds(partial(look, {"sort": name})) for name in columns.NAMED),
    }
    for count in (500, 2_000):
        to = period.playlists.exclude(user_category__is_trash=True)[count == 500]
        ids = period.tracks.order_by("position").values_list("pk", flat=True)[:count]
        chosen = period.tracks.filter(pk__in=list(ids))
        move = partial(moves.move_tracks, user=period.user, period=period, chosen=chosen, to=to)
        for verb, do in (("moved", move), ("undone", partial(moves.undo, period))):
            with CaptureQueriesContext(connection) as queries:
                seconds = _seconds(do)
            figures[f"{count} tracks {verb}: ms"] = 1000 * seconds
            figures[f"{count} tracks {verb}: queries"] = len(queries)
    return figures


def _seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


LONG = [pages_among_a_million]


def _pages() -> Iterator[tuple[str, str]]:
    """Of the first DJ; the newest week, and its neighbours in other tables."""
    first = crowd.FIRST
    newest = User.objects.get(pk=first).periods.order_by("pk").last()
    assert newest
    for name in ("home", "styles", "periods", "golden", "matches", "settings", "coverage"):
        yield name, reverse(name)
    yield "style", reverse("style", args=["crowd"])
    for name in ("period", "period_tracks", "sort", "review"):
        yield name, reverse(name, args=[newest.pk])
    for name in ("golden_category", "track", "artist", "label"):
        yield name, reverse(name, args=[first])
    yield "search", f"{reverse('search')}?q=harbour+1234"
    yield "API: styles", "/api/styles"
    yield "API: periods", "/api/curation/periods"
    for name in ("", "/tracks", "/playlists"):
        yield f"API: period{name}", f"/api/curation/periods/{newest.pk}{name}"
    yield "API: golden", f"/api/golden/{first}/tracks"
    yield "API: matches", "/api/matches"


def _look(address: str) -> tuple[float, float, list[tuple[str, str]]]:
    """Queries, median milliseconds, and the plan of each statement."""
    dj = User.objects.get(pk=crowd.FIRST)
    User.objects.filter(pk=dj.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(dj)
    with plans.explained() as found:
        assert client.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    queries = float(len(captured))
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        client.get(address)
        seconds.append(time.perf_counter() - started)
    return queries, 1000 * median(seconds), found


def _scanned(sql: str, plan: str) -> set[str]:
    """The tables that are read row by row; SQLite tells some by their alias."""
    aliases = dict(re.findall(r'"(\w+)" (\w+)\b', sql))
    named = {alias: table for table, alias in aliases.items()}
    found = {first or second for first, second in SCAN.findall(plan)}
    return {named.get(name, name) for name in found}


def _large_tables() -> set[str]:
    with connection.cursor() as cursor:
        sizes = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM (SELECT 1 FROM "{table}" LIMIT {LARGE}) AS part')  # noqa: S608
            sizes[table] = cursor.fetchone()[0]
    return {table for table, size in sizes.items() if size >= LARGE}

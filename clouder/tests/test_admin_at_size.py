"""The admin's lists at 100,000 tracks: how much of the tables a page reads, counted, not timed."""

import json
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clouder import crowd
from clouder.tests import rows
from clouder.tests.test_admin_pages import lists

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Rows. A list counts up to 10,000, some in two tables; a search may go a few times through what
# a common word is found in.
MOST_READ, MOST_READ_WHEN_ASKED = 35_000, 700_000
STEPS_OF_A_ROW = 60  # of SQLite's machine, at most


def asked_of_tracks() -> Iterator[str]:
    tracks = reverse("admin:catalog_track_changelist")
    exact = ["q=10000777", "q=GBXXX2600001", "p=199"]
    common = ["q=glass117", "q=glass117+artist", "q=crd777", "q=ab"]
    for asked in [*exact, *common, "spotify=review", "spotify=unmatched"]:
        yield f"{tracks}?{asked}"


def rows_read(client, address: str) -> tuple[int, int]:
    """How many queries a page takes and how many rows they read."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    if connection.vendor == "sqlite":
        return len(captured), steps(client, address) // STEPS_OF_A_ROW
    asked = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    return len(captured), sum(map(read_by, asked))


def steps(client, address: str) -> int:
    ticks = []
    connection.connection.set_progress_handler(lambda: ticks.append(1), 1000)
    client.get(address)
    connection.connection.set_progress_handler(None, 0)
    return 1000 * len(ticks)


def read_by(sql: str) -> int:
    """What PostgreSQL's scans touched, whether it was wanted or not."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}".replace("%", "%%"), [])
        found = cursor.fetchone()[0]
    plan = found if isinstance(found, list) else json.loads(found)
    return scanned(plan[0]["Plan"])


def scanned(node: dict) -> int:
    below = sum(scanned(child) for child in node.get("Plans", []))
    if "Scan" not in node["Node Type"] or "Bitmap Index" in node["Node Type"]:
        return below
    touched = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return below + int(touched * node["Actual Loops"])


def test_a_list_reads_a_small_part_of_its_tables(admin_client):
    rows.fill(range(1, 31))
    pages = [reverse("admin:index"), reverse("status"), *lists(admin_client)]
    few = {address: rows_read(admin_client, address)[0] for address in pages}
    crowd.gather(100_000)
    pages += asked_of_tracks()

    read = {address: rows_read(admin_client, address) for address in pages}

    assert not {address for address in few if read[address][0] > few[address]}
    assert max(queries for queries, _ in read.values()) < 25
    is_asked = {address: "?" in address and "p=" not in address for address in pages}
    assert not {
        address: count
        for address, (_, count) in read.items()
        if count > (MOST_READ_WHEN_ASKED if is_asked[address] else MOST_READ)
    }

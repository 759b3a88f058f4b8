"""Every row of a database as a hash, and what it tells of itself; also for a fresh process."""

import hashlib
import json
from typing import Any

import django


def row_hashes() -> dict[str, list[str]]:
    """By table, in an order that does not depend on the database's."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = sorted(row_hash(row) for row in cursor.fetchall())
    return found


def row_hash(row: tuple[Any, ...]) -> str:
    plain = [bytes(value) if isinstance(value, memoryview) else value for value in row]
    return hashlib.sha256(repr(plain).encode()).hexdigest()


def misplaced() -> int:
    """Tracks that do not lie where the log of moves says."""
    from curation.models import CurationTrack, Move

    places = dict(Move.objects.order_by("pk").values_list("curation_track", "to_playlist"))
    tracks = CurationTrack.objects.values_list("pk", "current_silver_playlist")
    return sum(places.get(track) != place for track, place in tracks)


def look() -> dict[str, Any]:
    from accounts.models import SpotifyCredential
    from curation.models import Move

    return {
        "rows": row_hashes(),
        "secrets": list(SpotifyCredential.objects.values_list("refresh_token", flat=True)),
        "moves": Move.objects.count(),
        "misplaced": misplaced(),
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(look()))

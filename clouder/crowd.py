"""A catalogue as it is after years, written in a minute: for measuring, never for use.

Rows are made inside the database, with SQL that SQLite and PostgreSQL both speak. A number makes
one row of each table; the same number has the same id everywhere.
"""

from collections.abc import Mapping

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import Preferences, QuotaBucket, QuotaHour, User
from catalog.models import (
    Artist,
    ExternalData,
    Genre,
    Label,
    Release,
    SpotifyMatch,
    Track,
    TrackArtist,
)
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    MirroredPlaylist,
    Move,
    PeriodPlaylist,
    Style,
    UserCategory,
)
from ingestion.models import IngestRun, RowSetAside

FIRST = 10_000_001  # the ids of the crowd; what a test makes has smaller ones
GENRES, TRACKS_A_WEEK, CATEGORIES = 40, 300, 6
STATES = """CASE WHEN n % 100 < 74 THEN 'matched' WHEN n % 100 < 84 THEN 'other_edit'
    WHEN n % 100 < 85 THEN 'review' WHEN n % 100 < 95 THEN 'not_found' ELSE 'pending' END"""
RAW = '{"id": 1, "name": "' + 40 * "as it came from the service, " + '"}'

Columns = Mapping[str, str]


def gather(tracks: int) -> None:
    """That many tracks, and with them what they bring: three matched in four, a third of them
    sorted by a DJ, a run for each hundred."""
    with transaction.atomic():
        people()
        music(tracks)
        imports(tracks // 100)
        weeks(tracks // 3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def insert(model: type[Model], count: int, columns: Columns) -> None:
    """Columns are SQL about `n`, which goes from 1 to the count; others have their default."""
    names, values, params = ["id"], [f"n + {FIRST - 1}"], []
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        names.append(connection.ops.quote_name(str(field.column)))
        if field.attname in columns:
            values.append(columns[field.attname].replace("%", "%%"))
            continue
        default = timezone.now() if getattr(field, "auto_now", False) else field.get_default()
        default = timezone.now() if getattr(field, "auto_now_add", False) else default
        values.append(f"CAST(%s AS {field.db_type(connection)})")
        params.append(field.get_db_prep_save(default, connection))
    numbers = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %s)"
    sql = f"""INSERT INTO {model._meta.db_table} ({", ".join(names)})
        {numbers} SELECT {", ".join(values)} FROM r"""  # noqa: S608  names of ours only
    with connection.cursor() as cursor:
        cursor.execute(sql, [count, *params])


def of(count: int, spread: int = 1) -> str:
    """The id of another model's row, out of so many."""
    return f"(n / {spread}) % {count} + {FIRST}"


def text(words: str) -> str:
    return f"'{words} ' || CAST(n AS varchar)"


def people() -> None:
    insert(User, 1, {"username": text("dj")})
    insert(Preferences, 1, {"user_id": str(FIRST)})
    insert(QuotaBucket, 4, {"name": text("crowded")})
    hour = "'2026-01-01 00:00:00'" if connection.vendor == "sqlite" else "now()"
    step = f"datetime({hour}, '-' || n || ' hours')"
    if connection.vendor == "postgresql":
        step = f"{hour} - n * interval '1 hour'"
    insert(QuotaHour, 35_000, {"bucket_id": of(4), "hour": step, "calls": "n % 90"})


def music(tracks: int) -> None:
    artists, releases, labels = max(tracks // 3, 1), max(tracks // 3, 1), max(tracks // 20, 1)
    insert(Genre, GENRES, {"beatport_id": f"n + {FIRST}", "name": text("Genre")})
    for model, count, word in [(Artist, artists, "artist"), (Label, labels, "label")]:
        named = {"name": text(word.title()), "search_text": text(word)}
        insert(model, count, {"beatport_id": f"n + {FIRST}", **named})
    insert(
        Release,
        releases,
        {
            "beatport_id": f"n + {FIRST}",
            "title": text("Release"),
            "catalog_number": "'CRD' || CAST(n AS varchar)",
            "search_text": "'release ' || CAST(n AS varchar) || ' crd' || CAST(n AS varchar)",
            "label_id": of(labels),
        },
    )
    word = "'glass' || CAST(n % 40 + 100 AS varchar)"  # one track in forty has it
    insert(
        Track,
        tracks,
        {
            "beatport_id": f"n + {FIRST}",
            "title": f"'G' || substr({word}, 2) || ' Harbour ' || CAST(n AS varchar)",
            "search_text": f"{word} || ' harbour ' || CAST(n AS varchar)",
            "release_id": of(releases, 3),
            "genre_id": of(GENRES),
            "recording_key": "'text:' || CAST(n AS varchar)",
        },
    )
    matches = {"track_id": f"n + {FIRST - 1}", "state": STATES, "priority": "n % 3"}
    insert(SpotifyMatch, tracks, matches)
    credit = {"track_id": f"n + {FIRST - 1}", "artist_id": of(artists), "role": "'artist'"}
    insert(TrackArtist, tracks, {**credit, "position": "0"})
    raw = f"'{RAW}'" if connection.vendor == "sqlite" else f"'{RAW}'::jsonb"
    insert(
        ExternalData,
        tracks * 2,
        {
            "provider": "CASE WHEN n % 2 = 0 THEN 'beatport' ELSE 'spotify' END",
            "entity_type": "'track'",
            "entity_id": f"(n + 1) / 2 + {FIRST - 1}",
            "external_id": "CAST(n AS varchar)",
            "raw": raw,
            "fetched_at": "CURRENT_TIMESTAMP",
        },
    )


def imports(runs: int) -> None:
    insert(
        IngestRun,
        runs,
        {
            "genre_id": of(GENRES),
            "year": "2026",
            "week": "n % 50 + 1",
            "status": "CASE WHEN n % 10 = 0 THEN 'failed' ELSE 'complete' END",
        },
    )
    aside = {"run_id": of(runs), "page": "1", "position": "n % 30000", "reason": text("Reason")}
    insert(RowSetAside, runs * 10, {**aside, "raw": f"'{RAW}'"})


def weeks(tracks: int) -> None:
    """One DJ has sorted so many."""
    periods = max(tracks // TRACKS_A_WEEK, 1)
    insert(Style, 1, {"name": text("Crowd"), "slug": "'crowd'"})
    whose = {"user_id": str(FIRST), "style_id": str(FIRST)}
    insert(UserCategory, CATEGORIES, {**whose, "name": text("Category")})
    opened = {"year": "2000 + n / 50", "week": "n % 50 + 1"}
    insert(CurationPeriod, periods, {**whose, **opened})
    silver = {
        "curation_period_id": of(periods, CATEGORIES),
        "user_category_id": of(CATEGORIES),
    }
    insert(PeriodPlaylist, periods * CATEGORIES, silver)
    insert(
        CurationTrack,
        tracks,
        {
            "curation_period_id": of(periods),
            "track_id": f"n + {FIRST - 1}",
            "recording_key": "CAST(n AS varchar)",
            "position": f"n / {periods}",
        },
    )
    insert(
        Move,
        tracks,
        {
            "user_id": str(FIRST),
            "curation_track_id": f"n + {FIRST - 1}",
            "kind": "'move'",
            "client_id": uuid_sql(),
            "action_id": uuid_sql(),
            "created_at": "CURRENT_TIMESTAMP",
        },
    )
    golden = {"user_category_id": of(CATEGORIES), "track_id": f"n + {FIRST - 1}"}
    insert(GoldenTrack, tracks // 10, {**golden, "added_at": "CURRENT_TIMESTAMP"})
    insert(
        MirroredPlaylist,
        periods * CATEGORIES,
        {
            "user_id": str(FIRST),
            "layer": "'silver'",
            "curation_period_id": of(periods, CATEGORIES),
            "period_playlist_id": f"n + {FIRST - 1}",
            "marker": uuid_sql(),
            "wanted": "n % 3",
        },
    )


def uuid_sql() -> str:
    if connection.vendor == "sqlite":
        return "lower(hex(randomblob(16)))"
    return "gen_random_uuid()"

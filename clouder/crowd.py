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
GENRES, CATEGORIES = 40, 6
STATES = """CASE WHEN n % 100 < 74 THEN 'matched' WHEN n % 100 < 84 THEN 'other_edit'
    WHEN n % 100 < 85 THEN 'review' WHEN n % 100 < 95 THEN 'not_found' ELSE 'pending' END"""
RAW = '{"id": 1, "name": "' + 40 * "as it came from the service, " + '"}'
TRASH, OPEN_WEEKS = CATEGORIES - 1, 3

Columns = Mapping[str, str]


def gather(
    tracks: int, *, djs: int = 1, weeks: int | None = None, size: int = 300, raw: str = RAW
) -> None:
    """That many tracks, and with them what they bring: three matched in four, a run for each
    hundred, and so many weeks of each DJ, or as many as take a third of the tracks."""
    with transaction.atomic():
        trust()
        people(djs)
        music(tracks, raw)
        imports(tracks // 100, raw)
        sorting(tracks, djs, max(tracks // 3 // size, 1) if weeks is None else weeks, size)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def trust() -> None:
    """PostgreSQL looks up no reference of these rows, where its user may ask for that: half the
    time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('session_replication_role', 'replica', true)"
                " WHERE current_setting('is_superuser') = 'on'"
            )


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
        # SQLite would make a number of a day; PostgreSQL asks what a value is.
        is_strict = connection.vendor == "postgresql"
        values.append(f"CAST(%s AS {field.db_type(connection)})" if is_strict else "%s")
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


def people(djs: int) -> None:
    insert(User, djs, {"username": text("dj")})
    insert(Preferences, djs, {"user_id": f"n + {FIRST - 1}"})
    insert(QuotaBucket, 4, {"name": text("crowded")})
    hour = "'2026-01-01 00:00:00'" if connection.vendor == "sqlite" else "now()"
    step = f"datetime({hour}, '-' || n || ' hours')"
    if connection.vendor == "postgresql":
        step = f"{hour} - n * interval '1 hour'"
    insert(QuotaHour, 35_000, {"bucket_id": of(4), "hour": step, "calls": "n % 90"})


def music(tracks: int, raw: str) -> None:
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
            "published_on": days_before("DATE '2026-11-20'", "n / 500"),
        },
    )
    matches = {"track_id": f"n + {FIRST - 1}", "state": STATES, "priority": "n % 3"}
    insert(SpotifyMatch, tracks, matches)
    credit = {"track_id": f"n + {FIRST - 1}", "artist_id": of(artists), "role": "'artist'"}
    insert(TrackArtist, tracks, {**credit, "position": "0"})
    raw = f"'{raw}'" if connection.vendor == "sqlite" else f"'{raw}'::jsonb"
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


def imports(runs: int, raw: str) -> None:
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
    aside = {"run_id": of(runs), "page": "1", "position": f"n / {runs}", "reason": text("Reason")}
    insert(RowSetAside, runs * 10, {**aside, "raw": f"'{raw}'"})


def sorting(tracks: int, djs: int, weeks: int, size: int) -> None:
    """The last weeks of each DJ are open, and half of them unsorted."""
    periods = djs * weeks
    insert(Style, 1, {"name": text("Crowd"), "slug": "'crowd'"})
    insert(Style.genres.through, 2, {"style_id": str(FIRST), "genre_id": of(GENRES)})
    category = f"(n - 1) % {CATEGORIES}"
    insert(
        UserCategory,
        djs * CATEGORIES,
        {
            "user_id": f"(n - 1) / {CATEGORIES} + {FIRST}",
            "style_id": str(FIRST),
            "name": text("Category"),
            "position": category,
            "is_trash": f"{category} = {TRASH}",
        },
    )
    nth, closed = f"(n - 1) % {weeks}", weeks - OPEN_WEEKS
    insert(
        CurationPeriod,
        periods,
        {
            "user_id": f"(n - 1) / {weeks} + {FIRST}",
            "style_id": str(FIRST),
            "year": f"2000 + ({nth}) / 50",
            "week": f"({nth}) % 50 + 1",
            "status": f"CASE WHEN {nth} < {closed} THEN 'CLOSED' ELSE 'IN_PROGRESS' END",
        },
    )
    of_period = f"(n - 1) / {CATEGORIES}"
    silver = {
        "curation_period_id": f"{of_period} + {FIRST}",
        "user_category_id": f"({of_period}) / {weeks} * {CATEGORIES} + {category} + {FIRST}",
    }
    insert(PeriodPlaylist, periods * CATEGORIES, silver)
    period = f"(n - 1) / {size}"
    is_bronze = f"({period}) % {weeks} >= {closed} AND n % 2 = 0"
    playlist = f"({period}) * {CATEGORIES} + {category} + {FIRST}"
    insert(
        CurationTrack,
        periods * size,
        {
            "curation_period_id": f"{period} + {FIRST}",
            "track_id": f"(n - 1) % {tracks} + {FIRST}",
            "recording_key": f"'text:' || CAST((n - 1) % {tracks} + 1 AS varchar)",
            "position": f"(n - 1) % {size}",
            "status": f"CASE WHEN {is_bronze} THEN 'UNSORTED' ELSE 'SORTED' END",
            "current_silver_playlist_id": f"CASE WHEN {is_bronze} THEN NULL ELSE {playlist} END",
            "sorted_at": f"CASE WHEN {is_bronze} THEN NULL ELSE CURRENT_TIMESTAMP END",
        },
    )
    insert(
        Move,
        periods * size,
        {
            "user_id": f"({period}) / {weeks} + {FIRST}",
            "curation_track_id": f"n + {FIRST - 1}",
            "kind": "'move'",
            "client_id": uuid_sql(),
            "action_id": uuid_sql(),
            "created_at": "CURRENT_TIMESTAMP",
        },
    )
    kept = max(min(tracks, periods * size) // 10, 1)
    golden = {"user_category_id": of(djs * CATEGORIES), "track_id": f"n + {FIRST - 1}"}
    insert(GoldenTrack, kept, {**golden, "added_at": "CURRENT_TIMESTAMP"})
    insert(
        MirroredPlaylist,
        periods * CATEGORIES,
        {
            "user_id": f"({of_period}) / {weeks} + {FIRST}",
            "layer": "'silver'",
            "curation_period_id": f"{of_period} + {FIRST}",
            "period_playlist_id": f"n + {FIRST - 1}",
            "marker": uuid_sql(),
            "wanted": "n % 3",
        },
    )


def days_before(day: str, weeks: str) -> str:
    if connection.vendor == "sqlite":
        return f"date({day.removeprefix('DATE ')}, '-' || (7 * ({weeks})) || ' days')"
    return f"({day} - 7 * ({weeks})::int)"


def uuid_sql() -> str:
    if connection.vendor == "sqlite":
        return "lower(hex(randomblob(16)))"
    return "gen_random_uuid()"

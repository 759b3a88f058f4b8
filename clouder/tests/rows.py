"""Many rows of every model that the admin shows; what belongs to something belongs to one."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from accounts.models import ApiToken, Preferences, QuotaBucket, QuotaHour, User
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
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    MirroredItem,
    MirroredPlaylist,
    Move,
    PeriodPlaylist,
    RefusedUri,
    Style,
    UserCategory,
)
from ingestion.models import BeatportCredential, IngestRun, RawPage, RowSetAside

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
# On these the others hang; of other models it is the first row.
HUBS: dict[type[Model], dict[str, Any]] = {
    User: {"username": "user-1"},
    Genre: {"beatport_id": 1001},
    Style: {"slug": "style-1"},
    QuotaBucket: {"name": "bucket 1"},
    PeriodicTask: {"name": "Entry 1"},
    IntervalSchedule: {"every": 1001},
}


def create(model: type[Model], numbers: range, make: Callable[[int], dict[str, Any]]) -> list[Any]:
    rows = [model(**make(number)) for number in numbers]
    return model._default_manager.bulk_create(rows, batch_size=500)


def hub(model: type[Model]) -> Any:
    found = model._default_manager.filter(**HUBS.get(model, {})).order_by("pk").first()
    assert found is not None, f"clouder.tests.rows makes no {model.__name__}"
    return found


def fill(numbers: range) -> None:
    """One row of each model for each number. Called again with other numbers it adds."""
    people(numbers)
    music(numbers)
    runs(numbers)
    weeks(numbers)
    refused(numbers)
    schedules(numbers)


def people(numbers: range) -> None:
    users = create(User, numbers, lambda n: {"username": f"user-{n}", "display_name": f"DJ {n}"})
    Preferences.objects.bulk_create([Preferences(user=user) for user in users])
    create(Group, numbers, lambda n: {"name": f"Group {n}"})
    first = hub(User)
    first.groups.set(Group.objects.all())
    create(
        ApiToken,
        numbers,
        lambda n: {
            "user": first,
            "name": f"Token {n}",
            "prefix": f"clouder_{n:06}",
            "sha256": f"{n:064}",
            "form_id": uuid.uuid4(),
        },
    )
    create(QuotaBucket, numbers, lambda n: {"name": f"bucket {n}"})
    bucket = hub(QuotaBucket)
    now = timezone.now()
    create(
        QuotaHour,
        numbers,
        lambda n: {"bucket": bucket, "hour": now - timedelta(minutes=n), "calls": n},
    )


def music(numbers: range) -> None:
    create(Genre, numbers, lambda n: {"beatport_id": 1000 + n, "name": f"Genre {n}"})
    create(Artist, numbers, lambda n: {"beatport_id": n, "name": f"Artist {n}"})
    create(Label, numbers, lambda n: {"beatport_id": n, "name": f"Label {n}"})
    labels = dict(Label.objects.values_list("beatport_id", "pk"))
    create(
        Release,
        numbers,
        lambda n: {
            "beatport_id": n,
            "title": f"Release {n}",
            "catalog_number": f"CAT{n:03}",
            "label_id": labels[n],
        },
    )
    genres = dict(Genre.objects.values_list("beatport_id", "pk"))
    releases = dict(Release.objects.values_list("beatport_id", "pk"))
    tracks = create(
        Track,
        numbers,
        lambda n: {
            "beatport_id": n,
            "title": f"Title {n}",
            "genre_id": genres[1000 + n],
            "release_id": releases[n],
            "recording_key": f"isrc:GBXXX26{n:05}",
            "published_on": date(2026, 11, 20),
        },
    )
    of = dict(zip(numbers, tracks, strict=True))
    create(SpotifyMatch, numbers, lambda n: {"track": of[n], "reasons": ["Words differ."] * 3})
    artists = dict(Artist.objects.values_list("beatport_id", "pk"))
    artist = TrackArtist.Role.ARTIST
    create(
        TrackArtist,
        numbers,
        lambda n: {"track": of[n], "artist_id": artists[n], "role": artist, "position": 0},
    )
    first = hub(Track)
    create(
        TrackArtist,
        numbers,
        lambda n: {
            "track": first,
            "artist_id": artists[n],
            "role": artist,
            "position": n,
        },
    )
    create(
        ExternalData,
        numbers,
        lambda n: {
            "provider": Provider.BEATPORT,
            "entity_type": Entity.TRACK,
            "entity_id": of[n].pk,
            "external_id": str(n),
            "raw": {"id": n},
            "fetched_at": NOW,
        },
    )


def runs(numbers: range) -> None:
    genres = dict(Genre.objects.values_list("beatport_id", "pk"))
    create(
        IngestRun,
        numbers,
        lambda n: {
            "genre_id": genres[1000 + n],
            "year": 2026,
            "week": 47,
            "status": "partial",
            "expected": 90,
            "set_aside": 5,
        },
    )
    first = hub(IngestRun)
    create(
        RowSetAside,
        numbers,
        lambda n: {"run": first, "page": 1, "position": n, "reason": "No title.", "raw": "{}"},
    )
    create(RawPage, numbers, lambda n: {"run": first, "number": n, "body": b""})
    BeatportCredential.objects.get_or_create(is_the_one=True)


def weeks(numbers: range) -> None:
    create(Style, numbers, lambda n: {"name": f"Style {n}", "slug": f"style-{n}"})
    style, dj = hub(Style), hub(User)
    style.genres.set(Genre.objects.all())
    trash = {"user": dj, "style": style}
    create(UserCategory, numbers, lambda n: {**trash, "name": f"Category {n}", "position": n})
    categories = dict(UserCategory.objects.values_list("position", "pk"))
    year, week = zip(*[(1500 + n // 50, n % 50 + 1) for n in numbers], strict=True)
    opened = dict(zip(numbers, zip(year, week, strict=True), strict=True))
    create(
        CurationPeriod,
        numbers,
        lambda n: {**trash, "year": opened[n][0], "week": opened[n][1]},
    )
    period = hub(CurationPeriod)
    silver = create(
        PeriodPlaylist,
        numbers,
        lambda n: {"curation_period": period, "user_category_id": categories[n]},
    )
    playlists = dict(zip(numbers, silver, strict=True))
    tracks = dict(Track.objects.values_list("beatport_id", "pk"))
    sorted_tracks = create(
        CurationTrack,
        numbers,
        lambda n: {
            "curation_period": period,
            "track_id": tracks[n],
            "recording_key": f"isrc:{n}",
            "position": n,
            "status": "SORTED",
            "current_silver_playlist": playlists[n],
            "sorted_at": NOW,
        },
    )
    sorted_as = dict(zip(numbers, sorted_tracks, strict=True))
    create(
        Move,
        numbers,
        lambda n: {
            "user": dj,
            "curation_track": sorted_as[n],
            "kind": "move",
            "to_playlist": playlists[n],
            "created_at": NOW,
        },
    )
    create(
        GoldenTrack,
        numbers,
        lambda n: {"user_category_id": categories[n], "track_id": tracks[n], "added_at": NOW},
    )
    create(
        MirroredPlaylist,
        numbers,
        lambda n: {
            "user": dj,
            "layer": "silver",
            "curation_period": period,
            "period_playlist": playlists[n],
            "wanted": 3,
            "error": "Spotify does not answer.",
        },
    )
    playlist = hub(MirroredPlaylist)
    create(
        MirroredItem,
        numbers,
        lambda n: {
            "playlist": playlist,
            "position": n,
            "track_id": tracks[n],
            "uri": f"spotify:track:{n:022}",
        },
    )


def refused(numbers: range) -> None:
    create(RefusedUri, numbers, lambda n: {"uri": f"spotify:track:{n:022}", "try_again_at": NOW})


def schedules(numbers: range) -> None:
    create(IntervalSchedule, numbers, lambda n: {"every": 1000 + n, "period": "days"})
    create(CrontabSchedule, numbers, lambda n: {"minute": str(n % 60), "hour": str(n % 24)})
    intervals = dict(IntervalSchedule.objects.values_list("every", "pk"))
    crontab = hub(CrontabSchedule)
    create(
        PeriodicTask,
        numbers,
        lambda n: {
            "name": f"Entry {n}",
            "task": "ingestion.tasks.match",
            **({"crontab": crontab} if n % 2 else {"interval_id": intervals[1000 + n]}),
        },
    )

"""Real captures, and invented weeks in the exact shape: every row of them is registered."""

from pathlib import Path

import pytest

from catalog.models import Artist, ExternalData, Genre, Label, Provider, Release, Track
from ingestion import files
from ingestion.models import IngestRun

pytestmark = pytest.mark.django_db


def imported(*paths: Path) -> list[IngestRun]:
    runs = files.import_files(paths)
    for run in runs:
        assert (run.status, run.error, run.set_aside) == (IngestRun.Status.COMPLETE, "", 0)
        assert run.collected == run.expected
    return runs


@pytest.mark.parametrize(
    ("path", "tracks"),
    [
        ("pages/genre_12_deep-house_top-100_2025-04-01.html", 100),
        ("api/genres_13_top_100_2025-08-30.json.gz", 100),
        ("pages/fomoplayer_beatport_operator_track_pageprops.json", 1),
        ("pages/fomoplayer_noisia_concussion_beatport.json", 1),
    ],
)
def test_a_real_capture_is_registered_whole(shared, path, tracks):
    (run,) = imported(shared / "data" / path)

    assert run.collected == Track.objects.count() == tracks
    assert ExternalData.objects.filter(provider=Provider.BEATPORT, entity_type="track").count() == (
        tracks
    )
    assert not Track.objects.filter(title="").exists()
    assert not Track.objects.filter(published_on=None).exists()
    assert not Track.objects.filter(credits=None).exists()


@pytest.mark.parametrize(("genre", "rows"), [(6, 1184), (1, 412), (98, 37)])
def test_an_invented_week_is_registered_whole(shared, genre, rows):
    paths = sorted((shared / "data/weeks").glob(f"genre_{genre}_*.json.gz"))

    runs = imported(*paths)

    distinct = Track.objects.filter(genre__beatport_id=genre).count()
    assert sum(run.collected for run in runs) == rows
    assert distinct == Track.objects.count() == rows
    assert Genre.objects.filter(beatport_id=genre).count() == 1


def test_captures_imported_twice_change_nothing(shared):
    paths = [
        shared / "data/pages/genre_12_deep-house_top-100_2025-04-01.html",
        shared / "data/api/genres_13_top_100_2025-08-30.json.gz",
    ]
    models = [Genre, Artist, Label, Release, Track, ExternalData]
    imported(*paths)
    before = [list(model.objects.order_by("pk").values()) for model in models]

    imported(*paths)

    assert [list(model.objects.order_by("pk").values()) for model in models] == before


@pytest.mark.parametrize(
    "path",
    [
        "pages/fomoplayer_beatport_the_reckoning_release_pageprops.json",
        "api/releases_artist_name_2026-06-21.json",
    ],
)
def test_a_capture_without_tracks_says_so(shared, path):
    (run,) = files.import_files([shared / "data" / path])

    assert run.status == IngestRun.Status.FAILED
    assert "holds no tracks" in run.error

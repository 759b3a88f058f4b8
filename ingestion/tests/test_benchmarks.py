import pytest

from catalog.models import ExternalData, SpotifyMatch, Track, TrackArtist
from ingestion import benchmarks, invented
from ingestion.parsing import parse_track
from ingestion.plain_registration import register_one_by_one
from ingestion.registration import register

pytestmark = pytest.mark.django_db


def test_the_plain_way_and_ours_write_the_same():
    rows = [parse_track(invented.track_object(number)) for number in range(60)]
    register_one_by_one(rows)
    written = [model.objects.count() for model in (Track, TrackArtist, ExternalData, SpotifyMatch)]
    tracks = list(Track.objects.order_by("beatport_id").values("title", "recording_key", "bpm"))

    count = register(rows)

    assert (count.new, count.changed, count.unchanged) == (0, 0, 60)
    assert list(Track.objects.order_by("beatport_id").values(*tracks[0])) == tracks
    assert [
        model.objects.count() for model in (Track, TrackArtist, ExternalData, SpotifyMatch)
    ] == written


def test_benchmarks_give_figures(monkeypatch):
    monkeypatch.setattr(benchmarks, "TRACKS", 30)
    monkeypatch.setattr(benchmarks, "A_MONTH", 2_000)

    month = benchmarks.registration_of_a_month()
    figures = benchmarks.parsing() | benchmarks.matching_rules()

    assert month["tracks"] == 2_000
    assert month["artist links"] > 2_000
    assert all(value > 0 for value in figures.values())


@pytest.mark.django_db(transaction=True)
def test_the_floor_writes_what_was_registered(monkeypatch):
    monkeypatch.setattr(benchmarks, "TRACKS", 30)
    monkeypatch.setattr(benchmarks, "MANY", 200)
    monkeypatch.setattr(benchmarks, "ONE_BY_ONE", 20)

    figures = benchmarks.registration()
    assert Track.objects.count() == SpotifyMatch.objects.count() == 30
    benchmarks._forget_all()
    many = benchmarks.registration_of_many()

    assert Track.objects.count() == 220
    assert TrackArtist.objects.count() > 220
    assert all(value > 0 for value in {**figures, **many}.values())

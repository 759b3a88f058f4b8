import pytest
from django.db import connection

from catalog import benchmarks, search
from catalog.models import Track
from catalog.search import Question
from catalog.tests.factories import TrackFactory


@pytest.fixture
def by_indexes():
    """PostgreSQL would read tables as small as these from end to end."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
            yield
            cursor.execute("RESET enable_seqscan")
    else:
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("by_indexes")
def test_the_benchmark_finds_what_it_made_and_leaves_a_working_search(monkeypatch):
    monkeypatch.setattr(benchmarks, "TRACKS", 400)

    figures = benchmarks.search_among_a_million()

    assert figures["tracks"] == 400
    assert figures["found by an artist and a title"] >= 1
    assert figures["found by a catalogue number"] >= 1
    assert figures["found by a word in every tenth title"] >= 40
    assert not Track.objects.exists()
    track = TrackFactory(title="Afterwards")
    assert list(search.tracks(Question.read("afterwards"))) == [track]

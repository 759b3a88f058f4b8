import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import SpotifyMatch
from catalog.tests.factories import TrackFactory, matched_track

pytestmark = pytest.mark.django_db

LISTS = ["genre", "artist", "label", "release", "track", "spotifymatch", "externaldata"]


def address(model: str) -> str:
    return reverse(f"admin:catalog_{model}_changelist")


@pytest.mark.parametrize("model", LISTS)
def test_a_list_takes_as_many_queries_for_30_rows_as_for_3(admin_client, model):
    def queries(rows: int) -> int:
        for number in range(rows):
            matched_track(number)
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(address(model)).status_code == 200
        return len(captured)

    admin_client.get(address(model))
    assert queries(3) == queries(27)


@pytest.mark.parametrize("model", LISTS)
def test_a_list_never_counts_a_whole_table(admin_client, model):
    matched_track()

    with CaptureQueriesContext(connection) as captured:
        admin_client.get(address(model))

    counts = [query["sql"] for query in captured if "COUNT(" in query["sql"]]
    assert all("LIMIT" in sql for sql in counts)


@pytest.mark.parametrize(
    ("term", "is_found"),
    [
        ("31000001", True),
        ("gb-xxx-26-12345", True),
        ("GBXXX2612345", True),
        ("glass", True),
        ("31000002", False),
        ("GBXXX2612346", False),
    ],
)
def test_a_track_is_found_by_title_isrc_and_id(admin_client, term, is_found):
    TrackFactory(beatport_id=31_000_001, isrc="GBXXX2612345", title="Glass Harbour")

    page = admin_client.get(address("track"), {"q": term})

    assert ("Glass Harbour" in page.content.decode()) is is_found


def test_tracks_without_a_match_are_filtered(admin_client):
    TrackFactory(title="Missing One", match="not_found")
    TrackFactory(title="Matched One", match="matched")

    page = admin_client.get(address("track"), {"spotify": "not_found"})

    assert "Missing One" in page.content.decode()
    assert "Matched One" not in page.content.decode()


def test_match_again_makes_tracks_due(admin_client):
    track = TrackFactory(match="not_found", match__next_try_at=None, match__misses=3)

    admin_client.post(address("track"), {"action": "match_again", "_selected_action": [track.pk]})

    match = SpotifyMatch.objects.get(track=track)
    assert (match.state, match.misses) == (SpotifyMatch.State.PENDING, 0)
    assert match.next_try_at is not None


@pytest.mark.parametrize("model", LISTS)
def test_nothing_is_added_or_edited_by_hand(admin_client, model):
    assert admin_client.get(reverse(f"admin:catalog_{model}_add")).status_code == 403


def test_a_track_shows_its_artists(admin_client):
    track = TrackFactory()

    page = admin_client.get(reverse("admin:catalog_track_change", args=[track.pk]))

    assert str(track.credits.get().artist) in page.content.decode()

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.models import ExternalData, SpotifyMatch, Track
from catalog.tests.factories import ArtistFactory, ReleaseFactory, TrackFactory, matched_track

pytestmark = pytest.mark.django_db

LISTS = ["genre", "artist", "label", "release", "track", "spotifymatch", "externaldata"]


def address(model: str) -> str:
    return reverse(f"admin:catalog_{model}_changelist")


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


@pytest.mark.parametrize("term", ["vela", "harbour vela", "GLS042", "gls042 glass"])
def test_a_track_is_found_by_artist_and_catalogue_number(admin_client, term):
    release = ReleaseFactory(catalog_number="GLS042")
    track = TrackFactory(title="Glass Harbour", artists=[ArtistFactory(name="Véla Norr")])
    Track.objects.filter(pk=track.pk).update(release=release)
    TrackFactory(title="Somewhere Else")

    page = admin_client.get(address("track"), {"q": term}).content.decode()

    assert "Glass Harbour" in page
    assert "Somewhere Else" not in page


def test_the_unmatched_are_filtered(admin_client):
    for state in SpotifyMatch.State.values:
        TrackFactory(title=f"State {state}.", match=state)

    page = admin_client.get(address("track"), {"spotify": "unmatched"}).content.decode()

    found = {state for state in SpotifyMatch.State.values if f"State {state}." in page}
    assert found == {"pending", "review", "not_found"}


def test_match_again_leaves_what_is_found_and_what_a_person_decided(admin_client):
    person = {"match__method": "person", "match__next_try_at": None}
    tracks = [
        matched_track(1),
        TrackFactory(match="not_found", **person),
        TrackFactory(match="review", match__next_try_at=None),
    ]

    chosen = {"action": "match_again", "_selected_action": [track.pk for track in tracks]}
    page = admin_client.post(address("track"), chosen, follow=True).content.decode()

    states = [SpotifyMatch.objects.get(track=track).state for track in tracks]
    assert states == ["matched", "not_found", "pending"]
    assert "1 will be looked up on Spotify again; 2 are on Spotify already" in page


def test_a_track_shows_what_was_sent(admin_client):
    track = matched_track(7)
    ExternalData.objects.create(
        provider="beatport",
        entity_type="track",
        entity_id=track.pk,
        external_id=str(track.beatport_id),
        raw={"name": "<b>Glass</b>", "bpm": 136},
        fetched_at=timezone.now(),
    )

    page = admin_client.get(reverse("admin:catalog_track_change", args=[track.pk])).content.decode()

    assert "&quot;name&quot;: &quot;&lt;b&gt;Glass&lt;/b&gt;&quot;" in page
    assert f"spotify:track:{7:022d}" in page


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

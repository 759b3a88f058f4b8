import pytest

from catalog.models import ExternalData, SpotifyMatch
from catalog.tests.factories import TrackFactory, matched_track
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory

pytestmark = pytest.mark.django_db
URI = f"spotify:track:{'a' * 22}"
FADED = {"uri": URI, "likeness": "other_edit", "score": 0.9, "parts": {}}
WHOLE = FADED | {
    "uri": f"spotify:track:{'b' * 22}",
    "title": "Salt Flat - Radio Edit",
    "artists": ["Low Tide Choir"],
    "album": "Salt Flat EP",
    "album_type": "single",
    "released_on": "2026",
    "length_ms": 211_000,
    "isrc": "DEZZ92600422",
    "url": "https://open.spotify.com/track/x",
    "reasons": ["names another version"],
}


@pytest.fixture
def period(dj):
    return CurationPeriodFactory(user=dj)


def waiting(period, state="review", **fields):
    track = TrackFactory(match=state, **fields)
    SpotifyMatch.objects.filter(track=track).update(candidates=[WHOLE, FADED], score=0.9)
    CurationTrackFactory(curation_period=period, track=track)
    return track


def accepted(track) -> str | None:
    found = ExternalData.objects.filter(provider="spotify", entity_type="track", entity_id=track.pk)
    return found.values_list("uri", flat=True).first()


def test_doubtful_ones_come_before_those_not_found(api, period):
    missing, doubtful = waiting(period, "not_found"), waiting(period)
    CurationTrackFactory(curation_period=period, track=matched_track())

    listed = api.get("matches").json()

    assert listed["count"] == 2
    assert [one["track"]["id"] for one in listed["items"]] == [doubtful.pk, missing.pk]
    assert [one["state"] for one in listed["items"]] == ["review", "not_found"]


def test_the_candidates_are_told_also_when_only_their_uris_are_left(api, period):
    waiting(period)

    whole, faded = api.get("matches").json()["items"][0]["candidates"]

    assert (whole["title"], whole["likeness"]) == ("Salt Flat - Radio Edit", "other_edit")
    assert whole["reasons"] == ["names another version"]
    assert (faded["uri"], faded["title"], faded["artists"]) == (URI, None, [])


def test_the_queue_is_read_in_parts(api, period):
    for title in "ABC":
        waiting(period, title=title)

    listed = api.get("matches", limit=1, offset=1).json()

    assert [one["track"]["title"] for one in listed["items"]] == ["B"]
    assert listed["count"] == 3


@pytest.mark.parametrize("said", [URI, f"https://open.spotify.com/intl-de/track/{'a' * 22}?si=1"])
@pytest.mark.parametrize(
    ("is_edit", "state"), [(None, "other_edit"), (True, "other_edit"), (False, "matched")]
)
def test_a_uri_or_a_link_is_accepted(api, period, said, is_edit, state):
    track = waiting(period)

    answer = api.post(f"matches/{track.pk}", {"uri": said, "is_edit": is_edit})

    assert answer.status_code == 200
    assert answer.json()["state"] == state
    assert answer.json()["track"]["spotify_uri"] == URI
    assert accepted(track) == URI


def test_that_it_is_not_there_is_a_decision_for_good(api, period):
    track = waiting(period)
    api.post(f"matches/{track.pk}", {"uri": URI})

    answer = api.post(f"matches/{track.pk}", {"uri": "not_there"})

    assert answer.json()["state"] == "not_found"
    assert answer.json()["track"]["spotify_uri"] is None
    assert accepted(track) is None
    assert SpotifyMatch.objects.get(track=track).next_try_at is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"uri": None},
        {"uri": ""},
        {"uri": "spotify:album:aaaaaaaaaaaaaaaaaaaaaa"},
        {"uri": "spotify:track:short"},
        {"uri": f"{URI}\x00"},
        {"uri": f"x {URI}"},
        {"uri": f"http://\x1d/track/{'a' * 22}"},
        {"uri": f"{URI}?\u2028"},
        {"uri": f"{URI}\n"},
        {"uri": f"https://open.spotify.com/track/{'a' * 22}?{'x' * 500}"},
        {"uri": URI, "is_edit": "yes"},
    ],
)
def test_what_is_no_track_of_spotify_is_refused(api, period, body):
    track = waiting(period)

    answer = api.post(f"matches/{track.pk}", body)

    assert answer.status_code == 422
    assert accepted(track) is None


def test_a_track_of_nobodys_week_is_not_there(api):
    theirs = waiting(CurationPeriodFactory())

    assert api.get("matches").json()["count"] == 0
    assert api.post(f"matches/{theirs.pk}", {"uri": URI}).status_code == 404
    assert accepted(theirs) is None


def test_the_queue_asks_as_often_for_thirty_as_for_three(
    api, period, django_assert_max_num_queries
):
    for _ in range(3):
        waiting(period)
    api.get("matches")
    with django_assert_max_num_queries(10) as few:
        api.get("matches")
    for _ in range(27):
        waiting(period)
    with django_assert_max_num_queries(len(few)):
        api.get("matches")

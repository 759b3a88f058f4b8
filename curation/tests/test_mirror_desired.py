from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import ExternalData, SpotifyMatch
from catalog.tests.factories import TrackFactory, matched_track
from curation import golden, moves
from curation.mirror import desired
from curation.models import CurationPeriod, MirroredPlaylist, RefusedUri
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def period() -> CurationPeriod:
    return CurationPeriodFactory(style=StyleFactory(name="Dub"))


@pytest.fixture
def tracks(period):
    return [
        CurationTrackFactory(curation_period=period, track=matched_track(number))
        for number in range(5)
    ]


def numbers(playlist: MirroredPlaylist) -> list[int]:
    return [int(item.uri.rpartition(":")[2]) for item in desired.items(playlist)]


def bronze(period) -> MirroredPlaylist:
    return period.mirrored_playlists.get(layer="bronze")


def warm_up(period) -> MirroredPlaylist:
    return playlist_of(period, "Warm Up").silver_playlist


def sort(period, track, name="Warm Up"):
    moves.move_track(user=period.user, track=track, to=playlist_of(period, name))


def test_bronze_holds_what_is_not_sorted(period, tracks):
    sort(period, tracks[2])
    sort(period, tracks[4], "Trash")

    assert numbers(bronze(period)) == [0, 1, 3]


def test_silver_holds_what_was_sorted_in_the_order_of_decisions(period, tracks):
    for track in (tracks[3], tracks[1], tracks[4]):
        sort(period, track)

    assert numbers(warm_up(period)) == [3, 1, 4]


def test_golden_takes_what_is_promoted_and_silver_loses_it(period, tracks):
    for track in tracks[:3]:
        sort(period, track)
    golden.promote(user=period.user, tracks=[moves.as_it_is_now(tracks[1])])

    assert numbers(warm_up(period)) == [0, 2]
    assert numbers(warm_up(period).period_playlist.user_category.golden_playlist) == [1]


@pytest.mark.parametrize("state", list(SpotifyMatch.State))
def test_only_accepted_matches_are_sent(period, state):
    uri = f"spotify:track:{7:022d}"
    CurationTrackFactory(curation_period=period, track=TrackFactory(match=state, spotify_uri=uri))

    assert bool(numbers(bronze(period))) == (state in SpotifyMatch.PLAYABLE)


def test_an_accepted_match_without_a_uri_is_not_sent(period, tracks):
    ExternalData.objects.filter(entity_id=tracks[0].track_id).update(uri="")
    ExternalData.objects.filter(entity_id=tracks[1].track_id).delete()

    assert numbers(bronze(period)) == [2, 3, 4]


def test_a_refused_uri_rests_for_its_time(period, tracks):
    now = timezone.now()
    for number, hours in [(0, 1), (1, -1)]:
        RefusedUri.objects.create(
            uri=f"spotify:track:{number:022d}", try_again_at=now + timedelta(hours=hours)
        )

    assert numbers(bronze(period)) == [1, 2, 3, 4]


def test_it_is_one_query(period, tracks, django_assert_num_queries):
    playlist = bronze(period)

    with django_assert_num_queries(1):
        desired.items(playlist)


def test_names(period):
    assert desired.name(bronze(period)) == "Dub W46 2026 · Bronze"
    assert desired.name(warm_up(period)) == "Dub W46 2026 · Warm Up"
    category = playlist_of(period, "Warm Up").user_category
    assert desired.name(category.golden_playlist) == "Dub · Warm Up"


def test_a_long_name_is_cut_in_the_style(period):
    period.style.name = "x" * 100
    period.style.save()
    playlist = warm_up(period)
    category = playlist.period_playlist.user_category
    category.name = "y" * 60
    category.save()

    name = desired.name(MirroredPlaylist.objects.get(pk=playlist.pk))

    assert len(name) == 100
    assert name.endswith(f" W46 2026 · {'y' * 60}")


def test_the_description_holds_the_marker(period):
    playlist = bronze(period)

    assert desired.description(playlist).endswith(f"clouder:{playlist.marker}")

import pytest
from django.utils import timezone

from catalog.tests.factories import TrackFactory
from curation import moves, periods, verdicts
from curation.errors import Conflict
from curation.models import GoldenTrack, MirroredItem, MirroredPlaylist, PeriodPlaylist
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = pytest.mark.django_db
URI = "spotify:track:heard"


@pytest.fixture
def track():
    return TrackFactory(match="matched", spotify_uri=URI)


def silver_of(playlist: PeriodPlaylist) -> MirroredPlaylist:
    return MirroredPlaylist.objects.get(period_playlist=playlist)


def in_step():
    MirroredPlaylist.objects.update(wanted=1, sent=1)


def waiting():
    return set(MirroredPlaylist.objects.waiting())


def sorted_row(track):
    period = CurationPeriodFactory()
    row = CurationTrackFactory(curation_period=period, track=track)
    moves.move_track(user=period.user, track=row, to=playlist_of(period, "Warm Up"))
    return row


def test_a_wrong_version_leaves_the_playlists_of_all_djs(track):
    mine, theirs = sorted_row(track), sorted_row(track)
    bronze = CurationTrackFactory(track=track).curation_period
    in_step()

    verdicts.doubt(mine)

    assert waiting() == {
        silver_of(playlist_of(mine.curation_period, "Warm Up")),
        silver_of(playlist_of(theirs.curation_period, "Warm Up")),
        bronze.mirrored_playlists.get(layer="bronze"),
    }


def test_it_leaves_golden_and_what_a_closed_week_keeps_on_spotify(track):
    mine, theirs = sorted_row(track), sorted_row(track)
    category = playlist_of(theirs.curation_period, "Warm Up").user_category
    GoldenTrack.objects.create(user_category=category, track=track, added_at=timezone.now())
    periods.close_period(theirs.curation_period, rest_to_trash=False, stays_on_spotify=True)
    held = silver_of(playlist_of(theirs.curation_period, "Warm Up"))
    MirroredItem.objects.create(playlist=held, track=track, uri=URI, position=1)
    in_step()

    verdicts.doubt(mine)

    own = silver_of(playlist_of(mine.curation_period, "Warm Up"))
    assert waiting() == {own, held, category.golden_playlist}


def test_nothing_is_marked_where_nothing_was_accepted():
    row = sorted_row(TrackFactory())
    in_step()

    verdicts.doubt(row)

    assert not waiting()


def test_a_closed_week_takes_no_doubts(track):
    row = sorted_row(track)
    periods.close_period(row.curation_period, rest_to_trash=False)

    with pytest.raises(Conflict):
        verdicts.doubt(row)

"""The command is accounts'; what a DJ has made here goes with it."""

import pytest
from django.core.management import call_command

from accounts.models import User
from catalog.models import Track
from curation import golden, merging, moves, periods, sifting
from curation.models import (
    CurationPeriod,
    CurationTrack,
    GoldenTrack,
    MirroredItem,
    MirroredPlaylist,
    Move,
    PeriodPlaylist,
    RememberedSelection,
    Style,
    UserCategory,
)
from curation.selection import Selection
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db
OWN = [
    UserCategory,
    CurationPeriod,
    PeriodPlaylist,
    CurationTrack,
    GoldenTrack,
    Move,
    MirroredPlaylist,
    MirroredItem,
    RememberedSelection,
]


def work(user, style, week):
    """A week with a promoted track, a sorted one and one in Bronze, all mirrored."""
    period = CurationPeriodFactory(user=user, style=style, week=week)
    kept, placed, _ = CurationTrackFactory.create_batch(3, curation_period=period)
    warm_up = playlist_of(period, "Warm Up")
    golden.move_and_promote(user=user, track=kept, to=warm_up)
    moves.move_track(user=user, track=placed, to=warm_up)
    silver = warm_up.silver_playlist
    sifting.remember(period, Selection(order="bpm"))
    MirroredItem.objects.create(playlist=silver, track=placed.track, uri="spotify:a", position=1)
    return period


def counts():
    return [model.objects.count() for model in OWN]


def test_a_djs_work_is_erased_and_nobody_elses():
    style = StyleFactory()
    other = CurationPeriodFactory(style=style, week=44).user
    work(other, style, 45)
    before = counts()
    dj = CurationPeriodFactory(style=style, week=44).user
    periods.close_period(work(dj, style, 45), rest_to_trash=True)
    work(dj, style, 46)
    peak_time, warm_up = dj.categories.filter(is_trash=False).order_by("name")
    merging.merge(peak_time, into=warm_up)

    call_command("delete_dj", dj.username, "--yes")

    assert list(User.objects.all()) == [other]
    assert counts() == before
    assert Track.objects.count() == 9
    assert Style.objects.filter(pk=style.pk).exists()

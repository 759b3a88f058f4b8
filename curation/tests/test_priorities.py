from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.models import SpotifyMatch
from catalog.tests.factories import GenreFactory, TrackFactory
from curation import moves, periods, priorities
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    StyleFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(dj):
    return CurationPeriodFactory(user=dj)


def waiting(period, count):
    """Cards of a week whose tracks are not looked up yet, in Bronze order."""
    old = TrackFactory.create_batch(count, published_on=date(2020, 1, 1))
    return [CurationTrackFactory(curation_period=period, track=track) for track in old]


def due() -> list[int]:
    return [match.track_id for match in SpotifyMatch.objects.due(timezone.now())]


def tracks_of(rows) -> list[int]:
    return [row.track_id for row in rows]


def test_the_next_50_cards_are_looked_up_first_whatever_else_waits(period):
    TrackFactory.create_batch(100, published_on=date(2026, 11, 13))
    rows = waiting(period, 60)

    priorities.put_first(period)

    assert due()[:50] == tracks_of(rows[:50])
    assert set(due()[50:60]) == set(tracks_of(rows[50:]))


def test_the_week_at_hand_goes_before_another_one_of_the_dj(period):
    mine = waiting(period, 3)
    other = waiting(CurationPeriodFactory(user=period.user, week=45), 3)
    priorities.put_first(other[0].curation_period)

    priorities.put_first(period)

    assert due() == tracks_of(mine + other)


def test_what_is_decided_stays_as_it_is(period):
    track = TrackFactory(match="review")
    CurationTrackFactory(curation_period=period, track=track)

    priorities.put_first(period)

    track.match.refresh_from_db()
    assert track.match.priority == 0


def test_a_large_week_takes_as_many_queries_as_a_small_one(period):
    waiting(period, 3)
    with CaptureQueriesContext(connection) as few:
        priorities.put_first(period)
    waiting(period, 40)

    with CaptureQueriesContext(connection) as many:
        priorities.put_first(period)

    assert len(many) == len(few) <= 8


def test_tracks_that_arrive_in_the_week_the_dj_opened_last_are_next(dj):
    genre = GenreFactory()
    style = StyleFactory()
    style.genres.add(genre)
    before = CurationPeriodFactory(user=dj, style=style, week=45)
    period = CurationPeriodFactory(user=dj, style=style)
    TrackFactory.create_batch(2, genre=genre, published_on=before.first_day)
    TrackFactory.create_batch(2, genre=genre, published_on=period.first_day)

    periods.bring_tracks(period)
    periods.bring_tracks(before)

    order = tracks_of([*period.tracks.order_by("position"), *before.tracks.order_by("pk")])
    assert due()[:4] == order


def test_a_closed_week_waits_unless_another_dj_needs_its_tracks(period):
    [alone, shared] = waiting(period, 2)
    theirs = CurationPeriodFactory()
    CurationTrackFactory(curation_period=theirs, track=shared.track)
    priorities.put_first(period)
    periods.close_period(period, rest_to_trash=False)

    priorities.put_last(period)

    found = dict(SpotifyMatch.objects.values_list("track", "priority"))
    assert found[alone.track_id] == 0
    assert found[shared.track_id] > 0


def test_opening_a_week_puts_it_first_and_closing_it_last(pages, period):
    rows = waiting(period, 3)
    opened = {"style": period.style.slug, "year": period.year, "week": period.week}
    TrackFactory(published_on=date(2026, 11, 13))

    pages.post(reverse("period_open"), opened)
    assert due()[:3] == tracks_of(rows)

    pages.post(reverse("period_close", args=[period.pk]), {"rest": "keep"})
    assert due()[1:] == tracks_of(rows)

    pages.post(reverse("period_reopen", args=[period.pk]))
    assert due()[:3] == tracks_of(rows)


def bring(pages, period, at):
    body = {"at": at.pk, "held": at.pk}
    pages.post(reverse("sort_next", args=[period.pk]), body, headers={"HX-Request": "true"})


def test_the_order_moves_on_with_the_decisions(pages, period):
    rows = waiting(period, 80)
    priorities.put_first(period)
    for row in rows[:26]:
        moves.move_track(user=period.user, track=row, to=playlist_of(period, "Warm Up"))
    assert due()[0] == rows[0].track_id

    bring(pages, period, rows[26])

    assert due()[:50] == tracks_of(rows[26:76])


def test_while_enough_cards_are_in_line_no_order_is_written(pages, period):
    rows = waiting(period, 80)
    priorities.put_first(period)
    before = dict(SpotifyMatch.objects.values_list("pk", "priority"))

    for row in rows[:25]:
        moves.move_track(user=period.user, track=row, to=playlist_of(period, "Warm Up"))
    bring(pages, period, rows[25])
    pages.get(reverse("sort", args=[period.pk]))

    assert dict(SpotifyMatch.objects.values_list("pk", "priority")) == before

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.tests.factories import LabelFactory, ReleaseFactory, TrackFactory
from curation import golden, moves, periods
from curation.models import Move
from curation.summary import Summary
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def week(dj):
    return CurationPeriodFactory(user=dj)


def decide(week, name, *, label=None, is_golden=False):
    label = label or LabelFactory()
    track = TrackFactory(release=ReleaseFactory(label=label))
    row = CurationTrackFactory(curation_period=week, track=track)
    moves.move_track(user=week.user, track=row, to=playlist_of(week, name))
    if is_golden:
        golden.promote(user=week.user, tracks=[moves.as_it_is_now(row)])
    return row


def test_heard_kept_and_promoted_are_counted_for_each_category(week):
    decide(week, "Warm Up", is_golden=True)
    decide(week, "Warm Up")
    decide(week, "Trash")
    CurationTrackFactory(curation_period=week)

    found = Summary.of(week)

    assert (found.heard, found.kept, found.promoted) == (3, 2, 1)
    counts = [(str(one), one.track_count, one.promoted_count) for one in found.categories]
    assert counts == [("Warm Up", 2, 1), ("Peak Time", 0, 0)]


def test_what_closing_takes_to_trash_was_not_heard(week):
    decide(week, "Warm Up")
    CurationTrackFactory.create_batch(3, curation_period=week)

    periods.close_period(week, rest_to_trash=True)

    assert Summary.of(week).heard == 1


def test_the_labels_kept_most_come_first_and_trash_does_not_count(week):
    drumcode, ostgut, trashed = LabelFactory.create_batch(3)
    decide(week, "Warm Up", label=drumcode, is_golden=True)
    for name in ("Warm Up", "Peak Time"):
        decide(week, name, label=ostgut)
    for _ in range(3):
        decide(week, "Trash", label=trashed)

    found = Summary.of(week).labels

    assert [(one.name, one.kept, one.promoted) for one in found] == [
        (ostgut.name, 2, 0),
        (drumcode.name, 1, 1),
    ]


def test_the_time_at_the_desk_leaves_out_the_breaks(week):
    first, second, third = (decide(week, "Warm Up") for _ in range(3))
    begun = Move.objects.get(curation_track=first).created_at
    for row, seconds in ((second, 30), (third, 3600)):
        Move.objects.filter(curation_track=row).update(
            created_at=begun + timedelta(seconds=seconds)
        )

    found = Summary.of(week)

    assert found.at_desk == timedelta(seconds=30)
    assert found.tracks_a_minute == 6


def test_the_review_shows_it_and_closing_leads_to_it(pages, week):
    decide(week, "Warm Up", label=LabelFactory(name="Ostgut"), is_golden=True)

    answer = pages.post(reverse("period_close", args=[week.pk]), follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain[-1][0].endswith("#summary")
    assert "The week in figures" in page
    assert "Ostgut</a>" in page
    assert "It can be reopened at any time" in page


def test_thirty_labels_need_as_many_queries_as_three(pages, week):
    def ask():
        with CaptureQueriesContext(connection) as asked:
            pages.get(reverse("review", args=[week.pk]))
        return len(asked)

    for _ in range(3):
        decide(week, "Warm Up")
    ask()
    few = ask()
    for _ in range(27):
        decide(week, "Warm Up")

    assert ask() == few

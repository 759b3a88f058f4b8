from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from catalog.tests.factories import ArtistFactory, ReleaseFactory, TrackFactory
from curation.templatetags import words
from curation.weeks import Week


@pytest.mark.parametrize(
    ("milliseconds", "written"),
    [(402_000, "6:42"), (59_400, "0:59"), (3_723_000, "1:02:03"), (None, "–"), (0, "0:00")],
)
def test_the_length_of_a_track(milliseconds, written):
    assert words.minutes(milliseconds) == written


@pytest.mark.parametrize(
    ("milliseconds", "written"), [(76_320_000, "21:12"), (60_000, "0:01"), (None, "–")]
)
def test_the_length_of_a_playlist(milliseconds, written):
    assert words.hours(milliseconds) == written


@pytest.mark.parametrize(
    ("needed", "written"),
    [
        (timedelta(seconds=20), "a minute"),
        (timedelta(minutes=39), "39 minutes"),
        (timedelta(minutes=76), "1 h 16"),
        (timedelta(minutes=365), "6 h 05"),
    ],
)
def test_how_long_something_will_take(needed, written):
    assert words.duration(needed) == written


@pytest.mark.parametrize(
    ("week", "written"),
    [
        (Week(2026, 46), "9–15 Nov 2026"),
        (Week(2026, 40), "28 Sep – 4 Oct 2026"),
        (Week(2026, 53), "28 Dec 2026 – 3 Jan 2027"),
    ],
)
def test_the_dates_of_a_week(week, written):
    assert words.week_dates(week) == written


def test_a_moment_is_told_as_people_do():
    now = timezone.now()

    assert words.moment(now).startswith("at ")
    assert words.moment(now - timedelta(days=1)).startswith("yesterday at ")
    assert words.moment(now + timedelta(days=1)).startswith("tomorrow at ")
    assert words.moment(datetime(2020, 3, 5, 12, tzinfo=UTC)) == "on 5 Mar 2020"


@pytest.mark.django_db
def test_artists_and_remixers_stand_in_their_order():
    [a, b, c] = [ArtistFactory(name=name) for name in ("Zoe", "Ada", "Rex")]
    track = TrackFactory(artists=[a, b], remixers=[c])

    assert words.artists(track) == "Zoe, Ada"
    assert words.remixers(track) == "Rex"


def draw(code: str, **context) -> str:
    return Template("{% load marks %}" + code).render(Context(context))


@pytest.mark.django_db
def test_a_cover_is_asked_for_at_twice_its_size():
    track = TrackFactory(release=ReleaseFactory(artwork="https://covers.test/{w}x{h}.jpg"))

    assert 'src="https://covers.test/64x64.jpg"' in draw("{% sleeve track 32 %}", track=track)


@pytest.mark.django_db
def test_a_missing_cover_is_a_blank_label_with_the_catalogue_number():
    track = TrackFactory(release=ReleaseFactory(artwork="", catalog_number="GN 040"))
    alone = TrackFactory(release=None)

    assert "GN 040" in draw("{% sleeve track 240 %}", track=track)
    assert "sleeve-blank" in draw("{% sleeve track 32 %}", track=alone)


@pytest.mark.parametrize(("key", "hour", "ring"), [("8A", "8", "A"), ("12B", "12", "B")])
def test_a_key_is_a_dial_with_its_name(key, hour, ring):
    drawn = draw("{% camelot key %}", key=key)

    assert f'data-hour="{hour}" data-ring="{ring}"' in drawn
    assert key in drawn


def test_an_unknown_key_is_a_dash():
    assert "–" in draw("{% camelot key %}", key="")

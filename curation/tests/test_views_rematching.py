from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from catalog.models import SpotifyMatch
from catalog.tests.factories import ArtistFactory, TrackFactory
from ingestion import decisions
from ingestion.candidates import Candidate

pytestmark = pytest.mark.django_db

State = SpotifyMatch.State


@pytest.fixture
def staff(dj, pages):
    dj.is_staff = True
    dj.save()
    dj.user_permissions.add(Permission.objects.get(codename="change_spotifymatch"))
    return pages


def decided(title: str, *, as_now: str, state: str) -> SpotifyMatch:
    """A track that earlier rules gave this state; Spotify calls what it has `as_now`."""
    track = TrackFactory(title=title, artists=[ArtistFactory(name="Marea")], match=state)
    candidate = Candidate(
        uri=f"spotify:track:{track.pk:022d}",
        likeness="doubtful",
        score=0.5,
        parts={},
        title=as_now,
        artists=["Marea"],
        album=title,
        album_type="single",
        released_on="2026-11-13",
        length_ms=track.length_ms,
        isrc=track.isrc,
        url="",
        reasons=[],
    )
    track.match.candidates = [candidate]
    track.match.candidates_until = timezone.now() + timedelta(days=9)
    track.match.save()
    return track.match


def look(pages) -> str:
    return " ".join(pages.get(reverse("rules")).content.decode().split())


def states(*matches: SpotifyMatch) -> list[str]:
    for match in matches:
        match.refresh_from_db()
    return [match.state for match in matches]


def test_changes_are_shown_first_then_applied_as_shown(staff):
    better = decided("Tidal", as_now="Tidal", state=State.REVIEW)
    worse = decided("Ebb", as_now="Quite Another - Kolme Remix", state=State.MATCHED)

    page = look(staff)
    shown = states(better, worse)
    unseen = decided("Flow", as_now="Flow", state=State.REVIEW)
    staff.post(reverse("rules_apply"), {"match": [better.pk, worse.pk, "x", "9" * 30]})

    assert "1 better, 1 worse<" in page
    assert page.index("Ebb (Original Mix)") < page.index("Tidal (Original Mix)")
    assert shown == [State.REVIEW, State.MATCHED]
    assert states(better, unseen) == [State.MATCHED, State.REVIEW]
    assert states(worse) != [State.MATCHED]
    assert "2 decisions are as today’s rules have it." in look(staff)


def test_a_person_who_was_faster_is_right(staff):
    match = decided("Tidal", as_now="Tidal", state=State.REVIEW)
    decisions.say_not_there(match.track)

    page = staff.post(reverse("rules_apply"), {"match": [match.pk]}, follow=True)

    assert states(match) == [State.NOT_FOUND]
    assert "decided otherwise in the meantime" in page.content.decode()
    assert "0 decisions judged again" in look(staff)


def test_only_staff_that_may_change_matches(pages, dj):
    for is_staff in (False, True):
        dj.is_staff = is_staff
        dj.save()
        assert pages.get(reverse("rules")).status_code == 403
        assert pages.post(reverse("rules_apply")).status_code == 403

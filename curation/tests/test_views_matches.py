import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.tests.factories import UserFactory
from catalog.models import ExternalData, SpotifyMatch
from catalog.tests.factories import ArtistFactory, TrackFactory, matched_track
from curation import verdicts
from curation.models import Verdict
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory

pytestmark = pytest.mark.django_db
FIRST, SECOND, PASTED = (f"spotify:track:{letter * 22}" for letter in "abc")
State = SpotifyMatch.State


@pytest.fixture
def period(dj):
    return CurationPeriodFactory(user=dj)


def candidate(uri, title="Salt Flat - Radio Edit", **fields):
    return {
        "uri": uri,
        "likeness": "doubtful",
        "score": 0.91,
        "parts": {},
        "title": title,
        "artists": ["Low Tide Choir"],
        "album": "Salt Flat EP",
        "album_type": "single",
        "released_on": "2026-11-13",
        "length_ms": 211_000,
        "isrc": "DEZZ92600422",
        "url": "https://open.spotify.com/track/x",
        "reasons": ["names another version"],
    } | fields


def waiting(period, *, state="review", title="Salt Flat", candidates=None):
    track = TrackFactory(
        title=title, artists=[ArtistFactory(name="Low Tide Choir")], match=state, length_ms=418_000
    )
    found = [candidate(FIRST), candidate(SECOND)] if candidates is None else candidates
    SpotifyMatch.objects.filter(track=track).update(
        candidates=found, reasons=["names another version"], next_try_at=None
    )
    CurationTrackFactory(curation_period=period, track=track)
    return track


def look(pages, **query) -> str:
    answer = pages.get(reverse("matches"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def decide(pages, track, **said):
    return pages.post(reverse("match_decide", args=[track.pk]), said)


def accepted(track) -> str | None:
    found = ExternalData.objects.filter(provider="spotify", entity_type="track", entity_id=track.pk)
    return found.values_list("uri", flat=True).first()


def test_nothing_to_decide_has_a_sentence(pages, period):
    CurationTrackFactory(curation_period=period, track=matched_track())

    assert "Nothing to decide." in look(pages)


def test_doubtful_tracks_come_before_those_not_found(pages, period):
    waiting(period, state="not_found", title="Missing One", candidates=[])
    waiting(period, title="Doubtful One")

    page = look(pages)

    assert "Is it the same recording?" in page
    assert page.index("Doubtful One") < page.index("Missing One")


def test_alike_they_come_as_the_weeks_are_sorted_the_newest_week_first(pages, period):
    older = CurationPeriodFactory(user=period.user, style=period.style, week=period.week - 1)
    for week, title in [(older, "Third"), (period, "First"), (period, "Second")]:
        waiting(week, title=title)

    page = look(pages)

    assert page.index("First") < page.index("Second") < page.index("Third")


def test_the_candidates_stand_beside_the_track_with_what_differs(pages, period, settings):
    waiting(period)

    page = look(pages)

    assert "<mark>Radio Edit</mark>" in page
    assert "<mark>3:31</mark>" in page
    assert "3:27 shorter" in page
    assert f'href="{settings.SPOTIFY_OPEN_URL}/track/{"a" * 22}"' in page
    assert "Candidate 2" in page


def test_a_track_that_was_not_found_asks_for_a_link(pages, period):
    waiting(period, state="not_found", candidates=[])

    page = look(pages)

    assert "Not on Spotify." in page
    assert "Paste a link" in page


def test_closed_weeks_and_weeks_of_others_do_not_wait_here(pages, dj):
    waiting(CurationPeriodFactory(user=dj, status="CLOSED"))
    waiting(CurationPeriodFactory())

    assert "Nothing to decide." in look(pages)


def test_the_same_recording_is_accepted_by_a_person(pages, period):
    track = waiting(period)

    answer = decide(pages, track, same=SECOND)

    track.match.refresh_from_db()
    assert answer.status_code == 302
    assert track.match.state == State.MATCHED
    assert track.match.method == SpotifyMatch.Method.PERSON
    assert track.match.matched_at is not None
    assert accepted(track) == SECOND


def test_another_edit_is_accepted_as_one(pages, period):
    track = waiting(period)

    decide(pages, track, edit=FIRST)

    track.match.refresh_from_db()
    assert track.match.state == State.OTHER_EDIT
    assert accepted(track) == FIRST


def test_none_of_them_is_a_decision_for_good(pages, period):
    track = waiting(period)

    decide(pages, track, none="yes")

    track.match.refresh_from_db()
    assert track.match.state == State.NOT_FOUND
    assert track.match.method == SpotifyMatch.Method.PERSON
    assert track.match.next_try_at is None
    assert accepted(track) is None


def test_a_pasted_link_is_accepted(pages, period):
    track = waiting(period, state="not_found", candidates=[])

    decide(pages, track, link=f"https://open.spotify.com/track/{'c' * 22}?si=1")

    track.match.refresh_from_db()
    assert track.match.state == State.MATCHED
    assert accepted(track) == PASTED


def test_a_pasted_link_can_be_another_edit(pages, period):
    track = waiting(period)

    decide(pages, track, link=PASTED, link_edit="on")

    track.match.refresh_from_db()
    assert track.match.state == State.OTHER_EDIT


def test_what_is_no_link_of_a_track_is_refused_at_its_field(pages, period):
    track = waiting(period)

    answer = decide(pages, track, link="https://example.org/")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Paste the link of a track" in page
    assert 'value="https://example.org/"' in page
    track.match.refresh_from_db()
    assert track.match.state == State.REVIEW


def test_what_spotify_does_not_offer_any_more_is_refused(pages, period):
    track = waiting(period)

    answer = decide(pages, track, same=PASTED)

    assert answer.status_code == 422
    assert accepted(track) is None


def test_a_decision_goes_on_to_the_next_track(pages, period):
    first, second = waiting(period, title="A"), waiting(period, title="B")

    answer = decide(pages, first, same=FIRST)

    assert answer["Location"] == f"{reverse('matches')}?track={second.pk}"


def test_the_last_decision_returns_to_the_queue(pages, period):
    track = waiting(period)

    assert decide(pages, track, same=FIRST)["Location"] == reverse("matches")


def test_the_playlist_of_an_accepted_track_waits_to_be_sent(pages, period):
    track = waiting(period)
    bronze = period.mirrored_playlists.get(layer="bronze")

    decide(pages, track, same=FIRST)

    wanted = bronze.wanted
    bronze.refresh_from_db()
    assert bronze.wanted == wanted + 1


def test_a_track_of_nobodys_week_is_not_there(pages, period):
    theirs = waiting(CurationPeriodFactory())

    assert pages.get(reverse("matches"), {"track": theirs.pk}).status_code == 404
    assert decide(pages, theirs, same=FIRST).status_code == 404
    theirs.match.refresh_from_db()
    assert theirs.match.state == State.REVIEW


@pytest.mark.parametrize("asked", ["nonsense", "9" * 30, "-1"])
def test_an_address_that_makes_no_sense_is_not_there(pages, period, asked):
    waiting(period)

    assert pages.get(reverse("matches"), {"track": asked}).status_code == 404


def test_back_and_next_walk_through_the_queue(pages, period):
    first, second, third = (waiting(period, title=title) for title in "ABC")

    page = look(pages, track=second.pk)

    assert f'rel="prev" href="?track={first.pk}"' in page
    assert f'rel="next" href="?track={third.pk}"' in page
    assert "Doubtful: 2 of 3." in page


def test_a_decided_track_can_be_looked_at_again(pages, period):
    track = waiting(period)
    decide(pages, track, none="yes")
    SpotifyMatch.objects.filter(track=track).update(state=State.MATCHED, matched_at=timezone.now())

    page = look(pages, track=track.pk)

    assert "On Spotify" in page
    assert "Same recording" in page


def test_the_page_asks_as_often_for_thirty_as_for_three(
    pages, period, django_assert_max_num_queries
):
    for number in range(3):
        waiting(period, title=f"Track {number}")
    look(pages)
    with django_assert_max_num_queries(20) as few:
        look(pages)
    for number in range(3, 30):
        waiting(period, title=f"Track {number}")
    with django_assert_max_num_queries(len(few)):
        look(pages)


# Undo, and many at once


def test_the_latest_decision_is_undone(pages, period):
    track = waiting(period)
    decide(pages, track, same=FIRST)
    assert accepted(track) == FIRST
    verdict = track_verdict(track)
    assert f'name="verdict" value="{verdict.pk}"' in look(pages)

    answer = pages.post(reverse("match_undo"), {"verdict": verdict.pk}, follow=True)

    assert "is as before" in answer.content.decode()
    assert accepted(track) is None
    assert SpotifyMatch.objects.get(track=track).state == State.REVIEW


def track_verdict(track):
    return Verdict.objects.get(track=track)


def test_nobody_undoes_what_another_dj_said(pages, period):
    track = waiting(period)
    verdicts.accept(UserFactory(), track, uri=FIRST)

    answer = pages.post(reverse("match_undo"), {"verdict": track_verdict(track).pk})

    assert answer.status_code == 404
    assert accepted(track) == FIRST


def test_all_of_one_kind_are_accepted_and_undone_at_once(pages, period):
    same = [candidate(FIRST, length_ms=418_500)]
    alike = [waiting(period, title=f"Alike {n}", candidates=same) for n in range(3)]
    edits = [waiting(period, title=f"Edit {n}") for n in range(2)]
    heard = waiting(period, title="Heard", candidates=same)
    SpotifyMatch.objects.filter(track=heard).update(method="person")
    page = look(pages)
    assert "Accept 3 of the same length" in page
    assert "Accept 2 of another length, as other edits" in page

    shown = [track.pk for track in [*alike[:2], *edits, heard]]
    pages.post(reverse("match_alike"), {"kind": "same", "track": shown})

    assert [accepted(track) for track in alike] == [FIRST, FIRST, None]
    assert accepted(edits[0]) is accepted(heard) is None

    pages.post(reverse("match_undo"), {"verdict": track_verdict(alike[0]).pk})
    assert not ExternalData.objects.filter(uri=FIRST).exists()
    assert SpotifyMatch.objects.filter(state=State.REVIEW).count() == 6


def test_accepting_again_what_was_decided_in_another_tab_says_so(pages, period):
    track = waiting(period)
    decide(pages, track, none="yes")

    answer = pages.post(reverse("match_alike"), {"kind": "edit", "track": [track.pk]}, follow=True)

    assert "decided already" in answer.content.decode()
    assert accepted(track) is None


def seen(pages, track) -> str:
    (value,) = set(re.findall(r'name="seen" value="(\d+)"', look(pages, track=track.pk)))
    return value


def test_what_was_decided_elsewhere_meanwhile_stands_and_the_list_goes_on(pages, period):
    track, following = waiting(period, title="A"), waiting(period, title="B")
    before = seen(pages, track)
    verdicts.accept(UserFactory(), track, uri=SECOND)

    answer = pages.post(
        reverse("match_decide", args=[track.pk]), {"same": FIRST, "seen": before}, follow=True
    )

    page = answer.content.decode()
    assert "“A” was decided meanwhile" in page
    assert f'href="?track={following.pk}" aria-current="true"' in page
    assert accepted(track) == SECOND


def test_a_second_tab_goes_on_where_it_was_after_a_decision_in_the_first(pages, period):
    track, following = waiting(period, title="A"), waiting(period, title="B")
    waiting(period, title="0", state="not_found", candidates=[])
    before = seen(pages, track)
    decide(pages, track, same=FIRST, seen=before)

    answer = decide(pages, track, same=FIRST, seen=before, forth=following.pk)

    assert answer["Location"] == f"{reverse('matches')}?track={following.pk}"


def test_htmx_gets_the_list_and_what_was_decided_and_a_return_gets_the_page(pages, period):
    track = waiting(period)
    htmx = {"HTTP_HX_REQUEST": "true"}

    answer = pages.post(
        reverse("match_decide", args=[track.pk]), {"none": "yes"}, follow=True, **htmx
    )

    part = answer.content.decode()
    assert part.lstrip().startswith('<div class="matching"')
    assert "Salt Flat: Not on Spotify" in part
    again = pages.get(reverse("matches"), HTTP_HX_HISTORY_RESTORE_REQUEST="true", **htmx)
    assert again.content.decode().lstrip().startswith("<!doctype html>")
    assert "HX-Request" in again["Vary"]


def test_who_has_seen_a_decision_can_change_it(pages, period):
    track = waiting(period)
    verdicts.accept(UserFactory(), track, uri=SECOND)

    decide(pages, track, same=FIRST, seen=seen(pages, track))

    assert accepted(track) == FIRST


def test_a_double_click_decides_once(pages, period):
    track = waiting(period)
    before = seen(pages, track)

    for _ in range(2):
        answer = decide(pages, track, same=FIRST, seen=before)
        assert answer.status_code == 302

    assert Verdict.objects.count() == 1


def test_so_many_are_accepted_at_once_that_a_form_can_carry_them(pages, period, monkeypatch):
    monkeypatch.setattr("curation.views.matches.MOST_AT_ONCE", 2)
    alike = [candidate(FIRST, length_ms=418_500)]
    for number in range(3):
        waiting(period, title=f"Alike {number}", candidates=alike)

    page = look(pages)

    assert "Accept 2 of the same length" in page
    assert page.count('type="checkbox" name="track"') == 2

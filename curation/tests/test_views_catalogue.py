from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import quota
from accounts.models import Preferences, QuotaBucket
from catalog.models import Track
from catalog.tests.factories import (
    ArtistFactory,
    LabelFactory,
    ReleaseFactory,
    TrackFactory,
    matched_track,
)
from curation import catalogue, golden, moves
from curation.catalogue import Keeping
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(dj):
    return CurationPeriodFactory(user=dj)


@pytest.fixture
def zoe():
    return ArtistFactory(name="Zoë Ørsted")


@pytest.fixture
def low_tide():
    return LabelFactory(name="Low Tide")


@pytest.fixture
def glue(zoe, low_tide):
    release = ReleaseFactory(title="Salt Flat EP", label=low_tide, catalog_number="LTR-042")
    return TrackFactory(
        title="Glue", artists=[zoe], release=release, isrc="GBKQU2578872", match="not_found"
    )


def sort(period, track, to="Warm Up"):
    row = CurationTrackFactory(curation_period=period, track=track)
    place = playlist_of(period, to) if to else None
    if place:
        moves.move_track(user=period.user, track=row, to=place)
    return row


def look(pages, name, *args, **query) -> str:
    answer = pages.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


# A track


def test_a_track_tells_all_its_facts(pages, glue, zoe, low_tide):
    remixer = ArtistFactory(name="Konvex")
    glue.credits.create(artist=remixer, role="remixer", position=0)
    Track.objects.filter(pk=glue.pk).update(
        bpm=128, key="4B", length_ms=372_000, encoded_on="2026-10-01", status="withdrawn"
    )

    page = look(pages, "track", glue.pk)

    for fact in ("Glue", "Original Mix", "Salt Flat EP", "LTR-042", "GBKQU2578872", "128", "4B"):
        assert fact in page
    for fact in ("6:12", "13 Nov 2026", "1 Oct 2026", str(glue.genre), "Withdrawn from Beatport"):
        assert fact in page
    for named in (reverse("artist", args=[zoe.pk]), reverse("artist", args=[remixer.pk])):
        assert f'href="{named}"' in page
    assert reverse("label", args=[low_tide.pk]) in page
    assert "Not on Spotify" in page
    assert f"/track/{glue.slug}/{glue.beatport_id}" in page


def test_a_track_with_next_to_nothing_known_is_shown(pages):
    bare = TrackFactory(
        release=None, genre=None, isrc="", bpm=None, key="", length_ms=None, artists=[], match=False
    )
    Track.objects.filter(pk=bare.pk).update(published_on=None, released_on=None)

    page = look(pages, "track", bare.pk)

    assert "No artist given" in page
    assert "Not looked up yet" in page


def test_a_track_says_when_it_is_looked_up(pages):
    waiting = TrackFactory()
    later = timezone.now() + timedelta(days=1)
    quota.close("search", later)
    missing = TrackFactory(match="not_found", match__misses=1, match__next_try_at=later)
    given_up = TrackFactory(match="not_found", match__misses=3, match__next_try_at=None)

    closed = look(pages, "track", waiting.pk)
    QuotaBucket.objects.update(closed_until=None)
    opened = look(pages, "track", waiting.pk)

    assert "Looked up next tomorrow at " in closed
    assert "In line to be looked up." in opened
    assert "Looked up again tomorrow" in look(pages, "track", missing.pk)
    assert "Looked up again only by hand." in look(pages, "track", given_up.pk)


def test_a_track_on_spotify_leads_there(pages, settings):
    page = look(pages, "track", matched_track(7).pk)

    assert f'href="{settings.SPOTIFY_OPEN_URL}/track/{7:022d}"' in page


@pytest.mark.parametrize("is_wanted", [True, False])
def test_another_edit_says_whether_the_playlists_take_it(pages, dj, is_wanted):
    Preferences.objects.filter(user=dj).update(mirrors_edits=is_wanted)
    track = TrackFactory(match="other_edit", spotify_uri="spotify:track:abc")

    page = pages.get(reverse("track", args=[track.pk])).content.decode()

    assert "Other edit on Spotify" in page
    assert ("Your playlists hold no other edits" in page) != is_wanted


def test_a_doubtful_match_is_decided_only_by_who_has_the_track(pages, period):
    track = TrackFactory(match="review")
    decide = f"{reverse('matches')}?track={track.pk}"

    assert "Doubtful" in look(pages, "track", track.pk)
    assert decide not in look(pages, "track", track.pk)

    CurationTrackFactory(curation_period=period, track=track)

    assert decide in look(pages, "track", track.pk)


def test_other_releases_of_the_recording_are_listed(pages, glue):
    compilation = TrackFactory(
        release=ReleaseFactory(title="Best of 2026"), recording_key=glue.recording_key
    )
    TrackFactory(release=ReleaseFactory(title="Another Thing"))

    page = look(pages, "track", glue.pk)

    assert "Best of 2026" in page
    assert reverse("track", args=[compilation.pk]) in page
    assert "Another Thing" not in page


def test_a_track_tells_what_i_did_with_its_recording(pages, period, glue):
    row = sort(period, glue, "Peak Time")
    golden.promote(user=period.user, tracks=[row])
    row.refresh_from_db()
    same = TrackFactory(recording_key=glue.recording_key)

    page = look(pages, "track", same.pk)

    assert reverse("period", args=[period.pk]) in page
    assert "Peak Time" in page
    assert "2 moves" in page
    assert "from Bronze to Peak Time" in page
    assert reverse("golden_category", args=[row.current_silver_playlist.user_category_id]) in page


def test_what_another_dj_did_is_never_shown(pages, glue):
    theirs = CurationPeriodFactory()
    row = sort(theirs, glue, "Peak Time")
    golden.promote(user=theirs.user, tracks=[row])

    page = look(pages, "track", glue.pk)

    assert "It was in none of your weeks." in page
    assert "Peak Time" not in page
    for name, pk in (("artist", glue.credits.get().artist_id), ("label", glue.release.label_id)):
        page = look(pages, name, pk)
        assert "You have not decided" in page
        assert "Peak Time" not in page
    assert "Peak Time" not in look(pages, "search", q="glue")


# Artists and labels


def test_an_artist_has_releases_and_remixes(pages, glue, zoe):
    remix = TrackFactory(title="Other", artists=[ArtistFactory()], remixers=[zoe])
    TrackFactory(title="Not Hers")

    page = look(pages, "artist", zoe.pk)

    assert "Artist or remixer of 2 tracks" in page
    assert "Salt Flat EP" in page
    assert reverse("track", args=[remix.pk]) in page
    assert "Not Hers" not in page


def test_a_label_has_its_releases_the_newest_first(pages, low_tide):
    for title, day in (("Old One", 1), ("New One", 20)):
        release = ReleaseFactory(title=title, label=low_tide)
        TrackFactory(release=release, published_on=date(2026, 11, day))
    TrackFactory(release=ReleaseFactory(title="Elsewhere"))

    page = look(pages, "label", low_tide.pk)

    assert page.index("New One") < page.index("Old One")
    assert "Elsewhere" not in page


def test_my_keep_rate_counts_recordings_i_decided_about(pages, dj, period, zoe):
    tracks = [TrackFactory(artists=[zoe]) for _ in range(4)]
    row = sort(period, tracks[0], "Warm Up")
    golden.promote(user=dj, tracks=[row])
    sort(period, tracks[1], "Trash")
    sort(period, tracks[2], None)
    again = CurationPeriodFactory(user=dj, style=period.style, week=47)
    sort(again, tracks[0], "Warm Up")
    sort(CurationPeriodFactory(style=period.style), tracks[3], "Warm Up")

    assert catalogue.keeping(dj, catalogue.of_artist(zoe)) == Keeping(heard=2, kept=1, golden=1)
    page = look(pages, "artist", zoe.pk)
    assert "You kept 1 of 2 heard, 1 in Golden" in page
    assert "50 %" in page
    assert "Heard are the recordings that you have decided about" in page


# Search


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("glue", "title"),
        ("orsted", "artist"),
        ("ltr042", "catalogue number"),
        ("low tide", "label"),
    ],
)
def test_a_search_says_what_matched(pages, glue, typed, why):
    page = look(pages, "search", q=typed)

    assert reverse("track", args=[glue.pk]) in page
    assert f'search-why">{why}<' in page


def test_artists_and_labels_are_found_beside_tracks(pages, glue, zoe, low_tide):
    assert f'<li><a href="{reverse("artist", args=[zoe.pk])}"' in look(pages, "search", q="zoe")
    assert f'<li><a href="{reverse("label", args=[low_tide.pk])}"' in look(
        pages, "search", q="tide"
    )


def test_nothing_asked_and_nothing_found_have_a_sentence(pages):
    assert "All music that was fetched" in look(pages, "search")
    assert "Nothing is called that." in look(pages, "search", q="nonsense")


def test_a_short_question_is_answered_with_whole_names(pages):
    two = ArtistFactory(name="U2")

    page = look(pages, "search", q="u2")

    assert "This is too short" in page
    assert reverse("artist", args=[two.pk]) in page


def test_results_are_paged_and_the_question_stays(pages):
    for number in range(53):
        TrackFactory(title=f"Glue {number}", published_on=date(2026, 1, 1))

    page = look(pages, "search", q="glue")
    second = look(pages, "search", q="glue", page=2)

    assert "Page 1 of 2" in page
    assert "q=glue&amp;page=2" in page
    assert second.count("/track/title") >= 3


def test_more_than_anybody_reads_is_cut_and_said(pages, monkeypatch):
    monkeypatch.setattr("catalog.search.MOST_TRACKS", 2)
    for _ in range(3):
        TrackFactory(title="Glue")

    assert "The newest 2; add a word for fewer" in look(pages, "search", q="glue")


@pytest.mark.parametrize(
    "typed",
    ['"', "*", "%", "_", "\x00", "🔥", "a" * 10_000, "<script>alert(1)</script>", "' OR 1=1"],
)
def test_hostile_questions_are_answered(pages, glue, typed):
    page = look(pages, "search", q=typed)

    assert "<script>alert" not in page
    assert reverse("track", args=[glue.pk]) not in page


@pytest.mark.parametrize("name", ["track", "artist", "label"])
@pytest.mark.parametrize("pk", [0, 9_999_999, 10**20])
def test_what_is_not_there_is_not_there(pages, name, pk):
    assert pages.get(reverse(name, args=[pk])).status_code == 404


@pytest.mark.parametrize("name", ["search", "track", "artist", "label"])
def test_only_djs_look(client, glue, name):
    where = reverse(name, args=[] if name == "search" else [1])

    assert client.get(where)["Location"].startswith(reverse("login"))


def test_the_pages_ask_as_often_for_thirty_tracks_as_for_three(
    pages, period, zoe, low_tide, django_assert_max_num_queries
):
    def grow(count):
        for number in range(count):
            release = ReleaseFactory(label=low_tide, title=f"Glue EP {number}")
            track = TrackFactory(
                title="Glue", artists=[zoe, ArtistFactory()], release=release, match="matched"
            )
            Track.objects.filter(pk=track.pk).update(recording_key="isrc:SAME")
            own = TrackFactory(artists=[zoe], release=release)
            golden.promote(user=period.user, tracks=[sort(period, own)])

    grow(3)
    same = Track.objects.filter(recording_key="isrc:SAME").first()
    sort(period, same)
    asked = [("track", [same.pk]), ("artist", [zoe.pk]), ("label", [low_tide.pk]), ("search", [])]
    few = {}
    for name, args in asked:
        with django_assert_max_num_queries(20) as queries:
            look(pages, name, *args, q="glue")
        few[name] = len(queries)
    grow(12)
    for name, args in asked:
        with django_assert_max_num_queries(few[name]):
            look(pages, name, *args, q="glue")

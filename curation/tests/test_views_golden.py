import csv
import io
import uuid
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from catalog.tests.factories import ArtistFactory, TrackFactory, matched_track
from curation import golden, moves, shelf
from curation.models import CurationPeriod, GoldenTrack
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(dj):
    return CurationPeriodFactory(user=dj)


@pytest.fixture
def warm(period):
    return playlist_of(period, "Warm Up").user_category


def keep(period, *tracks):
    """These tracks, sorted into Warm Up and promoted, the first one first."""
    rows = []
    for track in tracks:
        row = CurationTrackFactory(curation_period=period, track=track)
        moves.move_track(user=period.user, track=row, to=playlist_of(period, "Warm Up"))
        row.refresh_from_db()
        rows.append(row)
    golden.promote(user=period.user, tracks=rows)
    return list(GoldenTrack.objects.order_by("added_at"))


def shown(pages, category, **query) -> str:
    answer = pages.get(reverse("golden_category", args=[category.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def exported(pages, category) -> list[dict[str, str]]:
    answer = pages.get(reverse("golden_export", args=[category.pk]))
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_all_categories_are_shown_with_their_counts_and_trash_is_not(pages, period, warm):
    keep(period, matched_track(1), matched_track(2))

    page = pages.get(reverse("golden")).content.decode()

    assert "2 tracks kept for good." in page
    assert reverse("golden_category", args=[warm.pk]) in page
    assert "Peak Time" in page
    assert "Trash" not in page
    assert "latest at" in page


def test_the_golden_of_others_is_not_there(pages):
    theirs = playlist_of(CurationPeriodFactory(), "Warm Up").user_category

    for name in ("golden_category", "golden_export"):
        assert pages.get(reverse(name, args=[theirs.pk])).status_code == 404
    for name in ("golden_remove", "golden_restore"):
        assert pages.post(reverse(name, args=[theirs.pk])).status_code == 404
    assert "Warm Up" not in pages.get(reverse("golden")).content.decode()


def test_a_category_shows_what_it_keeps_and_where_it_came_from(pages, period, warm, settings):
    keep(period, matched_track(5, title="Ferrite"))

    page = shown(pages, warm)

    assert "Ferrite" in page
    assert "week 46 of 2026" in page
    assert f"{settings.SPOTIFY_OPEN_URL}/track/{5:022d}" in page


def test_an_empty_category_says_how_it_fills(pages, warm):
    assert "Nothing here yet." in shown(pages, warm)


def test_a_track_is_removed_and_the_removal_can_be_undone(pages, period, warm):
    first, second = keep(period, matched_track(1), matched_track(2, title="Ferrite"))
    before = list(GoldenTrack.objects.order_by("added_at").values_list("track", "added_at"))

    answer = pages.post(reverse("golden_remove", args=[warm.pk]), {"kept": first.pk}, follow=True)

    page = answer.content.decode()
    assert f"“{first.track}” left Warm Up." in page
    assert GoldenTrack.objects.get() == second

    removal = page.split('name="removal" value="')[1].split('"')[0]
    answer = pages.post(
        reverse("golden_restore", args=[warm.pk]), {"removal": removal}, follow=True
    )

    assert "is back in Warm Up" in answer.content.decode()
    after = list(GoldenTrack.objects.order_by("added_at").values_list("track", "added_at"))
    assert after == before


def test_a_removal_of_another_category_cannot_be_used(pages, period, warm):
    [kept] = keep(period, matched_track(1))
    removal = shelf.remove(kept)
    other = playlist_of(period, "Peak Time").user_category

    answer = pages.post(
        reverse("golden_restore", args=[other.pk]), {"removal": removal}, follow=True
    )

    assert "can no longer be undone" in answer.content.decode()
    assert not GoldenTrack.objects.exists()


@pytest.mark.parametrize("removal", ["", "nonsense", "WzEsMl0:1abc:def"])
def test_an_invented_removal_does_nothing(pages, warm, removal):
    pages.post(reverse("golden_restore", args=[warm.pk]), {"removal": removal})

    assert not GoldenTrack.objects.exists()
    assert "left Warm Up" not in shown(pages, warm, removed=removal)


@pytest.mark.parametrize("kept", ["", "nonsense", "9" * 30])
def test_removing_what_is_not_there_is_a_404(pages, warm, kept):
    answer = pages.post(reverse("golden_remove", args=[warm.pk]), {"kept": kept})

    assert answer.status_code == 404


def test_the_shopping_list_has_all_that_a_shop_asks_for(pages, period, warm, settings):
    track = matched_track(
        9,
        title="Left Running",
        mix_name="Extended Mix",
        artists=[ArtistFactory(name="Øyvind Holmqvar"), ArtistFactory(name="Pina Odunaye")],
        remixers=[ArtistFactory(name="Not An Artist")],
        release__title="Left Running EP",
        release__label__name="Gleis Neun",
        release__catalog_number="GN 041",
        isrc="GBXXX2600041",
        bpm=128,
        key="8A",
        length_ms=402_000,
    )
    [kept] = keep(period, track)

    [row] = exported(pages, warm)

    assert row == {
        "Title": "Left Running",
        "Mix": "Extended Mix",
        "Artists": "Øyvind Holmqvar, Pina Odunaye",
        "Label": "Gleis Neun",
        "Catalogue number": "GN 041",
        "Release": "Left Running EP",
        "ISRC": "GBXXX2600041",
        "BPM": "128",
        "Key": "8A",
        "Length": "6:42",
        "Beatport": f"{settings.BEATPORT_WEB_URL}/track/{track.slug}/{track.beatport_id}",
        "Spotify": f"{settings.SPOTIFY_OPEN_URL}/track/{9:022d}",
        "Added": kept.added_at.date().isoformat(),
    }


def test_the_list_is_in_the_order_things_were_kept(pages, period, warm):
    keep(period, matched_track(1, title="First"), matched_track(2, title="Second"))

    assert [row["Title"] for row in exported(pages, warm)] == ["First", "Second"]


@pytest.mark.parametrize("title", ["=1+1", "+49", "-1", "@SUM(A1)", "\tx"])
def test_no_cell_is_read_as_a_formula(pages, period, warm, title):
    keep(period, matched_track(1, title=title))

    [row] = exported(pages, warm)

    assert row["Title"] == f"'{title}"


def test_the_file_is_named_after_its_category_and_read_as_utf8(pages, warm):
    warm.name = "Früh, “laut”"
    warm.save()

    answer = pages.get(reverse("golden_export", args=[warm.pk]))

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert "Fr%C3%BCh" in answer["Content-Disposition"]


def test_what_is_unknown_is_an_empty_cell(pages, period, warm):
    track = TrackFactory(release=None, bpm=None, key="", length_ms=None, isrc="")
    keep(period, track)

    [row] = exported(pages, warm)

    names = ("Label", "Catalogue number", "Release", "BPM", "Key", "Length", "ISRC", "Spotify")
    assert {row[name] for name in names} == {""}


def test_a_category_asks_as_often_for_thirty_tracks_as_for_three(
    pages, period, warm, django_assert_max_num_queries
):
    keep(period, *(matched_track(number) for number in range(3)))
    shown(pages, warm)
    with django_assert_max_num_queries(20) as few:
        shown(pages, warm)
    with django_assert_max_num_queries(12) as few_exported:
        exported(pages, warm)
    keep(period, *(matched_track(number) for number in range(3, 30)))
    with django_assert_max_num_queries(len(few)):
        shown(pages, warm)
    with django_assert_max_num_queries(len(few_exported)):
        exported(pages, warm)


def test_all_golden_asks_as_often_for_many_categories(
    pages, dj, period, django_assert_max_num_queries
):
    pages.get(reverse("golden"))
    with django_assert_max_num_queries(20) as few:
        pages.get(reverse("golden"))
    CurationPeriodFactory.create_batch(5, user=dj)
    with django_assert_max_num_queries(len(few)):
        pages.get(reverse("golden"))


def test_a_removal_is_taken_back_within_an_hour_only(monkeypatch, period, warm):
    [kept] = keep(period, matched_track(1))
    removal = shelf.remove(kept)

    assert shelf.removed_track(warm, removal) == kept.track_id

    an_hour_later = (timezone.now() + timedelta(seconds=shelf.UNDO_SECONDS + 1)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: an_hour_later)
    assert shelf.removed_track(warm, removal) is None


def test_a_promotion_repeated_after_a_removal_is_a_new_one(pages, dj, period, warm):
    [kept] = keep(period, matched_track(1))
    pages.post(reverse("golden_remove", args=[warm.pk]), {"kept": kept.pk})
    row = period.tracks.get()

    golden.promote(user=dj, tracks=[row], client_id=uuid.uuid4())

    assert GoldenTrack.objects.get().track == kept.track


@contextmanager
def closed_in_another_tab(period):
    """Just before the week is taken for a change."""

    def close_first(execute, sql, *rest):
        if sql.startswith('UPDATE "curation_curationperiod"') and not period.is_closed:
            period.status = CurationPeriod.Status.CLOSED
            period.save()
        return execute(sql, *rest)

    with connection.execute_wrapper(close_first):
        yield


def test_a_week_that_was_closed_meanwhile_refuses_a_removal(pages, period, warm):
    [kept] = keep(period, TrackFactory())

    with closed_in_another_tab(period):
        answer = pages.post(reverse("golden_remove", args=[warm.pk]), {"kept": kept.pk})

    assert answer.status_code == 409
    assert moves.CLOSED in answer.content.decode()
    assert GoldenTrack.objects.filter(pk=kept.pk).exists()


def test_a_week_that_was_closed_meanwhile_refuses_to_put_back(pages, period, warm):
    [kept] = keep(period, TrackFactory())
    removal = shelf.remove(kept)

    with closed_in_another_tab(period):
        answer = pages.post(reverse("golden_restore", args=[warm.pk]), {"removal": removal})

    assert answer.status_code == 409
    assert not GoldenTrack.objects.exists()

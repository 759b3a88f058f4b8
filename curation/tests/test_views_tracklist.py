import uuid
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from catalog.tests.factories import (
    ArtistFactory,
    LabelFactory,
    ReleaseFactory,
    TrackFactory,
)
from curation import golden, moves, periods
from curation.models import CurationPeriod, Move
from curation.tests.factories import (
    CurationPeriodFactory,
    CurationTrackFactory,
    playlist_of,
)

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def period(dj) -> CurationPeriod:
    return CurationPeriodFactory(user=dj)


@pytest.fixture
def tracks(period):
    return CurationTrackFactory.create_batch(4, curation_period=period)


def page(pages: Client, period: CurationPeriod, **query: object) -> str:
    answer = pages.get(reverse("period_tracks", args=[period.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(pages: Client, period: CurationPeriod, *, query: str = "", htmx: bool = True, **data):
    address = reverse("tracks_move", args=[period.pk]) + query
    return pages.post(address, data, **(HTMX if htmx else {}))


def ids(rows) -> list[int]:
    return [row.pk for row in rows]


def places(period: CurationPeriod) -> list[str | None]:
    named = period.tracks.order_by("position").values_list(
        "current_silver_playlist__user_category__name", flat=True
    )
    return list(named)


def titles(listed: str, period: CurationPeriod) -> str:
    """The titles, one letter each, in the order of the page."""
    names = period.tracks.values_list("track__title", flat=True)
    return "".join(sorted(names, key=lambda name: listed.index(f">{name} <")))


def test_a_recording_met_again_says_what_was_done_before(pages, period, tracks):
    earlier = CurationPeriodFactory(user=period.user, style=period.style, week=37)
    met = TrackFactory(recording_key=tracks[0].recording_key)
    row = CurationTrackFactory(curation_period=earlier, track=met)
    moves.move_track(user=period.user, track=row, to=playlist_of(earlier, "Trash"))

    assert page(pages, period).count("You trashed this on") == 2  # the words and their title


# Sorting


@pytest.fixture
def various(period):
    """A, B and C in Bronze order; each column has another order, and C lacks what it may lack."""
    facts = [
        {"title": "B", "bpm": 128, "key": "10A", "length_ms": 300_000},
        {"title": "A", "bpm": 132, "key": "8A", "length_ms": 400_000},
        {"title": "C", "bpm": None, "key": "", "length_ms": None},
    ]
    days = [date(2026, 11, 10), date(2026, 11, 9), None]
    labels = ["Zinc", "amber", None]
    artists = ["mute", "Zed", "Ada"]
    states = ["not_found", "matched", "review"]
    for position, known in enumerate(facts):
        label = LabelFactory(name=labels[position]) if labels[position] else None
        track = TrackFactory(
            **known,
            published_on=days[position],
            release=ReleaseFactory(label=label),
            artists=[ArtistFactory(name=artists[position])],
            match=states[position],
        )
        CurationTrackFactory(curation_period=period, track=track, position=position)
    return period


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "BAC"),
        ("title", "ABC"),
        ("-title", "CBA"),
        ("artist", "CBA"),
        ("label", "ABC"),
        ("-label", "BAC"),
        ("bpm", "BAC"),
        ("-bpm", "ABC"),
        ("key", "ABC"),
        ("length", "BAC"),
        ("released", "ABC"),
        ("state", "ACB"),
        ("nonsense", "BAC"),
        ("--bpm", "BAC"),
    ],
)
def test_the_list_is_sorted_by_a_column_and_what_lacks_comes_last(pages, various, sort, order):
    assert titles(page(pages, various, sort=sort), various) == order


def test_the_list_is_sorted_by_where_the_tracks_lie(pages, dj, various):
    first, second, _ = various.tracks.order_by("position")
    moves.move_track(user=dj, track=first, to=playlist_of(various, "Trash"))
    moves.move_track(user=dj, track=second, to=playlist_of(various, "Peak Time"))

    assert titles(page(pages, various, sort="place"), various) == "CAB"
    assert titles(page(pages, various, sort="-place"), various) == "BAC"


def test_a_head_says_how_the_list_is_sorted_and_what_comes_next(pages, various):
    plain = page(pages, various, place="bronze", page=1)
    up = page(pages, various, sort="bpm")
    down = page(pages, various, sort="-bpm")

    assert "aria-sort" not in plain
    assert 'href="?place=bronze&amp;sort=bpm"' in plain
    assert 'aria-sort="ascending"' in up
    assert 'href="?sort=-bpm"' in up
    assert 'aria-sort="descending"' in down
    assert 'id="sort-bpm" href="?"' in " ".join(down.split())


def test_the_filter_keeps_the_order_and_the_label(pages, various):
    label = various.tracks.order_by("position")[0].track.release.label

    listed = page(pages, various, sort="-bpm", label=label.pk)

    assert f'form="filter" name="label" value="{label.pk}"' in listed
    assert 'form="filter" name="sort" value="-bpm"' in listed
    assert "<b>1</b> of 3 shown" in listed
    assert "Only Zinc." in listed


# Moving


def test_the_selected_tracks_are_moved(pages, period, tracks):
    to = playlist_of(period, "Warm Up")

    answer = send(pages, period, track=ids(tracks[:3]), to=to.pk)

    assert places(period) == ["Warm Up", "Warm Up", "Warm Up", None]
    assert "3 tracks to Warm Up." in answer.content.decode()
    assert answer.content.decode().count('name="track"') == 4
    assert "<html" not in answer.content.decode()


def test_what_was_selected_on_other_pages_is_moved_with_them(pages, dj, period, tracks):
    other = CurationTrackFactory(curation_period__user=dj)
    elsewhere = f"{tracks[2].pk},{other.pk},,x"
    to = playlist_of(period, "Warm Up")

    send(pages, period, track=[tracks[0].pk], elsewhere=elsewhere, to=to.pk)

    there = period.tracks.filter(current_silver_playlist=to).order_by("pk")
    assert list(there) == [tracks[0], tracks[2]]
    assert Move.objects.values("action_id").distinct().count() == 1
    other.refresh_from_db()
    assert other.current_silver_playlist is None


def test_without_javascript_the_way_leads_back_to_the_list_as_it_was(pages, period, tracks):
    answer = send(
        pages, period, query="?sort=bpm&page=1", htmx=False, track=ids(tracks[:1]), to="bronze"
    )

    assert answer.status_code == 303
    assert answer.url == reverse("period_tracks", args=[period.pk]) + "?sort=bpm&page=1"
    assert "All of them are in Bronze already." in pages.get(answer.url).content.decode()


def test_all_that_the_filter_finds_is_moved_on_every_page(pages, dj, period, monkeypatch):
    monkeypatch.setattr("curation.views.tracklist.TRACKS_A_PAGE", 2)
    tracks = CurationTrackFactory.create_batch(5, curation_period=period)
    moves.move_track(user=dj, track=tracks[0], to=playlist_of(period, "Peak Time"))
    to = playlist_of(period, "Warm Up")
    newest = tracks[3].pk  # the last one came after the page was made

    send(pages, period, query="?place=bronze", all="1", newest=newest, to=to.pk)

    assert places(period) == ["Peak Time", "Warm Up", "Warm Up", "Warm Up", None]


def test_what_bronze_has_of_a_label_goes_to_trash(pages, dj, period, tracks):
    release = ReleaseFactory()
    theirs = [
        CurationTrackFactory(curation_period=period, track=TrackFactory(release=release))
        for _ in range(3)
    ]
    moves.move_track(user=dj, track=theirs[0], to=playlist_of(period, "Warm Up"))
    listed = page(pages, period)
    assert "Show all 3" in listed
    assert "2 in Bronze to Trash" in listed

    answer = send(pages, period, label_to_trash=release.label_id, newest=theirs[-1].pk)

    assert places(period) == [None] * 4 + ["Warm Up", "Trash", "Trash"]
    assert "2 tracks to Trash." in answer.content.decode()
    assert (
        Move.objects.filter(to_playlist__user_category__is_trash=True)
        .values("action_id")
        .distinct()
        .count()
        == 1
    )


def test_a_form_sent_twice_moves_once(pages, dj, period, tracks):
    to = playlist_of(period, "Warm Up")
    said = {"track": ids(tracks[:2]), "to": to.pk, "client_id": str(uuid.uuid4())}
    send(pages, period, **said)
    moves.move_track(user=dj, track=tracks[0], to=playlist_of(period, "Trash"))

    again = send(pages, period, **said)
    other = send(pages, period, **(said | {"track": ids(tracks)}))

    assert again.status_code == 200
    assert "2 tracks to Warm Up." in again.content.decode()
    assert other.status_code == 409
    assert places(period) == ["Trash", "Warm Up", None, None]


def test_all_of_a_filter_sent_twice_moves_once(pages, period, tracks):
    to = playlist_of(period, "Trash")
    said = {"all": "1", "to": to.pk, "client_id": str(uuid.uuid4()), "newest": tracks[-1].pk}
    send(pages, period, query="?place=bronze", **said)

    again = send(pages, period, query="?place=bronze", **said)

    assert "4 tracks to Trash." in again.content.decode()
    assert Move.objects.count() == 4


def test_nothing_selected_is_told(pages, period, tracks):
    to = playlist_of(period, "Warm Up").pk

    answer = send(pages, period, to=to)
    whole = send(pages, period, htmx=False, to=to)

    assert answer.status_code == whole.status_code == 422
    assert "Nothing is selected." in answer.content.decode()
    assert "Nothing is selected." in whole.content.decode()
    assert not Move.objects.exists()


def test_a_closed_week_is_looked_at_but_not_changed(pages, period, tracks):
    to = playlist_of(period, "Warm Up").pk
    periods.close_period(period, rest_to_trash=False)

    listed = page(pages, period)
    answer = send(pages, period, track=ids(tracks), to=to)

    assert 'name="track"' not in listed
    assert answer.status_code == 409
    assert "closed" in answer["X-Sentence"]
    assert places(period) == [None] * 4


def test_a_stranger_finds_nothing_to_move_or_undo(pages, period, tracks):
    theirs = CurationTrackFactory()
    other = theirs.curation_period
    to = playlist_of(period, "Warm Up").pk

    assert send(pages, other, track=[theirs.pk], to=to).status_code == 404
    assert pages.post(reverse("tracks_undo", args=[other.pk])).status_code == 404
    assert (
        send(pages, period, track=ids(tracks), to=playlist_of(other, "Trash").pk).status_code == 404
    )
    send(pages, period, track=[theirs.pk], to=to)
    assert places(other) == [None]
    assert places(period) == [None] * 4


# Undo


def test_a_bulk_move_is_undone_by_its_message_and_by_the_button(pages, dj, period, tracks):
    moves.move_track(user=dj, track=tracks[0], to=playlist_of(period, "Peak Time"))
    golden.promote(user=dj, tracks=[moves.as_it_is_now(tracks[0])])
    to = playlist_of(period, "Trash").pk

    answer = send(pages, period, track=ids(tracks), to=to)
    said = answer.content.decode()
    undo = said.split('name="move" value="')[1].split('"')[0]
    back = pages.post(reverse("tracks_undo", args=[period.pk]), {"move": undo}, **HTMX)

    assert "4 tracks to Trash. Out of Golden: 1." in said
    assert said.count("/tracks/undo/") == 4  # the message's and the bar's, each with and without JS
    assert "Undone: 4 tracks back." in back.content.decode()
    assert places(period) == ["Peak Time", None, None, None]
    assert period.tracks.filter(promoted_at__isnull=False).count() == 1
    again = pages.post(reverse("tracks_undo", args=[period.pk]), {"move": undo}, **HTMX)
    assert "That was undone already." in again.content.decode()


def test_an_undo_that_would_revert_a_later_move_is_refused(pages, dj, period, tracks):
    send(pages, period, track=ids(tracks), to=playlist_of(period, "Trash").pk)
    undo = Move.objects.first().client_id
    moves.move_track(user=dj, track=tracks[1], to=playlist_of(period, "Warm Up"))

    answer = pages.post(reverse("tracks_undo", args=[period.pk]), {"move": undo}, **HTMX)

    assert answer.status_code == 409
    assert places(period) == ["Trash", "Warm Up", "Trash", "Trash"]


def test_the_list_after_a_move_asks_as_often_for_thirty_as_for_three(
    pages, period, django_assert_max_num_queries
):
    few = CurationTrackFactory.create_batch(3, curation_period=period)
    to = [playlist_of(period, name).pk for name in ("Warm Up", "Trash", "Peak Time")]
    send(pages, period, track=ids(few), to=to[0])
    with django_assert_max_num_queries(60) as for_few:
        send(pages, period, track=ids(few), to=to[1])
    asked = len(for_few)
    many = [*few, *CurationTrackFactory.create_batch(27, curation_period=period)]
    send(pages, period, track=ids(many), to=to[2])

    with django_assert_max_num_queries(asked):
        send(pages, period, track=ids(many), to=to[0])

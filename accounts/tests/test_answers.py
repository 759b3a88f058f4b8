import pytest

from accounts import answers
from accounts.answers import PlaylistRow, Unreadable

TRACK = {"id": "a1", "uri": "spotify:track:a1", "name": "Silk", "duration_ms": 360000}


def test_the_account_id_comes_before_the_id():
    both = answers.read_profile({"account_id": "acc", "id": "nadja", "display_name": None})

    assert both.account_id == "acc"
    assert both.display_name == ""
    assert answers.read_profile({"id": "nadja"}).account_id == "nadja"


def test_nobody_is_unreadable():
    with pytest.raises(Unreadable):
        answers.read_profile({"display_name": "Nadja"})


def test_a_bare_track_is_read():
    track = answers.read_track(TRACK)

    assert (track.title, track.length_ms, track.isrc, track.artists) == ("Silk", 360000, "", ())
    assert track.album.released_on == ""
    assert track.raw is TRACK


@pytest.mark.parametrize(
    "row",
    [
        {"item": {"uri": "spotify:track:a1"}, "is_local": False},
        {"track": {"uri": "spotify:track:a1"}},
        {"item": {"uri": "spotify:track:a1"}, "track": None},
        {"item": None, "track": {"uri": "spotify:track:a1"}},
    ],
)
def test_a_row_is_read_in_both_shapes(row):
    assert answers.read_row(row) == PlaylistRow("spotify:track:a1")


@pytest.mark.parametrize("row", [{"item": None}, {"item": {}}, {}, None, 7, {"track": True}])
def test_a_row_of_nothing_keeps_its_place(row):
    assert answers.read_row(row) == PlaylistRow(None)


def test_a_local_file_is_named():
    row = {"is_local": True, "item": {"uri": "spotify:local:::x:1"}}

    assert answers.read_row(row) == PlaylistRow("spotify:local:::x:1")


@pytest.mark.parametrize("key", ["items", "tracks"])
def test_the_total_of_a_playlist_is_read_in_both_shapes(key):
    playlist = answers.read_counted_playlist({"id": "p1", key: {"total": 7}})

    assert playlist.total == 7
    assert playlist.uri == "spotify:playlist:p1"


@pytest.mark.parametrize("body", [{"id": "p1"}, {"id": "p1", "items": {"total": "7"}}, {}, None])
def test_a_playlist_without_a_total_is_unreadable(body):
    with pytest.raises(Unreadable):
        answers.read_counted_playlist(body)


def test_a_playlist_just_created_needs_no_total():
    assert answers.read_playlist({"id": "p1"}).total == 0


def test_an_empty_search_is_not_a_failed_one():
    assert answers.read_tracks({"tracks": {"items": []}}) == []
    for failed in [None, {}, [], {"tracks": None}, {"tracks": {"items": None}}, {"tracks": 7}]:
        with pytest.raises(Unreadable):
            answers.read_tracks(failed)


def test_hits_without_an_id_are_left_out():
    found = answers.read_tracks({"tracks": {"items": [None, {}, TRACK, 7]}})

    assert [track.id for track in found] == ["a1"]


def test_a_page_knows_the_next():
    page = answers.read_page({"items": [{}, {}], "total": 5}, answers.read_row, offset=2)

    assert (page.total, page.taken, page.next_offset) == (5, 2, 4)


def test_rows_left_out_still_count_for_the_next_page():
    body = {"items": [{"id": "p1"}, None], "total": 5}

    page = answers.read_page(body, answers.read_playlist, offset=0)

    assert len(page.items) == 1
    assert page.next_offset == 2


@pytest.mark.parametrize("total", [2, 0])
def test_the_last_page_has_no_next(total):
    rows = [{}] * total

    assert (
        answers.read_page({"items": rows, "total": total}, answers.read_row, offset=0).next_offset
        is None
    )


def test_an_empty_page_before_the_end_is_the_end():
    body = {"items": [], "total": 90}

    assert answers.read_page(body, answers.read_row, offset=50).next_offset is None


@pytest.mark.parametrize("body", [{"items": []}, {"total": 1}, {"items": 7, "total": 1}, None])
def test_half_a_page_is_unreadable(body):
    with pytest.raises(Unreadable):
        answers.read_page(body, answers.read_row, offset=0)


@pytest.mark.parametrize("body", [None, [], [True], [True, 1], {"0": True}])
def test_flags_are_as_many_as_asked(body):
    assert answers.read_flags([True, False], count=2) == [True, False]
    with pytest.raises(Unreadable):
        answers.read_flags(body, count=2)


def test_a_nul_is_left_out():
    assert answers.read_profile({"id": "a\x00b", "display_name": "\x00"}).account_id == "ab"

import gzip
import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion import envelopes
from ingestion.parsing import RowRefused, SubGenreRow, TrackRow, parse_genre, parse_track
from ingestion.tests.rows import named, track_object

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_a_whole_track():
    row = parse_track(track_object(31, remixers=[named(9, "Phaxe")], exclusive=True))

    assert (row.beatport_id, row.title, row.mix_name, row.slug) == (
        31,
        "Title 31",
        "Original Mix",
        "title-31",
    )
    assert [artist.name for artist in row.artists] == ["Dusen Valdez (UK)"]
    assert [artist.name for artist in row.remixers] == ["Phaxe"]
    assert row.release
    assert (row.release.title, row.release.catalog_number) == ("Rain", "NSDIGI473")
    assert row.release.artwork.endswith("{w}x{h}/a.jpg")
    assert row.release.label
    assert row.release.label.name == "Nordic Series"
    assert row.genre
    assert row.genre.slug == "techno-peak-time-driving"
    assert (row.isrc, row.bpm, row.key, row.length_ms) == ("GBAAA2600031", 136, "5A", 327_662)
    assert (row.published_on, row.released_on) == (date(2026, 11, 13), date(2026, 11, 13))
    assert row.encoded_on == date(2026, 10, 27)
    assert (row.is_withdrawn, row.is_exclusive) == (False, True)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, "not an object"),
        ("track", "not an object"),
        ([], "not an object"),
        ({}, "no usable id"),
        ({"id": "x", "name": "Rain"}, "no usable id"),
        ({"id": -1, "name": "Rain"}, "no usable id"),
        ({"id": 1}, "no title"),
        ({"id": 1, "name": " \x00 "}, "no title"),
        ({"id": 1, "name": 1999}, "no title"),
    ],
)
def test_a_row_without_id_or_title_is_refused_with_a_reason(found, reason):
    with pytest.raises(RowRefused, match=reason):
        parse_track(found)


@pytest.mark.parametrize("name", [n for n in track_object() if n not in ("id", "name")])
@pytest.mark.parametrize("value", [None, 7, -1, "x" * 100_000, [], {}, [None], [{"id": {}}], True])
def test_a_wrong_value_of_any_other_field_loses_that_field_only(name, value):
    row = parse_track(track_object(31, **{name: value}))

    assert (row.beatport_id, row.title) == (31, "Title 31")
    assert len(row.mix_name) <= 255


def test_missing_fields_are_empty():
    row = parse_track({"id": 31, "name": "Rain"})

    assert (row.artists, row.release, row.genre, row.length_ms) == ((), None, None, None)
    assert (row.mix_name, row.isrc, row.key, row.published_on) == ("", "", "", None)


def test_artists_keep_their_order_each_once_without_the_unusable():
    people = [named(2, "Bob"), named(1, "Ada"), named(2, "Bob"), {"id": 3}, "Cyd", named(4, " ")]

    row = parse_track(track_object(artists=people))

    assert [artist.name for artist in row.artists] == ["Bob", "Ada"]


@pytest.mark.parametrize("status", ["hidden", "labelRemoved", "takedown"])
def test_a_takedown_is_recognised(status):
    assert parse_track(track_object(publish_status=status)).is_withdrawn


def test_a_length_that_is_missing_is_read_from_the_clock():
    assert parse_track(track_object(length_ms=None)).length_ms == 327_000


def test_pages_of_one_track_write_subgenre_in_one_word():
    found = track_object() | {"subgenre": {"id": 1, "name": "Acid"}}

    assert parse_track(found).sub_genre == SubGenreRow(1, "Acid", "")


def test_the_raw_object_is_kept_as_it_is():
    found = track_object()

    assert parse_track(found).raw == found


def test_a_genre_id_fits_its_column():
    assert parse_genre({"id": 2**31, "name": "Techno"}) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(track_object())), ANYTHING))
def test_whatever_comes_is_a_row_or_refused(found):
    with suppress(RowRefused):
        row = parse_track(found)
        assert isinstance(row, TrackRow)
        assert 0 < len(row.title) <= 255


def test_real_rows_lose_nothing(shared):
    body = gzip.decompress((shared / "data/api/genres_13_top_100_2025-08-30.json.gz").read_bytes())

    for found in envelopes.read_api_page(body).rows:
        row = parse_track(found)
        assert row.title == " ".join(found["name"].split())
        assert len(row.artists) == len(found["artists"])
        assert len(row.remixers) == len(found["remixers"])
        assert row.isrc == (found["isrc"] or "")
        assert row.length_ms == found["length_ms"]
        assert row.published_on
        assert row.published_on.isoformat() == found["publish_date"]
        assert row.key == f"{found['key']['camelot_number']}{found['key']['camelot_letter']}"
        assert row.raw == json.loads(json.dumps(found))

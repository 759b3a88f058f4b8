from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.recordings import keys_by_text, primary, recording_key, text_digest
from ingestion.tests.rows import named, track_row

MONDAY, FRIDAY = date(2026, 11, 9), date(2026, 11, 13)


def key(**changes) -> str:
    return recording_key(track_row(31, **{"name": "Rain", "isrc": None} | changes))


def test_an_isrc_is_the_key():
    assert key(isrc="gb-kqu-25-78872") == "isrc:GBKQU2578872"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "RAIN!"},
        {"name": "Ráin"},
        {"mix_name": "Original"},
        {"mix_name": ""},
        {"artists": [named(999, "Dusen Valdez")]},
        {"artists": [named(999, "DUSEN VALDEZ (FR)")]},
    ],
)
def test_spelling_makes_no_other_recording(changes):
    assert key(**changes) == key()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Rain II"},
        {"mix_name": "Extended Mix"},
        {"mix_name": "Radio Edit"},
        {"mix_name": "Phaxe Remix"},
        {"artists": [named(1, "Somebody")]},
        {"length_ms": 340_000},
        {"length_ms": None, "length": None},
    ],
)
def test_another_mix_title_artist_or_length_is_another_recording(changes):
    assert key(**changes) != key()


def test_titles_of_signs_only_are_told_apart():
    assert key(name="!!!") != key(name="???")


def test_lengths_within_two_seconds_of_the_shortest_are_one_recording():
    keys = keys_by_text("d", {1: 302_000, 2: 300_000, 3: 302_001, 4: 304_001, 5: 304_002})

    assert keys[2] == keys[1] == "text:d:300000"
    assert keys[3] == keys[4] == "text:d:302001"
    assert keys[5] == "text:d:304002"


def test_unknown_lengths_are_no_length():
    keys = keys_by_text("d", {1: None, 2: 1, 3: None})

    assert keys == {1: "text:d:-", 2: "text:d:1", 3: "text:d:-"}


@given(st.dictionaries(st.integers(1, 99), st.none() | st.integers(290_000, 310_000)))
def test_no_two_of_a_recording_are_further_apart(lengths):
    keys = keys_by_text("d", lengths)

    for one, length in lengths.items():
        same = [lengths[other] for other in lengths if keys[other] == keys[one]]
        if length is not None:
            assert all(abs(length - other) <= 2_000 for other in same)


def test_only_tracks_without_isrc_have_a_digest():
    assert text_digest(track_row(31)) == ""
    assert len(text_digest(track_row(31, isrc=None))) == 40


@pytest.mark.parametrize(
    ("tracks", "first"),
    [
        ([(7, FRIDAY), (8, MONDAY)], 8),
        ([(8, MONDAY), (7, MONDAY)], 7),
        ([(7, None), (8, FRIDAY)], 8),
        ([(8, None), (7, None)], 7),
    ],
)
def test_the_primary_track_was_published_first(tracks, first):
    assert primary(tracks) == first

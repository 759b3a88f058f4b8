import pytest

from ingestion.recordings import neighbours, recording_key, settle
from ingestion.tests.rows import named, track_row


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
    assert key(**changes) not in neighbours(key())


def test_lengths_within_two_seconds_are_neighbours():
    assert key(length_ms=326_000) in neighbours(key(length_ms=328_000))
    assert key(length_ms=325_000) not in neighbours(key(length_ms=328_000))


def test_a_recording_known_already_is_joined_at_the_nearest_length():
    own, near, far = (key(length_ms=ms) for ms in (328_000, 327_000, 330_000))

    assert settle(own, {near, far}) == near
    assert settle(own, {far}) == far
    assert settle(own, {own, near}) == own
    assert settle(own, set()) == own


def test_isrcs_and_unknown_lengths_have_no_neighbours():
    assert neighbours(key(isrc="GBKQU2578872")) == []
    assert neighbours(key(length_ms=None, length=None)) == []

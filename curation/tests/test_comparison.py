from datetime import date

import pytest

from catalog.tests.factories import ArtistFactory, TrackFactory
from curation import comparison, links
from curation.comparison import Piece


def told(pieces):
    """As read aloud: what differs stands in brackets."""
    return " ".join(f"[{one.text}]" if one.differs else one.text for one in pieces)


@pytest.mark.parametrize(
    ("theirs", "ours", "read"),
    [
        ("Salt Flat", ["Salt Flat"], "Salt Flat"),
        ("Salt Flat - Radio Edit", ["Salt Flat", "Original Mix"], "Salt Flat - [Radio Edit]"),
        ("SALT FLAT (Original Mix)", ["Salt Flat", "Original Mix"], "SALT FLAT (Original Mix)"),
        ("Salt Flat [Mixed]", ["Salt Flat"], "Salt Flat [[Mixed]]"),
        ("Łódź, Ada", ["Łódź"], "Łódź, [Ada]"),
        ("", ["Salt Flat"], ""),
    ],
)
def test_words_that_we_do_not_have_are_marked(theirs, ours, read):
    assert told(comparison.unlike(theirs, ours)) == read


@pytest.mark.parametrize(
    ("theirs", "ours", "pieces"),
    [
        ("DEZZ92600422", "DEZZ92600417", [Piece("DEZZ926004"), Piece("22", differs=True)]),
        ("DEZZ92600417", "DEZZ92600417", [Piece("DEZZ92600417")]),
        ("DEZZ92600417", "", [Piece("DEZZ92600417", differs=True)]),
        ("", "DEZZ92600417", []),
    ],
)
def test_an_isrc_is_marked_where_it_parts(theirs, ours, pieces):
    assert comparison.tail_differs(theirs, ours) == pieces


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        (418_000, 211_000, "3:27 shorter"),
        (200_000, 260_000, "1:00 longer"),
        (200_000, 202_000, ""),
        (None, 200_000, ""),
    ],
)
def test_the_length_is_told_in_words(ours, theirs, words):
    assert comparison.length_words(ours, theirs) == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("released_on", "piece"),
    [
        ("2026-11-13", Piece("13 Nov 2026")),
        ("2026-10-02", Piece("2 Oct 2026", differs=True)),
        ("2026", Piece("2026")),
        ("2019-05", Piece("2019-05", differs=True)),
        ("", None),
    ],
)
def test_the_day_is_as_exact_as_spotify_knows_it(released_on, piece):
    track = TrackFactory(released_on=date(2026, 11, 13))

    assert comparison.out(released_on, track) == piece


@pytest.mark.django_db
def test_a_candidate_whose_details_were_deleted_is_still_one():
    track = TrackFactory(artists=[ArtistFactory(name="Low Tide Choir")])
    kept = {"uri": "spotify:track:abc", "likeness": "doubtful", "score": 0.7, "parts": {}}

    side = comparison.side(track, kept, 1)

    assert side.is_faded
    assert side.uri == "spotify:track:abc"
    assert side.score == 0.7


ID = "6rqhFgbbKwnb9MLmUQDhG6"


@pytest.mark.parametrize(
    "text",
    [
        f"https://open.spotify.com/track/{ID}",
        f"https://open.spotify.com/track/{ID}?si=0123456789abcdef",
        f"https://open.spotify.com/intl-de/track/{ID}",
        f"http://127.0.0.1:8001/spotify/track/{ID}",
        f"spotify:track:{ID}",
        f"  https://open.spotify.com/track/{ID}/ ",
    ],
)
def test_a_link_is_understood_as_people_copy_it(text):
    assert links.spotify_uri(text) == f"spotify:track:{ID}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        f"https://open.spotify.com/album/{ID}",
        "https://open.spotify.com/track/short",
        f"spotify:album:{ID}",
        f"javascript:alert('/track/{ID}')",
        f"https://open.spotify.com/track/{ID}extra",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):
        links.spotify_uri(text)

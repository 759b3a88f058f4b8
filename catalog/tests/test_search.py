from datetime import date

import pytest

from catalog import search
from catalog.folding import fold
from catalog.models import Artist, Label, Track, TrackArtist
from catalog.search import Question
from catalog.tests.factories import ArtistFactory, LabelFactory, ReleaseFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def glue():
    """Glue (Dub Mix) by Zoë Ørsted, on Salt Flat EP, Low Tide Records, LTR-042."""
    label = LabelFactory(name="Low Tide Records")
    release = ReleaseFactory(title="Salt Flat EP", label=label, catalog_number="LTR-042")
    return TrackFactory(
        title="Glue",
        mix_name="Dub Mix",
        isrc="GBKQU2578872",
        release=release,
        artists=[ArtistFactory(name="Zoë Ørsted")],
        remixers=[ArtistFactory(name="Konvex (FR)")],
    )


def found(typed: str) -> list[Track]:
    return list(search.tracks(Question.read(typed)))


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("glue", ["title"]),
        ("GLU", ["title"]),
        ("lue", ["title"]),
        ("dub mix", ["title"]),
        ("zoe orsted", ["artist"]),
        ("Ørsted", ["artist"]),
        ("konvex", ["artist"]),
        ("salt flat", ["release"]),
        ("low tide", ["label"]),
        ("ltr042", ["catalogue number"]),
        ("LTR-042", ["catalogue number"]),
        ("gbkqu2578872", ["ISRC"]),
        ("GB-KQU-25-78872", ["ISRC"]),
        ("orsted glue", ["title", "artist"]),
        ("glue (original mix)", ["title"]),
        ("ep glue", ["title", "release"]),
    ],
)
def test_a_track_is_found_by_each_of_its_names_and_numbers(glue, typed, where):
    TrackFactory(title="Another", release=ReleaseFactory(title="Elsewhere"))

    assert found(typed) == [glue]
    shown = Track.objects.select_related("release__label").get(pk=glue.pk)
    assert search.places(shown, Question.read(typed)) == where


@pytest.mark.parametrize("typed", ["glue other", "glues", "042ltr", "xx glue", "records orsted no"])
def test_every_word_must_be_there(glue, typed):
    assert found(typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "''",
        "*",
        "%",
        "_",
        "g_ue",
        "g%e",
        "\x00",
        "🔥",
        "NEAR(",
        "a" * 10_000,
        "-",
        "\\",
        "' OR 1=1",
    ],
)
def test_signs_of_query_languages_mean_nothing(glue, typed):
    asked = Question.read(typed)

    assert list(search.tracks(asked)) == []
    assert list(search.artists(asked)) == list(search.labels(asked)) == []


def test_signs_are_left_out_between_words(glue):
    assert found('"glue" AND* (orsted)') == []  # "and" is a word as any other
    assert found('"glue" * (orsted)') == [glue]


def test_one_or_two_letters_must_be_a_whole_name():
    two = ArtistFactory(name="U2")
    ArtistFactory(name="U2 Tribute")
    track = TrackFactory(artists=[two])
    signs = TrackFactory(artists=[ArtistFactory(name="!!!")])

    assert list(search.artists(Question.read("u2"))) == [two]
    assert found("U2") == [track]
    assert found("!!!") == [signs]
    assert found("u") == []


def test_short_words_narrow_down_what_long_ones_find():
    mine = TrackFactory(title="Go Again", artists=[ArtistFactory(name="Moby")])
    TrackFactory(title="Porcelain", artists=[ArtistFactory(name="Moby Two")])

    assert found("moby go") == [mine]


def test_exact_names_come_before_longer_ones():
    ArtistFactory(name="Bicep Tribute"), ArtistFactory(name="The Bicep")
    exact = ArtistFactory(name="Bicep")

    assert [one.name for one in search.artists(Question.read("bicep"))] == [
        exact.name,
        "The Bicep",
        "Bicep Tribute",
    ]


def test_labels_are_found_by_name():
    low, _ = LabelFactory(name="Low Tide"), LabelFactory(name="High Tide")

    assert list(search.labels(Question.read("low"))) == [low]


def test_the_newest_tracks_come_first():
    old = TrackFactory(title="Glue", published_on="2020-01-01")
    new = TrackFactory(title="Glue", published_on="2026-01-01")

    assert found("glue") == [new, old]


@pytest.mark.parametrize(
    "typed",
    [
        "love",  # everywhere
        "love records",
        "records",
        "release",  # a word as any other
        "love no12",  # one is everywhere
        "hate",  # often, but not often enough among the newest
        "hate records",
        "love old",
        "old records",
        "love a",
        "ada",
        "love ada records",
        "no12",
        "nowhere love",
    ],
)
def test_common_words_and_rare_ones_find_what_has_them_all(monkeypatch, typed):
    limits = {"SAMPLE": 8, "OFTEN": 2, "FARTHEST": 5, "MOST_TRACKS": 3}
    for name, limit in limits.items():
        monkeypatch.setattr(search, name, limit)
    label, ada = LabelFactory(name="Everybody's Records"), ArtistFactory(name="Ada")
    releases = ReleaseFactory.create_batch(2, title="A Release", label=label)
    tracks = [
        TrackFactory(
            title=f"{'Old' if number < 4 else 'New'} {'Love' if number % 3 else 'Hate'} no{number}",
            release=releases[number % 2],
            artists=[ada] if number % 4 == 1 else [],
            published_on=date(2026, 1, 1 + number // 2),
        )
        for number in range(16)
    ]

    asked = Question.read(typed)
    texts = {
        track: fold(f"{track} {track.release} {label} {'Ada' * track.credits.count()}")
        for track in reversed(tracks)
    }
    expected = [track for track, text in texts.items() if all(w in text for w in asked.words)]
    assert list(search.tracks(asked)) == expected[:4]


def test_a_rename_is_found_by_the_new_name_only():
    artist = ArtistFactory(name="Before")
    artist.name = "After"
    artist.save()

    assert list(search.artists(Question.read("after"))) == [artist]
    assert list(search.artists(Question.read("before"))) == []


def test_an_upsert_is_found_by_the_new_name_only():
    track = TrackFactory(title="Before")
    track.title = "After"
    Track.objects.bulk_create(
        [track],
        update_conflicts=True,
        unique_fields=["beatport_id"],
        update_fields=["title", "search_text"],
    )

    assert found("after") == [track]
    assert found("before") == []


def test_what_is_deleted_is_not_found(glue):
    TrackArtist.objects.all().delete()
    Artist.objects.all().delete()
    Label.objects.filter(name="Low Tide Records").update(name="x")
    glue.match.delete()
    Track.objects.all().delete()

    assert found("glue") == found("orsted") == []

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import (
    Artist,
    Entity,
    ExternalData,
    Genre,
    Label,
    Provider,
    Release,
    SpotifyMatch,
    SubGenre,
    Track,
    TrackArtist,
)
from ingestion import envelopes, parsing
from ingestion.registration import register
from ingestion.tests.rows import named, track_object, track_row

pytestmark = pytest.mark.django_db

EVERYTHING = [
    Genre,
    SubGenre,
    Artist,
    Label,
    Release,
    Track,
    TrackArtist,
    ExternalData,
    SpotifyMatch,
]


def everything() -> dict[str, list]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in EVERYTHING}


def credits_of(track: Track) -> list[tuple[str, str]]:
    held = track.credits.order_by("role", "position").select_related("artist")
    return [(credit.role, credit.artist.name) for credit in held]


def test_a_track_arrives_with_all_that_it_names():
    found = track_object(
        31,
        isrc="GBKQU2578872",
        remixers=[named(9, "Phaxe")],
        sub_genre=named(209, "Driving"),
    )

    count = register([parsing.parse_track(found)])

    track = Track.objects.select_related("release__label", "genre", "sub_genre").get()
    assert (track.beatport_id, track.title, track.key, track.bpm) == (31, "Title 31", "5A", 136)
    assert (track.published_on, track.released_on) == (date(2026, 11, 13), date(2026, 11, 13))
    assert track.encoded_on == date(2026, 10, 27)
    assert track.sub_genre.name == "Driving"
    assert track.recording_key == "isrc:GBKQU2578872"
    assert track.genre.slug == "techno-peak-time-driving"
    assert track.release.label.name == "Nordic Series"
    assert track.release.catalog_number == "NSDIGI473"
    assert track.release.artwork_url(300).endswith("/300x300/a.jpg")
    assert credits_of(track) == [("artist", "Dusen Valdez (UK)"), ("remixer", "Phaxe")]
    assert (count.new, count.changed, count.unchanged) == (1, 0, 0)


def test_what_beatport_says_is_kept_as_external_data():
    found = track_object(31)

    register([parsing.parse_track(found)])

    held = ExternalData.objects.filter(provider=Provider.BEATPORT)
    track = held.get(entity_type=Entity.TRACK)
    assert track.external_id == "31"
    assert track.entity_id == Track.objects.get().pk
    assert track.raw == found
    assert held.get(entity_type=Entity.ARTIST).external_id == "226111"
    assert held.get(entity_type=Entity.LABEL).external_id == "27790"
    assert held.get(entity_type=Entity.RELEASE).external_id == "7608680"


def test_a_new_track_waits_to_be_looked_up_on_spotify():
    register([track_row(31)])

    match = SpotifyMatch.objects.get()
    assert match.state == SpotifyMatch.State.PENDING
    assert match.next_try_at is not None


def test_registering_twice_changes_nothing():
    rows = [track_row(number, remixers=[named(9, "Phaxe")]) for number in range(31, 60)]
    register(rows)
    before = everything()

    count = register(rows)

    assert everything() == before
    assert (count.new, count.changed, count.unchanged) == (0, 0, 29)


def test_a_rename_updates_the_names_and_doubles_nothing():
    register([track_row(31, sub_genre=named(209, "Peak"))])

    renamed = track_row(
        31,
        name="Rain (2026)",
        artists=[named(226_111, "Dusen")],
        genre={"id": 6, "name": "Techno", "slug": "techno"},
        sub_genre=named(209, "Driving"),
        release={**named(7_608_680, "Rain (2026)"), "label": named(27_790, "Nordic")},
    )
    count = register([renamed])

    assert Track.objects.get().title == "Rain (2026)"
    assert Artist.objects.get().name == "Dusen"
    assert Genre.objects.get(beatport_id=6).name == "Techno"
    assert SubGenre.objects.get().name == "Driving"
    assert Release.objects.get().title == "Rain (2026)"
    assert Label.objects.get().name == "Nordic"
    assert ExternalData.objects.get(entity_type=Entity.TRACK).raw["name"] == "Rain (2026)"
    assert (count.new, count.changed) == (0, 1)


def test_what_was_renamed_is_found_by_its_new_name():
    register([track_row(artists=[named(7, "Before")], name="One")])
    register([track_row(artists=[named(7, "Áfter")], name="Two")])

    assert Artist.objects.get().search_text == "after"
    assert Track.objects.get().search_text.startswith("two")


def test_a_changed_track_keeps_its_birthday_and_its_match():
    register([track_row(31)])
    before = Track.objects.get()
    SpotifyMatch.objects.update(state=SpotifyMatch.State.MATCHED, score=1)

    register([track_row(31, bpm=140)])

    after = Track.objects.get()
    assert (after.pk, after.created_at, after.bpm) == (before.pk, before.created_at, 140)
    assert after.updated_at > before.updated_at
    assert SpotifyMatch.objects.get().state == SpotifyMatch.State.MATCHED


def test_artists_keep_their_order_and_follow_changes():
    ada, bob, cyd = named(1, "Ada"), named(2, "Bob"), named(3, "Cyd")
    register([track_row(31, artists=[bob, ada], remixers=[cyd])])
    track = Track.objects.get()
    assert credits_of(track) == [("artist", "Bob"), ("artist", "Ada"), ("remixer", "Cyd")]

    register([track_row(31, artists=[ada], remixers=[cyd, bob])])

    assert credits_of(track) == [("artist", "Ada"), ("remixer", "Cyd"), ("remixer", "Bob")]


def test_a_repeated_id_counts_once_and_the_last_row_wins():
    count = register([track_row(31, bpm=130), track_row(31, bpm=131)])

    assert Track.objects.get().bpm == 131
    assert count.new == 1


def test_a_takedown_is_marked_not_deleted():
    register([track_row(31)])

    register([track_row(31, publish_status="takedown")])

    assert Track.objects.get().status == Track.Status.WITHDRAWN


def test_a_track_without_release_genre_or_artists_is_registered():
    register([track_row(31, release=None, genre=None, artists=None, isrc=None)])

    track = Track.objects.get()
    assert (track.release, track.genre, track.credits.count()) == (None, None, 0)


def test_the_same_recording_without_isrc_gets_one_key():
    same = {"name": "Rain", "isrc": None}
    rows = [
        track_row(31, length_ms=300_000, **same),
        track_row(32, length_ms=301_900, **same),
        track_row(33, length_ms=330_000, **same),
    ]

    register(rows[:1])
    register(rows[1:])

    assert keys()[31] == keys()[32] != keys()[33]
    assert primaries() == {31, 33}


def test_a_shorter_one_that_comes_later_renames_the_recording_for_all():
    same = {"name": "Rain", "isrc": None}
    register([track_row(31, length_ms=303_000, **same), track_row(32, length_ms=301_000, **same)])
    assert len(set(keys().values())) == 1
    before = Track.objects.get(beatport_id=31).updated_at

    register([track_row(33, length_ms=300_000, **same)])

    assert keys()[32] == keys()[33] != keys()[31]
    assert Track.objects.get(beatport_id=31).updated_at > before


def test_a_corrected_isrc_leaves_the_old_recording_to_the_others():
    register([track_row(31, isrc="GBAAA2600001"), track_row(32, isrc="GBAAA2600001")])
    assert primaries() == {31}
    before = Track.objects.get(beatport_id=32).updated_at

    register([track_row(31, isrc="GBAAA2600002")])

    assert keys()[32] == "isrc:GBAAA2600001" != keys()[31]
    assert primaries() == {31, 32}
    assert Track.objects.get(beatport_id=32).updated_at > before


def test_a_track_that_gets_its_isrc_leaves_those_of_the_same_name():
    same = {"name": "Rain", "length_ms": 300_000}
    register([track_row(31, isrc=None, **same), track_row(32, isrc=None, **same)])
    assert keys()[31] == keys()[32]

    register([track_row(31, isrc="GBAAA2600001", **same)])

    assert keys()[31] == "isrc:GBAAA2600001" != keys()[32]
    assert primaries() == {31, 32}


@pytest.mark.parametrize("in_one_page", [True, False])
def test_the_track_published_first_is_primary_whenever_it_comes(in_one_page):
    isrc = "GBAAA2600001"
    rows = [
        track_row(31, isrc=isrc, publish_date="2026-11-13"),
        track_row(32, isrc=isrc, publish_date="2024-02-02"),
        track_row(33, isrc=isrc, publish_date=None),
    ]

    for page in [rows] if in_one_page else [[row] for row in rows]:
        register(page)

    assert Track.objects.count() == 3
    assert primaries() == {32}


def test_a_corrected_date_makes_another_one_primary():
    isrc = "GBAAA2600001"
    register([track_row(31, isrc=isrc, publish_date="2026-11-09"), track_row(32, isrc=isrc)])
    assert primaries() == {31}

    register([track_row(31, isrc=isrc, publish_date="2026-11-16")])

    assert primaries() == {32}


def keys() -> dict[int, str]:
    return dict(Track.objects.values_list("beatport_id", "recording_key"))


def primaries() -> set[int]:
    return set(Track.objects.filter(is_primary=True).values_list("beatport_id", flat=True))


def test_what_postgresql_refuses_is_left_out_and_the_rest_is_kept():
    body = (
        b'{"results": [{"id": 31, "name": "Ra\\u0000in \\ud800!", "mix_name": "<b>Mix</b>",'
        b' "price": 1e999, "x": NaN, "emoji": "\\ud83d\\ude00"}]}'
    )

    register([parsing.parse_track(row) for row in envelopes.read_api_page(body).rows])

    track = Track.objects.get()
    assert (track.title, track.mix_name) == ("Rain !", "<b>Mix</b>")
    raw = ExternalData.objects.get(entity_type=Entity.TRACK).raw
    assert (raw["name"], raw["price"], raw["x"], raw["emoji"]) == ("Rain !", None, None, "😀")


def page(first: int, size: int) -> list[parsing.TrackRow]:
    """Nothing in common with another page but the genre; every tenth track without ISRC."""
    return [
        track_row(
            number,
            artists=[named(number, f"A{number}")],
            release={**named(number, f"R{number}"), "label": named(number, f"L{number}")},
            isrc=None if number % 10 == 0 else f"GBAAA26{number:05}",
        )
        for number in range(first, first + size)
    ]


def queries(rows: list[parsing.TrackRow]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        register(rows)
    return [query["sql"] for query in captured]


def test_a_page_costs_as_many_queries_whatever_its_size_and_the_catalogue():
    counts = [len(queries(page(first, size))) for first, size in [(10, 25), (1_000, 100)]]
    register(page(2_000, 1_000))
    counts += [len(queries(page(first, size))) for first, size in [(4_000, 25), (5_000, 100)]]

    assert counts[0] <= 25
    assert len(set(counts)) == 1


def test_a_page_is_looked_up_by_indexes_only(explained):
    register(page(1_000, 200))
    others = [row._replace(beatport_id=row.beatport_id + 9_000) for row in page(1_000, 50)]

    with explained() as plans:
        register([*page(1_150, 50), *others, *page(3_000, 50)])

    assert len(plans) >= 8
    assert not [plan for plan in plans if "SCAN catalog_" in plan or "Seq Scan on catalog_" in plan]


@pytest.fixture
def explained():
    """Plans of the SELECTs inside the block, with parameters as they were bound."""

    @contextmanager
    def watch() -> Iterator[list[str]]:
        plans = []

        def explain(execute, sql, params, many, context):
            if sql.startswith("SELECT"):
                prefix = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
                with connection.cursor() as cursor:
                    cursor.execute(f"{prefix} {sql}", params)
                    plans.append(f"{sql}: {cursor.fetchall()}")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(explain):
            yield plans

    return watch


def test_reading_a_page_again_writes_nothing():
    rows = [track_row(number) for number in range(31, 131)]
    register(rows)

    with CaptureQueriesContext(connection) as captured:
        register(rows)

    statements = [query["sql"].split()[0] for query in captured]
    assert "INSERT" not in statements
    assert "UPDATE" not in statements
    assert statements.count("SELECT") <= 8

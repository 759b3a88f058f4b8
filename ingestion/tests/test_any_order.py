"""However a store's rows are delivered, the same catalogue comes out. Also to two at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import (
    Artist,
    ExternalData,
    Genre,
    Label,
    Release,
    SpotifyMatch,
    SubGenre,
    Track,
    TrackArtist,
)
from ingestion.parsing import TrackRow
from ingestion.registration import register
from ingestion.tests.rows import TECHNO, named, track_row

HOUSE = {"id": 5, "name": "House", "slug": "house"}


def release(number: int) -> dict:
    return {**named(number, f"R {number}"), "label": named(number // 2, f"L {number // 2}")}


ADA, BOB, CYD = named(1, "Ada"), named(2, "Bob (FR)"), named(3, "Cyd")
TRACKS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Rain", "RAIN"]),
        "mix_name": st.sampled_from(["Original Mix", "", "Extended Mix"]),
        "isrc": st.sampled_from([None, "GBAAA2600001"]),
        "length_ms": st.sampled_from([None, *range(299_000, 306_000, 1_000)]),
        "publish_date": st.sampled_from([None, "2024-02-02", "2026-11-09", "2026-11-13"]),
        "artists": st.sampled_from([[ADA], [ADA], [BOB, ADA], []]),
        "remixers": st.sampled_from([[], [CYD], [CYD, BOB]]),
        "genre": st.sampled_from([TECHNO, HOUSE, None]),
        "sub_genre": st.sampled_from([named(209, "Driving"), named(210, "Acid"), None]),
        "release": st.sampled_from([None, *map(release, range(2, 6))]),
        "publish_status": st.sampled_from(["published", "takedown"]),
    }
)
STORES = st.lists(TRACKS, min_size=4, max_size=9).map(
    lambda store: [track_row(number, **found) for number, found in enumerate(store, start=31)]
)


def delivered(pages: list[list[TrackRow]]) -> dict[str, list]:
    """What the catalogue holds afterwards, by Beatport's ids; then all of it is taken back."""
    with transaction.atomic():
        for page in pages:
            register(page)
        held = catalogue()
        transaction.set_rollback(True)
    return held


def catalogue() -> dict[str, list]:
    own = [field.name for field in Track._meta.concrete_fields if not field.is_relation]
    facts = [name for name in own if name not in ("id", "created_at", "updated_at")]
    named_by = [f"{name}__beatport_id" for name in ("genre", "sub_genre", "release")]
    found = {
        Track: [*facts, *named_by],
        Release: ["beatport_id", "title", "catalog_number", "label__beatport_id"],
        TrackArtist: ["track__beatport_id", "role", "position", "artist__beatport_id"],
        SpotifyMatch: ["track__beatport_id", "state"],
        ExternalData: ["provider", "entity_type", "external_id", "raw"],
        **{model: ["beatport_id", "name", "slug"] for model in (Artist, Label, Genre, SubGenre)},
    }
    return {
        model.__name__: sorted(map(repr, model.objects.values_list(*columns)))
        for model, columns in found.items()
    }


@pytest.mark.django_db
@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STORES, st.data())
def test_any_order_split_and_repetition_gives_the_same_catalogue(store, data):
    sent = data.draw(st.permutations([*store, *data.draw(st.lists(st.sampled_from(store)))]))
    size = data.draw(st.integers(1, 5))
    pages = [sent[start : start + size] for start in range(0, len(sent), size)]

    assert delivered(pages) == delivered([store])


@pytest.mark.django_db
@settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STORES, STORES, st.data())
def test_after_corrections_it_is_as_if_they_had_been_there_at_once(before, after, data):
    """Ids of the first reading that the second does not have stay as they were."""
    corrected = {row.beatport_id: row for row in [*before, *after]}
    later = data.draw(st.permutations(after))

    assert recordings(delivered([before, later])) == recordings(delivered([[*corrected.values()]]))


def recordings(held: dict[str, list]) -> dict[str, list]:
    """Artists and releases that nobody names any more may stay."""
    return {kind: held[kind] for kind in ("Track", "TrackArtist", "SpotifyMatch")}


@pytest.mark.django_db(transaction=True)
def test_two_genres_with_the_same_artists_at_once_lose_nothing():
    techno, house = week_of(TECHNO, 1_000), week_of(HOUSE, 2_000)
    register([row._replace(beatport_id=row.beatport_id + 9_000, isrc="") for row in techno])
    together = Barrier(2)

    def deliver(rows: list[TrackRow]) -> None:
        try:
            for start in range(0, len(rows), 10):
                together.wait(10)
                register(rows[start : start + 10])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(deliver, [techno, house]))

    at_once = catalogue()
    clear()
    register([row._replace(beatport_id=row.beatport_id + 9_000, isrc="") for row in techno])
    register([*techno, *house])
    assert at_once == catalogue()


def week_of(genre: dict, start: int) -> list[TrackRow]:
    """A hundred tracks; artists, releases and recordings are those of every other week, too."""
    return [
        track_row(
            start + number,
            genre=genre,
            isrc=f"GBAAA26{number:05d}",
            artists=[
                named(1 + number * step % 30, f"A {1 + number * step % 30}") for step in (1, 7)
            ],
            release={**named(1 + number // 5, "R"), "label": named(1 + number // 9, "L")},
            publish_date=date(2026, 11, 9 + (number + start // 1_000) % 5).isoformat(),
        )
        for number in range(100)
    ]


def clear() -> None:
    for model in (Track, Release, Label, Artist, ExternalData):
        model.objects.all().delete()

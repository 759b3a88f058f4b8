"""What a hostile row does: a stated rule cleans it, or it is set aside and staff read why.

Each case goes as bytes through the reader, the parser and the database, between two good rows.
"""

import json
from datetime import date

import pytest

from catalog.models import ExternalData, Release, Track
from ingestion import envelopes, pages
from ingestion.beatport import Page
from ingestion.tests.factories import IngestRunFactory
from ingestion.tests.rows import named, track_object

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
FIRST, HOSTILE, LAST = 31, 32, 33


def take_in(hostile: bytes):
    """A page of three rows, as Beatport would send it."""
    rows = [dumped(track_object(FIRST)), hostile, dumped(track_object(LAST))]
    body = b'{"results": [' + b",".join(rows) + b'], "count": 3, "per_page": 100}'
    found = envelopes.read_api_page(body).rows
    page = Page(rows=found, expected=3, is_last=True, body=body)
    run = IngestRunFactory()
    return run, pages.take_in(run, 1, page)


def dumped(found: object) -> bytes:
    return json.dumps(found).encode()


def changed(**changes: object) -> bytes:
    return dumped(track_object(HOSTILE, **changes))


def replaced(old: str, new: bytes, **changes: object) -> bytes:
    """For what no JSON writer would write."""
    return changed(**changes).replace(old.encode(), new)


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


CLEANED = {
    "HTML stays text, for templates escape it": (
        changed(name=SCRIPT),
        {"title": SCRIPT},
    ),
    "text is cut at its column": (
        changed(name="x" * 100_000, mix_name="y" * 100_000),
        {"title": "x" * 255, "mix_name": "y" * 255},
    ),
    "control characters go": (
        changed(name="Ra\x07i\x1bn\x9f", mix_name="A\r\n\tB"),
        {"title": "Rain", "mix_name": "A B"},
    ),
    "control characters that JSON forbids go": (
        replaced("RAW", b"Ra\x01in", name="RAW"),
        {"title": "Rain"},
    ),
    "an escaped NUL goes": (changed(name="Ra\x00in"), {"title": "Rain"}),
    "a bare NUL goes": (replaced("RAW", b"Ra\x00in", name="RAW"), {"title": "Rain"}),
    "half a character goes": (changed(name="Ra\ud800in"), {"title": "Rain"}),
    "overrides of the direction go": (
        changed(name="\u202eniaR\u2066\u2069", mix_name="\u200bMix\ufeff"),
        {"title": "niaR", "mix_name": "Mix"},
    ),
    "bytes that are no UTF-8 are marked": (
        replaced("RAW", b"Ra\xffin", name="RAW"),
        {"title": "Ra\ufffdin"},
    ),
    "text that is none is empty": (
        changed(mix_name=7, slug=[], isrc={"a": 1}, key="8A", sample_url=True),
        {"mix_name": "", "slug": "", "isrc": "", "key": "", "sample_url": ""},
    ),
    "numbers that are none are unknown": (
        changed(bpm="fast", length_ms=[], length={}, publish_date=20261113),
        {"bpm": None, "length_ms": None, "published_on": None},
    ),
    "what is missing is empty": (
        dumped({"id": HOSTILE, "name": "Rain"}),
        {"title": "Rain", "mix_name": "", "release": None, "genre": None, "length_ms": None},
    ),
    "what is null is unknown, and the clock tells the length": (
        changed(isrc=None, key=None, bpm=None, sub_genre=None, length_ms=None, length="3:57"),
        {"isrc": "", "key": "", "bpm": None, "sub_genre": None, "length_ms": 237_000},
    ),
    "a negative length is read from the clock": (
        changed(length_ms=-5, length="5:27"),
        {"length_ms": 327_000},
    ),
    "a length of more than a day is unknown": (
        changed(length_ms=10**12, length="99:99:99"),
        {"length_ms": None},
    ),
    "numbers out of bounds are unknown": (
        changed(bpm=10**40, key={"camelot_number": 13, "camelot_letter": "A"}),
        {"bpm": None, "key": ""},
    ),
    "what is deeper than SQLite takes is null": (
        replaced('"RAW"', nested(1_500), price="RAW", bpm=[[[["]"]]]]),
        {"bpm": None, "title": f"Title {HOSTILE}"},
    ),
    "what is deeper than Python reads is null": (
        replaced('"RAW"', nested(200_000), bpm="RAW"),
        {"bpm": None, "title": f"Title {HOSTILE}"},
    ),
    "numbers beyond any double are unknown": (
        replaced('"RAW"', b"1e999", bpm="RAW"),
        {"bpm": None},
    ),
    "a number of thousands of digits is unknown": (
        replaced('"RAW"', b"9" * 10_000, bpm="RAW"),
        {"bpm": None},
    ),
    "a date that never was is unknown": (
        changed(publish_date="2026-02-30", new_release_date="9999-99-99", encoded_date="\x00"),
        {"published_on": None, "released_on": None, "encoded_on": None},
    ),
    "of a timestamp the date counts": (
        changed(publish_date="2026-11-13T23:59:59-12:00"),
        {"published_on": date(2026, 11, 13)},
    ),
    "an ISRC that is none is left out": (
        changed(isrc="'; DROP TABLE catalog_track; --"),
        {"isrc": ""},
    ),
    "a slug that would change an address is left out": (
        changed(slug="../../account?x="),
        {"slug": ""},
    ),
    "an address of a script is left out": (
        changed(sample_url="javascript:alert(1)"),
        {"sample_url": ""},
    ),
    "a release with an id beyond 64 bits is left out": (
        changed(release={**named(2**63, "Rain")}),
        {"release": None},
    ),
    "a genre with an id beyond its column is left out": (
        changed(genre=named(2**31, "Techno")),
        {"genre": None},
    ),
    "the largest id of 64 bits is an id": (
        changed(release={**named(2**63 - 1, "Rain")}),
        {"release__beatport_id": 2**63 - 1},
    ),
    "an id in digits is that id": (
        changed(id=str(HOSTILE)),
        {"beatport_id": HOSTILE},
    ),
}


@pytest.mark.parametrize("rule", CLEANED)
def test_a_row_is_cleaned(rule):
    hostile, expected = CLEANED[rule]

    _, taken = take_in(hostile)

    assert (taken.collected, taken.set_aside) == (3, 0)
    held = Track.objects.filter(beatport_id=HOSTILE).values(*expected)
    assert list(held) == [expected]
    assert ExternalData.objects.filter(entity_type="track", external_id=str(HOSTILE)).exists()


def test_unusable_artists_are_left_out_and_the_others_keep_their_order():
    people = [named(2, "Bob"), {"id": 2**70, "name": "Cyd"}, 7, None, {"name": "Dan"}, {"id": 5}]
    people += [named(-1, "Eve"), named(2, "Bob again"), named(1, "A\x00da"), {"id": [], "name": {}}]

    take_in(changed(artists=people, remixers="nobody"))

    held = Track.objects.get(beatport_id=HOSTILE).credits.order_by("position")
    assert list(held.values_list("role", "artist__name")) == [("artist", "Bob"), ("artist", "Ada")]


def test_of_ten_thousand_artists_the_first_hundred_are_kept():
    take_in(changed(artists=[named(number, f"A {number}") for number in range(1, 10_001)]))

    assert Track.objects.get(beatport_id=HOSTILE).credits.count() == 100


def test_wrong_types_inside_a_release_lose_that_fact_only():
    release = {**named(7, "Rain"), "label": [1], "image": {"dynamic_uri": {}, "uri": "ftp://x"}}

    take_in(changed(release=release, catalog_number={"x": 1}))

    held = Release.objects.get(beatport_id=7)
    assert (held.title, held.label, held.artwork, held.catalog_number) == ("Rain", None, "", "")


def test_of_a_repeated_id_the_last_row_counts():
    _, taken = take_in(changed(id=FIRST, name="Again"))

    assert (taken.collected, taken.set_aside) == (2, 0)
    assert Track.objects.get(beatport_id=FIRST).title == "Again"


SET_ASIDE = {
    "no object: null": (b"null", "The row is not an object."),
    "no object: a list": (b"[[]]", "The row is not an object."),
    "no object: text": (b'"<b>"', "The row is not an object."),
    "no object: a number": (b"7", "The row is not an object."),
    "no id": (dumped({"name": "Rain"}), "The track has no usable id."),
    "id null": (changed(id=None), "The track has no usable id."),
    "id negative": (changed(id=-7), "The track has no usable id."),
    "id nought": (changed(id=0), "The track has no usable id."),
    "id true": (changed(id=True), "The track has no usable id."),
    "id not whole": (changed(id=31.7), "The track has no usable id."),
    "id beyond 64 bits": (changed(id=2**63), "The track has no usable id."),
    "id of thousands of digits": (
        replaced('"RAW"', b"9" * 10_000, id="RAW"),
        "The track has no usable id.",
    ),
    "id as words": (changed(id="31; --"), "The track has no usable id."),
    "id as object": (changed(id={"$gt": 0}), "The track has no usable id."),
    "no title": (dumped({"id": HOSTILE}), "The track has no title."),
    "title empty": (changed(name=" \x00\u202e "), "The track has no title."),
    "title a number": (changed(name=1999), "The track has no title."),
}


@pytest.mark.parametrize("what", SET_ASIDE)
def test_a_row_is_set_aside_with_a_reason_and_the_rest_goes_on(what):
    hostile, reason = SET_ASIDE[what]

    run, taken = take_in(hostile)

    assert (taken.collected, taken.set_aside) == (2, 1)
    assert Track.objects.count() == 2
    aside = run.rows_set_aside.get()
    assert (aside.page, aside.position, aside.reason) == (1, 1, reason)
    assert len(aside.raw) <= 10_000


def test_staff_read_why_a_row_was_set_aside(admin_client):
    run, _ = take_in(changed(id=None, name=SCRIPT))

    page = admin_client.get(f"/admin/ingestion/rowsetaside/{run.rows_set_aside.get().pk}/change/")

    assert "The track has no usable id." in page.content.decode()
    assert SCRIPT not in page.content.decode()


def test_a_row_of_megabytes_is_kept_as_it_came():
    take_in(changed(price={"x": "y" * 3_000_000}))

    held = ExternalData.objects.get(entity_type="track", external_id=str(HOSTILE))
    assert len(held.raw["price"]["x"]) == 3_000_000


def test_everything_hostile_at_once_is_registered_or_set_aside():
    rows = [row for row, _ in [*CLEANED.values(), *SET_ASIDE.values()]]

    found = envelopes.read_api_page(b'{"results": [' + b",".join(rows) + b"]}").rows
    good, refused = pages.sort_out(found)

    assert len(good) + len(refused) == len(found) == len(rows)
    assert len(refused) == len(SET_ASIDE)

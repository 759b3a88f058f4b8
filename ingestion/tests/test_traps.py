"""What Beatport's rows and pages hold ready, served over HTTP and read by a whole run."""

import json
from collections.abc import Iterable

import pytest

from catalog.models import ExternalData, Track
from catalog.tests.factories import GenreFactory
from ingestion import runs
from ingestion.models import IngestRun
from ingestion.tests.rows import named, track_object
from ingestion.tests.test_hostile_rows import CLEANED, HOSTILE, SET_ASIDE

pytestmark = pytest.mark.django_db

Status = IngestRun.Status
Trouble = IngestRun.Trouble
LISTS = {"path": "/genre/|/catalog/tracks"}
WAYS = ["api", "website"]


@pytest.fixture(params=WAYS)
def way(request, settings) -> str:
    if request.param == "website":
        settings.BEATPORT_ACCESS_TOKEN = ""
    return request.param


def read_week() -> IngestRun:
    run = runs.request_week(genre=GenreFactory(beatport_id=6), year=2026, week=47)
    runs.carry_out(run.pk)
    run.refresh_from_db()
    return run


def serve(sandbox, body: bytes, **headers: str) -> None:
    text = body.decode(errors="surrogateescape")
    sandbox.post("faults", kind="status", status=200, body=text, headers=headers, match=LISTS)


def envelope(rows: list[bytes]) -> bytes:
    return b'{"results": [%s], "count": %d, "per_page": 100}' % (b",".join(rows), len(rows))


def page_of(*lists: bytes) -> bytes:
    queries = b",".join(b'{"queryKey": ["x"], "state": {"data": %s}}' % one for one in lists)
    state = b'{"props": {"pageProps": {"dehydratedState": {"queries": [%s]}}}}' % queries
    script = b'<script id="__NEXT_DATA__" type="application/json">%s</script>'
    return b"<!doctype html><title>Beatport</title>" + script % state.replace(b"<", b"\\u003c")


def numbered(row: bytes, number: int) -> bytes:
    return row.replace(b'"id": %d' % HOSTILE, b'"id": %d' % number, 1)


def test_hostile_rows_are_registered_or_set_aside_whichever_way_they_come(sandbox, way):
    cleaned = {1000 + place: CLEANED[rule] for place, rule in enumerate(CLEANED)}
    rows = [numbered(row, number) for number, (row, _) in cleaned.items()]
    rows += [numbered(row, 2000 + place) for place, (row, _) in enumerate(SET_ASIDE.values())]
    serve(sandbox, envelope(rows) if way == "api" else page_of(envelope(rows)))

    run = read_week()

    assert (run.status, run.trouble) == (Status.PARTIAL, Trouble.SET_ASIDE)
    assert (run.collected, run.set_aside) == (len(CLEANED), len(SET_ASIDE))
    for number, (row, expected) in cleaned.items():
        kept_its_id = number if b'"id": %d' % HOSTILE in row else HOSTILE
        held = Track.objects.filter(beatport_id=kept_its_id).values(*expected)
        assert list(held) == [expected]
    reasons = sorted(run.rows_set_aside.values_list("reason", flat=True))
    assert reasons == sorted(reason for _, reason in SET_ASIDE.values())


def test_lists_that_repeat_each_other_stand_anywhere_on_a_page(sandbox, settings):
    settings.BEATPORT_ACCESS_TOKEN = ""
    rows = [json.dumps(track_object(number)).encode() for number in (1, 2, 3)]
    charts = json.dumps({"results": [named(9, "Picks")], "count": 800}).encode()
    serve(sandbox, page_of(envelope(rows[1:]), charts, b"null", b"[]", envelope(rows)))

    run = read_week()

    assert (run.status, run.expected, run.collected) == (Status.COMPLETE, 3, 3)


def test_an_answer_that_grows_when_it_is_unpacked_is_refused(sandbox, way, monkeypatch):
    monkeypatch.setattr("ingestion.envelopes.LARGEST_DOCUMENT", 200_000)
    serve(sandbox, b" " * 1_000_000, **{"Content-Encoding": "gzip"})

    run = read_week()

    assert run.trouble == Trouble.UNREADABLE
    assert "too large" in run.error


def test_what_rows_lack_is_unknown_and_the_rest_is_kept(sandbox, way):
    sandbox.post("weeks", genre_id=6, year=2026, week=47, tracks=300)

    run = read_week()

    answers = ExternalData.objects.filter(entity_type="track")
    sent = dict(answers.values_list("entity_id", "raw"))
    held = Track.objects.select_related("release").prefetch_related("credits__artist")
    assert (run.status, run.set_aside, len(held)) == (Status.COMPLETE, 0, len(sent))
    assert_gaps_and_country_suffixes_are_among(sent.values())
    for track in held:
        row = sent[track.pk]
        people = [one["name"] for one in row["artists"] + row["remixers"]]
        assert (track.isrc, bool(track.key)) == (row["isrc"] or "", bool(row["key"]))
        assert (track.sub_genre_id is None) == (row["sub_genre"] is None)
        assert str(track.published_on) == row["publish_date"]
        assert [one.artist.name for one in track.credits.order_by("role", "position")] == people
        cover = (row["release"]["image"] or {}).get("dynamic_uri", "")
        assert track.release.artwork_url(90) == cover.replace("{w}x{h}", "90x90")


def assert_gaps_and_country_suffixes_are_among(rows: Iterable[dict]) -> None:
    for name in ("isrc", "sub_genre"):
        assert {row[name] is None for row in rows} == {True, False}
    assert any(one["name"].endswith(")") for row in rows for one in row["artists"])

import gzip
import io
import json
import time
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.envelopes import (
    DEEPEST,
    NoTracksInside,
    Unreadable,
    read_api_page,
    read_file,
    read_json,
    read_next_data,
    read_web_page,
    unpack,
    without_repeats,
)
from ingestion.tests.rows import track_object


def next_data(*found: object) -> dict:
    queries = [{"queryKey": ["x"], "state": {"data": data}} for data in found]
    return {"props": {"pageProps": {"dehydratedState": {"queries": queries}}}}


def web_page(*found: object) -> bytes:
    script = json.dumps(next_data(*found))
    head = '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><div id="__next"></div>'
    return f'{head}<script id="__NEXT_DATA__" type="application/json">{script}</script>'.encode()


def envelope(*rows: object, **more: object) -> dict:
    return {"results": list(rows), "count": len(rows), "page": "1/1", "per_page": 100} | more


def dumped(found: object) -> bytes:
    return json.dumps(found).encode()


# API pages


def test_an_api_page():
    page = read_api_page(dumped(envelope(track_object(1), track_object(2), count=5023)))

    assert [row["id"] for row in page.rows] == [1, 2]
    assert (page.count, page.per_page) == (5023, 100)


@pytest.mark.parametrize("count", [None, "many", -1, 10**12, True])
def test_a_count_that_is_none_is_unknown(count):
    assert read_api_page(dumped(envelope(count=count))).count is None


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b'{"results": {}}', b"<html>", b"\xff\xfe", b'{"results": ['],
)
def test_what_is_no_api_page_says_so(body):
    with pytest.raises(Unreadable):
        read_api_page(body)


def test_json_without_an_end_is_an_error_not_a_crash():
    with pytest.raises(Unreadable):
        read_api_page(b'{"results": ' + b"[" * 200_000)


def test_what_is_nested_too_deeply_becomes_null_and_the_rest_stays():
    deep = b"[" * 5_000 + b'"]"' + b"]" * 5_000
    body = b'{"results": [{"id": 1, "x": ' + deep + b', "y": "[[\\"]"}, {"id": 2}], "count": 2}'

    page = read_api_page(body)

    assert (page.rows[0]["id"], page.rows[0]["y"], page.rows[1]) == (1, '[["]', {"id": 2})
    assert page.count == 2


@given(
    inside=st.recursive(
        st.text('[]{}"\\\\ n') | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('[}"\\\\'), inner),
        max_leaves=8,
    ),
    around=st.integers(DEEPEST - 6, DEEPEST + 2),
    is_object=st.booleans(),
)
def test_levels_are_counted_by_brackets_outside_of_texts(inside, around, is_object):
    document = inside
    for _ in range(around):
        document = {"[": document, '\\"]': 1} if is_object else ["]", document]

    read = read_json(dumped(document))

    assert levels(read) == min(levels(document), DEEPEST)
    assert (read == document) == (levels(document) <= DEEPEST)


def levels(found: object) -> int:
    inside = found.values() if isinstance(found, dict) else found
    return 1 + max(map(levels, inside), default=0) if isinstance(found, dict | list) else 0


def test_an_endless_number_becomes_null_and_the_rest_stays():
    rows = read_api_page(b'{"results": [{"id": 1, "x": ' + b"9" * 10_000 + b"}, 123]}").rows

    assert rows == [{"id": 1, "x": None}, 123]


def test_bare_control_characters_and_nul_are_no_end():
    assert read_api_page(b'{"results": [{"id": 1, "name": "a\x00b\nc"}]}').rows == [
        {"id": 1, "name": "ab\nc"}
    ]


def test_numbers_that_are_none_become_null():
    assert read_api_page(b'{"results": [NaN, Infinity, -1e999, 1.69]}').rows == [None] * 3 + [1.69]


# Web pages


def test_a_web_page_gives_every_list_of_tracks_whatever_its_place():
    page = web_page(
        {"results": [{"id": 1, "name": "no track"}]},
        envelope(track_object(3), count=1),
        None,
        envelope(track_object(1), track_object(2), track_object(3), count=412, per_page=150),
    )

    found = read_web_page(page)

    assert sorted(row["id"] for row in found.rows) == [1, 2, 3]
    assert (found.count, found.per_page) == (412, 150)


def test_letters_beyond_ascii_arrive():
    assert read_web_page(web_page(envelope(track_object(1, name="Für Ørsted")))).rows[0][
        "name"
    ] == ("Für Ørsted")


@pytest.mark.parametrize(
    "tag",
    [
        b'<script id="__NEXT_DATA__">',
        b"<script id=__NEXT_DATA__ nonce=x>",
        b"<script\n type='application/json' id='__NEXT_DATA__'>",
    ],
)
@pytest.mark.parametrize("end", [b"</script>", b"</script\n>", b""])
def test_the_data_is_found_however_its_tag_is_written(tag, end):
    others = b'<script data-id="__NEXT_DATA__">1</script><script src="a" id="b"></script>'
    data = dumped(next_data(envelope(track_object(1, name="a < b <script> c"))))

    assert read_web_page(others + tag + data + end).rows[0]["name"] == "a < b <script> c"


@pytest.mark.parametrize(
    "body",
    [
        b"<html><title>Just a moment...</title></html>",
        web_page(),
        web_page({"results": []}),
        b'<script id="__NEXT_DATA__">{"props": 7}</script>',
    ],
)
def test_a_page_without_tracks_says_so(body):
    with pytest.raises(NoTracksInside):
        read_web_page(body)


@pytest.mark.parametrize(
    "body", [b"", b'<script id="__NEXT_DATA__">{"props": </script>', b'<script id="__NEXT_DATA__">']
)
def test_a_broken_page_says_so(body):
    with pytest.raises(Unreadable):
        read_web_page(body)


def test_a_million_open_tags_are_an_error_not_a_crash():
    with pytest.raises(Unreadable):
        read_web_page(b"<html><body>" + b"<div>" * 500_000)


def test_entities_do_not_explode():
    bomb = b'<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    assert read_web_page(bomb + web_page(envelope(track_object(1)))).count == 1


# Files


@pytest.mark.parametrize(
    "body",
    [
        dumped(envelope(track_object(1), track_object(2))),
        dumped([track_object(1), track_object(2)]),
        dumped([envelope(track_object(1)), envelope(track_object(2))]),
        dumped(next_data(envelope(track_object(1), track_object(2)))),
        dumped(next_data(envelope(track_object(1), track_object(2)))["props"]),
        web_page(envelope(track_object(1), track_object(2))),
        b"\xef\xbb\xbf \n" + web_page(envelope(track_object(1), track_object(2))),
        gzip.compress(web_page(envelope(track_object(1), track_object(2)))),
        gzip.compress(dumped(envelope(track_object(1), track_object(2)))),
    ],
    ids=["api", "list", "pages", "next-data", "props", "html", "bom", "html.gz", "api.gz"],
)
def test_a_file_may_be_any_of_them(body):
    assert [row["id"] for row in read_file(body)] == [1, 2]


def test_a_page_of_one_track_is_a_file_too():
    assert [row["id"] for row in read_file(dumped(next_data(track_object(7))))] == [7]


def test_broken_rows_of_a_list_stay_to_be_set_aside():
    assert read_file(dumped([track_object(1), 5, None])) == [track_object(1), 5, None]


@pytest.mark.parametrize("body", [b"", b"hello", b"\x00", b"{}", b"[]", b"[1]", b"<html></html>"])
def test_what_is_no_file_of_tracks_says_so(body):
    with pytest.raises(Unreadable):
        read_file(body)


def test_a_gzip_bomb_is_not_unpacked():
    bomb = gzip.compress(b" " * 10_000_000)

    with pytest.raises(Unreadable, match="larger than 1 MB"):
        unpack(bomb, largest=2**20)


def test_a_zip_archive_is_named_and_not_opened():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("page.json", b" " * 10_000_000)

    with pytest.raises(Unreadable, match="Unpack it"):
        read_file(archive.getvalue())


@pytest.mark.parametrize("body", [b"\x1f\x8b", b"\x1f\x8bnonsense", gzip.compress(b"x" * 99)[:-9]])
def test_damaged_gzip_says_so(body):
    with pytest.raises(Unreadable, match="damaged"):
        read_file(body)


def test_repeats_go_and_rows_without_id_stay():
    rows = [{"id": 1}, {"id": "1", "a": 1}, {"x": 1}, None, {"x": 1}, {"id": 2}]

    assert without_repeats(rows) == [{"id": "1", "a": 1}, {"x": 1}, None, {"x": 1}, {"id": 2}]


def test_tags_that_somebody_wrote_in_another_way_are_read_all_the_same():
    data = b'{"props": {"pageProps": {"dehydratedState": {"queries": []}}}}'
    page = b"<html><SCRIPT\nType=x ID = '__NEXT_DATA__' >" + data + b"</SCRIPT></html>"

    assert read_next_data(page) == json.loads(data)


@pytest.mark.parametrize("piece", [b"<", b"<script ", b"[1,", b'{"a":', b"1" * 40 + b",", b'"\\"'])
def test_what_repeats_for_megabytes_takes_seconds_at_most(piece):
    started = time.process_time()

    with suppress(Unreadable):
        read_file(b"[" + piece * (2**20 // len(piece)))
    with suppress(Unreadable):
        read_file(b"<html><script id=__NEXT_DATA__>" + piece * (2**20 // len(piece)))

    assert time.process_time() - started < 2

import gzip
import json

import pytest

from catalog.models import Track
from ingestion import files, runs
from ingestion.models import IngestRun
from ingestion.tests.rows import track_object

pytestmark = pytest.mark.django_db

Status = IngestRun.Status


def saved(path, *rows, pack=False):
    body = json.dumps({"results": list(rows)}).encode()
    path.write_bytes(gzip.compress(body) if pack else body)
    return path


def test_each_file_is_a_run_of_its_own(tmp_path):
    one = saved(tmp_path / "one.json", track_object(1), track_object(2))
    two = saved(tmp_path / "two.json.gz", track_object(3), pack=True)

    done = files.import_files([one, two])

    assert [(run.file_name, run.status, run.expected, run.collected) for run in done] == [
        ("one.json", Status.COMPLETE, 2, 2),
        ("two.json.gz", Status.COMPLETE, 1, 1),
    ]
    assert {run.source for run in done} == {IngestRun.Source.FILE}
    assert {(run.genre, run.year, run.week) for run in done} == {(None, None, None)}
    assert Track.objects.count() == 3


def test_more_rows_than_a_transaction_takes(tmp_path):
    path = saved(tmp_path / "many.json", *(track_object(n) for n in range(1, 451)))

    (run,) = files.import_files([path])

    assert (run.status, run.pages_done, run.collected) == (Status.COMPLETE, 3, 450)


def test_a_row_that_is_there_twice_counts_once(tmp_path):
    path = saved(tmp_path / "twice.json", track_object(1), track_object(1), track_object(2))

    (run,) = files.import_files([path])

    assert (run.status, run.expected, run.collected) == (Status.COMPLETE, 2, 2)


def test_broken_rows_are_set_aside_and_the_rest_is_registered(tmp_path):
    path = saved(tmp_path / "some.json", track_object(1), {"mix_name": "x"}, None, track_object(2))

    (run,) = files.import_files([path])

    aside = list(run.rows_set_aside.order_by("position").values_list("position", "reason", "raw"))
    assert (run.status, run.expected, run.collected, run.set_aside) == (Status.PARTIAL, 4, 2, 2)
    assert aside == [
        (1, "The track has no usable id.", '{"mix_name": "x"}'),
        (2, "The row is not an object.", "null"),
    ]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"hello", "not JSON"),
        (b"<html><title>Just a moment...</title></html>", "__NEXT_DATA__"),
        (b"\x1f\x8bnonsense", "damaged"),
        (b'{"results": []}', "no tracks"),
        (b'{"results": ' + b"[" * 200_000, "not JSON"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, body, word):
    (tmp_path / "wrong.json").write_bytes(body)

    (run,) = files.import_files([tmp_path / "wrong.json"])

    assert run.status == Status.FAILED
    assert word in run.error


def test_a_kept_file_is_read_by_a_worker():
    run = files.keep("saved.json", json.dumps([track_object(1)]).encode())

    assert run.status == Status.QUEUED
    runs.carry_out(run.pk)
    run.refresh_from_db()
    assert (run.status, run.collected) == (Status.COMPLETE, 1)


def test_two_files_may_wait_at_the_same_time():
    body = json.dumps([track_object(1)]).encode()

    files.keep("a.json", body)
    files.keep("b.json", body)

    assert IngestRun.objects.filter(status=Status.QUEUED).count() == 2


def test_a_file_that_is_too_large_is_refused_with_a_reason(monkeypatch):
    monkeypatch.setattr("ingestion.envelopes.LARGEST_DOCUMENT", 100)

    run = files.keep("large.json", b" " * 10_000)
    runs.carry_out(run.pk)

    run.refresh_from_db()
    assert run.status == Status.FAILED
    assert "larger" in run.error

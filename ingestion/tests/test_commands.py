import csv
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.tests.factories import connect
from catalog.models import SpotifyMatch
from catalog.tests.factories import ArtistFactory, TrackFactory
from ingestion import pairs, titles

COLUMNS = [
    *("label", "rule", "bp_name", "bp_mix_name", "bp_artists", "bp_remixers", "bp_isrc"),
    *("bp_duration_ms", "sp_name", "sp_artists", "sp_album", "sp_isrc", "sp_duration_ms"),
]


def output(capsys, *arguments: str, **options) -> dict:
    call_command(*arguments, **options)
    return json.loads(capsys.readouterr().out)


# match


@pytest.fixture
def unknown_tracks(db, sandbox):
    connect(None, sandbox)
    for number in range(3):
        artist = ArtistFactory(name=f"Zzyzx {number}")
        TrackFactory(title=f"Nobody Knows {number}", artists=[artist])


def test_match_looks_up_all_that_is_due(unknown_tracks, capsys):
    summary = output(capsys, "match", json=True)

    assert (summary["looked_up"], summary["not_found"], summary["due"]) == (3, 3, 0)
    assert summary["calls"] == 6


def test_match_keeps_to_its_limit(unknown_tracks, capsys):
    summary = output(capsys, "match", limit=2, json=True)

    assert (summary["looked_up"], summary["due"]) == (2, 1)


def test_match_shows_a_terminal_how_far_it_is(unknown_tracks, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    call_command("match", limit=2)

    assert "2 of 2 looked up" in capsys.readouterr().err


def test_match_speaks_in_words(unknown_tracks, capsys):
    call_command("match")

    assert "3 looked up with 6 calls" in capsys.readouterr().out


def test_match_fails_when_it_could_not_do_its_work(unknown_tracks, sandbox, capsys):
    sandbox.post("faults", kind="status", status=500, match={"path": "/search"}, times=1)

    with pytest.raises(SystemExit) as ended:
        call_command("match", json=True)

    summary = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert (summary["failed"], summary["looked_up"]) == (1, 2)


def test_match_fails_when_the_quota_is_used_up(unknown_tracks, sandbox, capsys):
    sandbox.post("quota", search=2)

    with pytest.raises(SystemExit):
        call_command("match", json=True)

    summary = json.loads(capsys.readouterr().out)
    assert summary["until"]
    assert SpotifyMatch.objects.filter(state="pending").count() == 2


# match_bench


def pair(label: str, sp_name: str, seconds: int = 360, **more: str) -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {
        "label": label,
        "bp_name": "Rain",
        "bp_mix_name": "Solomun Remix",
        "bp_artists": "Ada; Bob",
        "bp_duration_ms": "360000",
        "sp_name": sp_name,
        "sp_artists": "Ada",
        "sp_duration_ms": str(seconds * 1000),
        **more,
    }


@pytest.fixture
def labelled(tmp_path):
    path = tmp_path / "pairs.csv"
    rows = [
        pair("same", "Rain - Solomun Remix"),
        pair("same", "Rain - Solomun Remix", 363),
        pair("other_edit", "Rain (Solomun Remix)", 240),
        pair("other_edit", "Rain", 240),
        pair("different", "Rain - Matroda Remix"),
        pair("different", "Rain - Solomun Remix", 240),
        pair("check", "Rain - Matroda Remix", 350),
    ]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_match_bench_compares_classes_with_labels(labelled, capsys):
    summary = output(capsys, "match_bench", str(labelled), json=True)

    assert summary["pairs"] == 7
    assert summary["confusion"] == {
        "same": {"same": 2, "other_edit": 0, "doubtful": 0, "no": 0},
        "other_edit": {"same": 0, "other_edit": 1, "doubtful": 0, "no": 1},
        "different": {"same": 0, "other_edit": 1, "doubtful": 0, "no": 1},
        "check": {"same": 0, "other_edit": 0, "doubtful": 0, "no": 1},
    }
    assert (summary["wrong_of_accepted"], summary["recall"]) == (0.25, 0.75)
    assert summary["right_class_of_accepted"] == 1.0
    assert summary["right_class"] == round(4 / 6, 4)
    assert summary["precision_per_class"] == {"same": 1.0, "other_edit": 0.5}
    assert summary["recall_per_class"] == {"same": 1.0, "other_edit": 0.5}
    assert summary["pairs_per_second"] > 0


def test_match_bench_decides_without_the_label_and_its_rule():
    row = pair("same", "Rain - Solomun Remix")

    assert pairs.likeness_of(row) is pairs.likeness_of(row | {"label": "different", "rule": "x"})


def test_match_bench_prints_a_table(labelled, capsys):
    call_command("match_bench", str(labelled))

    printed = capsys.readouterr().out
    assert "doubtful" in printed
    assert "recall: 0.75" in printed


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "label,bp_name,sp_name\nperhaps,x,y\n"])
def test_match_bench_refuses_other_files(tmp_path, text):
    path = tmp_path / "wrong.csv"
    path.write_text(text)

    with pytest.raises(CommandError):
        call_command("match_bench", str(path))


def test_match_bench_without_a_file(tmp_path):
    with pytest.raises(CommandError):
        call_command("match_bench", str(tmp_path / "none.csv"))


def test_match_bench_lists_what_is_judged_otherwise_and_why(labelled, capsys):
    call_command("match_bench", str(labelled), misses=True)

    listed = capsys.readouterr().out
    assert "other_edit, judged no (0." in listed
    assert "Rain | Solomun Remix | Ada; Bob |  | 360000" in listed
    assert "title 1.0, artists 0.9, version 0.2, length" in listed
    assert "not the version “solomun”" in listed
    assert listed.count(", judged ") == 2


def test_the_rules_hold_their_bars_on_real_pairs(shared):
    figures = pairs.measure(pairs.read(shared / "data/match_pairs.csv"))
    summary = figures.summary()

    assert summary["wrong_of_accepted"] <= 0.005
    assert summary["recall"] >= 0.93
    assert summary["right_class_of_accepted"] >= 0.99
    assert summary["right_class"] >= 0.95
    assert summary["pairs_per_second"] >= 2_000


def test_the_rules_miss_few_where_the_labels_saw_the_whole_title(shared):
    """The labels overlook a version in Beatport's title when a mix name stands beside it."""
    rows = pairs.read(shared / "data/match_pairs.csv")
    whole = [
        row
        for row in rows
        if not row["bp_mix_name"] or not titles.read(row["bp_name"]).version.identity
    ]

    assert len(whole) > 0.97 * len(rows)
    assert pairs.measure(whole).summary()["recall"] >= 0.97

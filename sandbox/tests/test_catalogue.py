from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from sandbox import names
from sandbox.beatport_rows import release_row, track_row
from sandbox.catalogue import (
    Release,
    Track,
    Week,
    releases,
    track_by_id,
    week_of,
    week_of_release,
    week_of_track,
)
from sandbox.genres import default_volume, genres

WEEKS = [
    Week(genres()[genre], 2026, number) for genre in (1, 6, 12, 90) for number in range(40, 48)
]


def listed(week: Week, count: int) -> list[tuple[Release, Track]]:
    return [(r, track) for r in releases(week, count) for track in r.tracks][:count]


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return [track_row(*pair) for week in WEEKS for pair in listed(week, 250)]


def share(rows: list[dict], condition: object) -> float:
    return sum(map(condition, rows)) / len(rows)  # type: ignore[arg-type]


def test_the_same_week_is_the_same_music() -> None:
    week = WEEKS[0]

    assert releases(week, 120) == releases(week, 120)
    assert listed(week, 60) == listed(week, 200)[:60]
    assert listed(week, 60) != listed(WEEKS[1], 60)


def test_ids_are_unique_across_weeks_and_tell_their_week(rows: list[dict]) -> None:
    ids = [row["id"] for row in rows]

    assert len(set(ids)) == len(ids)
    assert all(30_000_000 < identity < 2**31 for identity in ids)
    assert week_of_track(ids[0]) == WEEKS[0]
    assert week_of_release(rows[-1]["release"]["id"]) == WEEKS[-1]
    release, track = track_by_id(ids[7]) or (None, None)
    assert track_row(release, track) == rows[7]  # type: ignore[arg-type]
    assert track_by_id(17) is None


def test_isrcs_belong_to_one_recording(rows: list[dict]) -> None:
    songs: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        if row["isrc"]:
            songs.setdefault(row["isrc"], set()).add((row["name"], row["mix_name"]))

    assert all(len(found) == 1 for found in songs.values())


@pytest.mark.parametrize(("year", "number"), [(2020, 53), (2026, 53), (2026, 1), (2031, 30)])
def test_every_genre_has_music_in_every_week(year: int, number: int) -> None:
    for genre in genres().values():
        week = Week(genre, year, number)

        pairs = listed(week, 30)

        assert len(pairs) == 30
        assert all(week_of(genre.id, release.published_on) == week for release, _ in pairs)
        assert 30 <= default_volume(genre.id, year, number) <= 420


def test_mix_names_have_their_shares(rows: list[dict]) -> None:
    assert 0.55 < share(rows, lambda row: row["mix_name"] == "Original Mix") < 0.61
    assert 0.22 < share(rows, lambda row: row["mix_name"] == "Extended Mix") < 0.28
    assert 0.10 < share(rows, lambda row: bool(row["remixers"])) < 0.135


def test_what_is_missing_has_its_shares(rows: list[dict]) -> None:
    assert 0.02 < share(rows, lambda row: row["isrc"] is None) < 0.036
    assert share(rows, lambda row: row["sub_genre"] is None) > 0.88
    assert 0 < share(rows, lambda row: row["key"] is None) < 0.004
    assert 0 < share(rows, lambda row: row["length_ms"] is None) < 0.004
    assert 0.005 < share(rows, lambda row: row["release"]["image"] is None) < 0.03


def test_the_rest_of_the_dirt_has_its_shares(rows: list[dict]) -> None:
    artists = Counter(len(row["artists"]) for row in rows)

    def weekday(row: dict) -> int:
        return date.fromisoformat(row["publish_date"]).weekday()

    def is_old(row: dict) -> bool:
        dates = [date.fromisoformat(row[name]) for name in ("publish_date", "new_release_date")]
        return (dates[0] - dates[1]).days > 30

    assert 0.75 < share(rows, lambda row: weekday(row) == 4) < 0.81
    assert 0.62 < artists[1] / len(rows) < 0.70
    assert 0.23 < artists[2] / len(rows) < 0.29
    assert artists[3] > artists[4] > 0
    assert 0.02 < share(rows, is_old) < 0.07
    assert 0.05 < share(rows, lambda row: row["exclusive"]) < 0.11
    assert any("(FR)" in artist["name"] for row in rows for artist in row["artists"])
    assert share(rows, lambda row: not row["name"].isascii()) > 0.05
    assert any(len(row["name"]) > 120 for row in rows)
    assert max(len(row["name"]) for row in rows) <= 250


def test_recordings_come_back_under_other_ids(rows: list[dict]) -> None:
    again = Counter(row["isrc"] for row in rows if row["isrc"])
    twice = {isrc for isrc, count in again.items() if count > 1}
    labels = {
        isrc: {row["release"]["label"]["id"] for row in rows if row["isrc"] == isrc}
        for isrc in twice
    }

    assert 0.008 < len(twice) / len(again) < 0.06
    assert any(len(found) > 1 for found in labels.values())


def test_several_tracks_share_a_release_and_the_release_knows_them() -> None:
    made = releases(WEEKS[0], 200)
    release = next(r for r in made if len(r.tracks) > 2)
    row = release_row(release)

    assert row["track_count"] == len(release.tracks)
    assert row["upc"].isdigit()
    assert len(row["upc"]) == 13
    assert any(release_row(r)["upc"].startswith("0") for r in made)


def test_rows_have_beatports_keys(rows: list[dict]) -> None:
    keys = set(rows[0])

    assert all(set(row) == keys for row in rows)
    assert {"isrc", "mix_name", "release", "remixers", "publish_date", "sample_url"} <= keys
    assert 36 <= len(keys) <= 41
    assert (
        "{w}x{h}"
        in next(r for r in rows if r["release"]["image"])["release"]["image"]["dynamic_uri"]
    )


def test_names_are_many_and_stay_the_same() -> None:
    pool = names.artists()

    assert len({artist.id for artist in pool}) == len({artist.name for artist in pool}) == 1200
    assert len({label.id for label in names.labels()}) == 260
    assert pool is names.artists()
    assert names.slug("Çağla Özgür & Söhne") == "cagla-ozgur-sohne"
    assert names.slug("夜明け前") == "-"

from __future__ import annotations

from collections import Counter
from statistics import median

import pytest

from sandbox.catalogue import Week, releases
from sandbox.differences import Song, songs_of
from sandbox.genres import genres
from sandbox.tests.conftest import Client, StandIn

WEEKS = [
    Week(genres()[genre], 2026, number) for genre in (1, 6, 12, 90) for number in range(40, 48)
]
STATES = {"same", "other_edit", "doubtful", "not_found"}


@pytest.fixture(scope="module")
def pairs() -> list[tuple[object, list[Song]]]:
    """Each fresh Beatport track with what it became."""
    found = []
    for week in WEEKS:
        for release in releases(week, 250):
            songs = songs_of(release)
            for track in release.tracks:
                if track.original is None:
                    found.append((track.recording, [s for s in songs if s.of == track.id]))
    return found


def role(pairs: list, name: str) -> list:
    return [(r, song) for r, songs in pairs for song in songs if song.role == name]


def test_outcomes_have_their_shares(pairs: list) -> None:
    outcomes = Counter(recording.outcome for recording, _ in pairs)
    total = len(pairs)

    assert 0.03 < (outcomes["none"] + outcomes["late"] + outcomes["rival"]) / total < 0.05
    assert 0.02 < outcomes["doubtful"] / total < 0.06
    assert 0.12 < outcomes["edit"] / total < 0.20
    assert outcomes["late"] > 0


def test_one_findable_track_in_ten_has_a_rival(pairs: list) -> None:
    findable = [songs for r, songs in pairs if {"same", "edit"} & {s.role for s in songs}]
    rivals = [songs for songs in findable if any(s.role == "rival" for s in songs)]

    assert 0.08 < len(rivals) / len(findable) < 0.14


def test_original_mix_and_country_are_not_written(pairs: list) -> None:
    plain = [song for r, song in role(pairs, "same") if r.mix == "Original Mix"]

    assert sum("Original Mix" in song.name for song in plain) / len(plain) < 0.08
    assert not any("(FR)" in artist.listed_name for song in plain for artist in song.artists)


def test_remixes_are_written_in_two_ways_and_name_the_remixer_often(pairs: list) -> None:
    remixes = [(r, song) for r, song in role(pairs, "same") if r.kind == "remix"]
    named = sum(
        r.remixers[0].name in {artist.name for artist in song.artists} for r, song in remixes
    )

    assert any(" - " in song.name for _, song in remixes)
    assert any(song.name.endswith(")") for _, song in remixes)
    assert 0.55 < named / len(remixes) < 0.78


def test_edits_are_about_two_minutes_shorter(pairs: list) -> None:
    shorter = [r.length_ms - song.duration_ms for r, song in role(pairs, "edit")]

    assert 95_000 < median(shorter) < 130_000
    assert sorted(shorter)[int(len(shorter) * 0.9)] > 190_000
    assert not any("Extended" in song.name for _, song in role(pairs, "edit"))


def test_isrcs_agree_mostly(pairs: list) -> None:
    known = [(r.isrc, song.isrc) for r, song in role(pairs, "same") if r.isrc]
    absent = sum(not isrc for _, isrc in known) / len(known)
    equal = sum(ours == isrc for ours, isrc in known) / len(known)
    one_off = sum(ours != isrc and ours[:-1] == isrc[:-1] for ours, isrc in known) / len(known)

    assert 0.02 < absent < 0.06
    assert 0.83 < equal < 0.93
    assert 0.01 < one_off < 0.06
    assert any(
        rival.isrc == r.isrc for r, rival in role(pairs, "rival") if r.isrc and rival.isrc
    ), "an ISRC that names another mix"


def test_a_recording_has_several_tracks_and_mixed_cuts(pairs: list) -> None:
    copies = Counter(sum(song.role == "same" for song in songs) for _, songs in pairs)
    mixed = [song for _, song in role(pairs, "mixed")]

    assert copies[2] > copies[3] > 0
    assert {song.album.kind for _, song in role(pairs, "same")} == {
        "single",
        "album",
        "compilation",
    }
    assert all("Mixed" in song.name and song.duration_ms < 240_000 for song in mixed)


def test_same_recordings_have_the_same_length(pairs: list) -> None:
    assert all(abs(r.length_ms - song.duration_ms) < 5000 for r, song in role(pairs, "same"))


def test_release_dates_may_be_short(pairs: list) -> None:
    lengths = Counter(len(song.album.released_on) for _, songs in pairs for song in songs)

    assert lengths[10] > lengths[7] > 0 < lengths[4]


def test_every_state_occurs_in_every_week_of_sixty(stand_in: StandIn) -> None:
    for genre_id, week in ((98, 47), (100, 47), (12, 30), (45, 1) if 45 in genres() else (63, 1)):
        volume = {"genre_id": genre_id, "year": 2026, "week": week, "tracks": 60}
        stand_in.control("weeks", volume)

        truth = stand_in.truth(week, genre_id)

        assert {fact["expected"] for fact in truth.values()} == STATES
        assert any(fact["rival"] for fact in truth.values())
        assert any(fact["same"] and fact["rival"] for fact in truth.values())


def test_the_truth_can_be_found_by_searching(stand_in: StandIn, nadja: Client) -> None:
    rows = {str(row["id"]): row for row in stand_in.techno()}
    truth = stand_in.truth()
    sample = [key for key, fact in truth.items() if fact["expected"] == "same"][:60]
    by_isrc = by_words = 0

    for key in sample:
        row, same = rows[key], set(truth[key]["same"])
        if row["isrc"]:
            found = nadja.search(f"isrc:{row['isrc']}")
            by_isrc += bool(same & {song["id"] for song in found})
        artist = row["artists"][0]["name"].split(" (")[0]
        title = row["name"].split(" feat. ")[0]
        found = nadja.search(f'track:"{title}" artist:"{artist}"', limit=10)
        by_words += bool(same & {song["id"] for song in found})

    assert by_isrc > 0.75 * len(sample)
    assert by_words > 0.85 * len(sample)


def test_what_is_not_there_is_not_found(stand_in: StandIn, nadja: Client) -> None:
    rows = {str(row["id"]): row for row in stand_in.techno()}
    gone = [
        key
        for key, fact in stand_in.truth().items()
        if fact["expected"] == "not_found" and not fact["late"] and rows[key]["isrc"]
    ]

    assert gone
    for key in gone:
        assert nadja.search(f"isrc:{rows[key]['isrc']}") == []


def test_some_tracks_arrive_days_later(stand_in: StandIn, nadja: Client) -> None:
    stand_in.control("weeks", {"genre_id": 6, "year": 2026, "week": 20, "tracks": 120})
    rows = {str(row["id"]): row for row in stand_in.techno(publish_date="2026-05-11:2026-05-17")}
    truth = stand_in.truth(20)
    key = next(key for key, fact in truth.items() if fact["late"])
    words = f'track:"{rows[key]["name"]}"'

    before = {song["id"] for song in nadja.search(words, limit=10)}
    stand_in.control("clock", {"advance_seconds": 7 * 86_400})
    after = {song["id"] for song in stand_in.spotify().search(words, limit=10)}

    assert not set(truth[key]["late"]) & before
    assert set(truth[key]["late"]) & after

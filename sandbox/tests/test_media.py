from __future__ import annotations

import io
import wave
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from sandbox import audio, covers
from sandbox.tests.conftest import Client, StandIn


@pytest.fixture
def row(stand_in: StandIn) -> dict[str, Any]:
    return next(row for row in stand_in.techno() if row["release"]["image"] and row["bpm"])


def read(sound: bytes) -> wave.Wave_read:
    return wave.open(io.BytesIO(sound))


def test_a_cover_has_any_size_and_is_always_the_same(row: dict[str, Any]) -> None:
    address = row["release"]["image"]["dynamic_uri"]

    first = requests.get(address.format(w=300, h=300))
    again = requests.get(address.format(w=1400, h=1400))

    assert first.headers["Content-Type"] == "image/svg+xml"
    assert ElementTree.fromstring(first.content).get("viewBox") == "0 0 400 400"
    assert first.content == again.content


def test_waveform_label_and_portrait_are_pictures(row: dict[str, Any]) -> None:
    pictures = [row["image"], row["release"]["label"]["image"], row["artists"][0]["image"]]

    for picture in pictures:
        answer = requests.get(picture["uri"])
        assert answer.status_code == 200
        assert ElementTree.fromstring(answer.content).tag.endswith("svg")
    assert 'viewBox="0 0 1500 250"' in requests.get(row["image"]["uri"]).text


def test_covers_are_many(stand_in: StandIn) -> None:
    assert len({covers.cover(number) for number in range(200)}) > 190
    assert requests.get(f"{stand_in.url}/beatport/image_size/3x3/nothing.svg").status_code == 404


def test_a_clip_is_a_loop_at_the_tracks_tempo(row: dict[str, Any]) -> None:
    answer = requests.get(row["sample_url"])
    sound = read(answer.content)
    loop = audio.loop_length(row["bpm"])
    seconds = sound.getnframes() / sound.getframerate()

    assert answer.headers["Content-Type"] == "audio/wav"
    assert (sound.getnchannels(), sound.getframerate()) == (1, audio.RATE)
    assert sound.getnframes() % loop == 0
    assert loop / audio.RATE == pytest.approx(8 * 60 / row["bpm"], rel=0.001)
    assert 26 < seconds < 34
    frames = sound.readframes(2 * loop)
    assert frames[: 2 * loop] == frames[2 * loop :]
    assert len(set(frames)) > 100


def test_other_keys_and_tempos_sound_other() -> None:
    clips = {
        audio.clip(1, 128, "F", "Minor"),
        audio.clip(1, 128, "F", "Major"),
        audio.clip(1, 128, "Gb", "Minor"),
        audio.clip(1, 174, "F", "Minor"),
    }

    assert len(clips) == 4


def test_parts_of_a_clip(row: dict[str, Any]) -> None:
    whole = requests.get(row["sample_url"]).content

    def part(wanted: str) -> requests.Response:
        return requests.get(row["sample_url"], headers={"Range": wanted})

    middle, tail, rest = part("bytes=100-199"), part("bytes=-50"), part("bytes=1000-")
    assert middle.status_code == 206
    assert middle.content == whole[100:200]
    assert middle.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert tail.content == whole[-50:]
    assert rest.content == whole[1000:]
    assert part(f"bytes={len(whole)}-").status_code == 416
    assert middle.headers["Access-Control-Allow-Origin"] == "*"


def test_a_rival_does_not_sound_like_the_track(stand_in: StandIn, nadja: Client) -> None:
    stand_in.techno()
    truth = stand_in.truth()
    fact = next(f for f in truth.values() if len(f["same"]) > 1 and f["rival"])

    def sound(identity: str) -> bytes:
        return requests.get(f"{stand_in.url}/spotify/embed/audio/{identity}.wav").content

    assert sound(fact["same"][0]) == sound(fact["same"][1]) != sound(fact["rival"][0])

"""A clip for a track: a loop of two bars at its own tempo and in its own key, repeated."""

from __future__ import annotations

import io
import math
import wave
from array import array
from functools import lru_cache
from random import Random

RATE = 11_025
SECONDS = 30
BEATS = 8
SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

Samples = list[float]


@lru_cache(maxsize=64)
def clip(seed: int, bpm: int, note: str, mode: str) -> bytes:
    """A WAV file of about half a minute: whole loops only, so that it can repeat."""
    loop = _loop(seed, bpm, note, mode)
    repeats = max(1, round(SECONDS * RATE / len(loop)))
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(loop.tobytes() * repeats)
    return file.getvalue()


def loop_length(bpm: int) -> int:
    """In samples."""
    return BEATS * round(RATE * 60 / bpm)


def _loop(seed: int, bpm: int, note: str, mode: str) -> array[int]:
    rng = Random(seed)
    beat = round(RATE * 60 / bpm)
    mix = [0.0] * loop_length(bpm)
    root = _pitch(note)
    for place, sound in _drums(rng, bpm):
        _add(mix, sound, int(place * beat))
    for place, step, length in _bass_line(rng, mode):
        _add(
            mix, _tone(root / 2 * 2 ** (step / 12), length * beat / RATE, 3, 5.0, 0.5), place, beat
        )
    for place, steps in _chords(rng, mode):
        for step in steps:
            _add(mix, _tone(root * 2 ** (step / 12), 0.9 * beat / RATE, 5, 4.0, 0.14), place, beat)
    loudest = max(map(abs, mix)) or 1.0
    return array("h", (int(26_000 * value / loudest) for value in mix))


def _pitch(note: str) -> float:
    """The note's frequency in the octave around 110 Hz."""
    step = SEMITONES[note[0]] + {"b": -1, "#": 1}.get(note[1:], 0)
    return 110.0 * 2 ** (((step - 9 + 6) % 12 - 6) / 12)


def _drums(rng: Random, bpm: int) -> list[tuple[float, Samples]]:
    """Four to the floor, or broken beats where it is fast or slow."""
    hats = [(beat / 2, _noise(0.04, 60.0, 0.22)) for beat in range(1, 2 * BEATS, 2)]
    if bpm >= 160 or bpm < 105 or rng.random() < 0.08:
        kicks = [0.0, 2.5, 4.0, 6.5] if rng.random() < 0.5 else [0.0, 2.75, 4.0, 5.5]
        snares = [1.0, 3.0, 5.0, 7.0]
    else:
        kicks = [float(beat) for beat in range(BEATS)]
        snares = [1.0, 3.0, 5.0, 7.0] if rng.random() < 0.6 else []
    return (
        [(place, _kick()) for place in kicks]
        + [(place, _noise(0.14, 22.0, 0.3)) for place in snares]
        + hats
    )


def _bass_line(rng: Random, mode: str) -> list[tuple[float, int, float]]:
    """(beat, semitones above the root, length in beats)"""
    third = 3 if mode == "Minor" else 4
    tones = (0, 0, 0, 7, 12, third, 10 if mode == "Minor" else 9)
    offbeats = [beat + 0.5 for beat in range(BEATS)]
    rolling = [beat + part for beat in range(BEATS) for part in (0.25, 0.5, 0.75)]
    places = rng.choice((offbeats, rolling, [0.75, 1.5, 2.5, 3.5, 4.75, 5.5, 6.5, 7.25]))
    return [(place, rng.choice(tones), 0.4) for place in places]


def _chords(rng: Random, mode: str) -> list[tuple[float, tuple[int, ...]]]:
    minor = mode == "Minor"
    home = (12, 15, 19) if minor else (12, 16, 19)
    away = (8, 12, 15) if minor else (9, 12, 16)
    places = rng.choice(((0.5, 2.0, 4.5, 6.0), (1.5, 3.5, 5.5, 7.5), (0.0, 3.0, 4.0, 6.5)))
    return [(place, home if place < 4 else away) for place in places]


def _add(mix: Samples, sound: Samples, place: float, beat: int = 1) -> None:
    """Mix a sound in; what is left at the end rings on at the start, as a loop does."""
    length = len(mix)
    for number, value in enumerate(sound, start=int(place * beat)):
        mix[number % length] += value


@lru_cache(maxsize=1)
def _kick() -> Samples:
    phase, samples = 0.0, []
    for number in range(int(0.28 * RATE)):
        time = number / RATE
        phase += (46 + 150 * math.exp(-time * 38)) / RATE
        samples.append(math.sin(2 * math.pi * phase) * math.exp(-time * 11))
    return samples


@lru_cache(maxsize=8)
def _noise(seconds: float, decay: float, gain: float) -> Samples:
    rng = Random(7)
    before, samples = 0.0, []
    for number in range(int(seconds * RATE)):
        value = rng.uniform(-1, 1)
        samples.append((value - before) * gain * math.exp(-number / RATE * decay))
        before = value
    return samples


@lru_cache(maxsize=256)
def _tone(pitch: float, seconds: float, harmonics: int, decay: float, gain: float) -> Samples:
    turn = 2 * math.pi * pitch / RATE
    parts = [(number, gain / number) for number in range(1, harmonics + 1)]
    attack = 0.006 * RATE
    return [
        sum(part * math.sin(turn * number * sample) for number, part in parts)
        * min(1.0, sample / attack)
        * math.exp(-sample / RATE * decay)
        for sample in range(int(seconds * RATE))
    ]

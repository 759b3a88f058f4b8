"""Pictures made by code: flat, geometric, the same for the same owner."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

SIZE = 400
PALETTES = (
    ("#f3e6d6", "#d9472b", "#1f2c3a", "#e9b49a", "#6d8a83"),
    ("#b7cdd2", "#e2703a", "#e9e4da", "#2e4a57", "#b9876b"),
    ("#23272b", "#3f8fd0", "#f5f1e6", "#8a98a5", "#d8b04a"),
    ("#e06e58", "#2d5d7b", "#f5f4e8", "#7fb7a8", "#1f3440"),
    ("#efe9dc", "#3c5a45", "#d6a13c", "#22312a", "#a5b89a"),
    ("#2b2140", "#e8a0bf", "#f6efe6", "#7b5ea7", "#e0c14f"),
    ("#f2c14e", "#23395b", "#f7f3e9", "#d1495b", "#8da9c4"),
    ("#dfe5e8", "#14213d", "#fca311", "#7a8794", "#b23a48"),
    ("#1d3b36", "#f0e2c6", "#c8553d", "#588b8b", "#f28f3b"),
    ("#f6d8cd", "#5b3758", "#e4572e", "#29335c", "#a8c686"),
    ("#121212", "#ece4d9", "#c7a27c", "#5c6b73", "#9db4c0"),
    ("#e7ecef", "#274c77", "#6096ba", "#a3cef1", "#8b8c89"),
    ("#fdf0d5", "#780000", "#003049", "#c1121f", "#669bbc"),
    ("#d8e2dc", "#6b705c", "#cb997e", "#3f4238", "#ffe8d6"),
)

Colours = list[str]
Motif = Callable[[Random, Colours], str]


def cover(owner_id: int) -> str:
    rng = Random(f"cover/{owner_id}")
    colours = list(rng.choice(PALETTES))
    if rng.random() < 0.5:
        colours[1:] = rng.sample(colours[1:], len(colours) - 1)
    return _picture(
        SIZE, SIZE, _rect(0, 0, SIZE, SIZE, colours[0]), rng.choice(MOTIFS)(rng, colours)
    )


def badge(owner_id: int) -> str:
    """A label's mark."""
    rng = Random(f"badge/{owner_id}")
    ground, ink, *_ = rng.choice(PALETTES)
    shape = rng.choice((_circle(200, 200, 110, ink), _rect(95, 95, 210, 210, ink)))
    bite = _circle(rng.choice((150, 200, 250)), rng.choice((150, 200, 250)), 48, ground)
    return _picture(SIZE, SIZE, _rect(0, 0, SIZE, SIZE, ground), shape, bite)


def portrait(owner_id: int) -> str:
    """A head and shoulders, without a face."""
    rng = Random(f"portrait/{owner_id}")
    ground, coat, skin, hair, _ = rng.sample(rng.choice(PALETTES), 5)
    tilt = rng.randrange(-14, 15)
    return _picture(
        SIZE,
        SIZE,
        _rect(0, 0, SIZE, SIZE, ground),
        f'<path d="M60 400a140 130 0 0 1 280 0z" fill="{coat}"/>',
        f'<g transform="rotate({tilt} 200 200)">{_circle(200, 180, 78, skin)}'
        f'<path d="M122 180a78 78 0 0 1 156 0z" fill="{hair}"/></g>',
    )


def waveform(owner_id: int) -> str:
    rng = Random(f"waveform/{owner_id}")
    bars, level = [], 0.3
    for number in range(300):
        if number % 32 == 0:
            level = rng.choice((0.35, 0.6, 0.85, 1.0))
        height = max(6, 240 * level * rng.uniform(0.55, 1))
        bars.append(_rect(number * 5, round(125 - height / 2), 3, round(height), "#8a8f98"))
    return _picture(1500, 250, *bars)


def nobody() -> str:
    return _picture(
        SIZE, SIZE, _rect(0, 0, SIZE, SIZE, "#8a8f98"), _circle(200, 170, 70, "#c6c9ce")
    )


def _arches(rng: Random, colours: Colours) -> str:
    step = rng.choice((22, 28, 34))
    shapes = []
    for number in range(5):
        left, top = 30 + number * step, 40 + number * step
        width = SIZE - 2 * left
        radius = width / 2
        shapes.append(
            f'<path d="M{left} 400V{top + radius}a{radius} {radius} 0 0 1 {width} 0V400z" '
            f'fill="{colours[1 + number % 4]}"/>'
        )
    return "".join(shapes)


def _sun_over_lines(rng: Random, colours: Colours) -> str:
    level = rng.randrange(200, 270)
    lines = "".join(
        _rect(number * 14, level + 18 + number * 22, SIZE - number * 28, 6, colours[3])
        for number in range(7)
    )
    sun = _circle(rng.choice((130, 200, 270)), level, rng.randrange(70, 120), colours[1])
    return sun + _rect(0, level, SIZE, SIZE - level, colours[2]) + lines


def _quarters(rng: Random, colours: Colours) -> str:
    cells = rng.choice((3, 4, 5))
    side = SIZE / cells
    shapes = []
    for cell in range(cells * cells):
        x, y = cell % cells * side, cell // cells * side
        turn = f"rotate({rng.randrange(4) * 90} {x + side / 2} {y + side / 2})"
        quarter = f"M{x} {y}h{side}a{side} {side} 0 0 1 {-side} {side}z"
        shapes.append(f'<path transform="{turn}" d="{quarter}" fill="{rng.choice(colours)}"/>')
    return "".join(shapes)


def _stairs(rng: Random, colours: Colours) -> str:
    steps = rng.choice((5, 6, 8, 10))
    width = SIZE / steps
    rising = rng.random() < 0.5
    shapes = []
    for number in range(steps):
        height = SIZE * (number + 1) / (steps + 1)
        x = number * width if rising else SIZE - (number + 1) * width
        shapes.append(_rect(x, SIZE - height, width + 0.5, height, colours[1 + number % 4]))
    return "".join(shapes)


def _rings(rng: Random, colours: Colours) -> str:
    x, y = rng.choice(((200, 200), (0, 400), (400, 0), (200, 400)))
    reach = 190 if (x, y) == (200, 200) else 400
    count = rng.choice((4, 6, 9))
    return "".join(
        _circle(x, y, reach * (count - number) / count, colours[number % 5])
        for number in range(count)
    )


def _bands(rng: Random, colours: Colours) -> str:
    turn = rng.choice((18, 30, 45, -30, -45))
    width = rng.choice((36, 52, 70))
    bands = "".join(
        _rect(-200, -200 + number * width * 2, 800, width, colours[1 + number % 4])
        for number in range(1 + 800 // (width * 2))
    )
    return f'<g transform="rotate({turn} 200 200)">{bands}</g>'


def _hills(rng: Random, colours: Colours) -> str:
    shapes = [_circle(rng.randrange(80, 320), rng.randrange(80, 150), 46, colours[1])]
    for number in range(4):
        top = 170 + number * 58
        lift = rng.randrange(30, 90) * rng.choice((-1, 1))
        shapes.append(
            f'<path d="M0 {top}C130 {top - lift} 270 {top + lift} 400 {top}V400H0z" '
            f'fill="{colours[1 + (number + 1) % 4]}"/>'
        )
    return "".join(shapes)


def _dots(rng: Random, colours: Colours) -> str:
    cells = rng.choice((5, 7, 9))
    side = SIZE / cells
    odd = rng.randrange(cells * cells)
    shapes = []
    for cell in range(cells * cells):
        column, row = cell % cells, cell // cells
        radius = side * (0.12 + 0.34 * (column + row) / (2 * cells - 2))
        colour = colours[2] if cell == odd else colours[1]
        shapes.append(_circle((column + 0.5) * side, (row + 0.5) * side, radius, colour))
    return "".join(shapes)


def _moons(rng: Random, colours: Colours) -> str:
    rows = rng.choice((2, 3, 4))
    side = SIZE / rows
    shapes = []
    for number in range(rows):
        y = number * side
        colour, radius = colours[1 + number % 4], side / 2
        for x in range(0, SIZE, max(1, int(side))):
            flip = (number + int(x / side)) % 2
            sweep = f"a{radius} {radius} 0 0 {flip} {side} 0z"
            shapes.append(f'<path d="M{x} {y + radius}{sweep}" fill="{colour}"/>')
    return "".join(shapes)


def _peak(rng: Random, colours: Colours) -> str:
    top = rng.randrange(60, 140)
    left, right = rng.randrange(20, 120), rng.randrange(280, 380)
    return (
        _circle(rng.choice((90, 310)), 110, rng.randrange(30, 60), colours[2])
        + f'<path d="M200 {top}L{right} 400H{left}z" fill="{colours[1]}"/>'
        + f'<path d="M200 {top}L{right} 400H200z" fill="{colours[3]}"/>'
    )


def _columns(rng: Random, colours: Colours) -> str:
    count = rng.choice((6, 9, 12))
    width = SIZE / count
    shapes = []
    for number in range(count):
        height = rng.randrange(60, 340)
        y = (SIZE - height) / 2
        radius = width * 0.34
        shapes.append(
            f'<rect x="{number * width + width * 0.16:g}" y="{y:g}" width="{width * 0.68:g}" '
            f'height="{height}" rx="{radius:g}" fill="{colours[1 + number % 4]}"/>'
        )
    return "".join(shapes)


def _drop(rng: Random, colours: Colours) -> str:
    turn = rng.choice((0, 90, 180, 270))
    outer = "M200 60c66 90 94 136 94 188a94 94 0 0 1-188 0c0-52 28-98 94-188z"
    inner = "M200 190c30 42 44 62 44 86a44 44 0 0 1-88 0c0-24 14-44 44-86z"
    return (
        f'<g transform="rotate({turn} 200 200)"><path d="{outer}" fill="{colours[1]}"/>'
        f'<path d="{inner}" fill="{colours[2]}"/></g>'
    )


def _window(rng: Random, colours: Colours) -> str:
    x, y = rng.randrange(60, 140), rng.randrange(60, 140)
    width, height = rng.randrange(140, 240), rng.randrange(140, 240)
    return (
        _rect(x + 26, y + 26, width, height, colours[3])
        + _rect(x, y, width, height, colours[1])
        + _circle(x + width, y + height, rng.randrange(40, 90), colours[2])
        + _rect(0, y + height // 2, SIZE, 8, colours[4])
    )


def _slices(rng: Random, colours: Colours) -> str:
    """A disc cut in two and shifted."""
    shift = rng.randrange(30, 90)
    turn = rng.randrange(0, 180, 15)
    return (
        f'<g transform="rotate({turn} 200 200)">'
        f'<path d="M{200 - shift} 60a140 140 0 0 0 0 280z" fill="{colours[1]}"/>'
        f'<path d="M{200 - shift + 12} {60 + shift}a140 140 0 0 1 0 280z" fill="{colours[2]}"/></g>'
    )


MOTIFS: tuple[Motif, ...] = (
    _arches,
    _sun_over_lines,
    _quarters,
    _stairs,
    _rings,
    _bands,
    _hills,
    _dots,
    _moons,
    _peak,
    _columns,
    _drop,
    _window,
    _slices,
)


def _picture(width: int, height: int, *shapes: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{"".join(shapes)}</svg>'
    )


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>'


def _circle(x: float, y: float, radius: float, fill: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'

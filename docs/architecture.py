"""Draws the picture in `docs/architecture.md` from the imports as they are.

.venv/bin/python docs/architecture.py            # writes it
.venv/bin/python docs/architecture.py --check    # fails where an arrow is missing or gone
"""

import re
import sys
from collections import Counter
from pathlib import Path

import grimp

ROOMS = ["clouder", "curation", "ingestion", "catalog", "accounts", "sandbox"]
PAGE = Path(__file__).with_name("architecture.md")
BEGIN, END = "<!-- the picture -->", "<!-- end of the picture -->"


def imports() -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Modules by room, and imports from room to room, without tests and migrations."""
    graph = grimp.build_graph(*ROOMS)
    modules = {name for name in graph.modules if not {"tests", "migrations"} & {*name.split(".")}}
    sizes = Counter(room_of(name) for name in modules)
    crossings = Counter(
        (room_of(name), room_of(imported))
        for name in modules
        for imported in graph.find_modules_directly_imported_by(name) & modules
        if room_of(name) != room_of(imported)
    )
    return sizes, crossings


def room_of(module: str) -> str:
    return module.partition(".")[0]


def draw() -> str:
    sizes, crossings = imports()
    boxes = [f'    {room}["{room}<br>{sizes[room]} modules"]' for room in ROOMS]
    in_order = sorted(crossings, key=lambda pair: [ROOMS.index(room) for room in pair])
    lines = [f"    {a} -- {crossings[a, b]} --> {b}" for a, b in in_order]
    http = ["    accounts -. HTTP .-> sandbox", "    ingestion -. HTTP .-> sandbox"]
    return "\n".join(["```mermaid", "flowchart TD", *boxes, *lines, *http, "```"])


def split(page: str) -> tuple[str, str, str]:
    """What stands before the picture, the picture, and what stands after it."""
    before, _, rest = page.partition(BEGIN)
    picture, _, after = rest.partition(END)
    return before, picture.strip(), after


def arrows(picture: str) -> list[str]:
    """Without their numbers, which change with every module."""
    return [re.sub(r"\d+", "", line) for line in picture.splitlines() if "-->" in line]


def main(arguments: list[str]) -> int:
    before, picture, after = split(PAGE.read_text())
    drawn = draw()
    if "--check" not in arguments:
        PAGE.write_text(f"{before}{BEGIN}\n{drawn}\n{END}{after}")
    elif arrows(drawn) != arrows(picture):
        print("The rooms import otherwise than drawn: run .venv/bin/python docs/architecture.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(PAGE.parent.parent))
    sys.exit(main(sys.argv[1:]))

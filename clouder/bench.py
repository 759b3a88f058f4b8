"""`make bench`: what the rooms' benchmarks measure, on SQLite and, where it is found, PostgreSQL.

A room measures in `benchmarks.py`: each public function there takes nothing and returns figures
by what they say, unit included: {"tracks registered per second": 10_300}. It has an empty
database, thrown away after it, and a running sandbox at settings.SANDBOX_URL.

`make bench ARGS=search` measures all with that in their names. What takes minutes, a room lists as
LONG; it is measured only when asked for so, or with ARGS=all.
"""

import inspect
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from clouder import testing
from clouder.runner import is_served

ROOMS = ["accounts", "catalog", "ingestion", "curation", "clouder"]
ROOT = Path(__file__).resolve().parent.parent

Figures = dict[str, float]


def benchmarks(wanted: str = "all") -> Iterator[tuple[str, Callable[[], Figures]]]:
    """Names and functions of "all", of those with `wanted` in their names, or of the quick ones."""
    for room in ROOMS:
        if find_spec(f"{room}.benchmarks"):
            module = import_module(f"{room}.benchmarks")
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ != module.__name__ or name.startswith("_"):
                    continue
                is_quick = function not in getattr(module, "LONG", [])
                named = f"{room}.{name}"
                if wanted == "all" or (wanted in named if wanted else is_quick):
                    yield named, function


@contextmanager
def sandbox() -> Iterator[None]:
    from django.conf import settings

    port, storage = str(settings.SANDBOX_PORT), f"{os.environ['TEST_FOLDER']}/sandbox.sqlite3"
    command = [sys.executable, "-m", "sandbox", "--port", port, "--storage", storage]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        testing.wait_until(lambda: is_served(f"{settings.SANDBOX_URL}/_/"), 20)
        yield
    finally:
        process.terminate()
        process.wait()


def measure_here(wanted: str) -> dict[str, Figures]:
    """Every benchmark that is wanted, on the database that the settings name."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_databases, teardown_databases

    databases = setup_databases(verbosity=0, interactive=False)
    measured = {}
    with sandbox():
        for name, function in benchmarks(wanted):
            print(f"  {name} …", end="", flush=True)
            started = time.monotonic()
            measured[name] = function()
            print(f" {time.monotonic() - started:.0f} s", flush=True)
            call_command("flush", verbosity=0, interactive=False)
    teardown_databases(databases, verbosity=0)
    return measured


def measure(wanted: str, *, database: str) -> dict[str, Figures]:
    """The same in a process of its own."""
    results = ROOT / "var" / "bench-part.json"
    os.environ["DJANGO_SETTINGS_MODULE"] = "clouder.test_settings"
    command = [sys.executable, "-m", "clouder.bench", "--into", str(results), wanted]
    if code := testing.finish(testing.Running(command, database=database))[0]:
        sys.exit(code)
    measured: dict[str, Figures] = json.loads(results.read_text())
    results.unlink()
    return measured


def print_table(measured: dict[str, dict[str, Figures]]) -> None:
    """One line per figure, one column per database."""
    columns = list(measured)
    first = measured[columns[0]]
    for name, figures in first.items():
        print(f"\n{name:<60}" + "".join(f"{column:>14}" for column in columns))
        for what in figures:
            cells = [measured[column][name].get(what) for column in columns]
            print(f"  {what:<58}" + "".join(f"{shown(cell):>14}" for cell in cells))


def shown(figure: float | None) -> str:
    if figure is None:
        return ""
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:,.2f}"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--into"]:
        _, into, wanted = arguments
        Path(into).write_text(json.dumps(measure_here(wanted)))
        return 0
    wanted = arguments[0] if arguments else ""
    (ROOT / "var").mkdir(exist_ok=True)
    databases = {"SQLite": "", "PostgreSQL": testing.find_database()}
    measured = {}
    for database, url in databases.items():
        if url or database == "SQLite":
            print(f"On {database}:", flush=True)
            measured[database] = measure(wanted, database=url)
    print_table(measured)
    report = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "figures": measured,
    }
    (ROOT / "var" / "bench.json").write_text(json.dumps(report, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ingestion import pairs
from ingestion.matching import Likeness


class Command(BaseCommand):
    help = "Judges labelled pairs of Beatport and Spotify tracks by the matching rules."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pairs", type=Path, metavar="PAIRS.csv")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")
        parser.add_argument(
            "--misses", action="store_true", help="first list what is judged otherwise, and why"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = pairs.read(options["pairs"])
            figures = pairs.measure(rows)
        except (pairs.PairsUnreadable, KeyError, ValueError) as error:
            raise CommandError(f"The pairs cannot be judged: {error}") from error
        if options["misses"]:
            for miss in pairs.misses(rows):
                self.stdout.write(miss + "\n")
        summary = figures.summary()
        self.stdout.write(json.dumps(summary) if options["json"] else table(summary))


def table(summary: dict[str, Any]) -> str:
    classes = [likeness.value for likeness in Likeness]
    lines = [f"{'label':<12}" + "".join(f"{name:>12}" for name in classes)]
    for label, row in summary["confusion"].items():
        lines.append(f"{label:<12}" + "".join(f"{row[name]:>12}" for name in classes))
    figures = {name: value for name, value in summary.items() if name != "confusion"}
    return "\n".join([*lines, "", *(f"{name}: {value}" for name, value in figures.items())])

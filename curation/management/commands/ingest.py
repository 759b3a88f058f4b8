import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Genre
from curation import weeks
from curation.models import Style
from ingestion import files, runs
from ingestion.models import IngestRun
from ingestion.progress_bar import ProgressBar


class Command(BaseCommand):
    help = "Brings a style's week, or saved Beatport files, into the catalogue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--style", help="slug of a style")
        parser.add_argument("--year", type=int)
        parser.add_argument("--week", type=int, help="ISO week, 1 to 53")
        parser.add_argument("--file", type=Path, nargs="+", default=[], metavar="PATH")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"]:
            done = self.import_files(options["file"])
        else:
            done = self.fetch_week(options["style"], options["year"], options["week"])
        self.report(done, as_json=options["json"])
        if any(run.status != IngestRun.Status.COMPLETE for run in done):
            sys.exit(1)

    def import_files(self, paths: list[Path]) -> list[IngestRun]:
        missing = [str(path) for path in paths if not path.is_file()]
        if missing:
            raise CommandError(f"There is no file {', '.join(missing)}.")
        return files.import_files(paths, on_page=self.show)

    def fetch_week(self, slug: str | None, year: int | None, week: int | None) -> list[IngestRun]:
        if not (slug and year and week):
            raise CommandError("Give --style, --year and --week, or --file.")
        style = Style.objects.filter(slug=slug).first()
        if style is None:
            known = ", ".join(Style.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"There is no style {slug}. There are: {known}.")
        if not weeks.exists(year, week):
            raise CommandError(f"{year} has no week {week}.")
        genres = list(style.genres.order_by("name"))
        if not genres:
            raise CommandError(f"The style {slug} has no genres; give it some in the admin.")
        return [self.fetch(genre, year, week) for genre in genres]

    def fetch(self, genre: Genre, year: int, week: int) -> IngestRun:
        run = runs.request_week(genre=genre, year=year, week=week, max_age=None)
        return runs.carry_to_end(run.pk, on_page=self.show)

    def show(self, run: IngestRun) -> None:
        bar = ProgressBar(self.stderr)
        bar.show(run.collected, run.expected, f"tracks of {title(run)}")
        if run.is_finished:
            bar.end()

    def report(self, done: list[IngestRun], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(summary(done)))
            return
        for run in done:
            line = f"{run}, {run.collected} of {run.expected} tracks"
            line += f": {run.new} new, {run.changed} changed, {run.withdrawn} withdrawn"
            self.stdout.write(f"{line}, {run.set_aside} set aside. {run.error}".strip())


def title(run: IngestRun) -> str:
    return run.file_name or f"{run.genre} {run.year}-W{run.week:02}"


def summary(done: list[IngestRun]) -> dict[str, Any]:
    return {
        "runs": [
            {
                "run": run.pk,
                "what": title(run),
                "status": run.status,
                "expected": run.expected,
                "collected": run.collected,
                "set_aside": run.set_aside,
                "new": run.new,
                "changed": run.changed,
                "withdrawn": run.withdrawn,
                "trouble": run.trouble,
                "error": run.error,
            }
            for run in done
        ],
        "collected": sum(run.collected for run in done),
        "set_aside": sum(run.set_aside for run in done),
    }

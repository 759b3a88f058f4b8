import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ingestion import search
from ingestion.progress_bar import ProgressBar
from ingestion.search import Tally


class Command(BaseCommand):
    help = "Looks due tracks up on Spotify, the most valuable first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, metavar="N", help="look up so many tracks at most")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        total = self.look_up(options["limit"], ProgressBar(self.stderr))
        if options["json"]:
            self.stdout.write(json.dumps(total.as_dict()))
        else:
            self.stdout.write(in_words(total))
        if total.error or total.failed:
            sys.exit(1)

    def look_up(self, limit: int | None, bar: ProgressBar) -> Tally:
        """Errand after errand; while a worker is at one, this waits for its turn."""
        total = Tally()
        due = search.due().count()
        asked = due if limit is None else min(limit, due)

        def show(tally: Tally) -> None:
            done = total.looked_up + tally.looked_up
            bar.show(done, asked, f"looked up, {total.calls + tally.calls} calls")

        while limit is None or total.looked_up < limit:
            left = None if limit is None else limit - total.looked_up
            tally = search.look_up(left, on_track=show)
            add(total, tally)
            if tally.error or not tally.due:
                break
            if tally.is_busy:
                time.sleep(0.2)
        bar.end()
        return total


def add(total: Tally, tally: Tally) -> None:
    for name in ("matched", "other_edit", "review", "not_found", "shared", "failed", "calls"):
        total.count(name, getattr(tally, name))
    total.due, total.error, total.until = tally.due, tally.error, tally.until


def in_words(total: Tally) -> str:
    line = (
        f"{total.looked_up} looked up with {total.calls} calls: {total.matched} on Spotify, "
        f"{total.other_edit} as another edit, {total.review} doubtful, "
        f"{total.not_found} not there. {total.due} still due."
    )
    return f"{line} {total.error}".strip()

import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from curation import verdicts
from ingestion import rematching
from ingestion.progress_bar import ProgressBar
from ingestion.rematching import Change, Kind


class Command(BaseCommand):
    help = "Shows what the rules would decide otherwise today, without a call; --apply does it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="decide so, for everybody")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        judged = rematching.decided_by_rules().count()
        bar, found, applied = ProgressBar(self.stderr), Counter[Kind](), 0
        for change in rematching.changes():
            found[change.kind] += 1
            bar.show(found.total(), None, "changes")
            if options["apply"]:
                applied += verdicts.revise(change)
            if change.kind is not Kind.OTHER_WORDS and not options["json"]:
                bar.end()
                self.stdout.write(in_words(change))
        bar.end()
        if options["json"]:
            counts = {kind.name.lower(): found[kind] for kind in Kind}
            self.stdout.write(json.dumps({"judged": judged, **counts, "applied": applied}))
            return
        counted = ", ".join(f"{found[kind]} {kind.value}" for kind in Kind)
        end = f"{applied} applied." if options["apply"] else "Nothing is changed without --apply."
        self.stdout.write(f"{judged} judged again: {counted}. {end}")


def in_words(change: Change) -> str:
    match = change.match
    became = f"{match.get_state_display()} → {change.state.label}"
    why = "; ".join(change.reasons)
    return f"{change.kind.value}: {match.track} ({match.track.mix_name}): {became}: {why}"

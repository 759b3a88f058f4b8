import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clouder import rotation
from clouder.rotation import Outcome
from ingestion.progress_bar import ProgressBar


class Command(BaseCommand):
    help = (
        "Encrypts all tokens with the first key of FIELD_ENCRYPTION_KEYS; afterwards the others "
        "can be taken out. May run while Clouder does, and be repeated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        bar, total, found = ProgressBar(self.stderr), rotation.count(), Counter[Outcome]()
        for outcome in rotation.rotate():
            found[outcome] += 1
            bar.show(found.total(), total, "values")
        bar.end()
        if options["json"]:
            self.stdout.write(json.dumps({one.value: found[one] for one in Outcome}))
        else:
            self.stdout.write(
                f"{found[Outcome.MOVED]} values moved to the first key, "
                f"{found[Outcome.CURRENT]} were there already."
            )
        if reasons := " ".join(remaining(found)):
            raise CommandError(reasons)


def remaining(found: Counter[Outcome]) -> list[str]:
    sentences = []
    if count := found[Outcome.UNREADABLE]:
        sentences.append(
            f"{count} values are opened by none of the keys; a new login replaces them."
        )
    if count := found[Outcome.BUSY]:
        sentences.append(f"{count} values kept changing; run this again.")
    return sentences

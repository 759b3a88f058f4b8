import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clouder import backups


class Command(BaseCommand):
    help = "Puts a backup in place of an empty database, or with --replace of any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="lose what the database holds now"
        )
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["path"]
        try:
            restored = backups.restore(path, replace=options["replace"])
        except backups.Trouble as trouble:
            raise CommandError(str(trouble)) from trouble
        if options["json"]:
            self.stdout.write(json.dumps({"path": str(path), **asdict(restored)}))
        else:
            self.report(path, restored)
        if restored.unreadable:
            sys.exit(1)

    def report(self, path: Path, restored: backups.Restored) -> None:
        self.stdout.write(f"{path} is restored.")
        if restored.pending:
            names = ", ".join(restored.pending)
            self.stdout.write(f"It is older than this version: run manage.py migrate ({names}).")
        if restored.unreadable:
            self.stdout.write(
                f"{restored.unreadable} of {restored.encrypted} secrets cannot be opened: set "
                "FIELD_ENCRYPTION_KEYS as they were when the backup was made, or reconnect."
            )

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from clouder import backups

KEYS = (
    "It opens only with FIELD_ENCRYPTION_KEYS, and DJs are found again with SECRET_KEY: "
    "keep both, apart from it."
)


class Command(BaseCommand):
    help = "Writes the whole database into one file, while everything runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["path"]
        try:
            size = backups.back_up(path)
        except backups.Trouble as trouble:
            raise CommandError(str(trouble)) from trouble
        if options["json"]:
            said = {"path": str(path), "database": connection.vendor, "bytes": size, "keys": KEYS}
            self.stdout.write(json.dumps(said))
            return
        self.stdout.write(f"{path}: {size:,} bytes. {KEYS}")

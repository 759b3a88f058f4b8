import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from curation import export


class Command(BaseCommand):
    help = "Writes all that is a DJ's into a zip of JSON and CSV, without any secret."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("path", type=Path)
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["path"]
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no DJ called {options['username']}.")
        try:
            rows = export.write(user, path)
        except export.Trouble as trouble:
            raise CommandError(str(trouble)) from trouble
        if options["json"]:
            size = path.stat().st_size
            self.stdout.write(json.dumps({"path": str(path), "bytes": size, "rows": rows}))
            return
        told = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in rows.items())
        self.stdout.write(f"{path}: {told}.")

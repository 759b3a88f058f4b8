import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import erasing
from accounts.models import User


class Command(BaseCommand):
    help = "Erases a DJ: connection, tokens, preferences, categories, weeks, moves and Golden."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no DJ called {options['username']}.")
        if not (options["yes"] or self.is_sure(user)):
            raise CommandError("Nothing was erased.")
        erased = erasing.erase(user)
        if options["json"]:
            self.stdout.write(json.dumps({"username": user.username, "erased": erased}))
            return
        rows = ", ".join(f"{count} {label}" for label, count in erased.items())
        self.stdout.write(f"Erased: {rows}. Playlists in Spotify stay as they are.")

    def is_sure(self, user: User) -> bool:
        return input(f"Erase {user} and all of the DJ's work? Type yes: ") == "yes"

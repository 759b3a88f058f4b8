import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User, account_hash
from curation import categories
from curation.models import Style

# The sandbox's first DJ; logging in as her finds this user again.
ACCOUNT_ID = "sbx-7f3a9c41"
CATEGORIES = {
    "techno": ["Warm Up", "Groove", "Peak Time", "Acid & Odd", "After Hours", "Closing"],
    "melodic-house-techno": ["Sunset", "Build", "Late"],
}


class Command(BaseCommand):
    help = "Prepares the sandbox's demo DJ: a user with categories for two styles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.USES_SANDBOX:
            raise CommandError("The demo belongs to the sandbox; Spotify keys are set.")
        user, is_new = User.objects.get_or_create(
            spotify_account_hash=account_hash(ACCOUNT_ID),
            defaults={"username": "nadja", "display_name": "Nadja Orlow"},
        )
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            create_categories(user)
        self.report(user, is_new=is_new, as_json=options["json"])

    def report(self, user: User, *, is_new: bool, as_json: bool) -> None:
        kept = user.categories.filter(is_trash=False)
        styles = sorted(set(kept.values_list("style__slug", flat=True)))
        if as_json:
            said = {"dj": str(user), "is_new": is_new, "categories": kept.count(), "styles": styles}
            self.stdout.write(json.dumps(said))
            return
        self.stdout.write(f"{user} is ready, with {kept.count()} categories.")


def create_categories(user: User) -> None:
    """Only once: what the DJ renamed or removed later stays so."""
    styles = {style.slug: style for style in Style.objects.filter(slug__in=CATEGORIES)}
    if missing := CATEGORIES.keys() - styles.keys():
        raise CommandError(f"The demo lacks the styles {', '.join(sorted(missing))}.")
    for slug, names in CATEGORIES.items():
        categories.create_first(user=user, style=styles[slug], names=names)

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

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
        for slug, names in CATEGORIES.items():
            if style := Style.objects.filter(slug=slug).first():
                categories.create_first(user=user, style=style, names=names)
        self.stdout.write(f"{user} is ready, with categories for {' and '.join(CATEGORIES)}.")

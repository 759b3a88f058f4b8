from typing import Any

from django.core.management.base import BaseCommand

from clouder import preparation


class Command(BaseCommand):
    help = "Gives the admin a new password and prints it, this once."

    def handle(self, *args: Any, **options: Any) -> None:
        password = preparation.give_admin_a_password()
        self.stdout.write(f"user: {preparation.ADMIN}   password: {password}")

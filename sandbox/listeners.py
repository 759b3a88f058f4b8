"""The demo DJs, invented, each with a Spotify account of his own."""

from __future__ import annotations

from sandbox.models import Listener

DJS = (
    ("nadja", "sbx-7f3a9c41", "Nadja Orlow", True),
    ("tomek", "sbx-1d0e52b8", "Tomek Ridge", True),
    ("ines", "sbx-c94b6620", "Inês Paredes", True),
    ("ruben", "sbx-48ae07df", "Ruben Falk", False),
)


def seed() -> None:
    for name, account_id, display_name, allow_listed in DJS:
        Listener.objects.get_or_create(
            id=name,
            defaults={
                "account_id": account_id,
                "name": display_name,
                "is_allow_listed": allow_listed,
            },
        )


def reset() -> None:
    Listener.objects.all().delete()
    seed()

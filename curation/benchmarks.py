"""What `make bench` measures here. See clouder.bench."""

from collections import Counter
from functools import cache

from django.conf import settings
from django.test import override_settings

from accounts.models import QuotaHour
from conftest import Sandbox
from curation.tests.economy import Week
from curation.tests.mirrored import Desk, uris_of_the_sandbox

NAMES = ["Warm Up", "Groove", "Peak Time", "Acid", "After Hours", "Closing"]
MORE_NAMES = [*NAMES, "Dub", "Hypnotic", "Tools", "Classics"]
UNDONE, PROMOTED = 50, 100
PACES = {
    "steady": {"is_steady": True},
    "burst": {"is_steady": False},
    "steady, a pause after each part": {"is_steady": True, "has_pauses": True},
}


def calls_for_400_tracks() -> dict[str, float]:
    """Everything that Spotify is asked from the opening of a week to its closing."""
    return _table(400)


def calls_for_1500_tracks() -> dict[str, float]:
    return _table(1_500)


def calls_for_2000_tracks() -> dict[str, float]:
    return _table(2_000)


@override_settings(SPOTIFY_QUOTA=settings.SPOTIFY_DAY)
def _table(size: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    for names in (NAMES, MORE_NAMES):
        for pace, habits in PACES.items():
            calls, least = _cost(size, names, **habits)
            about = f"{len(names)} categories, {pace}:"
            figures |= {
                f"{about} writes": calls["write"],
                f"{about} reads": calls["read"],
                f"{about} least possible": least,
                f"{about} times the least": calls.total() / least,
                f"{about} calls per sorted track": calls.total() / size,
            }
    return figures


def _cost(size: int, names: list[str], **habits: bool) -> tuple[Counter[str], int]:
    """The calls by bucket as the sandbox counted them, and the least that would do."""
    sandbox = _sandbox()
    sandbox.post("reset")
    sandbox.post("quota", **settings.SPOTIFY_DAY)
    QuotaHour.objects.all().delete()  # another day
    week = Week(Desk(sandbox, _uris(), names=names), names, size, **habits)
    tracks = week.open()
    week.sort(tracks)
    week.desk.assert_in_step()
    week.undo(UNDONE)
    week.promote(tracks[: 3 * PROMOTED : 3])
    week.close()
    assert sum(len(uris) for uris in week.desk.at_spotify().values()) == PROMOTED
    return Counter(row["bucket"] for row in sandbox.get("log", side="spotify")), week.least


def _sandbox() -> Sandbox:
    return Sandbox(settings.SANDBOX_URL)


@cache
def _uris() -> list[str]:
    return uris_of_the_sandbox(_sandbox(), tracks=3_000)

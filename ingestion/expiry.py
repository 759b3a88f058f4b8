"""What we may keep only for a while: raw pages, and what Spotify says about its tracks."""

from datetime import timedelta

from django.utils import timezone

from catalog.models import ExternalData, Provider, SpotifyMatch
from ingestion import leases
from ingestion.candidates import STAYS
from ingestion.models import RawPage

KEPT = timedelta(days=30)
EVERY_SECONDS = 60 * 60
AT_ONCE = 200


def forget_old() -> None:
    """Once an hour, however often it is called."""
    if leases.take("Forgetting what is old", seconds=EVERY_SECONDS):
        forget()


def forget() -> None:
    """Of Spotify the pair "our track, its uri" stays, and the parts of the score."""
    limit = timezone.now() - KEPT
    RawPage.objects.filter(fetched_at__lt=limit).delete()
    ExternalData.objects.filter(provider=Provider.SPOTIFY, fetched_at__lt=limit).exclude(
        raw=None
    ).update(raw=None)
    while rows := list(SpotifyMatch.objects.filter(candidates_until__lt=timezone.now())[:AT_ONCE]):
        for row in rows:
            row.candidates = [
                {name: value for name, value in found.items() if name in STAYS}
                for found in row.candidates
            ]
            row.candidates_until = None
        SpotifyMatch.objects.bulk_update(rows, ["candidates", "candidates_until"])

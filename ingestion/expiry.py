"""What we may keep only for a while: raw pages, and what Spotify says about its tracks."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import SpotifyCredential
from catalog.models import ExternalData, Provider, SpotifyMatch
from ingestion.candidates import STAYS
from ingestion.models import RawPage, Upload

KEPT = timedelta(days=30)
UPLOADS_KEPT = timedelta(days=1)
AT_ONCE = 200


def forget() -> None:
    """Of Spotify the pair "our track, its uri" stays, and the parts of the score.

    Everything else goes at once when the last DJ has disconnected.
    """
    now = timezone.now()
    Upload.objects.filter(uploaded_at__lt=now - UPLOADS_KEPT).delete()
    RawPage.objects.filter(fetched_at__lt=now - KEPT).delete()
    answers = ExternalData.objects.filter(provider=Provider.SPOTIFY).exclude(raw=None)
    matches = SpotifyMatch.objects.filter(candidates_until__isnull=False)
    if SpotifyCredential.objects.exists():
        answers = answers.filter(fetched_at__lt=now - KEPT)
        matches = matches.filter(candidates_until__lt=now)
    answers.update(raw=None)
    shrink(matches)


def shrink(matches: QuerySet[SpotifyMatch]) -> None:
    while rows := list(matches[:AT_ONCE]):
        for row in rows:
            row.candidates = [
                {name: value for name, value in found.items() if name in STAYS}
                for found in row.candidates
            ]
            row.candidates_until = None
        SpotifyMatch.objects.bulk_update(rows, ["candidates", "candidates_until"])

"""The UPC of a release, which Beatport's lists of tracks leave out: asked for when it is needed."""

from django.utils import timezone

from catalog.models import Release
from ingestion import beatport, cleaning, credentials, envelopes
from ingestion.errors import BeatportGone

LONGEST = 50


def of(release: Release) -> str:
    """Beatport is asked once for each. Empty where it has none.

    Raises BeatportError when it does not answer now.
    """
    if release.upc or release.upc_asked_at or not credentials.is_connected():
        return release.upc
    upc = _ask(release)
    Release.objects.filter(pk=release.pk).update(upc=upc, upc_asked_at=timezone.now())
    return upc


def _ask(release: Release) -> str:
    try:
        found = envelopes.read_json(
            beatport.Api().get(f"/catalog/releases/{release.beatport_id}/", {})
        )
    except (BeatportGone, envelopes.Unreadable):
        return ""
    return cleaning.text(found.get("upc"), LONGEST) if isinstance(found, dict) else ""

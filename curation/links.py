"""Where our things live at the two outside services."""

from django.conf import settings

from catalog.models import Track


def on_spotify(uri: str | None) -> str:
    """spotify:track:ID as an address to open; empty when there is none."""
    if not uri or uri.count(":") != 2:
        return ""
    _, kind, external_id = uri.split(":")
    return f"{settings.SPOTIFY_OPEN_URL}/{kind}/{external_id}"


def on_beatport(track: Track) -> str:
    return f"{settings.BEATPORT_WEB_URL}/track/{track.slug or '-'}/{track.beatport_id}"

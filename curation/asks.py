"""What Spotify wants of a DJ so that playlists can go on, for the bar and the home page."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import SpotifyCredential, User

Status = SpotifyCredential.Status

LAST_DAYS = timedelta(days=7)


@dataclass(frozen=True)
class Ask:
    bar: str
    short: str
    title: str
    sentence: str
    button: str
    stops: bool = True  # nothing reaches Spotify meanwhile
    presses: bool = True  # it goes before what the bar tells while a DJ works


NOT_CONNECTED = Ask(
    "Spotify: not connected",
    "Not connected",
    "Spotify is not connected",
    "You can sort; the playlists wait here.",
    "Connect",
)
TURNED_AWAY = {
    Status.NEEDS_RECONNECT: Ask(
        "Spotify: please reconnect",
        "Reconnect",
        "Spotify no longer accepts this connection",
        "You can sort; the playlists wait here until you reconnect.",
        "Reconnect",
    ),
    Status.NOT_ALLOWED: Ask(
        "Spotify: your account is not allowed here",
        "Not allowed",
        "Spotify does not let your account use this Clouder",
        "Its owner can add you. You can sort; the playlists wait here.",
        "How",
    ),
    Status.PREMIUM_REQUIRED: Ask(
        "Spotify: the owner has no Premium",
        "No Premium",
        "The Premium of this Clouder’s owner has ended",
        "You can sort; the playlists wait here until it is renewed.",
        "More",
    ),
}


def of_user(user: User) -> Ask | None:
    """None while nothing is wanted."""
    credential: SpotifyCredential | None = getattr(user, "spotify", None)
    if credential is None:
        return NOT_CONNECTED
    if not credential.is_ok:
        return TURNED_AWAY[Status(credential.status)]
    if credential.missing_scopes:
        return Ask(
            "Spotify: needs your consent",
            "Consent",
            "Spotify needs your consent once more",
            "Clouder does more than you agreed to when you connected.",
            "Reconnect",
            stops=False,
        )
    return ends_soon(credential) if credential.ends_soon else None


def ends_soon(credential: SpotifyCredential) -> Ask:
    """Spotify ends each connection after a while, however often it is used."""
    day = timezone.localtime(credential.ends_at)
    date = f"{day.day} {day:%b}"
    return Ask(
        f"Spotify: reconnect by {date}",
        f"By {date}",
        f"Spotify connection ends on {date}",
        "Reconnect once before; nothing stops and nothing is lost.",
        "Reconnect",
        stops=False,
        presses=credential.ends_at - timezone.now() < LAST_DAYS,
    )

"""What people decide about a track's match on Spotify."""

from catalog.models import SpotifyMatch, Track

HEARD_ANOTHER = "A DJ heard another version of the track."


def doubt(track: Track) -> bool:
    """An accepted match waits for a decision and is not played until then.

    False when there was none to doubt.
    """
    accepted = SpotifyMatch.objects.filter(track=track, state__in=SpotifyMatch.PLAYABLE)
    doubted = accepted.update(
        state=SpotifyMatch.State.REVIEW, reasons=[HEARD_ANOTHER], next_try_at=None
    )
    return bool(doubted)

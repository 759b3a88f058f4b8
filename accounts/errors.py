"""What can go wrong between us and Spotify, in words a DJ can read."""

from datetime import datetime, timedelta

from django.utils import timezone


class SpotifyError(Exception):
    """`str()` is a sentence for a page."""

    sentence = "Spotify did not do what we asked."

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or self.sentence)


class QuotaExceeded(SpotifyError):
    """Nothing was sent, or Spotify refused: this bucket is closed until `until`."""

    def __init__(self, bucket: str, until: datetime, *, is_reserve: bool = False) -> None:
        self.bucket = bucket
        self.until = until
        self.is_reserve = is_reserve  # what is left is kept for what DJs wait for
        super().__init__(f"Spotify lets us continue {at_time(until)}; your sorting is safe.")


class RateLimited(SpotifyError):
    """Too fast by seconds; nothing was done."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__("Spotify asks for a short break; we go on in a few seconds.")


class NeedsReconnect(SpotifyError):
    sentence = (
        "Spotify no longer accepts this connection. Reconnect Spotify in the settings; "
        "your sorting is safe."
    )


class Unauthorized(NeedsReconnect):
    """The access token was refused; a new one may be accepted."""


class NotAllowed(SpotifyError):
    sentence = (
        "Spotify does not let this account use this Clouder. "
        "Its owner can add the account in Spotify's developer dashboard."
    )


class PremiumRequired(SpotifyError):
    sentence = "Spotify works here only while the owner of this Clouder has Spotify Premium."


class Gone(SpotifyError):
    sentence = "Spotify does not have this any more."


class Refused(SpotifyError):
    """The request itself was wrong; repeating it changes nothing."""

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(f"Spotify refused: {detail}" if detail else "Spotify refused.")


class Ambiguous(SpotifyError):
    """A write without a readable answer: it may have happened. Read back before repeating it."""

    sentence = "Spotify did not say whether it is done; we look before we try again."


class Unavailable(SpotifyError):
    """Nothing happened, or nothing could be read."""

    sentence = "Spotify cannot be reached at the moment; we try again later."


class Unreachable(Unavailable):
    """No connection, or it came too late: the request never left."""


class TooManyRequests(SpotifyError):
    """A raw 429; the ledger turns it into QuotaExceeded or RateLimited."""

    def __init__(self, *, retry_after: int | None, is_quota: bool) -> None:
        self.retry_after = retry_after
        self.is_quota = is_quota
        super().__init__()


def at_time(moment: datetime) -> str:
    """In the time zone that is active: the DJ's on a page, else UTC, and then it says so."""
    local = timezone.localtime(moment)
    zone = " UTC" if timezone.get_current_timezone_name() == "UTC" else ""
    if moment - timezone.now() > timedelta(hours=18):
        return f"on {local:%a %d %b} at {local:%H:%M}{zone}"
    return f"at {local:%H:%M}{zone}"

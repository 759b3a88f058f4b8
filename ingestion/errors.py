"""What can go wrong between us and Beatport. `str()` of each is a sentence for staff."""


class BeatportError(Exception):
    """`trouble` is its name in the row of a run: one of IngestRun.Trouble."""

    trouble = "unavailable"


class BeatportUnavailable(BeatportError):
    """Nothing came; later it may. `retry_after` is in seconds, where Beatport named a time."""

    def __init__(self, sentence: str, retry_after: int | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(sentence)


class BeatportUnreadable(BeatportError):
    """An answer came, but not one that we know how to read."""

    trouble = "unreadable"


class BeatportNeedsReconnect(BeatportError):
    trouble = "not_connected"

    def __init__(self) -> None:
        super().__init__(
            "Beatport does not know us (any more). Connect Beatport again, or upload a saved page."
        )


class BeatportChallenge(BeatportError):
    trouble = "challenge"

    def __init__(self) -> None:
        super().__init__(
            "Beatport's website asks whether we are human, and we are not. "
            "Connect Beatport's API, or save the page in a browser and upload it."
        )


class BeatportRefused(BeatportError):
    """The question itself was refused; asking again changes nothing."""

    trouble = "refused"


class BeatportGone(BeatportRefused):
    """There is no such thing (any more)."""


class TokenRefused(BeatportRefused):
    """A token, a code or an app that Beatport does not accept."""

"""What a DJ can be told. Pages and API turn `Invalid` into 422 and `Conflict` into 409."""


class Invalid(Exception):
    """Something in the input cannot be used; `field` says what, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class Conflict(Exception):
    """The request was well-formed, but the world has moved on."""

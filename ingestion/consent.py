"""The walk of a person to Beatport's consent page and back.

What has to be remembered on the way is sealed with our own keys in the person's session: an app's
secret lies nowhere in plain, and whoever comes back without that session gets nothing.
"""

import json
import secrets
from dataclasses import asdict, dataclass, field

from cryptography.fernet import InvalidToken
from django.utils.crypto import constant_time_compare

from accounts.fields import cipher
from ingestion import connection, tokens
from ingestion.errors import TokenRefused
from ingestion.tokens import App

LONGEST_WALK_SECONDS = 10 * 60


@dataclass(frozen=True)
class Consent:
    app: App
    redirect_uri: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    @property
    def address(self) -> str:
        return tokens.consent_address(
            self.app, state=self.state, verifier=self.verifier, redirect_uri=self.redirect_uri
        )

    def sealed(self) -> str:
        return cipher().encrypt(json.dumps(asdict(self)).encode()).decode()


def opened(seal: str) -> Consent | None:
    """None for what is not ours, or older than ten minutes."""
    try:
        found = json.loads(cipher().decrypt(seal.encode(), ttl=LONGEST_WALK_SECONDS))
    except InvalidToken:
        return None
    return Consent(**found | {"app": App(**found["app"])})


def finish(seal: str, *, state: str, code: str) -> None:
    """Connects. Raises BeatportError, also for an answer to a question that was not asked here."""
    begun = opened(seal)
    if begun is None or not constant_time_compare(begun.state, state):
        raise TokenRefused("This was begun in another window, or more than ten minutes ago.")
    connection.connect_with_code(
        begun.app, code=code, verifier=begun.verifier, redirect_uri=begun.redirect_uri
    )

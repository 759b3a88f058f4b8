"""A DJ's connection to Spotify: how it begins, stays alive and ends."""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from requests import Response
from requests.auth import HTTPBasicAuth

from accounts.answers import Profile, number, required, text
from accounts.errors import (
    NeedsReconnect,
    NotAllowed,
    PremiumRequired,
    RateLimited,
    Refused,
    SpotifyError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from accounts.models import (
    AUTHORIZATION_LIFETIME,
    AUTHORIZATION_WARNING,
    SpotifyCredential,
    User,
    account_hash,
    account_hashes,
)
from accounts.transport import Session

logger = logging.getLogger(__name__)
Status = SpotifyCredential.Status

CLAIM = timedelta(seconds=30)  # longer than a token request with its timeouts
REST = timedelta(hours=20)  # since a token ended: nobody has needed another one for a day
PATIENCE = 20  # seconds to wait for another process that renews the same token
RETRY_AFTER: dict[str, timedelta] = {
    # A false "invalid_grant" occurs, so it is tried once more; then the DJ must reconnect.
    Status.NEEDS_RECONNECT: timedelta(days=1),
    Status.NOT_ALLOWED: timedelta(hours=1),
    Status.PREMIUM_REQUIRED: timedelta(hours=1),
}


@dataclass(frozen=True)
class Tokens:
    access: str
    refresh: str
    expires_at: datetime
    scopes: list[str]

    def __repr__(self) -> str:
        return f"<Tokens until {self.expires_at}>"


def exchange(*, code: str, verifier: str, redirect_uri: str) -> Tokens:
    """The code that Spotify sent back for tokens. Raises Refused when it is not accepted."""
    return request_tokens(
        grant_type="authorization_code",
        code=code,
        code_verifier=verifier,
        redirect_uri=redirect_uri,
    )


def connect(*, profile: Profile, tokens: Tokens) -> User:
    """Finds the DJ of a Spotify account again, or welcomes a new one, and keeps the tokens."""
    with transaction.atomic():
        user = recognise(profile.account_id)
        user.display_name = profile.display_name[:200]
        user.spotify_account_hash = account_hash(profile.account_id)  # under the key of today
        user.save(update_fields=["display_name", "spotify_account_hash"])
        now = timezone.now()
        SpotifyCredential.objects.update_or_create(
            user=user,
            defaults={
                "account_id": profile.account_id,
                "profile_url": profile.url[:200],
                "access_token": tokens.access,
                "refresh_token": tokens.refresh,
                "scopes": tokens.scopes,
                "authorized_at": now,
                "expires_at": tokens.expires_at,
                "status": Status.OK,
                "retry_at": None,
                "refresh_claimed_until": None,
                "warned_at": None,
            },
        )
    return user


def recognise(account_id: str) -> User:
    """By the credential while connected, by the keyed hash after a disconnect."""
    connected = User.objects.filter(spotify__account_id=account_id).first()
    if connected:
        return connected
    hashes = account_hashes(account_id)
    known = User.objects.in_bulk(hashes, field_name="spotify_account_hash")
    for known_as in hashes:
        if known_as in known:
            return known[known_as]
    known_as = hashes[0]
    user, _ = User.objects.get_or_create(
        spotify_account_hash=known_as,
        defaults={"username": f"dj-{known_as[:16]}", "password": make_password(None)},
    )
    return user


def warn_of_ends() -> int:
    """From now on the DJ's pages say when the authorisation ends and how to begin a new one.

    Returns how many DJs are warned for the first time.
    """
    now = timezone.now()
    ending = SpotifyCredential.objects.filter(
        authorized_at__lte=now - (AUTHORIZATION_LIFETIME - AUTHORIZATION_WARNING), warned_at=None
    )
    return ending.update(warned_at=now)


def renew_rested() -> None:
    """Tokens live for an hour and are renewed when they are needed, so nobody needs these.

    But only a renewal tells that the authorisation has ended or was taken back, and the DJ should
    know before the evening begins.
    """
    rested = SpotifyCredential.objects.filter(
        status=Status.OK, user__is_active=True, expires_at__lt=timezone.now() - REST
    )
    for credential in rested.order_by("pk"):
        try:
            refresh(credential)
        except SpotifyError as error:
            logger.warning("The token of user %s was not renewed: %s", credential.user_id, error)


def access_token(credential: SpotifyCredential) -> str:
    """A token that is good for another minute."""
    if not credential.is_fresh:
        refresh(credential)
    return credential.access_token


def refresh(credential: SpotifyCredential) -> None:
    """One process renews the token, others that come meanwhile wait for the result."""
    if not (credential.pk and credential.refresh_token):
        raise NeedsReconnect
    if claim(credential):
        renew(credential)
    else:
        await_renewal(credential)


def claim(credential: SpotifyCredential) -> bool:
    """The time of expiry says which tokens we hold: after a renewal it is another."""
    now = timezone.now()
    return (
        held(credential)
        .filter(Q(refresh_claimed_until=None) | Q(refresh_claimed_until__lt=now))
        .update(refresh_claimed_until=now + CLAIM)
        == 1
    )


def renew(credential: SpotifyCredential) -> None:
    try:
        tokens = request_tokens(grant_type="refresh_token", refresh_token=credential.refresh_token)
    except NeedsReconnect as refusal:
        note_refusal(credential, refusal)
        raise
    except SpotifyError:
        held(credential).update(refresh_claimed_until=None)
        raise
    keep(credential, tokens)


def keep(credential: SpotifyCredential, tokens: Tokens) -> None:
    """A renewal that comes after a new login or a disconnect is thrown away."""
    is_kept = held(credential).update(
        access_token=tokens.access,
        refresh_token=tokens.refresh or credential.refresh_token,
        scopes=tokens.scopes or credential.scopes,
        expires_at=tokens.expires_at,
        status=Status.OK,
        retry_at=None,
        refresh_claimed_until=None,
    )
    reload(credential)
    if not is_kept and not credential.is_fresh:
        raise Unavailable


def await_renewal(credential: SpotifyCredential) -> None:
    known_expiry = credential.expires_at
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        reload(credential)
        if credential.expires_at != known_expiry:
            return
        if not credential.is_ok:
            raise NeedsReconnect
        if not credential.is_being_renewed:
            break
        time.sleep(0.05)
    raise Unavailable


def reload(credential: SpotifyCredential) -> None:
    try:
        credential.refresh_from_db()
    except SpotifyCredential.DoesNotExist:
        raise NeedsReconnect from None


def held(credential: SpotifyCredential) -> QuerySet[SpotifyCredential]:
    """The row, while it still has the tokens that we know."""
    return SpotifyCredential.objects.filter(pk=credential.pk, expires_at=credential.expires_at)


def note_refusal(credential: SpotifyCredential, refusal: SpotifyError) -> None:
    """Writes down that Spotify turned this account away. Nothing of the DJ's work changes."""
    status = status_after(refusal)
    was_tried_again = credential.status == Status.NEEDS_RECONNECT and (
        credential.retry_at is None or credential.retry_at <= timezone.now()
    )
    is_final = was_tried_again and status == Status.NEEDS_RECONNECT
    held(credential).update(
        status=status,
        retry_at=None if is_final else timezone.now() + RETRY_AFTER[status],
        refresh_claimed_until=None,
    )
    reload(credential)


def status_after(refusal: SpotifyError) -> str:
    if isinstance(refusal, PremiumRequired):
        return Status.PREMIUM_REQUIRED
    return Status.NOT_ALLOWED if isinstance(refusal, NotAllowed) else Status.NEEDS_RECONNECT


def note_success(credential: SpotifyCredential) -> None:
    """An account that was turned away is let in again."""
    SpotifyCredential.objects.filter(pk=credential.pk).update(status=Status.OK, retry_at=None)
    credential.status = Status.OK


def refusal_of(credential: SpotifyCredential) -> SpotifyError:
    """Why a credential that is not OK cannot be used now."""
    match credential.status:
        case Status.NOT_ALLOWED:
            return NotAllowed()
        case Status.PREMIUM_REQUIRED:
            return PremiumRequired()
    return NeedsReconnect()


@transaction.atomic
def disconnect(user: User) -> None:
    """Deletes tokens and profile, and logs the DJ out everywhere, programs with an API token too.

    The DJ's categories, moves and Golden stay; the keyed hash of the account finds them again.
    """
    SpotifyCredential.objects.filter(user=user).delete()
    user.api_tokens.all().delete()
    user.display_name = ""
    user.sessions_ended += 1
    user.save(update_fields=["display_name", "sessions_ended"])


def request_tokens(**form: str) -> Tokens:
    """Raises NeedsReconnect when Spotify does not know the grant, Refused when it does not know
    us, Unavailable for everything that may be better in a minute."""
    try:
        answer = post_to_token_endpoint(form)
        return read_tokens(answer.json())
    except Refused as refusal:
        raise NeedsReconnect if refusal.detail == "invalid_grant" else refusal from None
    except Unauthorized:
        raise Refused("the client id or secret of this Clouder is wrong") from None
    except TooManyRequests as busy:
        pause = timedelta(seconds=busy.retry_after or 60)
        raise RateLimited(timezone.now() + pause) from None
    except (SpotifyError, ValueError):
        raise Unavailable from None


def post_to_token_endpoint(form: dict[str, str]) -> Response:
    client_id, secret = settings.SPOTIFY_CLIENT_ID, settings.SPOTIFY_CLIENT_SECRET
    return Session().request(
        "POST",
        f"{settings.SPOTIFY_ACCOUNTS_URL}/api/token",
        data={**form, "client_id": client_id},
        auth=HTTPBasicAuth(client_id, secret) if secret else None,
    )


def read_tokens(answer: Any) -> Tokens:
    lifetime = max(0, number(answer, "expires_in")) or 3600
    return Tokens(
        access=required(answer, "access_token"),
        refresh=text(answer, "refresh_token"),
        expires_at=timezone.now() + timedelta(seconds=lifetime),
        scopes=text(answer, "scope").split(),
    )

"""Personal tokens: what a program sends instead of a DJ's login.

A token begins with `clouder_`, so that it is recognised where it should not be. Of its random part
only the hash is kept: 160 bits cannot be guessed, so the hash needs neither salt nor patience.
"""

import hashlib
import re
import secrets
import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import ApiToken, User

MARK = "clouder_"
SHAPE = re.compile(r"clouder_[0-9a-f]{40}")
SHOWN = len(MARK) + 6
LIMIT = 20
USE_IS_NOTED_EVERY = timedelta(minutes=1)

NAME_TAKEN = "You have a token of this name already. Choose another name, or revoke that one."
TOO_MANY = f"You have {LIMIT} tokens, and that is the limit. Revoke one that nothing uses."


@transaction.atomic
def make(user: User, *, name: str, form_id: uuid.UUID | None = None) -> tuple[ApiToken, str]:
    """The token's row, and the token itself, which cannot be had again.

    A form that is sent twice leaves one row, with the secret of the later answer. Raises
    ValidationError for a name that the DJ uses, and when there are too many.
    """
    User.objects.filter(pk=user.pk).update(username=F("username"))  # one at a time
    form_id = form_id or uuid.uuid4()
    token = user.api_tokens.filter(name=name).first()
    if token is None:
        token = ApiToken(user=user, name=name, form_id=form_id)
        if user.api_tokens.count() >= LIMIT:
            raise ValidationError(TOO_MANY)
    elif token.form_id != form_id or token.last_used_at:
        raise ValidationError(NAME_TAKEN)
    raw = MARK + secrets.token_hex(20)
    token.prefix = raw[:SHOWN]
    token.sha256 = digest(raw)
    token.save()
    return token, raw


def revoke(token: ApiToken) -> None:
    """What still sends it is turned away from now on."""
    token.delete()


def authenticate(raw: str) -> User | None:
    """Whose token it is; None when it is nobody's, or the DJ's account is not active."""
    if not SHAPE.fullmatch(raw):
        return None
    token = ApiToken.objects.filter(sha256=digest(raw)).select_related("user__preferences").first()
    if token is None or not token.user.is_active:
        return None
    note_use(token)
    return token.user


def note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at <= now - USE_IS_NOTED_EVERY:
        known = ApiToken.objects.filter(pk=token.pk, last_used_at=token.last_used_at)
        known.update(last_used_at=now)


def digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()

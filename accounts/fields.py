import logging
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

logger = logging.getLogger(__name__)


def cipher() -> MultiFernet:
    """The first key encrypts, all of them decrypt: add a new one in front to rotate."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])


class EncryptedTextField(models.TextField):
    """Text that is encrypted in the database and plain in Python.

    What none of the keys opens reads as empty, so a lost key costs a reconnect and no page.
    """

    def from_db_value(self, value: str | None, *args: Any) -> str | None:
        if not value:
            return value
        try:
            return cipher().decrypt(value.encode()).decode()
        except InvalidToken:
            logger.error("No key of FIELD_ENCRYPTION_KEYS opens a value of %s", self)
            return ""

    def get_prep_value(self, value: str | None) -> str | None:
        return cipher().encrypt(value.encode()).decode() if value else value

import pytest
from cryptography.fernet import Fernet
from django.db import connection as database

from accounts.models import SpotifyCredential
from accounts.tests.factories import credential_of

pytestmark = pytest.mark.django_db


def stored_row() -> str:
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_spotifycredential")
        return str(cursor.fetchall())


def test_tokens_are_encrypted_at_rest(sandbox):
    credential = credential_of(sandbox)

    row = stored_row()

    assert credential.account_id in row
    assert credential.access_token not in row
    assert credential.refresh_token not in row


def test_two_rows_with_one_secret_look_different(sandbox):
    credential = credential_of(sandbox)
    before = stored_row()

    SpotifyCredential.objects.update(access_token=credential.access_token)

    assert stored_row() != before
    assert SpotifyCredential.objects.get().access_token == credential.access_token


def test_a_new_key_in_front_opens_what_the_old_one_closed(sandbox, settings):
    credential = credential_of(sandbox)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key(), *settings.FIELD_ENCRYPTION_KEYS]

    assert SpotifyCredential.objects.get().refresh_token == credential.refresh_token


def test_what_no_key_opens_reads_as_empty(sandbox, settings, caplog):
    credential = credential_of(sandbox)
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key()]

    assert SpotifyCredential.objects.get().access_token == ""
    assert "FIELD_ENCRYPTION_KEYS" in caplog.text
    assert credential.access_token not in caplog.text

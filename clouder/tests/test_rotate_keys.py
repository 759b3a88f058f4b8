"""`manage.py rotate_keys`, and what a process sees that never had the old key."""

import json
import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import SpotifyCredential
from accounts.tests.factories import UserFactory
from clouder.tests.rows import NOW

SHOW = "from accounts.models import SpotifyCredential as S; print(S.objects.get().refresh_token)"


def manage(*arguments: str, keys: list[str]) -> str:
    """In a process of its own, which reads its keys from the environment as any installation."""
    code = (
        "import os, sys, django; from clouder import test_settings as s;"
        "s.FIELD_ENCRYPTION_KEYS = os.environ['KEYS'].split(','); django.setup();"
        "from django.core.management import execute_from_command_line as run; run(sys.argv)"
    )
    environment = {
        **os.environ,
        "TEST_DATABASE_READY": "1",
        "DJANGO_SETTINGS_MODULE": "clouder.test_settings",
        "KEYS": ",".join(keys),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1]


@pytest.fixture
def credential() -> SpotifyCredential:
    return SpotifyCredential.objects.create(
        user=UserFactory(),
        account_id="account",
        access_token="access",
        refresh_token="refresh",
        authorized_at=NOW,
        expires_at=NOW,
    )


@pytest.mark.django_db(transaction=True)
def test_a_fresh_process_without_the_old_key_opens_every_token(credential):
    new, old = Fernet.generate_key().decode(), settings.FIELD_ENCRYPTION_KEYS[0]

    said = manage("rotate_keys", "--json", keys=[new, old])

    assert json.loads(said) == {"moved": 2, "current": 0, "unreadable": 0, "busy": 0}
    assert manage("shell", "--no-imports", "-c", SHOW, keys=[new]) == "refresh"


@pytest.mark.django_db
def test_it_says_in_words_what_it_did(credential, capsys):
    call_command("rotate_keys")

    assert "0 values moved to the first key, 2 were there already." in capsys.readouterr().out


@pytest.mark.django_db
def test_what_no_key_opens_is_told_and_ends_in_an_error(credential, settings, capsys):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match="2 values are opened by none of the keys"):
        call_command("rotate_keys", "--json")
    assert json.loads(capsys.readouterr().out)["unreadable"] == 2

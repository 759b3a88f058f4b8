import stat

import pytest
from django.core.management import call_command

from accounts.models import User
from clouder import preparation

NAMES = ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS")


@pytest.fixture
def _no_keys(monkeypatch):
    for name in NAMES:
        # Set first, so that what the code under test sets is taken back as well.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def keys(root):
    lines = (root / "var" / "secrets.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.usefixtures("_no_keys")
def test_keys_are_made_once_and_for_this_user_alone(tmp_path):
    preparation.write_missing_keys(tmp_path / ".env", tmp_path / "var")
    made = keys(tmp_path)
    preparation.write_missing_keys(tmp_path / ".env", tmp_path / "var")

    assert set(made) == set(NAMES)
    assert keys(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "var" / "secrets.env").stat().st_mode) == 0o600


@pytest.mark.usefixtures("_no_keys")
def test_a_key_in_the_dotenv_file_is_not_made_again(tmp_path):
    (tmp_path / ".env").write_text("SECRET_KEY=mine\n")

    preparation.write_missing_keys(tmp_path / ".env", tmp_path / "var")

    assert set(keys(tmp_path)) == {"FIELD_ENCRYPTION_KEYS"}


@pytest.mark.django_db
def test_the_admin_gets_a_new_password_by_command(capsys):
    first = preparation.give_admin_a_password()

    call_command("admin_password")

    second = capsys.readouterr().out.split()[-1]
    admin = User.objects.get(is_superuser=True)
    assert preparation.has_admin()
    assert not admin.check_password(first)
    assert admin.check_password(second)

import builtins
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import api_tokens
from accounts.models import ApiToken, Preferences, SpotifyCredential, User
from accounts.tests.factories import UserFactory, connect

pytestmark = pytest.mark.django_db


def test_a_dj_is_erased(sandbox):
    user = connect(None, sandbox)
    other = UserFactory()
    for dj in (user, other):
        api_tokens.make(dj, name="Laptop")
    said = StringIO()

    call_command("delete_dj", user.username, "--yes", stdout=said)

    assert list(User.objects.all()) == [other]
    assert Preferences.objects.get().user == other
    assert ApiToken.objects.get().user == other
    assert not SpotifyCredential.objects.exists()
    assert "1 accounts.User" in said.getvalue()


def test_it_asks_first(monkeypatch):
    user = UserFactory()
    monkeypatch.setattr(builtins, "input", lambda question: "no")

    with pytest.raises(CommandError):
        call_command("delete_dj", user.username)

    assert User.objects.exists()


def test_an_unknown_dj_is_named(db):
    with pytest.raises(CommandError, match="nobody"):
        call_command("delete_dj", "nobody", "--yes")

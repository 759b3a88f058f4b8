"""Users and real connections to the sandbox, for the tests of all rooms."""

from typing import Any

import factory
import requests
from django.conf import settings

from accounts import connection
from accounts.answers import read_profile
from accounts.models import SpotifyCredential, User


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"dj-{n}")
    display_name = factory.Sequence(lambda n: f"DJ {n}")
    password = factory.django.Password("a long secret")


def sandbox_profile(sandbox: Any, token: str) -> dict[str, Any]:
    answer = requests.get(
        f"{settings.SPOTIFY_API_URL}/me",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    answer.raise_for_status()
    sandbox.delete("log")
    return answer.json()


def connect(user: User | None, sandbox: Any, dj: str = "nadja") -> User:
    """The DJ of the sandbox with real tokens; `user` becomes that DJ when one is given.

    The calls made for it are not in the sandbox's log.
    """
    answer = sandbox.post(f"users/{dj}/tokens")
    profile = read_profile(sandbox_profile(sandbox, answer["access_token"]))
    if user is not None:
        user.spotify_account_hash = connection.account_hash(profile.account_id)
        user.save(update_fields=["spotify_account_hash"])
    return connection.connect(profile=profile, tokens=connection.read_tokens(answer))


def credential_of(sandbox: Any, dj: str = "nadja") -> SpotifyCredential:
    return connect(None, sandbox, dj).spotify

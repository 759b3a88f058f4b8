"""Users and real connections to the sandbox, for the tests of all rooms."""

from typing import Any

import factory

from accounts import connection
from accounts.answers import Profile
from accounts.models import SpotifyCredential, User, account_hash


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"dj-{n}")
    display_name = factory.Sequence(lambda n: f"DJ {n}")
    password = factory.django.Password("a long secret")


def connect(user: User | None, sandbox: Any, dj: str = "nadja") -> User:
    """The DJ of the sandbox with real tokens; `user` becomes that DJ when one is given.

    It costs no call that the sandbox would log or count.
    """
    listener = sandbox.post(f"users/{dj}")
    profile = Profile(
        account_id=listener["account_id"],
        display_name=listener["name"],
        url=f"{sandbox.url}/spotify/user/{dj}",
    )
    if user is not None:
        user.spotify_account_hash = account_hash(profile.account_id)
        user.save(update_fields=["spotify_account_hash"])
    tokens = connection.read_tokens(sandbox.post(f"users/{dj}/tokens"))
    return connection.connect(profile=profile, tokens=tokens)


def credential_of(sandbox: Any, dj: str = "nadja") -> SpotifyCredential:
    return connect(None, sandbox, dj).spotify

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import UserFactory
from curation.tests.mirrored import Desk, uris_of_the_sandbox


@pytest.fixture(scope="session")
def uris(sandbox_process) -> list[str]:
    """Tracks that the sandbox has on Spotify."""
    return uris_of_the_sandbox(sandbox_process)


@pytest.fixture
def desk(sandbox, uris, db) -> Desk:
    """A DJ with a week, connected to the sandbox."""
    return Desk(sandbox, uris)


@pytest.fixture
def dj(db) -> User:
    return UserFactory()


@pytest.fixture
def pages(dj) -> Client:
    """What the DJ's browser asks."""
    client = Client()
    client.force_login(dj)
    return client

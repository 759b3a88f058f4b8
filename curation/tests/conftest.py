import json

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


class Api:
    """What a program of the DJ's asks."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **query: object):
        return self.client.get(f"/api/{path}", query)

    def post(self, path: str, body: object = None):
        """Without a body nothing is sent."""
        return self.send("POST", path, body)

    def patch(self, path: str, body: object):
        return self.send("PATCH", path, body)

    def delete(self, path: str):
        return self.send("DELETE", path)

    def send(self, method: str, path: str, body: object = None):
        data = "" if body is None else json.dumps(body)
        return self.client.generic(method, f"/api/{path}", data, "application/json")


@pytest.fixture
def api(pages) -> Api:
    return Api(pages)

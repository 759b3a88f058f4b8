import pytest

from accounts.gateway import Gateway
from accounts.tests.factories import credential_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(sandbox) -> Gateway:
    return Gateway(credential_of(sandbox))


def test_a_playlist_is_created_and_found_in_the_library(gateway, sandbox):
    made = gateway.create_playlist(name="Peak Time", description="clouder:1")

    assert gateway.in_library([made.uri]) == [True]
    assert [held["name"] for held in sandbox.get("playlists/nadja")] == ["Peak Time"]

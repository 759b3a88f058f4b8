import pytest

from curation.tests.mirrored import Desk, uris_of_the_sandbox


@pytest.fixture(scope="session")
def uris(sandbox_process) -> list[str]:
    """Tracks that the sandbox has on Spotify."""
    return uris_of_the_sandbox(sandbox_process)


@pytest.fixture
def desk(sandbox, uris, db) -> Desk:
    """A DJ with a week, connected to the sandbox."""
    return Desk(sandbox, uris)

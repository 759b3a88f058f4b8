import pytest
import requests

from accounts import transport
from accounts.errors import Ambiguous, Unavailable, Unreachable


@pytest.mark.parametrize("is_write", [True, False])
def test_who_could_not_connect_sent_nothing(is_write):
    error = transport.failure(requests.ConnectTimeout(), is_write=is_write)

    assert isinstance(error, Unreachable)


@pytest.mark.parametrize(
    "problem",
    [
        requests.ReadTimeout(),
        requests.ConnectionError("reset"),
        requests.exceptions.ChunkedEncodingError("cut off"),
        requests.exceptions.SSLError("in the middle"),
    ],
    ids=repr,
)
def test_a_broken_connection_leaves_a_write_open(problem):
    assert type(transport.failure(problem, is_write=True)) is Ambiguous
    assert type(transport.failure(problem, is_write=False)) is Unavailable


def test_the_token_is_not_in_the_words_about_a_session():
    session = transport.Session()
    session.authorize("secret")

    request = session.prepare_request(requests.Request("GET", "http://127.0.0.1/"))

    assert request.headers["Authorization"] == "Bearer secret"
    assert "secret" not in repr(session.auth)
    assert "secret" not in repr(vars(session))

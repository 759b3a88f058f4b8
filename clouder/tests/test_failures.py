"""What is answered when nothing can be done."""

from urllib.parse import unquote

import pytest
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from clouder import urls
from clouder.views import NO_DATABASE

pytestmark = pytest.mark.urls(__name__)
handler500 = urls.handler500


def lose(request: HttpRequest, error: str) -> HttpResponse:
    raise {"gone": OperationalError, "closed": InterfaceError, "fault": ZeroDivisionError}[error]


urlpatterns = [path("lose/<error>", lose), path("api/lose/<error>", lose), *urls.urlpatterns]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("error", ["gone", "closed"])
def test_a_page_says_that_the_database_is_away(client, error):
    answer = client.get(f"/lose/{error}")

    assert answer.status_code == 503
    assert NO_DATABASE.replace("'", "&#x27;") in answer.content.decode()
    assert unquote(answer["X-Sentence"]) == NO_DATABASE
    assert int(answer["Retry-After"]) > 0


def test_the_api_says_it_too(client):
    answer = client.get("/api/lose/gone")

    assert answer.status_code == 503
    assert "database does not answer" in answer.json()["detail"]
    assert int(answer["Retry-After"]) > 0


def test_a_fault_of_ours_is_none_of_the_database(client):
    assert client.get("/lose/fault").status_code == 500
    assert client.get("/api/lose/fault").status_code == 500

"""How much one request and one DJ may bring."""

import io
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import api_tokens
from accounts.tests.factories import UserFactory
from clouder import bounds
from ingestion.models import Upload

SETTINGS = {"timezone": "Europe/Berlin", "theme": "", "start_at_percent": 30}
JSON = {"content_type": "application/json"}


@pytest.fixture
def dj(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def little(monkeypatch) -> None:
    """Two writes, and another one after ten minutes."""
    monkeypatch.setattr(bounds, "WRITES_AT_ONCE", 2)
    monkeypatch.setattr(bounds, "WRITES_PER_SECOND", 1 / 600)


# Without a database


def test_ten_decisions_a_second_go_on_for_ever():
    allowance = bounds.Allowance(at=0)

    assert not any(allowance.spend(number / 10) for number in range(10 * 60 * 10))


def test_a_flood_is_held_up_and_rests_itself_free():
    allowance = bounds.Allowance(at=0)

    waits = [allowance.spend(0) for _ in range(bounds.WRITES_AT_ONCE + 1)]

    assert waits[:-1] == [0] * bounds.WRITES_AT_ONCE
    assert waits[-1] > 0
    assert allowance.spend(waits[-1]) == 0


def test_the_memory_holds_those_who_wrote_last(monkeypatch):
    monkeypatch.setattr(bounds, "MOST_DJS", 3)
    allowances = bounds.Allowances()

    for user_id in range(10):
        allowances.spend(user_id)

    assert list(allowances.of) == [7, 8, 9]


# Writes


@pytest.mark.django_db
def test_a_page_is_refused_with_a_sentence_and_a_time(client, dj, little):
    address = reverse("settings")
    for _ in range(2):
        assert client.post(address, SETTINGS).status_code == 302

    page = client.post(address, SETTINGS)
    fragment = client.post(address, SETTINGS, headers={"HX-Request": "true"})

    assert bounds.TOO_FAST in page.content.decode()
    for answer in (page, fragment):
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 600
        assert unquote(answer["X-Sentence"]) == bounds.TOO_FAST
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_the_api_counts_with_the_pages_whoever_asks(client, dj, little):
    _, raw = api_tokens.make(dj, name="laptop")
    bearer = {"Authorization": f"Bearer {raw}"}
    address = "/api/curation/periods/1/undo"
    client.post(reverse("settings"), SETTINGS)
    client.post(address, headers=bearer, **JSON)

    by_token = client.post(address, headers=bearer, **JSON)
    by_session = client.post(address, **JSON)

    for answer in (by_token, by_session):
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 600
        assert answer.json()["detail"].startswith("That was more than Clouder takes")
    assert client.get("/api/styles", headers=bearer).status_code == 200


@pytest.mark.django_db
def test_nobody_uses_up_what_another_may_write(client, dj, little):
    for _ in range(3):
        client.post(reverse("settings"), SETTINGS)
    client.force_login(UserFactory())

    assert client.post(reverse("settings"), SETTINGS).status_code == 302


# Bodies


class Watched(io.BytesIO):
    was_read = False

    def read(self, *args):
        self.was_read = True
        return super().read(*args)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/settings/", 2621440),
        ("/api/styles/1/categories", 2621440),
        ("/beatport/uploads/", 32 * 2**20 + bounds.AROUND_FILES),
    ],
)
def test_a_body_that_says_it_is_too_long_is_not_read(admin_client, address, most):
    body = Watched(b"{}")
    kind = "application/json" if "/api/" in address else "multipart/form-data; boundary=x"
    asked = {"REQUEST_METHOD": "POST", "PATH_INFO": address, "CONTENT_TYPE": kind}

    for length in (str(most + 1), "x"):
        answer = admin_client.request(**asked, CONTENT_LENGTH=length, **{"wsgi.input": body})

        assert answer.status_code == 413
        assert not body.was_read
        assert "more than Clouder takes" in answer.content.decode()


@pytest.mark.django_db
def test_files_that_are_too_long_together_are_refused_before_they_are_stored(
    admin_client, monkeypatch
):
    monkeypatch.setattr(bounds, "MOST_BYTES", 1000)
    monkeypatch.setattr(bounds, "AROUND_FILES", 1000)
    files = [SimpleUploadedFile(f"{number}.html", b"x" * 900) for number in range(3)]

    answer = admin_client.post(reverse("uploads"), {"files": files})

    assert answer.status_code == 413
    assert not Upload.objects.exists()

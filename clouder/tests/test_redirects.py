"""No address of ours leads to a place that the one who asks has chosen."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from accounts.tests.factories import UserFactory
from clouder.tests.belongings import Belongings, Shop
from clouder.tests.routes import kind_and_example, pages
from clouder.tests.test_strangers import OPEN, OPEN_PATHS, call, logged_in, taken_back

pytestmark = [pytest.mark.django_db, pytest.mark.once]

EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    " //evil.example",
    "/\t/evil.example",
]
# Under which names others have met it; ours is `next`.
NAMES = ["next", "url", "back", "to", "return_to", "redirect", "redirect_uri", "forth", "page"]
OURS = {"", "testserver", "127.0.0.1:8000", urlsplit(settings.SANDBOX_URL).netloc}


def assert_stays(answer: HttpResponse, what: object) -> None:
    location = answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
    assert "evil" not in urlsplit(location).netloc, what
    assert urlsplit(location).netloc in OURS, what
    assert urlsplit(location).scheme in ("", "http"), what


def test_no_address_sends_anybody_elsewhere():
    dj = Belongings(Shop(), "Nachtfalter", is_staff=True, is_superuser=True)
    client = logged_in(dj.user)
    asked = dict.fromkeys(NAMES, "//evil.example/")

    for route in pages():
        if route.name == "readyz" or (route.is_admin and route.parameters):
            continue
        address = kind_and_example(route, dj)[1] if route.parameters else route.path
        for method in route.methods:
            with taken_back():
                answer = call(client, route, f"{address}?next=//evil.example/", method, data=asked)
            client.force_login(dj.user)
            assert_stays(answer, route)


@pytest.mark.parametrize("evil", EVIL)
def test_no_way_in_or_out_leads_elsewhere(evil):
    UserFactory(username="boss", is_staff=True, is_superuser=True)
    form = {"username": "boss", "password": "a long secret", "next": evil}
    paths = [route.path for route in pages() if route.name in OPEN and route.name != "readyz"]

    for path in [*paths, *OPEN_PATHS]:
        for client in (Client(), Client(headers={"HX-Request": "true"})):
            assert_stays(client.get(path, {"next": evil}), path)
            assert_stays(client.post(path, form), path)

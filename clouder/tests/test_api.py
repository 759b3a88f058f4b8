"""What holds for the API as a whole: who may ask, how it refuses, how it is described."""

import pytest
from django.test import Client
from django.urls import path

from accounts import api_tokens
from accounts.tests.factories import UserFactory
from clouder import urls
from curation.tests.factories import StyleFactory

pytestmark = pytest.mark.django_db
STYLES = "/api/styles"
WEEKS = "/api/curation/periods"
JSON = {"content_type": "application/json"}


@pytest.fixture
def dj():
    return UserFactory()


@pytest.fixture
def session(dj) -> Client:
    """A browser that is logged in; Django asks it for the CSRF token as it asks real ones."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(dj)
    return client


def refused(answer, status: int) -> dict:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    said = answer.json()
    assert said.keys() == {"detail", "errors"}
    assert said["detail"].endswith((".", ">."))
    return said


def test_who_is_not_logged_in_is_told_how(client):
    for answer in (client.get(STYLES), client.post(WEEKS, {}, **JSON)):
        refused(answer, 401)
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_session_reads(session):
    assert session.get(STYLES).status_code == 200


def test_a_session_writes_only_with_its_csrf_token(session):
    session.get("/styles/")
    token = session.cookies["csrftoken"].value

    refused(session.post(f"{WEEKS}/1/undo", **JSON), 403)
    refused(session.post(f"{WEEKS}/1/undo", headers={"X-CSRFToken": token}, **JSON), 404)
    refused(session.post(f"{WEEKS}/1/undo", headers={"X-CSRFToken": token[::-1]}, **JSON), 403)


def test_a_token_reads_and_writes_without_csrf(dj):
    _, raw = api_tokens.make(dj, name="laptop")
    program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {raw}"})

    made = program.post("/api/styles/1/categories", {"name": "Groove"}, **JSON)

    assert made.status_code == 201
    assert program.get("/api/styles/1/categories").json()[0] == made.json()
    assert dj.categories.filter(name="Groove").exists()


def test_a_revoked_token_is_turned_away(client, dj):
    token, raw = api_tokens.make(dj, name="laptop")
    api_tokens.revoke(token)

    refused(client.get(STYLES, headers={"Authorization": f"Bearer {raw}"}), 401)


def test_a_token_counts_more_than_a_session(session):
    other = UserFactory()
    _, raw = api_tokens.make(other, name="laptop")

    session.post(
        "/api/styles/1/categories",
        {"name": "Groove"},
        headers={"Authorization": f"Bearer {raw}"},
        **JSON,
    )

    assert other.categories.filter(name="Groove").exists()


@pytest.mark.parametrize("said", ["Bearer nonsense", "Bearer", "Basic eDp5", "Bearer clouder_\x00"])
def test_a_session_does_not_help_a_wrong_token(session, said):
    refused(session.get(STYLES, headers={"Authorization": said}), 401)


def test_who_was_locked_out_is_not_let_in(session, dj):
    dj.is_active = False
    dj.save()

    refused(session.get(STYLES), 401)


@pytest.mark.parametrize(
    "address", ["/api/", "/api/nonsense", "/api/docs/", f"{WEEKS}/x", "/api/%00"]
)
def test_an_address_that_does_not_exist_is_refused_in_json(session, address):
    refused(session.get(address), 404)


def test_a_method_that_an_address_does_not_take_is_refused_in_json(session):
    for method in ("PUT", "OPTIONS", "TRACE", "DELETE"):
        answer = session.generic(method, WEEKS)

        refused(answer, 405)
        assert {"GET", "POST"} == set(answer["Allow"].split(", "))


def test_head_is_answered_as_get_is_without_the_body(session):
    answer = session.head(STYLES)

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer["Content-Length"]) == len(session.get(STYLES).content)


@pytest.mark.parametrize("body", ["{", "nonsense", '{"style": ', b"\xff\xfe", "[" * 100_000])
def test_a_body_that_is_not_json_is_refused(client, dj, body):
    client.force_login(dj)

    refused(client.post(WEEKS, body, **JSON), 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_a_body_of_another_kind_is_refused(client, dj, kind):
    client.force_login(dj)

    refused(client.post(WEEKS, '{"style": "techno"}', content_type=kind), 415)


def test_a_form_with_the_right_token_is_refused_too(session):
    session.get("/styles/")
    token = session.cookies["csrftoken"].value

    refused(session.post(WEEKS, {"csrfmiddlewaretoken": token, "style": "techno"}), 415)


def test_a_body_that_is_too_long_is_refused(client, dj, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client.force_login(dj)

    answer = client.post(WEEKS, {"style": "x" * 2000}, **JSON)

    refused(answer, 413)


def fall(request):
    raise ZeroDivisionError


urlpatterns = [path("api/fall", fall), *urls.urlpatterns]


@pytest.mark.urls(__name__)
def test_what_nobody_has_foreseen_is_refused_in_json_and_told_to_us(client, caplog):
    client.raise_request_exception = False

    refused(client.get("/api/fall"), 500)
    assert "ZeroDivisionError" in caplog.text


def test_pages_keep_their_own_answers(session):
    answer = session.get("/nonsense/")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_every_operation_says_how_it_refuses(client):
    described = client.get("/api/openapi.json").json()["paths"].values()
    operations = [one for path in described for one in path.values()]

    for operation in operations:
        refusals = {code: one for code, one in operation["responses"].items() if code >= "400"}
        assert "401" in refusals
        for one in refusals.values():
            schema = one["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Refusal"}


@pytest.mark.browser
def test_the_page_of_the_api_works_with_the_session_and_without_inline_scripts(
    page, live_server, dj
):
    style = StyleFactory()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    client = Client()
    client.force_login(dj)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    page.goto("/api/docs")
    operation = page.locator("#operations-Styles-add_category")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_placeholder("style_id").fill(str(style.pk))
    operation.locator("textarea").fill('{"name": "Groove"}')
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table .response-col_status", has_text="201").wait_for()

    assert said == []
    assert dj.categories.get(is_trash=False).name == "Groove"

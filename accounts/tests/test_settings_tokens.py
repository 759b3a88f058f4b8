import logging
import re

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import api_tokens, shown_once
from accounts.models import ApiToken, User
from accounts.tests.factories import UserFactory
from accounts.tests.walks import log_in

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TOKEN = re.compile(r"clouder_[0-9a-f]{40}")


@pytest.fixture
def dj(client) -> User:
    user = UserFactory()
    client.force_login(user)
    return user


def words(answer) -> str:
    return answer.content.decode()


def make(client, name="Laptop", **more):
    return client.post("/settings/tokens/", {"name": name, **more.pop("form", {})}, **more)


def shown(answer) -> str:
    return TOKEN.search(words(answer))[0]


def form_id(client) -> dict[str, str]:
    page = words(client.get("/settings/"))
    return {"form_id": re.search(r'name="form_id" value="([0-9a-f-]+)"', page)[1]}


def test_without_tokens_the_page_says_so(client, dj):
    assert "You have none." in words(client.get("/settings/"))


def test_a_token_is_made_and_shown_once(client, dj):
    answer = make(client)

    assert answer.status_code == 302
    assert answer["Location"] == "/settings/#tokens"
    page = client.get("/settings/")
    assert api_tokens.authenticate(shown(page)) == dj
    assert "no-store" in page["Cache-Control"]
    assert not TOKEN.search(words(client.get("/settings/")))


def test_a_token_is_made_and_shown_as_a_fragment(client, dj):
    answer = make(client, headers=HTMX)

    assert words(answer).lstrip().startswith('<section id="tokens"')
    assert api_tokens.authenticate(shown(answer)) == dj
    assert "no-store" in answer["Cache-Control"]
    assert shown_once.COOKIE not in answer.cookies
    assert not TOKEN.search(words(client.get("/settings/")))


def test_the_way_to_the_page_is_closed_to_scripts_and_to_others(client, dj):
    cookie = make(client).cookies[shown_once.COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/settings/"
    assert cookie["max-age"] == 60
    assert "clouder_" not in cookie.value
    client.force_login(UserFactory())
    assert not TOKEN.search(words(client.get("/settings/")))


def test_a_cookie_of_somebody_else_opens_nothing(client, dj):
    client.cookies[shown_once.COOKIE] = "invented"

    assert client.get("/settings/").status_code == 200


def test_an_old_cookie_opens_nothing(client, dj):
    an_hour_ago = int(timezone.now().timestamp()) - 3600
    secret = f"{dj.pk} clouder_{'0' * 40}".encode()
    old = shown_once.cipher()._fernets[0].encrypt_at_time(secret, an_hour_ago)

    client.cookies[shown_once.COOKIE] = old.decode()

    assert not TOKEN.search(words(client.get("/settings/")))


def test_a_reload_makes_no_other(client, dj):
    form = form_id(client)

    make(client, form=form)
    last = shown(make(client, form=form, follow=True))

    assert ApiToken.objects.count() == 1
    assert api_tokens.authenticate(last) == dj


def test_the_list_tells_tokens_apart(client, dj):
    shown(make(client, "Old laptop", headers=HTMX))
    token = ApiToken.objects.get()
    ApiToken.objects.update(
        created_at=timezone.now().replace(year=2026, month=3, day=2, hour=12),
        last_used_at=timezone.now().replace(year=2026, month=4, day=5, hour=12, minute=30),
    )
    make(client, "Phone", headers=HTMX)
    api_tokens.make(UserFactory(), name="Of another")

    page = words(client.get("/settings/"))

    assert f"<code>{token.prefix}…</code>" in page
    assert "2 March 2026" in page
    assert "5 April 2026, 14:30" in page  # Berlin
    assert page.index("Phone") < page.index("Old laptop")
    assert "never used" in page
    assert "Of another" not in page


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
def test_a_wrong_name_is_told_and_nothing_is_lost(client, dj, name):
    form = form_id(client)

    page = make(client, name, form=form)
    fragment = make(client, name, form=form, headers=HTMX)

    for answer in (page, fragment):
        assert answer.status_code == 422
        assert 'id="name-error"' in words(answer)
        assert form["form_id"] in words(answer)
    assert "How you work" in words(page)
    assert "How you work" not in words(fragment)
    assert not ApiToken.objects.exists()


def test_a_name_is_as_long_as_a_name_may_be(client, dj):
    make(client, "x" * 60)

    assert ApiToken.objects.get().name == "x" * 60


def test_a_name_is_shown_as_it_is(client, dj):
    assert "&lt;b&gt;&amp;" in words(make(client, "<b>&", follow=True))


def test_a_name_in_use_is_told_and_the_name_stays_in_the_field(client, dj):
    make(client)

    answer = make(client, headers=HTMX)

    assert answer.status_code == 422
    assert "this name already" in words(answer)
    assert 'value="Laptop"' in words(answer)


def test_a_form_without_its_number_makes_a_token(client, dj):
    assert make(client, form={"form_id": "x"}).status_code == 422
    assert make(client, form={"form_id": ""}).status_code == 302


def test_the_limit_is_told(client, dj):
    for number in range(20):
        api_tokens.make(dj, name=f"Script {number}")

    answer = make(client, "One more", headers=HTMX)

    assert answer.status_code == 422
    assert "that is the limit" in words(answer)
    assert ApiToken.objects.count() == 20


def test_a_token_is_revoked(client, dj):
    token, raw = api_tokens.make(dj, name="Laptop")

    answer = client.post(f"/settings/tokens/{token.pk}/revoke/", follow=True)

    assert "Laptop is revoked." in words(answer)
    assert "You have none." in words(answer)
    assert api_tokens.authenticate(raw) is None


def test_a_token_is_revoked_as_a_fragment(client, dj):
    token, raw = api_tokens.make(dj, name="Laptop")

    answer = client.post(f"/settings/tokens/{token.pk}/revoke/", headers=HTMX)

    assert words(answer).lstrip().startswith('<section id="tokens"')
    assert "Laptop is revoked" in words(answer)
    assert api_tokens.authenticate(raw) is None


def test_nobody_revokes_what_is_not_theirs(client, dj):
    token, raw = api_tokens.make(UserFactory(), name="Laptop")
    address = f"/settings/tokens/{token.pk}/revoke/"

    assert client.post(address).status_code == 404
    assert client.get(address).status_code == 405
    assert Client().post(address)["Location"].startswith("/login/")
    assert api_tokens.authenticate(raw)


def test_without_a_login_nothing_is_made(client):
    answer = make(client)

    assert answer["Location"] == "/login/?next=/settings/tokens/"
    assert not ApiToken.objects.exists()


def test_who_comes_from_the_login_finds_the_form(client, dj):
    assert client.get("/settings/tokens/")["Location"] == "/settings/"


def test_the_page_costs_the_same_with_many_tokens(client, dj, django_assert_max_num_queries):
    for number in range(20):
        api_tokens.make(dj, name=f"Script {number}")

    with django_assert_max_num_queries(12):
        client.get("/settings/")


@pytest.mark.browser
def test_two_clicks_make_one_token_that_can_be_copied(client, page, live_server):
    client.force_login(UserFactory())
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([cookie | {"url": live_server.url}])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/settings/")

    page.get_by_label("Name of a new token").fill("Laptop")
    page.get_by_role("button", name="Make token").dblclick()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()

    assert api_tokens.authenticate(page.evaluate("navigator.clipboard.readText()"))
    assert ApiToken.objects.count() == 1
    assert page.locator(".tokens li").count() == 1


def test_the_token_is_in_no_table_and_in_no_log(client, sandbox, caplog):
    caplog.set_level(logging.DEBUG)
    log_in(client)
    secrets = [
        shown(make(client, "Page", follow=True)),
        shown(make(client, "Fragment", headers=HTMX)),
    ]
    for secret in secrets:
        assert api_tokens.authenticate(secret)
        assert not api_tokens.authenticate(secret + "0")
        sent = {"Authorization": f"Bearer {secret}"}
        assert Client().get("/api/styles", headers=sent).status_code == 200
        assert Client().get("/api/styles/0/categories", headers=sent).status_code == 422
    client.get("/settings/")
    make(client, "Fragment")  # refused
    client.post(f"/settings/tokens/{ApiToken.objects.get(name='Fragment').pk}/revoke/")

    kept = everything_kept() + caplog.text
    assert api_tokens.digest(secrets[0]) in kept
    assert not any(secret[len(api_tokens.MARK) + 6 :] in kept for secret in secrets)


def everything_kept() -> str:
    """All rows of all tables, and what the sessions hold when they are unpacked."""
    rows = [str(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [str(row) for row in cursor.fetchall()]
    return "\n".join(rows)

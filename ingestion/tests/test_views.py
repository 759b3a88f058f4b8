import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.tests.factories import UserFactory
from ingestion import credentials
from ingestion.consent import Consent
from ingestion.models import BeatportCredential, IngestRun
from ingestion.tests.factories import IngestRunFactory
from ingestion.tokens import App

pytestmark = pytest.mark.django_db

ACCESS, REFRESH = "sandbox-beatport-access", "sandbox-beatport-refresh"
APP = {"client_id": "sandbox-beatport-client", "client_secret": "sandbox-beatport-secret"}
PAGE, TOKENS, OWN_APP = "/beatport/", "/beatport/tokens/", "/beatport/app/"


@pytest.fixture
def staff(client):
    user = UserFactory(is_staff=True, is_superuser=True)
    user.preferences.timezone = "UTC"
    user.preferences.save()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def no_tokens_in_the_settings(settings):
    settings.BEATPORT_ACCESS_TOKEN = ""


def look(client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def connect(**fields) -> BeatportCredential:
    credentials.put(BeatportCredential(**{"access_token": ACCESS} | fields))
    return BeatportCredential.objects.get()


# Who may come


@pytest.mark.parametrize("path", [PAGE, "/beatport/callback/"])
def test_who_is_not_logged_in_may_log_in(client, path):
    assert client.get(path)["Location"] == f"/login/?next={path}"


@pytest.mark.parametrize("path", [TOKENS, OWN_APP, "/beatport/check/", "/beatport/disconnect/now/"])
def test_a_dj_changes_nothing_here(client, path):
    connect()
    client.force_login(UserFactory())

    assert client.get(PAGE).status_code == 403
    assert client.post(path, {"access_token": "mine"} | APP).status_code == 403
    assert BeatportCredential.objects.get().access_token == ACCESS


def test_staff_without_the_permission_looks_and_changes_nothing(client):
    connect()
    client.force_login(UserFactory(is_staff=True))

    page = look(client)

    assert "Connected" in page
    assert "Paste tokens" not in page
    assert "Upload saved pages" not in page
    assert client.post("/beatport/disconnect/now/").status_code == 403


def test_staff_with_the_permission_needs_to_be_no_superuser(client, sandbox):
    user = UserFactory(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_beatportcredential"))
    client.force_login(user)

    client.post(TOKENS, {"access_token": ACCESS})

    assert credentials.is_connected()


@pytest.mark.parametrize("path", [TOKENS, OWN_APP, "/beatport/check/", "/beatport/disconnect/now/"])
def test_looking_changes_nothing(staff, path):
    assert staff.get(path).status_code == 405


# What the page says


def test_without_a_connection_both_ways_out_are_offered(staff):
    page = look(staff)

    assert "Beatport is not connected" in page
    assert "Connect with tokens" in page
    assert reverse("uploads") in page
    assert "http://testserver/beatport/callback/" in page


def test_the_end_of_the_token_is_shown(staff):
    connect(refresh_token=REFRESH, expires_at=timezone.now().replace(2030, 5, 17, 9, 30))

    page = look(staff)

    assert "Until 17 May, 09:30" in page
    assert "By itself" in page


def test_a_pasted_token_ends_at_the_latest_after_ten_hours(staff):
    held = connect()

    page = look(staff)

    ends = timezone.localtime(held.connected_at + timedelta(hours=10))
    assert f"Until {ends:%-d %b, %H:%M} at the latest" in page
    assert "connect again when it ends" in page


def test_a_lost_connection_is_said_on_every_page_of_staff(staff, client):
    credentials.needs_reconnect(connect())

    assert "has not accepted this connection since" in look(staff)
    assert "Beatport is lost." not in look(staff)
    for path in ("/", "/settings/", "/admin/", reverse("admin:ingestion_ingestrun_changelist")):
        page = look(staff, path)
        assert "does not accept our connection any more" in page
        assert 'href="/beatport/"' in page
    client.force_login(UserFactory())
    assert "does not accept our connection" not in look(client, "/")


def test_the_page_is_found_from_the_settings_and_the_admin(staff, client):
    assert 'href="/beatport/"' in look(staff, "/settings/")
    assert 'href="/beatport/"' in look(staff, "/admin/")
    client.force_login(UserFactory())
    assert 'href="/beatport/"' not in look(client, "/settings/")


# Pasting tokens


def test_tokens_are_pasted(staff, sandbox):
    answer = staff.post(TOKENS, {"access_token": ACCESS, "refresh_token": REFRESH}, follow=True)

    held = BeatportCredential.objects.get()
    page = answer.content.decode()
    assert (held.access_token, held.refresh_token, held.way) == (ACCESS, REFRESH, "tokens")
    assert "Beatport is connected." in page
    assert not any(secret in page for secret in (ACCESS, REFRESH))


def test_the_whole_answer_of_beatport_may_be_pasted(staff, sandbox):
    answer = f'{{"access_token": "{ACCESS}", "expires_in": 7200, "refresh_token": "{REFRESH}"}}'

    staff.post(TOKENS, {"access_token": f"  {answer}\n"})

    held = BeatportCredential.objects.get()
    assert (held.access_token, held.refresh_token) == (ACCESS, REFRESH)
    assert held.expires_at - timezone.now() < timedelta(hours=2)


def test_the_word_before_a_token_may_be_pasted_along(staff, sandbox):
    staff.post(TOKENS, {"access_token": f"Bearer {ACCESS}"})

    assert BeatportCredential.objects.get().access_token == ACCESS


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ({}, "Paste a token here."),
        ({"access_token": "two words"}, "This is no token"),
        ({"access_token": "ü"}, "This is no token"),
        ({"access_token": '{"access_token": "a b"}'}, "This is no token"),
        ({"access_token": "{}"}, "Paste a token here."),
        ({"access_token": '{"access'}, "Paste a token here."),
        ({"access_token": "{" + "[" * 9000}, "Paste a token here."),
        ({"access_token": "a\x00b"}, "Null characters are not allowed"),
        ({"access_token": ACCESS, "refresh_token": "line\u2028break"}, "This is no token"),
        ({"access_token": "x" * 30_000}, "at most 20000 characters"),
        ({"access_token": "wrong"}, "Beatport does not accept this access token."),
        ({"access_token": "wrong", "refresh_token": "wrong"}, "does not accept this any more"),
        ({"refresh_token": REFRESH, "client_id": "wrong"}, "does not know this client id"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_token_is_said_and_changes_nothing(staff, sandbox, pasted, said):
    connect(access_token="as-before")

    answer = staff.post(TOKENS, pasted)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert BeatportCredential.objects.get().access_token == "as-before"


def test_while_beatport_is_away_the_tokens_are_stored(staff, sandbox):
    sandbox.post("faults", kind="status", status=503, match={"path": "/genres"})

    answer = staff.post(TOKENS, {"access_token": "perhaps"}, follow=True)

    assert "are not tried yet" in answer.content.decode()
    assert BeatportCredential.objects.get().access_token == "perhaps"


def test_weeks_that_waited_for_a_connection_go_on(staff, sandbox):
    failed = {"finished": True, "status": IngestRun.Status.FAILED}
    waiting = IngestRunFactory(trouble="challenge", **failed)
    other = IngestRunFactory(trouble="refused", **failed)
    assert "1 week stopped for want of a connection" in " ".join(look(staff).split())

    answer = staff.post(TOKENS, {"access_token": ACCESS}, follow=True)

    assert "1 week that waited for it will go on" in answer.content.decode()
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert waiting.not_before <= timezone.now()
    assert other.not_before is None


# An own app


def test_an_app_connects_by_itself(staff, sandbox):
    staff.post(OWN_APP, APP | {"way": "client"})

    held = BeatportCredential.objects.get()
    assert (held.way, held.client_id, held.is_ok) == ("client", APP["client_id"], True)


def test_a_stored_secret_need_not_be_typed_again(staff, sandbox):
    connect(**APP)

    page = look(staff)
    staff.post(OWN_APP, {"client_id": APP["client_id"], "way": "client"})

    assert APP["client_secret"] not in page
    assert BeatportCredential.objects.get().way == "client"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"client_id": "", "client_secret": ""}, "This field is required."),
        ({"client_id": "another"}, "Copy it from Beatport"),
        ({"client_id": "two words", "client_secret": "x"}, "Copy it from Beatport"),
        ({"client_id": "wrong", "client_secret": "wrong"}, "does not know this client id"),
    ],
)
def test_a_wrong_app_is_said_and_changes_nothing(staff, sandbox, typed, said):
    connect(**APP)

    answer = staff.post(OWN_APP, typed | {"way": "client"})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert BeatportCredential.objects.get().way == "tokens"


def walk(staff, answer: str = "agree") -> str:
    """To Beatport's consent page and its button; the address that it sends us back to."""
    leaving = staff.post(OWN_APP, APP | {"way": "code"})
    assert leaving.status_code == 200
    address = leaving["Refresh"].removeprefix("0; url=")
    assert address.replace("&", "&amp;") in leaving.content.decode()
    sent = requests.post(address, data={"answer": answer}, allow_redirects=False, timeout=10)
    assert sent.status_code == 302, sent.text
    parts = urlsplit(sent.headers["Location"])
    return f"{parts.path}?{parts.query}"


def test_a_person_lets_the_app_in(staff, sandbox):
    back = walk(staff)

    answer = staff.get(back, follow=True)

    held = BeatportCredential.objects.get()
    assert "Beatport is connected." in answer.content.decode()
    assert answer.redirect_chain == [(PAGE, 302)]
    assert (held.way, held.client_id, held.client_secret) == ("code", *APP.values())
    assert held.can_renew
    assert held.expires_at > timezone.now() + timedelta(hours=9)


def test_a_person_may_say_no(staff, sandbox):
    connect()

    answer = staff.get(walk(staff, "cancel"), follow=True)

    assert "was told not to connect" in answer.content.decode()
    assert BeatportCredential.objects.get().way == "tokens"


def test_coming_back_twice_connects_once(staff, sandbox):
    back = walk(staff)
    staff.get(back)

    answer = staff.get(back, follow=True)

    assert "begun in another window" in answer.content.decode()
    assert BeatportCredential.objects.get().is_ok


@pytest.mark.parametrize("change", [{"state": "x"}, {"code": "x"}, {"state": ""}])
def test_an_answer_to_another_question_connects_nothing(staff, sandbox, change):
    came = dict(parse_qsl(urlsplit(walk(staff)).query))

    answer = staff.get("/beatport/callback/", came | change, follow=True)

    assert "Nothing was changed." in answer.content.decode()
    assert not BeatportCredential.objects.exists()


def test_an_answer_in_another_browser_connects_nothing(staff, client, sandbox):
    """Somebody is lured to a callback with a code of somebody else."""
    back = walk(staff)
    client.logout()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    answer = client.get(back, follow=True)

    assert "begun in another window" in answer.content.decode()
    assert not BeatportCredential.objects.exists()


def test_a_walk_of_more_than_ten_minutes_is_too_long(staff, sandbox, monkeypatch):
    monkeypatch.setattr("ingestion.consent.LONGEST_WALK_SECONDS", -1)

    answer = staff.get(walk(staff), follow=True)

    assert "more than ten minutes ago" in answer.content.decode()


def test_the_secret_lies_sealed_in_the_session(staff, sandbox):
    walk(staff)

    stored = str(dict(staff.session.items()))

    assert "beatport_consent" in stored
    assert APP["client_secret"] not in stored


def test_secrets_are_in_no_repr():
    begun = Consent(App("id", "canary-secret"), "https://example.org/")

    assert not any(word in repr(begun) for word in ("canary", begun.state, begun.verifier))


# Looking after it


def test_the_connection_is_tried(staff, sandbox):
    connect()

    answer = staff.post("/beatport/check/", follow=True)

    assert "Beatport answers and knows us." in answer.content.decode()


def test_a_connection_that_is_tried_may_turn_out_lost(staff, sandbox):
    connect(access_token="stale")

    answer = staff.post("/beatport/check/", follow=True)

    assert "has not accepted this connection" in answer.content.decode()
    assert credentials.needs_a_person()


def test_a_beatport_that_is_away_says_nothing_about_the_connection(staff, sandbox):
    connect()
    sandbox.post("faults", kind="status", status=503, match={"path": "/genres"})

    answer = staff.post("/beatport/check/", follow=True)

    assert "That says nothing about the connection." in answer.content.decode()
    assert credentials.is_connected()


def test_no_two_fields_have_one_id(staff):
    ids = re.findall(r'<input[^>]* id="([^"]+)"', look(staff))

    assert len(ids) == len(set(ids)) >= 5


def test_before_disconnecting_it_is_asked(staff):
    connect(client_secret="ours")

    assert 'href="/beatport/disconnect/"' in look(staff)
    assert "the secret of your app" in look(staff, "/beatport/disconnect/")
    assert BeatportCredential.objects.get().client_secret == "ours"


def test_disconnecting_deletes_the_tokens(staff, settings):
    connect(refresh_token=REFRESH, **APP)
    settings.BEATPORT_ACCESS_TOKEN = ACCESS

    answer = staff.post("/beatport/disconnect/now/", follow=True)

    assert "Beatport is not connected" in answer.content.decode()
    assert BeatportCredential.objects.get().secrets == ["", "", ""]


def test_the_page_costs_few_queries(staff, django_assert_max_num_queries):
    connect()

    with django_assert_max_num_queries(10):
        staff.get(PAGE)

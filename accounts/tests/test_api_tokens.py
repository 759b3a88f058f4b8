import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db import connection as database
from django.utils import timezone

from accounts import api_tokens, connection
from accounts.models import ApiToken, User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LETTERS_AND_DIGITS = 40


@pytest.fixture
def dj() -> User:
    return UserFactory()


def make(dj, name="Laptop", **more) -> str:
    return api_tokens.make(dj, name=name, **more)[1]


def test_a_token_is_the_djs(dj):
    UserFactory()

    assert api_tokens.authenticate(make(dj)) == dj


def test_a_token_is_recognised_by_its_beginning(dj):
    token, raw = api_tokens.make(dj, name="Laptop")

    assert raw.startswith("clouder_")
    assert len(raw) == len("clouder_") + LETTERS_AND_DIGITS
    assert raw.startswith(token.prefix)
    assert len(token.prefix) == len("clouder_") + 6


def test_no_two_tokens_are_alike(dj):
    assert make(dj, "One")[8:14] != make(dj, "Two")[8:14]


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: "",
        lambda raw: raw[:-1],
        lambda raw: raw + "0",
        lambda raw: raw + "\n",
        lambda raw: raw.upper(),
        lambda raw: raw.removeprefix("clouder_"),
        lambda raw: raw[:-1] + ("1" if raw[-1] == "0" else "0"),
        lambda raw: api_tokens.digest(raw),
        lambda raw: "clouder_" + api_tokens.digest(raw)[:LETTERS_AND_DIGITS],
        lambda raw: "clouder_\x00é\udc80",
    ],
)
def test_anything_else_is_nobodys(dj, change):
    assert api_tokens.authenticate(change(make(dj))) is None


def test_a_revoked_token_is_nobodys(dj):
    token, raw = api_tokens.make(dj, name="Laptop")
    other = make(dj, "Phone")

    api_tokens.revoke(token)

    assert api_tokens.authenticate(raw) is None
    assert api_tokens.authenticate(other) == dj


def test_who_is_not_active_does_not_come_in(dj):
    raw = make(dj)
    User.objects.update(is_active=False)

    assert api_tokens.authenticate(raw) is None
    assert ApiToken.objects.get().last_used_at is None


def test_a_disconnect_ends_the_djs_tokens_and_nobody_elses(dj):
    raw, of_another = make(dj), make(UserFactory())

    connection.disconnect(dj)

    assert api_tokens.authenticate(raw) is None
    assert api_tokens.authenticate(of_another)


def test_a_use_is_noted(dj):
    raw = make(dj)
    began_at = timezone.now()

    api_tokens.authenticate(raw)

    assert began_at <= ApiToken.objects.get().last_used_at <= timezone.now()


def test_a_use_is_noted_once_a_minute(dj, django_assert_num_queries):
    raw = make(dj)
    just_now = timezone.now() - timedelta(seconds=50)
    ApiToken.objects.update(last_used_at=just_now)

    with django_assert_num_queries(1):
        api_tokens.authenticate(raw)
    assert ApiToken.objects.get().last_used_at == just_now

    ApiToken.objects.update(last_used_at=just_now - timedelta(seconds=20))
    api_tokens.authenticate(raw)
    assert ApiToken.objects.get().last_used_at > just_now


def test_a_name_stands_for_one_token(dj):
    raw = make(dj)

    with pytest.raises(ValidationError, match="this name already"):
        make(dj)

    assert api_tokens.authenticate(raw) == dj
    assert make(UserFactory())


def test_the_database_keeps_names_and_secrets_apart(dj):
    token, _ = api_tokens.make(dj, name="Laptop")
    same_name = ApiToken(user=dj, name="Laptop", sha256="0", form_id=token.form_id)
    same_secret = ApiToken(user=dj, name="Phone", sha256=token.sha256, form_id=token.form_id)

    for row in (same_name, same_secret):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_a_form_that_is_sent_twice_leaves_one_token(dj):
    form_id = uuid.uuid4()

    make(dj, form_id=form_id)
    raw = make(dj, form_id=form_id)

    assert ApiToken.objects.count() == 1
    assert api_tokens.authenticate(raw) == dj


def test_a_form_sent_again_later_takes_nothing_from_a_token_in_use(dj):
    form_id = uuid.uuid4()
    raw = make(dj, form_id=form_id)
    api_tokens.authenticate(raw)

    with pytest.raises(ValidationError, match="this name already"):
        make(dj, form_id=form_id)

    assert api_tokens.authenticate(raw) == dj


def test_there_is_a_limit(dj):
    for number in range(20):
        make(dj, f"Script {number}")

    with pytest.raises(ValidationError, match="20 tokens, and that is the limit"):
        make(dj, "One more")

    assert make(UserFactory())
    assert ApiToken.objects.filter(user=dj).count() == 20


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_the_twentieth(dj):
    for number in range(19):
        make(dj, f"Script {number}")

    def make_one(name: str) -> bool:
        try:
            return bool(make(dj, name))
        except ValidationError:
            return False
        finally:
            database.close()

    with ThreadPoolExecutor() as tabs:
        made = list(tabs.map(make_one, ["One", "Two", "Three", "Four"]))

    assert sorted(made) == [False, False, False, True]
    assert ApiToken.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_of_a_form_sent_twice_at_once_one_token_comes(dj):
    form_id = uuid.uuid4()

    def send(_: int) -> str:
        try:
            return make(dj, form_id=form_id)
        finally:
            database.close()

    with ThreadPoolExecutor() as clicks:
        made = list(clicks.map(send, range(4)))

    assert ApiToken.objects.count() == 1
    assert [api_tokens.authenticate(raw) for raw in made].count(dj) == 1

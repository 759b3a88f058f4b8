"""What is secret stands on no page of the admin."""

import re

import pytest
from django.apps import apps

from accounts.fields import EncryptedTextField
from accounts.models import ApiToken, Preferences, SpotifyCredential, User
from accounts.tests.factories import UserFactory
from clouder.tests import rows
from clouder.tests.test_admin_pages import addresses
from ingestion.models import BeatportCredential

pytestmark = pytest.mark.django_db
CANARY = re.compile(r"canary-[a-z]+-[a-z_]+")


@pytest.fixture
def planted(admin_client) -> list[str]:
    """A canary in every encrypted field of every row, and in every hash of a secret."""
    rows.fill(range(1, 4))
    for user in User.objects.all():
        SpotifyCredential.objects.create(
            user=user, account_id=f"account {user.pk}", authorized_at=rows.NOW, expires_at=rows.NOW
        )
    BeatportCredential.objects.get_or_create(is_the_one=True)
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, EncryptedTextField):
                canary = f"canary-{model._meta.model_name}-{field.name}"
                assert model.objects.update(**{field.name: canary}), f"there is no {model}"
    for token in ApiToken.objects.all():
        ApiToken.objects.filter(pk=token.pk).update(sha256=f"canary-hash-of_token{token.pk}")
    for user in User.objects.all():
        known_as = f"canary-hash-of_account{user.pk}"
        User.objects.filter(pk=user.pk).update(spotify_account_hash=known_as)
    return addresses(admin_client)


def canaries(answer) -> list[str]:
    return CANARY.findall(answer.content.decode(errors="replace"))


def test_every_encrypted_field_is_planted(planted):
    held = [SpotifyCredential.objects.first(), BeatportCredential.objects.get()]

    assert all(CANARY.fullmatch(one.access_token) for one in held)


def test_no_page_shows_a_secret(admin_client, planted):
    more = ["/admin/", "/admin/curation/style/fetch/"]
    lists = {address.partition("?")[0] for address in planted if "?" in address}
    searched = [f"{address}?q=canary" for address in lists]

    for address in [*planted, *more, *searched]:
        assert not canaries(admin_client.get(address)), address


def test_no_question_before_an_action_shows_a_secret(admin_client, planted):
    users = [str(user.pk) for user in User.objects.all()]
    tokens = [str(token.pk) for token in ApiToken.objects.all()]

    for address, action, chosen in [
        ("/admin/accounts/user/", "disconnect", users),
        ("/admin/accounts/user/", "delete_selected", users),
        ("/admin/accounts/apitoken/", "delete_selected", tokens),
    ]:
        answer = admin_client.post(address, {"action": action, "_selected_action": chosen})
        assert answer.status_code == 200
        assert not canaries(answer), address


def test_no_error_page_shows_a_secret(admin_client, client, planted):
    nobody = UserFactory(is_staff=True)
    client.force_login(nobody)
    user = SpotifyCredential.objects.first().user

    for answer, status in [
        (admin_client.get("/admin/accounts/user/999999/change/", follow=True), 200),
        (admin_client.get("/admin/accounts/spotifycredential/"), 404),
        (client.get(f"/admin/accounts/user/{user.pk}/change/"), 403),
    ]:
        assert answer.status_code == status
        assert not canaries(answer)


@pytest.mark.parametrize("debug", [False, True])
def test_no_page_about_a_failure_shows_a_secret(admin_client, planted, settings, debug):
    settings.DEBUG = debug
    admin_client.raise_request_exception = False
    Preferences.objects.update(timezone="No/Where")

    answer = admin_client.get("/admin/accounts/user/")

    assert answer.status_code == 500
    assert not canaries(answer)
    assert settings.SPOTIFY_CLIENT_SECRET not in answer.content.decode()

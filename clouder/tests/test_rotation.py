import pytest
from cryptography.fernet import Fernet, MultiFernet
from django.db import connection as database

from accounts.models import SpotifyCredential
from accounts.tests.factories import UserFactory
from clouder import rotation
from clouder.rotation import Outcome
from clouder.tests.rows import NOW
from ingestion.models import BeatportCredential

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_key(settings) -> str:
    """Two DJs and Beatport, encrypted with the key that then stands behind a new one."""
    for number in (1, 2):
        SpotifyCredential.objects.create(
            user=UserFactory(),
            account_id=f"account {number}",
            access_token=f"access {number}",
            refresh_token=f"refresh {number}",
            authorized_at=NOW,
            expires_at=NOW,
        )
    BeatportCredential.objects.create(access_token="beatport", refresh_token="")
    (old,) = settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), old]
    return old


def plain() -> list[str]:
    held = SpotifyCredential.objects.order_by("account_id")
    tokens = [token for one in held for token in (one.access_token, one.refresh_token)]
    return [*tokens, BeatportCredential.objects.get().access_token]


PLAIN = ["access 1", "refresh 1", "access 2", "refresh 2", "beatport"]


def test_afterwards_the_old_key_can_be_taken_out(old_key, settings):
    outcomes = list(rotation.rotate())
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]

    assert outcomes == [Outcome.MOVED] * len(PLAIN) == [Outcome.MOVED] * rotation.count()
    assert plain() == PLAIN


def test_a_run_that_broke_off_goes_on_where_it_was(old_key):
    broken = rotation.rotate()
    next(broken), next(broken)

    assert [*rotation.rotate()].count(Outcome.MOVED) == len(PLAIN) - 2
    assert set(rotation.rotate()) == {Outcome.CURRENT}


def test_a_long_table_is_read_some_rows_at_a_time(old_key, monkeypatch):
    monkeypatch.setattr(rotation, "AT_ONCE", 1)

    assert [*rotation.rotate()] == [Outcome.MOVED] * len(PLAIN)


def test_a_token_that_is_renewed_meanwhile_wins(old_key, settings):
    read = list(rotation.everything())
    SpotifyCredential.objects.update(access_token="renewed")
    old_process = MultiFernet([Fernet(old_key)])
    renewed_by_it = old_process.encrypt(b"by a process with the old keys").decode()
    with database.cursor() as cursor:
        cursor.execute("UPDATE ingestion_beatportcredential SET access_token = %s", [renewed_by_it])

    outcomes = [rotation.move(sealed) for sealed in read]
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]

    assert outcomes.count(Outcome.CURRENT) == 2
    assert outcomes.count(Outcome.MOVED) == 3
    beatport = "by a process with the old keys"
    assert plain() == ["renewed", "refresh 1", "renewed", "refresh 2", beatport]


def test_who_disconnects_meanwhile_is_not_brought_back(old_key):
    read = list(rotation.everything())
    SpotifyCredential.objects.all().delete()
    BeatportCredential.objects.update(access_token="")

    assert {rotation.move(sealed) for sealed in read} == {Outcome.CURRENT}
    assert BeatportCredential.objects.get().access_token == ""


def test_what_no_key_opens_stays_as_it_is(old_key, settings):
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    assert set(rotation.rotate()) == {Outcome.UNREADABLE}

    settings.FIELD_ENCRYPTION_KEYS = [*settings.FIELD_ENCRYPTION_KEYS, old_key]
    assert plain() == PLAIN

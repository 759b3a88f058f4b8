"""Who is erased is named in no table any more, and nothing else has changed in any."""

import json
from collections import Counter

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import User, account_hash
from clouder.tests.belongings import OWNED, Belongings, Shop, may_upload, rows_of
from clouder.tests.whole_database import row_hashes

pytestmark = pytest.mark.django_db
MARK = "Nachtfalter"
ELSEWHERE = {Session: 2, AccessAttempt: 1, AccessFailureLog: 1, AccessLog: 1, LogEntry: 4}


def traces(dj: Belongings, clerk: User) -> None:
    """Outside of what refers to a DJ: logins, and what others noted about the DJ's rows."""
    user = dj.user
    user.spotify_account_hash = account_hash(f"{dj.mark}-account")
    user.preferences.own_keys = {"later": "v"}
    user.preferences.save()
    user.save()
    may_upload(user)
    for _ in range(2):
        Client().force_login(user)
    login = {"username": user.username, "ip_address": "192.0.2.7", "path_info": "/admin/"}
    AccessAttempt.objects.create(**login, failures_since_start=1)
    AccessFailureLog.objects.create(**login)
    AccessLog.objects.create(**login)
    for who, about in (
        (clerk, user),
        (clerk, dj.category),
        (clerk, dj.period),
        (user, dj.shop.style),
    ):
        LogEntry.objects.log_actions(who.pk, [about], CHANGE, single_object=True)


def everything() -> str:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [f"{table} {row!r}" for row in cursor.fetchall()]
    return "\n".join(found)


def test_all_of_a_dj_goes_and_nothing_of_others(capsys):
    shop = Shop()
    clerk = Belongings(shop, "Clerk", is_staff=True)
    dj = Belongings(shop, MARK, week=44)
    visitor = Belongings(shop, "Visitor", week=42)
    traces(visitor, clerk.user)
    traces(dj, clerk.user)
    LogEntry.objects.log_actions(clerk.user.pk, [shop.style], CHANGE, single_object=True)
    models = {model._meta.label: model for model in apps.get_models()}
    own = {models[name]: len(rows) for name, rows in rows_of(dj.user) if name in models}
    assert set(own) == {model for model, _ in OWNED}
    own |= {User: 1, User.user_permissions.through: 1} | ELSEWHERE
    expected = {model._meta.db_table: count for model, count in own.items() if count}
    known_as = dj.user.spotify_account_hash
    before = row_hashes()
    assert known_as in everything()

    call_command("delete_dj", dj.user.username, "--yes", "--json")

    after = row_hashes()
    lost = {table: Counter(rows) - Counter(after[table]) for table, rows in before.items()}
    new = {table: Counter(rows) - Counter(before[table]) for table, rows in after.items()}
    assert {table: rows.total() for table, rows in lost.items() if rows} == expected
    assert not {table for table, rows in new.items() if rows}
    left = everything()
    assert MARK.lower() not in left.lower()
    assert known_as not in left
    assert visitor.user.spotify_account_hash in left
    said = json.loads(capsys.readouterr().out)
    assert said["username"] == MARK.lower()
    assert said["erased"]["curation.Move"] == expected["curation_move"]

"""Schemathesis asks each operation for what its description allows and for what it does not.

Nothing may fail with 5xx, answer what is not described, take what is described as wrong, or answer
without a login.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest
import schemathesis
from django.conf import settings as clouder
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from accounts import api_tokens
from accounts.models import User
from accounts.tests.factories import UserFactory
from catalog.tests.factories import matched_track
from clouder.api import api
from clouder.wsgi import application
from curation import golden, moves
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

CASES = 12  # of each operation
# Here a body of the right shape can still be wrong: a name or key that is taken, a playlist of
# another week, a week to come.
MAY_REFUSE = {"add_category", "change_category", "open_period", "move", "move_many"}


class Week:
    """A DJ's, with something for each id in an address."""

    def __init__(self) -> None:
        period = CurationPeriodFactory(user=UserFactory())
        rows = [
            CurationTrackFactory(curation_period=period, track=matched_track()) for _ in range(4)
        ]
        warm_up = playlist_of(period, "Warm Up")
        for row in rows[:2]:
            made = moves.move_track(user=period.user, track=row, to=warm_up)
        golden.promote(user=period.user, tracks=rows[:1])
        self.logins = [by_token(period.user), by_session(period.user)]
        self.ids = {
            "style_id": period.style_id,
            "category_id": warm_up.user_category_id,
            "period_id": period.pk,
            "curation_track_id": rows[1].pk,
            "track_id": rows[0].track_id,
        }
        self.ids_in_bodies = {
            "period_playlist_id": warm_up.pk,
            "style": period.style_id,
            "client_move_id": str(made.client_id),
        }

    def login_for(self, case: schemathesis.Case) -> dict[str, Any]:
        """The same whenever the case is tried again."""
        asked = repr((case.path_parameters, case.query, case.body))
        return self.logins[crc32(asked.encode()) % 2]

    def put_into(self, case: schemathesis.Case) -> None:
        """Every second id that could be somebody's is that of something of the DJ's."""
        put(self.ids, case.path_parameters)
        if isinstance(case.body, dict):
            put(self.ids_in_bodies, case.body)


def put(ids: dict[str, Any], given: dict[str, Any]) -> None:
    for name in ids.keys() & given.keys():
        if number(given[name]) % 2:
            given[name] = ids[name]


def number(value: Any) -> int:
    """Of an id, also of a UUID's text; 0 of what cannot be one."""
    if isinstance(value, str):
        try:
            return UUID(value).int
        except ValueError:
            return 0
    return max(value, 0) if type(value) is int else 0


def by_token(user: User) -> dict[str, Any]:
    _, token = api_tokens.make(user, name="schemathesis")
    return {"headers": {"Authorization": f"Bearer {token}"}}


def by_session(user: User) -> dict[str, Any]:
    client = Client()
    client.force_login(user)
    request = RequestFactory().get("/")
    token = get_token(request)
    return {
        "headers": {"X-CSRFToken": token},
        "cookies": {
            clouder.SESSION_COOKIE_NAME: client.cookies[clouder.SESSION_COOKIE_NAME].value,
            clouder.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
        },
    }


@pytest.fixture
def week(db) -> Week:
    return Week()


@pytest.fixture(autouse=True)
def one_transaction(db) -> Iterator[None]:
    """Asked in this process, so the test's connection has to outlive each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))
schema.app = application


@schema.parametrize()
@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_the_api_does_what_its_description_says(case, week):
    week.put_into(case)
    login = week.login_for(case)
    excluded: list[Any] = []
    if case.operation.definition.raw["operationId"] in MAY_REFUSE:
        excluded.append(positive_data_acceptance)
    if "cookies" in login:
        case.headers.pop("Authorization", None)  # made up by schemathesis
        excluded.append(ignored_auth)  # knows a login that was given by its headers only

    case.call_and_validate(**login, excluded_checks=excluded)

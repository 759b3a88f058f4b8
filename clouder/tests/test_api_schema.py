"""Schemathesis asks each operation for what its description allows and for what it does not.

Nothing may fail with 5xx, answer what is not described, take what is described as wrong, or answer
without a login.
"""

import json
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from accounts import api_tokens
from accounts.tests.factories import UserFactory
from catalog.tests.factories import matched_track
from clouder.api import api
from clouder.wsgi import application
from curation import golden, moves
from curation.tests.factories import CurationPeriodFactory, CurationTrackFactory, playlist_of

CASES = 12  # of each operation


class Week:
    """A DJ's, with something for each id in an address."""

    def __init__(self) -> None:
        period = CurationPeriodFactory(user=UserFactory())
        rows = [
            CurationTrackFactory(curation_period=period, track=matched_track()) for _ in range(4)
        ]
        warm_up = playlist_of(period, "Warm Up")
        for row in rows[:2]:
            moves.move_track(user=period.user, track=row, to=warm_up)
        golden.promote(user=period.user, tracks=rows[:1])
        _, self.token = api_tokens.make(period.user, name="schemathesis")
        self.ids = {
            "style_id": period.style_id,
            "category_id": warm_up.user_category_id,
            "period_id": period.pk,
            "curation_track_id": rows[1].pk,
            "track_id": rows[0].track_id,
        }

    def put_into(self, case: schemathesis.Case) -> None:
        """Every second number in an address is that of something of the DJ's."""
        for name, number in case.path_parameters.items():
            if isinstance(number, int) and number > 0 and number % 2:
                case.path_parameters[name] = self.ids[name]


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

    case.call_and_validate(
        headers={"Authorization": f"Bearer {week.token}"},
        # A description cannot tell which playlist is of which week: 422 may answer what it allows.
        excluded_checks=[positive_data_acceptance],
    )

"""What holds for every page of the admin, whatever is registered."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clouder.tests import rows

pytestmark = pytest.mark.django_db

WRITES = re.compile(r"^(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def addresses(client) -> list[str]:
    return [*lists(client), *pages_of_one()]


def lists(client) -> Iterator[str]:
    """Each list, plain, searched and filtered by the first choice of each of its filters."""
    for model, desk in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        yield address
        if desk.search_fields:
            yield f"{address}?q=title+artist"
        changelist = client.get(address).context["cl"]
        for spec in changelist.filter_specs:
            choices = list(spec.choices(changelist))
            if len(choices) > 1:
                yield address + choices[1]["query_string"]


def pages_of_one() -> Iterator[str]:
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page in ("change", "history", "delete"):
            yield reverse(f"{name}_{page}", args=[rows.hub(model).pk])


def queries_of(client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    is_allowed = answer.status_code == 200 or (
        answer.status_code == 403 and address.endswith("/delete/")
    )
    assert is_allowed, f"{address} answers {answer.status_code}"
    return [query["sql"] for query in captured]


def test_no_page_takes_more_queries_for_40_rows_than_for_4_and_none_writes(admin_client):
    rows.fill(range(1, 5))
    pages = addresses(admin_client)
    few = {address: queries_of(admin_client, address) for address in pages}
    rows.fill(range(5, 41))
    many = {address: queries_of(admin_client, address) for address in pages}

    grown = {
        address: many[address][len(few[address]) :][:3]
        for address in pages
        if len(many[address]) > len(few[address])
    }
    assert not grown
    assert max(map(len, many.values())) < 25
    assert not [sql for asked in many.values() for sql in asked if WRITES.match(sql)]

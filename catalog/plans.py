"""How the database means to answer a query, for those who measure."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def explained() -> Iterator[list[tuple[str, str]]]:
    """Each SELECT sent inside, and its plan: one line for each step."""
    plans: list[tuple[str, str]] = []

    def explain(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        if sql.startswith("SELECT"):
            how = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            with connection.cursor() as cursor:
                cursor.execute(f"{how} {sql}", params)
                plans.append((sql, "\n".join(str(row[-1]) for row in cursor.fetchall())))
        return execute(sql, params, *more)

    with connection.execute_wrapper(explain):
        yield plans

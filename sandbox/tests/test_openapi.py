from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.openapi_schema import Schema
from sandbox.tests.conftest import SCHEMA, StandIn

SMALL = """
paths:
  /things/{id}:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 10}}
      responses:
        "200":
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
  /things/mine:
    get: {responses: {"200": {}}}
components:
  schemas:
    Named: {type: object, required: [name], properties: {name: {type: string}}}
    Thing:
      allOf:
        - $ref: "#/components/schemas/Named"
        - type: object
          properties:
            parts: {type: array, items: {$ref: "#/components/schemas/Named"}}
            made: {type: string, nullable: true}
"""


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    (tmp_path / "small.yml").write_text(SMALL)
    return Schema(tmp_path / "small.yml")


def problems(schema: Schema, value: object) -> list[str]:
    operation = schema.operation("GET", "/things/7")
    assert operation
    return schema.problems(operation.response(200), value)


def test_the_right_operation_is_found(schema: Schema) -> None:
    mine, one = schema.operation("GET", "/things/mine"), schema.operation("GET", "/things/7")

    assert mine
    assert one
    assert (mine.template, one.template) == ("/things/mine", "/things/{id}")
    assert schema.operation("POST", "/things/7") is None
    assert schema.operation("GET", "/nothing") is None


def test_a_good_answer_has_no_problems(schema: Schema) -> None:
    assert problems(schema, {"name": "a", "made": None, "parts": [{"name": "b"}]}) == []


def test_what_is_missing_wrong_or_undeclared_is_told(schema: Schema) -> None:
    assert "'name' is a required property" in problems(schema, {})[0]
    assert "is not of type 'string'" in problems(schema, {"name": 1})[0]
    assert problems(schema, {"name": "a", "more": 1}) == [".more is not declared"]
    nested = {"name": "a", "parts": [{"name": "b", "more": 1}]}
    assert problems(schema, nested) == [".parts[0].more is not declared"]


def test_query_parameters_are_read_as_their_type(schema: Schema) -> None:
    operation = schema.operation("GET", "/things/7")
    assert operation
    limit = operation.parameters["limit"]

    assert schema.text_problems(limit, "limit", "10") == []
    assert "maximum" in schema.text_problems(limit, "limit", "11")[0]
    assert "integer" in schema.text_problems(limit, "limit", "x")[0]


def test_the_schema_is_used_where_it_is_present(stand_in: StandIn) -> None:
    assert stand_in.control("violations")["enabled"] is SCHEMA.exists()


def test_an_undeclared_question_is_a_violation(stand_in: StandIn) -> None:
    stand_in.spotify()("GET", "/me/playlists?colour=blue")

    found = stand_in.control("violations")["violations"]
    stand_in.http.delete(f"{stand_in.url}/_/violations")

    told = [row["problem"] for row in found]
    assert told == (["query parameter colour is not declared"] if SCHEMA.exists() else [])

"""What verbs of the API answer beside their own nouns: pages of long lists, and refusals."""

from typing import Any, Generic, TypeVar

from django.db.models import TextChoices
from ninja import Field, Schema

Item = TypeVar("Item")


class Page(Schema, Generic[Item]):
    """A part of a list; `count` is how long the list is."""

    items: list[Item]
    count: int


def one_of(choices: type[TextChoices]) -> Any:
    """What stands in a column with choices; the schema lists them."""
    values: list[Any] = choices.values
    return Field(json_schema_extra={"enum": values})


class WrongField(Schema):
    """A field that cannot be used, and what to do about it."""

    field: str
    message: str


class Refusal(Schema):
    """Every answer from 400 on. `errors` is empty where no field is to blame."""

    detail: str
    errors: list[WrongField] = []


# What may be refused where; the sentences are in clouder.refusals.
READING = frozenset({401, 404, 422})
WRITING = READING | {400, 403, 409, 413, 415, 429}

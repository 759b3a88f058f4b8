"""What the API is asked: ids, pages of lists, and bodies that hold nothing unknown."""

from typing import Annotated, TypeVar

from django.db.models import Model, QuerySet
from ninja import Field
from pydantic import BaseModel, ConfigDict, StrictInt

MOST = 2**53 - 1  # what every reader of JSON holds exactly, and less than the databases do
AT_ONCE = 100

Id = Annotated[int, Field(ge=1, le=MOST)]
BodyId = Annotated[StrictInt, Field(ge=1, le=MOST)]
Row = TypeVar("Row", bound=Model)


class Asked(BaseModel):
    """A body. What it does not know is refused, so a misspelt field is not lost."""

    model_config = ConfigDict(extra="forbid")


class Slice(BaseModel):
    """Which part of a long list."""

    limit: int = Field(AT_ONCE, ge=1, le=500)
    offset: int = Field(0, ge=0, le=MOST)

    def of(self, found: QuerySet[Row]) -> list[Row]:
        return list(found[self.offset : self.offset + self.limit])

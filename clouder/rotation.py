"""Moving what is encrypted to the first key of FIELD_ENCRYPTION_KEYS, while everything goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db.models import ExpressionWrapper, F, Model, QuerySet, TextField, Value

from accounts.fields import EncryptedTextField, cipher

AT_ONCE = 500
TRIES = 5  # for a value that somebody keeps replacing


class Outcome(Enum):
    MOVED = "moved"
    CURRENT = "current"
    UNREADABLE = "unreadable"  # no key opens it: it reads as empty, and a reconnect replaces it
    BUSY = "busy"


@dataclass(frozen=True)
class Sealed:
    """A value as it lies in the database."""

    model: type[Model]
    field: str
    pk: int
    text: str

    @property
    def is_current(self) -> bool:
        try:
            Fernet(settings.FIELD_ENCRYPTION_KEYS[0]).decrypt(self.text.encode())
        except InvalidToken:
            return False
        return True

    def replace(self, text: str) -> bool:
        """False when the value is no longer what we read: whoever wrote it knew better."""
        unchanged = as_it_lies(self.model, self.field).filter(pk=self.pk, sealed=self.text)
        return unchanged.update(**{self.field: Value(text, output_field=TextField())}) == 1


def as_it_lies(model: type[Model], field: str) -> QuerySet:
    """Rows with `sealed`, the field without the decryption."""
    sealed = ExpressionWrapper(F(field), output_field=TextField())
    return model._base_manager.annotate(sealed=sealed)


def fields() -> list[tuple[type[Model], str]]:
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def count() -> int:
    return sum(held(model, field).count() for model, field in fields())


def held(model: type[Model], field: str) -> QuerySet:
    return as_it_lies(model, field).exclude(sealed="").exclude(sealed=None)


def everything() -> Iterator[Sealed]:
    """Every encrypted value there is, some rows at a time."""
    for model, field in fields():
        last = 0
        while rows := list(
            held(model, field)
            .filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", "sealed")[:AT_ONCE]
        ):
            yield from (Sealed(model, field, pk, text) for pk, text in rows)
            last = rows[-1][0]


def rotate() -> Iterator[Outcome]:
    """One outcome a value. What was moved before is current, so a broken run is simply repeated."""
    return map(move, everything())


def move(sealed: Sealed) -> Outcome:
    for _ in range(TRIES):
        if sealed.is_current:
            return Outcome.CURRENT
        try:
            text = cipher().rotate(sealed.text.encode()).decode()
        except InvalidToken:
            return Outcome.UNREADABLE
        if sealed.replace(text):
            return Outcome.MOVED
        found = (
            held(sealed.model, sealed.field).filter(pk=sealed.pk).values_list("sealed", flat=True)
        )
        if not (now := found.first()):
            return Outcome.CURRENT  # gone: nothing is left to move
        sealed = Sealed(sealed.model, sealed.field, sealed.pk, now)
    return Outcome.BUSY

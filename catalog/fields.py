"""A column that holds the searchable text of its row, and the one lookup that asks it."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler

from catalog.folding import fold_all

Sql = tuple[str, tuple[str | int, ...]]


class FoldedField(models.TextField):
    """Written by itself whenever its row is saved or upserted. See catalog.folding."""

    def __init__(self, *, names: Sequence[str], codes: Sequence[str] = (), **options: Any) -> None:
        self.names, self.codes = names, codes
        options.setdefault("default", "")
        options.setdefault("editable", False)
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, options | {"names": self.names, "codes": self.codes}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = self.text_of(model_instance)
        setattr(model_instance, self.attname, text)
        return text

    def text_of(self, row: models.Model) -> str:
        names = [getattr(row, name) for name in self.names]
        return fold_all(names, [getattr(row, code) for code in self.codes])


@FoldedField.register_lookup
class Has(Lookup):
    """The text has this folded word of three letters or more in it; answered by the index."""

    lookup_name = "has"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        quote = connection.ops.quote_name
        meta = self.lhs.target.model._meta
        index = quote(f"{meta.db_table}_search")
        row = f"{quote(self.lhs.alias)}.{quote(meta.pk.column)}"
        word = self.rhs.replace('"', '""')
        matching = f"SELECT rowid FROM {index} WHERE {index} MATCH %s"  # noqa: S608  names only
        return f"{row} IN ({matching})", (f'"{word}"',)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        column, params = self.process_lhs(compiler, connection)
        word = connection.ops.prep_for_like_query(self.rhs)
        return f"{column} LIKE %s", (*params, f"%{word}%")

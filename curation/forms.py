"""Forms that call the domain row by row and keep what it refuses beside the field."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from curation import categories
from curation.errors import Invalid
from curation.models import Style, UserCategory


@dataclass
class CategoryRow:
    """A category as it stands on the form; None is the empty row for a new one."""

    category: UserCategory | None
    name: str = ""
    hotkey: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        if self.category is None:
            return bool(self.name.strip() or self.hotkey.strip())
        return (self.name, self.hotkey.upper()) != (self.category.name, self.category.hotkey)

    @property
    def gives_up_its_key(self) -> bool:
        return self.category is not None and self.hotkey.upper() != self.category.hotkey


class CategorySheet:
    """All categories of one style on one form, saved together or not at all."""

    def __init__(self, user: User, style: Style, data: Mapping[str, str] | None = None) -> None:
        self.user = user
        self.style = style
        self.rows = [
            self.read(category, data)
            for category in categories.of_style(user, style)
            if not category.is_trash
        ]
        self.new = CategoryRow(None)
        if data is not None:
            self.new = CategoryRow(None, data.get("name-new", ""), data.get("key-new", "").strip())

    @staticmethod
    def read(category: UserCategory, data: Mapping[str, str] | None) -> CategoryRow:
        if data is None:
            return CategoryRow(category, category.name, category.hotkey)
        name = data.get(f"name-{category.pk}", category.name)
        hotkey = data.get(f"key-{category.pk}", category.hotkey)
        return CategoryRow(category, name.strip(), hotkey.strip())

    @property
    def is_valid(self) -> bool:
        return not any(row.errors for row in [*self.rows, self.new])

    @transaction.atomic
    def save(self) -> bool:
        """False when a row was refused: then nothing is written, and the rows say why."""
        changed = [row for row in self.rows if row.is_changed]
        for row in changed:
            if row.category and row.gives_up_its_key:
                # Two categories may swap their keys.
                categories.change_category(row.category, name=row.category.name, hotkey="")
        for row in changed:
            self.save_row(row)
        if self.new.is_changed:
            self.save_row(self.new)
        if not self.is_valid:
            transaction.set_rollback(True)
        return self.is_valid

    def save_row(self, row: CategoryRow) -> None:
        try:
            if row.category is None:
                categories.add_category(
                    user=self.user, style=self.style, name=row.name, hotkey=row.hotkey
                )
            else:
                categories.change_category(row.category, name=row.name, hotkey=row.hotkey)
        except Invalid as refusal:
            row.errors[refusal.field] = refusal.message

    def row_of(self, pk: str) -> CategoryRow | None:
        return next((row for row in self.rows if row.category and str(row.category.pk) == pk), None)

    def move(self, pk: str, *, by: int) -> None:
        row = self.row_of(pk)
        if row and row.category:
            categories.move_category(row.category, by=by)

    def archive(self, pk: str) -> None:
        row = self.row_of(pk)
        if row and row.category:
            categories.archive(row.category)

    def bring_back(self, pk: str) -> None:
        for category in categories.archived(self.user, self.style):
            if str(category.pk) == pk:
                categories.bring_back(category)

    def remove(self, pk: str) -> bool:
        row = self.row_of(pk)
        if row and row.category:
            try:
                categories.remove_category(row.category)
            except Invalid as refusal:
                row.errors[refusal.field] = refusal.message
        return self.is_valid

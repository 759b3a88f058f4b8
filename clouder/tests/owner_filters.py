"""Every place that tells one DJ's rows from another's, and the project without one of them.

    .venv/bin/python -m pytest -p clouder.tests.owner_filters --without curation/sync.py:70:12 …

runs any tests without that filter. test_owner_filters.py asks for each whether a test turns red.
"""

import ast
import gc
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

ROOMS = ("accounts", "catalog", "ingestion", "curation", "clouder")
NO_PART_OF_IT = ("tests", "migrations", "benchmarks.py", "crowd.py", "bench.py", "demo.py")
# Methods that choose rows; a keyword of any other call gives a value.
CHOOSING = {"filter", "exclude", "get", "get_or_create", "update_or_create", "get_object_or_404"}
CHOOSING |= {"Q", "When"}
HELD = {"tracks", "playlists", "golden_tracks"}
LOOKING_UP = {"get_object_or_404", "ModelChoiceField"}
MAKING = {"create", "bulk_create", "add", "set"}


def is_owner(name: str | None) -> bool:
    return str(name).removesuffix("__in").removesuffix("_id").rpartition("__")[2] == "user"


@cache
def accessors() -> set[str]:
    """Names under which a DJ holds rows."""
    related = get_user_model()._meta.related_objects
    return {str(one.get_accessor_name()) for one in related if one.one_to_many}


@dataclass(frozen=True, order=True)
class Filter:
    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.text}"

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def is_in(self, code: CodeType) -> bool:
        if not code.co_filename.endswith(f"/{self.file}"):
            return False
        lines = [line for _, _, line in code.co_lines() if line]
        return bool(lines) and min(lines) <= self.line <= max(lines)

    @property
    def module(self) -> str:
        return self.file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


class Removing(ast.NodeTransformer):
    """Calls `meets` with each filter; where that says yes, the filter does nothing any more.

    What stood in it is still evaluated, so that functions keep the variables that they close over.
    """

    def __init__(self, file: str, meets: Callable[[ast.AST, str], bool]) -> None:
        self.is_page = "/views/" in file or "/api/" in file
        self.meets = meets
        self.makers: set[int] = set()  # `user.tokens` in `user.tokens.create(…)`
        self.looked_up_in: set[int] = set()

    def visit_Call(self, call: ast.Call) -> ast.AST:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in MAKING and isinstance(call.func, ast.Attribute):
            self.makers.add(id(call.func.value))
        elif name in LOOKING_UP:
            self.looked_up_in.add(id(held(call.args[0])))
        elif any(str(keyword.arg).startswith("pk") for keyword in call.keywords):
            self.looked_up_in.add(id(held(call.func)))
        self.generic_visit(call)
        if name in CHOOSING:
            for keyword in call.keywords:
                if is_owner(keyword.arg) and self.meets(keyword, f"{name}({ast.unparse(keyword)})"):
                    keyword.value = nothing_of(keyword.value, ast.Dict([], []))
                    keyword.arg = None
        return call

    def visit_Compare(self, compare: ast.Compare) -> ast.AST:
        self.generic_visit(compare)
        (operator, *_) = compare.ops
        sides = [compare.left, *compare.comparators]
        is_about_the_owner = any(is_owner(getattr(side, "attr", None)) for side in sides)
        if is_about_the_owner and self.meets(compare, ast.unparse(compare)):
            holds = isinstance(operator, ast.Eq | ast.In | ast.Is)
            return nothing_of(compare, ast.Constant(holds))
        return compare

    def visit_Attribute(self, attribute: ast.Attribute) -> ast.AST:
        """`user.periods`; on a page also what a request names by its number, in `period.tracks`."""
        self.generic_visit(attribute)
        holder = getattr(attribute.value, "attr", getattr(attribute.value, "id", ""))
        is_the_djs = holder == "user" and attribute.attr in accessors()
        is_asked_for = self.is_page and id(attribute) in self.looked_up_in
        chooses = (is_the_djs or is_asked_for) and id(attribute) not in self.makers
        if chooses and self.meets(attribute, ast.unparse(attribute)):
            return of_everybody(attribute)
        return attribute


def held(rows: ast.AST) -> ast.AST:
    """`period.tracks` in `period.tracks.unsorted().filter(…)`."""
    while isinstance(rows, ast.Attribute | ast.Call):
        if isinstance(rows, ast.Attribute) and rows.attr in HELD:
            return rows
        rows = rows.func if isinstance(rows, ast.Call) else rows.value
    return rows


def nothing_of(evaluated: ast.expr, instead: ast.expr) -> ast.expr:
    both = ast.Tuple([evaluated, instead], ast.Load())
    return ast.Subscript(both, ast.Constant(1), ast.Load())


def of_everybody(manager: ast.expr) -> ast.expr:
    model = ast.Attribute(manager, "model", ast.Load())
    return ast.Attribute(model, "_default_manager", ast.Load())


def files() -> Iterator[str]:
    for room in ROOMS:
        for path in sorted((Path(settings.BASE_DIR) / room).rglob("*.py")):
            name = path.relative_to(settings.BASE_DIR)
            if not set(name.parts) & set(NO_PART_OF_IT):
                yield name.as_posix()


def read(file: str) -> ast.Module:
    return ast.parse((Path(settings.BASE_DIR) / file).read_text())


def all_filters() -> list[Filter]:
    found: list[Filter] = []
    for file in files():

        def meets(node: Any, text: str, file: str = file) -> bool:
            found.append(Filter(file, node.lineno, node.col_offset, text))
            return False

        Removing(file, meets).visit(read(file))
    return sorted(found)


def codes_in(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes_in(constant)


def remove(place: str) -> None:
    """The functions of the file forget the filter, wherever they are already known."""
    file, line, column = place.split(":")

    def meets(node: Any, text: str) -> bool:
        return (node.lineno, node.col_offset) == (int(line), int(column))

    path = str(Path(settings.BASE_DIR) / file)
    importlib.import_module(Filter(file, 0, 0, "").module)
    whole = compile(read(file), path, "exec")
    without = compile(
        ast.fix_missing_locations(Removing(file, meets).visit(read(file))), path, "exec"
    )
    pairs = zip(codes_in(whole), codes_in(without), strict=True)
    changed = {old: new for old, new in pairs if old.co_code != new.co_code}
    functions = [
        thing
        for thing in gc.get_objects()
        if type(thing) is FunctionType and thing.__code__ in changed
    ]
    if not functions:
        raise LookupError(f"{place} is in no function.")
    for function in functions:
        function.__code__ = changed[function.__code__]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without", help="a filter by owner to remove: file:line:column")


def pytest_collection_finish(session: pytest.Session) -> None:
    if place := session.config.getoption("--without"):
        remove(place)

"""`python -m ingestion.tests.mutants` breaks the rules place by place; their tests must notice.

Each mutant lives in a forked process of its own, which runs the two tables of the rules against it.
Prints one line for each that survives, then a line of JSON: {"mutants": 400, "killed": 370}.
"""

import ast
import copy
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion import vocabulary  # noqa: F401  read once, before the forks

FOLDER = Path(__file__).resolve().parent
MODULES = ("titles", "matching")
TESTS = ("test_titles.py", "test_matching.py")
SECONDS = 20
OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitXor: ast.BitAnd,
}
OTHER_NAMES = {"any": "all", "all": "any", "min": "max", "max": "min"}


def breakages(node: ast.AST) -> Iterator[ast.AST]:
    """The node, broken in each way that we know."""
    if isinstance(node, tuple(OTHER)):
        yield OTHER[type(node)]()
    elif isinstance(node, ast.Name) and node.id in OTHER_NAMES:
        yield ast.Name(OTHER_NAMES[node.id], node.ctx)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(2 * node.value if node.value >= 1_000 else node.value + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield ast.Constant(node.value + 0.1)


class Break(ast.NodeTransformer):
    """Breaks the place with that number; counts the places on the way."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.line = 0
        self.broken_at: int | None = None

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "dataclass":
            return node
        self.line = getattr(node, "lineno", self.line)
        for broken in breakages(node):
            self.number -= 1
            if self.number == -1:
                self.broken_at = self.line
                return broken
        return self.generic_visit(node)


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Line, the line when broken, and the broken module."""
    tree = ast.parse(source)
    sound = ast.unparse(tree).splitlines()
    for number in range(sys.maxsize):
        breaking = Break(number)
        broken = ast.unparse(breaking.visit(copy.deepcopy(tree)))
        if breaking.broken_at is None:
            return
        pairs = zip(sound, broken.splitlines(), strict=False)
        yield (
            breaking.broken_at,
            next((new for old, new in pairs if old != new), "").strip(),
            broken,
        )


def is_noticed(module: str, code: str) -> bool:
    child = os.fork()
    if not child:
        _die_if_noticed(module, code)
    _, status = os.waitpid(child, 0)
    return status != 0


def _die_if_noticed(module: str, code: str) -> None:
    signal.alarm(SECONDS)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    name = f"ingestion.{module}"
    spec = importlib.util.spec_from_loader(name, loader=None)
    assert spec
    broken = sys.modules[name] = importlib.util.module_from_spec(spec)
    setattr(sys.modules["ingestion"], module, broken)
    try:
        exec(compile(code, name, "exec"), broken.__dict__)
    except Exception:  # noqa: BLE001
        os._exit(1)
    alone = ["--noconftest", "-c", os.devnull, "--assert=plain", "-p", "no:cacheprovider"]
    tests = [str(FOLDER / test) for test in TESTS]
    os._exit(int(pytest.main(["-x", "-q", *alone, "-p", "no:django", *tests])))


def main() -> None:
    total = survivors = 0
    for module in MODULES:
        source = (FOLDER.parent / f"{module}.py").read_text()
        if is_noticed(module, source):
            sys.exit(f"The tests fail with {module}.py as it stands.")
        for line, text, code in mutants(source):
            total += 1
            if not is_noticed(module, code):
                survivors += 1
                print(f"{module}.py:{line}: {text}", flush=True)
    print(json.dumps({"mutants": total, "killed": total - survivors}))


if __name__ == "__main__":
    main()

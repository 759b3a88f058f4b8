"""Spotify's OpenAPI file: its operations, and what a value breaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Node = dict[str, Any]
NAME = "urn:spotify"


@dataclass(frozen=True)
class Operation:
    template: str
    parameters: dict[str, Node]
    body: Node | None
    responses: dict[str, Node | None]

    def response(self, status: int) -> Node | None:
        """The declared body; `{}` for a declared answer without one; None when undeclared."""
        return self.responses.get(str(status))


class Schema:
    def __init__(self, path: Path) -> None:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        loaded = yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 (both are safe)
        self.document: Node = _named(loaded)
        self.templates = [
            (re.compile("".join(_pattern(template))), template)
            for template in sorted(self.document["paths"], key=lambda t: t.count("{"))
        ]
        self._operations: dict[tuple[str, str], Operation] = {}
        self._validators: dict[int, Any] = {}

    def operation(self, method: str, path: str) -> Operation | None:
        template = next((t for pattern, t in self.templates if pattern.fullmatch(path)), None)
        if template is None or method.lower() not in self.document["paths"][template]:
            return None
        key = (method.lower(), template)
        if key not in self._operations:
            self._operations[key] = self._read(*key)
        return self._operations[key]

    def problems(self, node: Node | None, value: Any, *, ignored: Iterable[str] = ()) -> list[str]:
        if node is None:
            return ["no schema"]
        broken = [
            f"{_place(error.absolute_path)}: {error.message[:200]}"
            for error in self._validator(node).iter_errors(value)
            if error.validator not in set(ignored)
        ]
        return broken + list(self._undeclared(node, value, ""))

    def text_problems(self, node: Node, name: str, text: str) -> list[str]:
        """A query parameter, read as its type."""
        value: Any = text
        if node.get("type") == "integer":
            value = int(text) if re.fullmatch(r"-?\d+", text) else text
        elif node.get("type") == "array":
            value = text.split(",")
        return [f"{name} {problem}" for problem in self.problems(node, value)]

    def _read(self, method: str, template: str) -> Operation:
        node = self.document["paths"][template][method]
        parameters = [self._resolve(entry) for entry in node.get("parameters", [])]
        body = self._resolve(node.get("requestBody", {})).get("content", {})
        return Operation(
            template=template,
            parameters={p["name"]: p["schema"] for p in parameters if p["in"] == "query"},
            body=body.get("application/json", {}).get("schema") if body else None,
            responses={
                status: self._content(self._resolve(response))
                for status, response in node["responses"].items()
            },
        )

    @staticmethod
    def _content(response: Node) -> Node:
        return response.get("content", {}).get("application/json", {}).get("schema", {})

    def _resolve(self, node: Node) -> Node:
        while "$ref" in node:
            target: Any = self.document
            for part in node["$ref"].removeprefix(f"{NAME}#/").split("/"):
                target = target[part]
            node = target
        return node

    def _validator(self, node: Node) -> Any:
        if id(node) not in self._validators:
            from openapi_schema_validator import OAS30ReadValidator
            from referencing import Registry
            from referencing.jsonschema import DRAFT4

            resource = DRAFT4.create_resource({"components": self.document["components"]})
            registry: Any = Registry().with_resource(NAME, resource)
            checker = OAS30ReadValidator.FORMAT_CHECKER
            self._validators[id(node)] = OAS30ReadValidator(
                node, registry=registry, format_checker=checker
            )
        return self._validators[id(node)]

    def _undeclared(self, node: Node, value: Any, place: str) -> Iterable[str]:
        """Names the schema does not know; it allows them, Spotify would not send them."""
        if isinstance(value, list):
            items: Node = self._resolve(node).get("items", {})
            for number, entry in enumerate(value):
                yield from self._undeclared(items, entry, f"{place}[{number}]")
        elif isinstance(value, dict):
            declared = self._properties(node, value)
            for name, entry in value.items():
                if name in declared:
                    yield from self._undeclared(declared[name], entry, f"{place}.{name}")
                elif declared:
                    yield f"{place}.{name} is not declared"

    def _properties(self, node: Node, value: Node) -> Node:
        node = self._resolve(node)
        found: Node = dict(node.get("properties", {}))
        for part in node.get("allOf", []):
            found |= self._properties(part, value)
        for option in node.get("oneOf", []):
            properties = self._properties(option, value)
            kinds = properties.get("type", {}).get("enum", [])
            if value.get("type", "track") in kinds:
                found |= properties
        return found


def _named(node: Any) -> Any:
    """References by the document's name, so that any part of it can be checked alone."""
    if isinstance(node, list):
        return [_named(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    return {
        key: NAME + value if key == "$ref" and isinstance(value, str) else _named(value)
        for key, value in node.items()
        if key != "discriminator"
    }


def _pattern(template: str) -> Iterable[str]:
    for part in re.split(r"(\{[^}]+\})", template):
        yield "[^/]+" if part.startswith("{") else re.escape(part)


def _place(path: Iterable[Any]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path) or "."

"""Schemas: which module each belongs to, whether it comes back or goes in, and its annotation in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.catalog.model import kind, nullable, resolve
from dialkit.client.arguments import is_id
from typed.naming import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.catalog import Catalog, Field, Operation
    from dialkit.catalog.model import Schema

SHARED = "shared"
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


def name_of(schema: Schema) -> str | None:
    """The name of the schema that is referred to, None for one written in place."""
    return str(schema["$ref"]).rsplit("/", 1)[-1] if "$ref" in schema else None


class Shapes:
    """All schemas of a catalog. `out` are those in answers, `into` those within requests, by name; the values
    are module names. `pages` are those that are a page of a list."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.schemas: dict[str, Schema] = {}
        self.out: dict[str, str] = {}
        self.into: dict[str, str] = {}
        self.pages: set[str | None] = set()
        for operation in catalog:
            self.schemas.update(operation.schemas)
            if operation.pages is not None:
                self.pages.add(name_of(operation.answer["schema"]))
            module = attribute(operation.group)
            for name in self._reach(operation.answer.get("schema", {})):
                self._place(self.out, name, module)
            for field in operation.fields:
                for name in self._reach(field.schema):
                    self._place(self.into, name, module)

    @staticmethod
    def _place(found: dict[str, str], name: str, module: str) -> None:
        found[name] = module if found.get(name, module) == module else SHARED

    def _reach(self, schema: Schema, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """The names of schemas within a schema, its own among them."""
        name = name_of(schema)
        if name in seen:
            return
        if name is not None:
            yield name
            seen |= {name}
            schema = self.schemas[name]
        for inner in self._parts(schema):
            yield from self._reach(inner, seen)

    @staticmethod
    def _parts(schema: Schema) -> Iterator[Schema]:
        yield from schema.get("properties", {}).values()
        yield from schema.get("oneOf", ())
        if "items" in schema:
            yield schema["items"]

    def answer(self, schema: Schema, prefix: str = "") -> str:
        """The annotation of what comes back, without null."""
        if name := name_of(schema):
            return prefix + name
        found = kind(schema)
        if found == "array":
            return f"list[{self.answer(schema['items'], prefix)}]"
        if found == "object":
            return "dict[str, Any]"
        if schema.get("format") == "date-time":
            return "datetime"
        return _literal(schema) or PLAIN.get(str(found), "Any")

    def given(self, schema: Schema, *, own: bool = False, name: str = "") -> str:
        """The annotation of what goes in, without null. `own` is for the module of the types themselves."""
        if referred := name_of(schema):
            mine = referred if own else f"params.{referred}"
            return f"{mine} | types.{referred}" if referred in self.out else mine
        if "oneOf" in schema:
            return " | ".join(self.given(choice, own=own) for choice in schema["oneOf"])
        found = kind(schema)
        if found == "array":
            item = self.given(schema["items"], own=own)
            # A text is a sequence of texts too, and must not pass for a list of them.
            return "Strings" if item == "str" else f"Sequence[{item}]"
        if found == "object":
            return "Mapping[str, Any]"
        special = {"date-time": "datetime | str", "byte": "bytes | str"}.get(schema.get("format", ""))
        plain = special or _literal(schema) or PLAIN.get(str(found), "Any")
        if plain == "str" and is_id(name):
            return "int | str"
        return f'{plain} | Literal["me"]' if schema.get("x-me") and found == "integer" else plain

    def parameter(self, field: Field) -> tuple[str, str]:
        """Annotation and default (``""`` for none) of a method's parameter."""
        schema = field.schema
        told = self.given(schema, name=field.name)
        if field.required:
            return told + (" | None" if field.place == "body" and nullable(self._whole(schema)) else ""), ""
        if field.place == "body":
            null = " | None" if nullable(self._whole(schema)) else ""
            return f"{told}{null} | Unset", "UNSET"
        return f"{told} | None", "None"

    def _whole(self, schema: Schema) -> Schema:
        return resolve(schema, self.schemas)

    def item(self, operation: Operation) -> str:
        """The annotation of one item of a list operation."""
        pages = operation.pages
        assert pages is not None
        whole = self._whole(operation.answer["schema"])
        names = (pages["items"], *pages.get("also", ()))
        return " | ".join(self.answer(whole["properties"][name]["items"], "types.") for name in names)


def _literal(schema: Schema) -> str | None:
    choices: list[Any] = [value for value in schema.get("enum", ()) if value is not None]
    return f"Literal[{', '.join(quoted(value) for value in choices)}]" if choices else None


def quoted(value: Any) -> str:
    """A value as Python writes it, texts in double quotes."""
    import json

    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(quoted, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(k)}: {quoted(v)}" for k, v in value.items()) + "}"
    return repr(value)

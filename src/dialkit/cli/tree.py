"""Schemas for reading and for programs: a tree of lines, and JSON Schema without references."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.catalog.model import kind, nullable
from dialkit.catalog.validate import PATTERNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.catalog import Operation
    from dialkit.catalog.model import Schema, Schemas

WIDTH = 100

# What a schema may say about a value, in words.
BOUNDS = (
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("default", "{} unless given"),
    ("x-default", "{} unless given"),
)
FORMATS = {"byte": "base64", "int64": "64 bits"}


def request_schema(operation: Operation) -> Schema:
    """All that an operation takes as one schema of an object: path, query and body by the names of its flags.

    Each property carries ``x-in`` (``path``, ``query``, ``body``). Where the body is a choice, it stays one.
    """
    found: Schema = {"type": "object", "properties": {}}
    if operation.body is not None:
        found |= expanded(operation.body["schema"], operation.schemas)
    fields = {
        field.name: {
            **expanded(field.schema, operation.schemas),
            "description": field.description,
            "x-in": field.place,
        }
        for field in operation.fields
    }
    return {**found, "properties": fields, "required": [f.name for f in operation.fields if f.required]}


def answer_schema(operation: Operation) -> Schema:
    """What an operation answers; ``null`` where it answers with no body."""
    schema = operation.answer.get("schema")
    return {"type": "null"} if schema is None else expanded(schema, operation.schemas)


def expanded(schema: Schema, schemas: Schemas, above: tuple[str, ...] = ()) -> Schema:
    """The schema with every reference put in its place; one inside itself is left as any value, named."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        if name in above:
            return {**beside, "x-recursive": name}
        return expanded({**schemas[name], **beside}, schemas, (*above, name))
    found = dict(schema)
    if "properties" in found:
        found["properties"] = {
            key: expanded(inner, schemas, above) for key, inner in found["properties"].items()
        }
    if "items" in found:
        found["items"] = expanded(found["items"], schemas, above)
    for key in ("oneOf", "anyOf", "allOf"):
        if key in found:
            found[key] = [expanded(inner, schemas, above) for inner in found[key]]
    return found


def lines(schema: Schema, depth: int = 0) -> Iterator[str]:
    """The properties of an expanded schema, a line or more each, those inside others further in."""
    needed = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        yield from line(name, inner, name in needed, depth)
    for key in ("oneOf", "anyOf"):
        for number, choice in enumerate(schema.get(key, ()), 1):
            if "properties" in choice:
                yield "  " * depth + f"{'either' if number == 1 else 'or'}:"
                yield from lines(choice, depth + 1)
    for part in schema.get("allOf", ()):
        yield from lines(part, depth)


def line(name: str, schema: Schema, required: bool, depth: int = 0) -> Iterator[str]:
    """One property: its name and type, what holds for it, what it is, and what is inside it."""
    marks = [*(["required"] if required else []), *_marks(schema)]
    margin = "  " * depth
    yield f"{margin}{name}: {type_name(schema)}" + (f" ({', '.join(marks)})" if marks else "")
    yield from _wrapped(schema.get("description", ""), margin + "    ")
    choices = schema.get("enum") or schema.get("items", {}).get("enum")
    if choices:
        yield from _wrapped("one of " + ", ".join(str(c) for c in choices if c is not None), margin + "    ")
    inner = schema
    while "items" in inner:
        inner = inner["items"]
    yield from lines(inner, depth + 1)


def type_name(schema: Schema) -> str:
    """``text``, ``list of integer``, ``object``: what kind of value it is."""
    found = kind(schema)
    if found == "array":
        return "list of " + type_name(schema.get("items", {}))
    choices = [type_name(choice) for key in ("oneOf", "anyOf") for choice in schema.get(key, ())]
    if found is None and choices:
        return " or ".join(dict.fromkeys(choices))
    told = {"string": "text", None: "any value"}.get(found, str(found))
    if "format" in schema:
        told += f" ({FORMATS.get(schema['format'], schema['format'])})"
    return told + (" or null" if nullable(schema) else "") + (" or me" if schema.get("x-me") else "")


def _marks(schema: Schema) -> list[str]:
    told = [
        text.format(json.dumps(schema[key], ensure_ascii=False))
        for key, text in BOUNDS
        if schema.get(key) not in (None, "")
    ]
    if "pattern" in schema:
        told.append(PATTERNS.get(schema["pattern"], f"like {schema['pattern']}").removeprefix("must be "))
    if schema.get("x-recursive"):
        told.append(f"again {schema['x-recursive']}")
    return told


def _wrapped(text: str, margin: str) -> Iterator[str]:
    from textwrap import wrap

    for paragraph in text.split("\n"):
        yield from wrap(
            paragraph, WIDTH, initial_indent=margin, subsequent_indent=margin, break_long_words=False
        )


def inside(schema: Schema, dotted: str) -> tuple[Schema, bool] | None:
    """The property at a dotted name, and whether it is required; lists are entered. None: there is none."""
    found, required = schema, False
    for name in dotted.replace("-", "_").split("."):
        while "items" in found:
            found = found["items"]
        inner = _properties(found)
        if name not in inner:
            return None
        required = name in found.get("required", ())
        found = inner[name]
    return found, required


def _properties(schema: Schema) -> dict[str, Any]:
    """By names with underscores, as flags are read."""
    found = {name.replace("-", "_"): inner for name, inner in schema.get("properties", {}).items()}
    for key in ("oneOf", "anyOf", "allOf"):
        for choice in schema.get(key, ()):
            found = {**_properties(choice), **found}
    return found

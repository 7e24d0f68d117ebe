"""Dotted paths into answers: `contact.name`, `emails`, `phones.0`, `recipients.number`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.cli.output.options import Items

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dialkit.catalog.model import Schema, Schemas

DEPTH = 4
"""How deep `available_fields` looks."""


def parse_fields(text: str) -> tuple[str, ...]:
    """The paths of ``a,b.c``, in order, each once. Raises `InvalidArgument` for an empty name."""
    paths = tuple(dict.fromkeys(path.strip() for path in text.split(",")))
    for path in paths:
        if not all(path.split(".")):
            from dialkit.errors import InvalidArgument

            raise InvalidArgument(
                f"--fields {text!r} has an empty name",
                hint="--fields id,contact.name, or --fields alone for a list",
            )
    return paths


def pick(value: Any, path: Sequence[str]) -> Any:
    """The value at a path, else None. In a list, a name means each of its items and a number one of them."""
    for at, name in enumerate(path):
        if isinstance(value, dict):
            value = value.get(name)
        elif not isinstance(value, list):
            return None
        elif name.isdecimal():
            value = value[int(name)] if len(name) < 10 and int(name) < len(value) else None
        else:
            return [pick(item, path[at:]) for item in value]
    return value


def project(data: Any, fields: Sequence[str]) -> Any:
    """Each item reduced to the fields: one flat object, its keys the paths as they were given."""
    paths = [(field, field.split(".")) for field in fields]

    def reduced(item: Any) -> dict[str, Any]:
        return {field: pick(item, path) for field, path in paths}

    if isinstance(data, Items):
        return Items(map(reduced, data))
    if isinstance(data, list):
        return [reduced(item) for item in data]
    return None if data is None else reduced(data)


def available_fields(schema: Schema, schemas: Schemas, items: str | None = None) -> list[dict[str, str]]:
    """What `--fields` can name in data of a schema: rows of ``field``, ``type`` and ``description``.

    `items` names the property that holds the list, where it is the list that is shown. For a list, the
    fields of its items. `DEPTH` names deep; a schema inside itself is named, not entered.
    """
    from dialkit.catalog.model import properties

    if items is not None:
        schema = properties(schema, schemas)[items]
    _, inner, above = _enter(schema, schemas)
    return list(_walk(inner, schemas, "", above))


def _walk(schema: Schema, schemas: Schemas, prefix: str, above: frozenset[str]) -> Iterator[dict[str, str]]:
    from dialkit.catalog.model import properties, resolve

    for name, given in properties(schema, schemas).items():
        path = prefix + name
        told = given.get("description") or resolve(given, schemas).get("description", "")
        shown, inner, names = _enter(given, schemas)
        yield {"field": path, "type": shown, "description": str(told)}
        if path.count(".") + 1 < DEPTH and not names & above:
            yield from _walk(inner, schemas, path + ".", above | names)


def _enter(schema: Schema, schemas: Schemas) -> tuple[str, Schema, frozenset[str]]:
    """A schema's type in words, the schema of its items (its own, where it is no list), the names passed."""
    from dialkit.catalog.model import kind, resolve

    names: set[str] = set()
    lists = ""
    while True:
        if "$ref" in schema:
            names.add(schema["$ref"])
        schema = resolve(schema, schemas)
        if kind(schema) != "array" or "items" not in schema or len(lists) > 100:
            break
        schema = schema["items"]
        lists += "array of "
    shown = kind(schema) or "any"
    if shown == "string" and "format" in schema:
        shown += f" ({schema['format']})"
    return lists + shown, schema, frozenset(names)

"""Whether a document a user brings has the shape that commands can be made of; where it has not, says where.

Checked is what dialkit reads, no more. The shapes are written as JSON schemas and held against the document
by the same code that checks requests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dialkit.catalog.compile import METHODS, BadDocument
from dialkit.catalog.validate import faults
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterator

    Found = Iterator[tuple[str, str]]


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
NUMBER = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}
WHOLE = {"type": "integer", "minimum": 1}
OBJECT = {"type": "object"}

# Names become words on the command line, and those of groups become names of files as well.
ID = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9_.-]*$", "maxLength": 100}
GROUP = {"type": "string", "pattern": r"^[a-z][a-z0-9_-]*$", "maxLength": 40}
FIELD: dict[str, Any] = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9_-]*$", "maxLength": 100}
# A path follows a fixed host: nothing in it may move the host (``@``, no slash first) or end the path.
PATH = r"(/([A-Za-z0-9_.~:-]+|\{[A-Za-z][A-Za-z0-9_-]*\}))+"

DOCUMENT = _object(
    {
        "info": _object({"title": TEXT, "version": TEXT}),
        "tags": _list(_object({"name": TEXT, "description": TEXT, "x-title": TEXT}, "name")),
        "paths": OBJECT,
        "components": _object(dict.fromkeys(("schemas", "parameters", "requestBodies", "responses"), OBJECT)),
    },
    "paths",
)
ITEM = _object({"parameters": _list(OBJECT), **dict.fromkeys(METHODS, OBJECT)})
LIMIT = _object(
    {"count": WHOLE, "window": WHOLE, "scope": TEXT, "by": TEXT, "tier": COUNT}, "count", "window", "scope"
)
PAGES = _object(
    {"items": TEXT, "cursor": TEXT, "sent": TEXT, "limit": TEXT, "more": TEXT, "also": _list(TEXT)}, "items"
)
SPAN = _object({"from": TEXT, "to": TEXT, "seconds": NUMBER, "reported": FLAG}, "from", "to", "seconds")
RULE = _object({"when": OBJECT, "need": OBJECT, "any": _list(TEXT), "together": _list(TEXT)})
OPERATION = _object(
    {
        "operationId": ID,
        "tags": _list(GROUP),
        "summary": TEXT,
        "description": TEXT,
        "parameters": _list(OBJECT),
        "requestBody": OBJECT,
        "responses": OBJECT,
        "security": _list(OBJECT),
        "x-name": ID,
        "x-effect": {"enum": ["read", "write", "outward"]},
        "x-retry": {"enum": ["safe", "unsafe"]},
        "x-limits": _list(LIMIT),
        "x-limits-reason": TEXT,
        "x-scopes": _list(_object({"scope": TEXT, "when": TEXT}, "scope")),
        "x-admin": TEXT,
        "x-since": TEXT,
        "x-pages": PAGES,
        "x-undocumented": FLAG,
        "x-max-span": SPAN,
        "x-requires": _list(RULE),
    },
    "operationId",
)
PARAMETER = _object(
    {
        "name": FIELD,
        "in": {"enum": ["path", "query", "header", "cookie"]},
        "required": FLAG,
        "description": TEXT,
        "schema": OBJECT,
    },
    "name",
    "in",
    "schema",
)
BODY = _object({"required": FLAG, "content": OBJECT})
ANSWER = _object({"description": TEXT, "content": OBJECT})
MEDIA = _object({"schema": OBJECT, "examples": OBJECT})
TYPE = {"enum": ["string", "integer", "number", "boolean", "array", "object", "null"]}
SCHEMA = _object(
    {
        "$ref": {"type": "string", "pattern": "^#/components/schemas/[^/]+$"},
        "type": {"oneOf": [{**TEXT, **TYPE}, _list(TYPE)]},
        "properties": OBJECT,
        "items": OBJECT,
        "required": _list(TEXT),
        "enum": {"type": "array", "minItems": 1},
        "examples": {"type": "array"},
        **dict.fromkeys(("oneOf", "anyOf", "allOf"), _list(OBJECT)),
        **dict.fromkeys(("format", "description", "pattern"), TEXT),
        **dict.fromkeys(("minimum", "maximum", "x-min-ahead", "x-max-bytes"), NUMBER),
        "x-unit": {"enum": ["ms", "s"]},
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), COUNT),
    }
)


def check(document: dict[str, Any], name: str) -> None:
    """Raise `InvalidArgument`, naming the file `name` and the place, for the first thing that is wrong."""
    try:
        for where, message in _faults(document):
            raise InvalidArgument(f"{name}: {where or 'the document'} {message}")
    except BadDocument as error:
        raise InvalidArgument(f"{name}: {error}") from None


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Path, method, path item and operation of each operation of a document."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item, item[method]


def resolved(document: dict[str, Any], node: dict[str, Any], kind: str) -> dict[str, Any]:
    """`node`, or what its ``$ref`` names among the components of that kind (``parameters``).

    Raises `BadDocument` for a reference that leads nowhere.
    """
    if "$ref" not in node:
        return node
    path, _, name = str(node["$ref"]).rpartition("/")
    found = document.get("components", {}).get(kind, {}).get(name)
    if path != f"#/components/{kind}" or not isinstance(found, dict) or "$ref" in found:
        raise BadDocument(f"the document has no {str(node['$ref'])[:100]!r}")
    return dict(found)


# The first fault ends the check, so each step may rely on those before it.


def _faults(document: dict[str, Any]) -> Found:
    yield from _unlike(DOCUMENT, "", document)
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        yield from _schema(f"components.schemas.{name}", schema)
    for path, item in document["paths"].items():
        yield from _unlike(ITEM, path, item)
        if not re.fullmatch(PATH, path):
            yield path, "is not a path such as /api/v2/users/{id}"
    seen: dict[str, str] = {}
    for path, method, item, given in operations(document):
        where = f"{method.upper()} {path}"
        yield from _unlike(OPERATION, where, given)
        if seen.setdefault(given["operationId"], where) != where:
            yield where, f"is called {given['operationId']!r}, as {seen[given['operationId']]} is"
        parameters = [
            resolved(document, each, "parameters")
            for each in (*item.get("parameters", ()), *given.get("parameters", ()))
        ]
        yield from _parameters(where, path, parameters)
        body = resolved(document, given.get("requestBody", {}), "requestBodies")
        yield from _content(where, body, BODY)
        for status, answer in given.get("responses", {}).items():
            if not status.startswith("2"):
                continue
            yield from _unlike(OBJECT, f"{where}: answer {status}", answer)
            yield from _content(where, resolved(document, answer, "responses"), ANSWER)


def _unlike(shape: dict[str, Any], where: str, value: Any) -> Found:
    for path, message in faults(value, shape, {}):
        yield ": ".join(part for part in (where, path) if part), message


def _parameters(where: str, path: str, given: list[dict[str, Any]]) -> Found:
    for each in given:
        place = f"{where}: parameter {str(each.get('name'))[:80]}"
        yield from _unlike(PARAMETER, place, each)
        yield from _schema(place, each["schema"])
    written = set(re.findall(r"\{(.*?)\}", path))
    named = {each["name"] for each in given if each["in"] == "path"}
    for name in sorted(written - named):
        yield where, f"has {{{name}}} in its path and no path parameter of that name"
    for name in sorted(named - written):
        yield where, f"has a path parameter {name}, which is not in its path"


def _content(where: str, holder: dict[str, Any], shape: dict[str, Any]) -> Found:
    yield from _unlike(shape, where, holder)
    for kind, media in holder.get("content", {}).items():
        yield from _unlike(MEDIA, f"{where}: {kind}", media)
        yield from _schema(f"{where}: {kind}", media.get("schema", {}))


def _schema(where: str, root: Any) -> Found:
    """What is wrong with a schema and all that it holds; references are followed by the compiler."""
    waiting = [(where, root)]
    while waiting:
        place, schema = waiting.pop()
        yield from _unlike(SCHEMA, place, schema)
        waiting += [(f"{place}.{name}", inner) for name, inner in schema.get("properties", {}).items()]
        if "items" in schema:
            waiting.append((f"{place}[]", schema["items"]))
        for key in ("oneOf", "anyOf", "allOf"):
            waiting += [(f"{place}.{key}", inner) for inner in schema.get(key, ())]

"""From an OpenAPI document to shards: an index, and one file for each group of operations.

Used by ``make spec`` for our own document and by ``dialpad spec use`` for one the user brings. The same
document gives the same shards; `storage` keeps them, `document` turns them back.
"""

from __future__ import annotations

import re
from typing import Any

from dialkit.catalog.model import properties

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
JSON_TYPE = "application/json"

# Extensions of an operation that shards carry under the same name without `x-`.
EXTENSIONS = (
    "effect", "retry", "limits", "limits-reason", "scopes", "admin", "since", "pages",
    "undocumented", "max-span", "requires",
)  # fmt: skip
# A group is one word on the command line and the name of a file; two files have names of their own.
GROUP = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
TAKEN = ("index", "about")
# The answer every operation may give besides its own; left out of shards and put back on export.
ERROR_ANSWER = {"$ref": "#/components/responses/Error"}


class BadDocument(ValueError):
    """The document is not an OpenAPI 3 document that can become commands; the text says where and why."""


def compile_document(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All shards of a document by name: ``index`` and one per group.

    Raises `BadDocument` where the document has no paths, an operation has no id, a tag could not be a file's
    name, a schema is defined by itself, or two operations or two flags would have one name.
    """
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise BadDocument("not an OpenAPI document: it has no 'paths'")
    try:
        return _compile(document)
    except (AttributeError, LookupError, RecursionError, TypeError) as error:
        raise BadDocument(f"not an OpenAPI 3 document: {error!r}") from error


def _compile(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    schemas = document.get("components", {}).get("schemas", {})
    _refuse_circles(schemas)
    tags = {tag["name"]: tag for tag in document.get("tags", ())}
    groups: dict[str, dict[str, Any]] = {}
    for path, item in document["paths"].items():
        for method, given in item.items():
            if method in METHODS:
                operation = _operation(method, path, given, item.get("parameters", []))
                group = (given.get("tags") or ["other"])[0]
                if group in TAKEN or not re.fullmatch(GROUP, str(group)):
                    raise BadDocument(f"{given['operationId']}: the tag {group!r} cannot be a group's name")
                if any(given["operationId"] in other["operations"] for other in groups.values()):
                    raise BadDocument(f"two operations are called {given['operationId']}")
                shard = groups.setdefault(group, {"operations": {}, "schemas": {}})
                shard["operations"][given["operationId"]] = operation
                _collect(operation, schemas, shard["schemas"])
    index: dict[str, Any] = {}
    for name, shard in sorted(groups.items()):
        shard["schemas"] = dict(sorted(shard["schemas"].items()))
        _name(name, shard["operations"], schemas)
        tag = tags.get(name, {})
        index[name] = {
            "title": tag.get("x-title", name),
            "description": tag.get("description", f"Operations of {name}."),
            "operations": {
                operation_id: [o["name"], o["method"], o["path"], o["summary"], o["effect"]]
                for operation_id, o in shard["operations"].items()
            },
        }
    about = {key: value for key, value in document.items() if key not in ("paths", "components", "tags")}
    rest = {key: value for key, value in document.get("components", {}).items() if key != "schemas"}
    shared: dict[str, Any] = {}
    _collect(rest, schemas, shared)
    rest["schemas"] = shared
    return {"index": {"groups": index}, "about": {"document": about, "components": rest}, **groups}


def _operation(method: str, path: str, given: dict[str, Any], shared: list[Any]) -> dict[str, Any]:
    if not given.get("operationId"):
        raise BadDocument(f"{method.upper()} {path} has no operationId")
    place = given["operationId"]
    effect = given.get("x-effect") or ("read" if method in ("get", "head", "options") else "write")
    out: dict[str, Any] = {
        "name": given.get("x-name", place),
        "method": method.upper(),
        "path": path,
        "summary": given.get("summary") or place,
        "description": given.get("description") or given.get("summary") or place,
        "effect": effect,
        "retry": "safe" if effect == "read" else "unsafe",
    }
    if given.get("security") == []:
        out["auth"] = "none"
    out |= {key: given["x-" + key] for key in EXTENSIONS if "x-" + key in given}
    parameters = [*shared, *given.get("parameters", ())]
    if any("$ref" in p or "schema" not in p for p in parameters):
        raise BadDocument(f"{place}: parameters must be written out, each with a schema")
    if parameters:
        out["parameters"] = [
            {
                "name": p["name"],
                "in": p["in"],
                "required": bool(p.get("required")),
                "description": p.get("description", ""),
                "schema": p["schema"],
            }
            for p in parameters
            if p["in"] in ("path", "query")
        ]
    body = given.get("requestBody", {}).get("content", {}).get(JSON_TYPE)
    if body is not None:
        out["body"] = {"required": bool(given["requestBody"].get("required")), **_media(body)}
    out["answer"] = {"status": "200"}
    for status, answer in given.get("responses", {}).items():
        if status.startswith("2"):
            out["answer"] = {"status": status, "description": answer.get("description", "")}
            out["answer"] |= _media(answer.get("content", {}).get(JSON_TYPE, {}))
            break
    return out


def _media(media: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {key: media[key] for key in ("schema", "example") if key in media}
    if "example" not in found and media.get("examples"):
        found["example"] = next(iter(media["examples"].values())).get("value")
    return found


def _collect(node: Any, schemas: dict[str, Any], found: dict[str, Any]) -> None:
    """Put every schema that `node` reaches into `found`, so that a shard stands alone."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            name = target.rsplit("/", 1)[-1]
            if name not in schemas:
                raise BadDocument(f"{target} does not exist")
            if name not in found:
                found[name] = schemas[name]
                _collect(schemas[name], schemas, found)
        for value in node.values():
            _collect(value, schemas, found)
    elif isinstance(node, list):
        for value in node:
            _collect(value, schemas, found)


def _refuse_circles(schemas: dict[str, Any]) -> None:
    """A schema may hold itself in a property or a list, for values end; it may not be itself."""

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise BadDocument(f"the schema {name} is defined by itself")
        if name in done:
            return
        parts = [schemas.get(name, {})]
        for part in parts:
            parts += [inner for key in ("oneOf", "anyOf", "allOf") for inner in part.get(key, ())]
            if "$ref" in part:
                visit(part["$ref"].rsplit("/", 1)[-1], (*above, name))
        done.add(name)

    done: set[str] = set()
    for name in schemas:
        visit(name, ())


def _name(group: str, operations: dict[str, dict[str, Any]], schemas: dict[str, Any]) -> None:
    """Check that names, once typed, stay apart: ``a_b`` and ``a-b`` would be one flag or one word."""
    typed: dict[str, str] = {}
    for operation_id, operation in operations.items():
        for name in (operation["name"], operation_id):
            word = name.replace("_", "-")
            if typed.setdefault(word, operation_id) != operation_id:
                raise BadDocument(f"{group}: {typed[word]} and {operation_id} are both called {name!r}")
        flags: dict[str, str] = {}
        body = properties(operation.get("body", {}).get("schema", {}), schemas)
        for name in (*(parameter["name"] for parameter in operation.get("parameters", ())), *body):
            flag = re.sub(r"[^a-z0-9]+", "-", name.lower())
            if flag in flags:
                raise BadDocument(f"{operation_id}: {flags[flag]} and {name} are both --{flag}")
            flags[flag] = name

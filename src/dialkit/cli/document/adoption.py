"""From a user's document to an overlay: the operations that the built-in catalog lacks or has otherwise.

What the document says as the catalog says it is left out, so that it keeps our words. An operation that has
changed keeps what our catalog alone knows of it: its name, effect, limits, scopes, pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.catalog.compile import EXTENSIONS, compile_document
from dialkit.cli.document.check import operations, resolved

if TYPE_CHECKING:
    from dialkit.catalog import Catalog, Operation

NO_LIMIT = "The document states no limit; the company-wide 20 requests per second still holds."


def shards_of(document: dict[str, Any], wanted: set[str], catalog: Catalog) -> dict[str, dict[str, Any]]:
    """The shards of the `wanted` operations of a checked document; `catalog` is the built-in one.

    Raises `BadDocument` where names collide.
    """
    paths: dict[str, dict[str, Any]] = {}
    for path, method, item, given in operations(document):
        if given["operationId"] in wanted:
            ours = catalog.operation(given["operationId"]) if given["operationId"] in catalog.ids else None
            paths.setdefault(path, {})[method] = _adopted(document, item, given, ours)
    schemas = document.get("components", {}).get("schemas", {})
    own = {name: schema for operation in catalog for name, schema in operation.schemas.items()}
    # The same name for something else would be one schema in `spec export`.
    taken = {name for name, schema in schemas.items() if own.get(name, schema) != schema}
    reduced = {
        "paths": paths,
        "tags": document.get("tags", []),
        "components": {
            "schemas": {_name(name, taken): schema for name, schema in schemas.items()},
        },
    }
    return compile_document(_rewritten(reduced, taken))


def _adopted(
    document: dict[str, Any], item: dict[str, Any], given: dict[str, Any], ours: Operation | None
) -> dict[str, Any]:
    """An operation as the compiler reads it: references followed, and with what we know of it."""
    out = dict(given)
    out["parameters"] = [
        resolved(document, each, "parameters")
        for each in (*item.get("parameters", ()), *given.get("parameters", ()))
    ]
    body = resolved(document, given.get("requestBody", {}), "requestBodies")
    content = {kind: {"schema": {}, **media} for kind, media in body.get("content", {}).items()}
    out["requestBody"] = {**body, "content": content}
    out["responses"] = {
        status: resolved(document, answer, "responses")
        for status, answer in given.get("responses", {}).items()
        if status.startswith("2")
    }
    if ours is not None:
        known = {"x-" + key: ours.source[key] for key in EXTENSIONS if key in ours.source}
        known.pop("x-undocumented", None)
        return {**known, **out, "x-name": ours.name, "tags": [ours.group]}
    group = (given.get("tags") or ["other"])[0]
    return {"x-name": given["operationId"].removeprefix(group + "."), **_limits(given), **_pages(out), **out}


def _limits(given: dict[str, Any]) -> dict[str, Any]:
    """Dialpad's own mark, ``x-ratelimit: [[count, seconds]]``; several pairs are tiers it does not name."""
    match given.get("x-ratelimit"):
        case [[int(count), int(window)]] if count > 0 and window > 0:
            return {"x-limits": [{"count": count, "window": window, "scope": "company"}]}
    return {"x-limits-reason": NO_LIMIT}


def _pages(out: dict[str, Any]) -> dict[str, Any]:
    """Where items and cursor are, as Dialpad has them where a list takes a cursor."""
    if any((each["in"], each["name"]) == ("query", "cursor") for each in out["parameters"]):
        return {"x-pages": {"items": "items", "cursor": "cursor", "sent": "query"}}
    return {}


def _name(name: str, taken: set[str]) -> str:
    return name + ".added" if name in taken else name


def _rewritten(document: dict[str, Any], taken: set[str]) -> Any:
    """The document with references to the `taken` names turned, and no control characters in its texts,
    which would reach the terminal with every help page."""
    from dialkit.cli.output.text import UNSAFE, escaper

    clean = escaper(UNSAFE, keep="\n", escape=lambda _: " ")

    def walk(node: Any) -> Any:
        if isinstance(node, list):
            return [walk(inner) for inner in node]
        if not isinstance(node, dict):
            return clean(node) if isinstance(node, str) else node
        found = {clean(key): walk(inner) for key, inner in node.items()}
        if isinstance(node.get("$ref"), str):
            head, slash, name = node["$ref"].rpartition("/")
            found["$ref"] = head + slash + _name(name, taken)
        return found

    return walk(document)

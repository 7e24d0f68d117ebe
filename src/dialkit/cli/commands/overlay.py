"""The overlay: the operations of a user's document that the built-in catalog lacks or has otherwise.

A folder of shards in the config folder, read by every run (`dialkit.catalog.Catalog`). What a document says
as the catalog says it is left out, so that it keeps our words. An operation that has changed keeps what our
catalog alone knows of it: its name, effect, limits, scopes, pages.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from dialkit.catalog import Catalog
from dialkit.catalog.compile import EXTENSIONS, JSON_TYPE, BadDocument, compile_document
from dialkit.catalog.model import SHARDS, kind, resolve
from dialkit.cli.commands.document_check import operations, resolved
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from dialkit.catalog import Operation
    from dialkit.catalog.diff import Changes

    Shards = dict[str, dict[str, Any]]

ABOUT = "about"
# Names of shards that are no groups, and names that Windows keeps for devices, whatever the ending.
RESERVED = ("index", ABOUT, "con", "prn", "aux", "nul")
NO_LIMIT = "The document states no limit; the company-wide 20 requests per second still holds."


def shards_of(document: dict[str, Any], changes: Changes) -> Shards:
    """The overlay's shards: what of a checked document is new or changed. Raises `BadDocument`."""
    catalog = Catalog()
    wanted = {*changes.new, *changes.changed}
    paths: dict[str, dict[str, Any]] = {}
    for path, method, item, given in operations(document):
        if given["operationId"] in wanted:
            ours = catalog.operation(given["operationId"]) if given["operationId"] in catalog.ids else None
            paths.setdefault(path, {})[method] = _adopted(document, item, given, ours)
    info = document.get("info", {})
    made = compile_document(
        _clean(
            {
                "paths": paths,
                "tags": document.get("tags", []),
                "components": {"schemas": _renamed(document.get("components", {}).get("schemas", {}))},
            }
        )
    )
    made[ABOUT] = {"title": info.get("title", ""), "version": info.get("version", "")}
    return made


def _adopted(
    document: dict[str, Any], item: dict[str, Any], given: dict[str, Any], ours: Operation | None
) -> dict[str, Any]:
    """An operation as the compiler reads it: references followed, and with what we know of it."""
    out = dict(given)
    out["parameters"] = [
        resolved(document, each, "parameters")
        for each in (*item.get("parameters", ()), *given.get("parameters", ()))
    ]
    out["requestBody"] = resolved(document, given.get("requestBody", {}), "requestBodies")
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
    limits = _limits(given)
    return {
        "x-name": given["operationId"].removeprefix(group + "."),
        **({"x-limits": limits} if limits else {"x-limits-reason": NO_LIMIT}),
        **_pages(out),
        **out,
    }


def _limits(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Dialpad's own mark, ``x-ratelimit: [[count, seconds]]``; several pairs are tiers it does not name."""
    pairs = given.get("x-ratelimit")
    match pairs:
        case [[int(count), int(window)]] if count > 0 < window:
            return [{"count": count, "window": window, "scope": "company"}]
    return []


def _pages(out: dict[str, Any]) -> dict[str, Any]:
    """Where items and cursor are, where the operation follows Dialpad's custom (`items`, `cursor`)."""
    if any(each["in"] == "query" and each["name"] == "cursor" for each in out["parameters"]):
        return {"x-pages": {"items": "items", "cursor": "cursor", "sent": "query"}}
    return {}


def _renamed(schemas: dict[str, Any]) -> dict[str, Any]:
    """Schemas under names that the built-in catalog does not give to others."""
    own = {name: schema for operation in Catalog() for name, schema in operation.schemas.items()}
    taken = {name for name in schemas if name in own and own[name] != schemas[name]}
    if not taken:
        return schemas

    def renamed(node: Any) -> Any:
        if isinstance(node, list):
            return [renamed(inner) for inner in node]
        if not isinstance(node, dict):
            return node
        found = {key: renamed(inner) for key, inner in node.items()}
        head, _, name = str(node.get("$ref", "")).rpartition("/")
        return {**found, "$ref": f"{head}/{name}.added"} if name in taken else found

    return {name + ".added" if name in taken else name: renamed(schema) for name, schema in schemas.items()}


def _clean(node: Any) -> Any:
    """Texts without control characters, which would reach the terminal with every help page."""
    from dialkit.cli.output.text import UNSAFE, escaper

    clean = escaper(UNSAFE, keep="\n", escape=lambda _: " ")

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            return {clean(key): walk(inner) for key, inner in node.items()}
        if isinstance(node, list):
            return [walk(inner) for inner in node]
        return clean(node) if isinstance(node, str) else node

    return walk(node)

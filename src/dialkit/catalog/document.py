"""From shards back to one OpenAPI 3.1 document: what ``dialpad spec export`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.catalog.compile import ERROR_ANSWER, EXTENSIONS, JSON_TYPE
from dialkit.catalog.example import answer_example
from dialkit.catalog.storage import SHARDS, read

if TYPE_CHECKING:
    from dialkit.catalog.model import Catalog, Operation


def export(catalog: Catalog, folder: str = SHARDS) -> dict[str, Any]:
    """The whole document, with an example for every request and answer."""
    about = read(folder, "about")
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = dict(about["components"]["schemas"])
    for operation in catalog:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
        schemas.update(operation.schemas)
    tags = [
        {"name": g.name, "x-title": g.title, "description": g.description} for g in catalog.groups.values()
    ]
    return {
        **about["document"],
        "tags": tags,
        "paths": dict(sorted(paths.items())),
        "components": {**about["components"], "schemas": dict(sorted(schemas.items()))},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    source = operation.source
    out: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.group],
        "summary": operation.summary,
        "description": operation.description,
        "x-name": operation.name,
        **{"x-" + key: source[key] for key in EXTENSIONS if key in source},
    }
    if not operation.needs_key:
        out["security"] = []
    if operation.added:
        out["x-added"] = True
    if source.get("parameters"):
        out["parameters"] = source["parameters"]
    if operation.body:
        media = {key: value for key, value in operation.body.items() if key != "required"}
        out["requestBody"] = {"required": operation.body["required"], "content": {JSON_TYPE: media}}
    answer = operation.answer
    told: dict[str, Any] = {"description": answer.get("description", "Done.")}
    if "schema" in answer:
        example = answer_example(operation)
        told["content"] = {JSON_TYPE: {"schema": answer["schema"], "example": example}}
    out["responses"] = {answer["status"]: told, "default": ERROR_ANSWER}
    return out

"""The OpenAPI document of the control API, made from the table of routes."""

from __future__ import annotations

import re
from typing import Any

from dialkit.sandbox.control.routes import ROUTES, Route

ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "errors"],
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "errors": {"type": "array", "items": {"type": "object"}},
            },
        }
    },
}
ABOUT = (
    "What only a sandbox has. Programs on the same machine may use it as they are; from another machine, "
    "or from a page in a browser, the control token is needed."
)


def document() -> dict[str, Any]:
    """The document, OpenAPI 3.1."""
    from dialkit import __version__

    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(f"/__sandbox__/{route.path}", {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Control of a dialkit sandbox", "version": __version__, "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR},
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "X-Sandbox-Token"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    parameters += [
        {"name": name, "in": "query", "required": name in route.needed, "schema": schema}
        for name, schema in route.query.items()
    ]
    answers: dict[str, Any] = {"application/json": {"schema": route.answer}}
    if "follow" in route.query:
        answers["application/x-ndjson"] = {"schema": {"type": "object"}}
    found: dict[str, Any] = {
        "operationId": route.act.__name__,
        "summary": route.about,
        "parameters": parameters,
        "responses": {
            "200": {"description": "done", "content": answers},
            "default": {
                "description": "refused",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    if route.open_to_all:
        found["security"] = []
    if route.body is not None:
        required = bool(route.body.get("required"))
        content = {"application/json": {"schema": route.body}}
        found["requestBody"] = {"required": required, "content": content}
    return found

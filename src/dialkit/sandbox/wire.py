"""How the service speaks: the spelling of its JSON and its times, and the shape of its errors.

Answers carry 64-bit integers as strings, times in UTC without a zone, and leave unset fields out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.catalog.model import properties, resolve

if TYPE_CHECKING:
    from dialkit.catalog.model import Schema, Schemas

# Seen in captured answers: notFound, badRequest; the others follow the scheme of Google's JSON errors.
REASONS = {
    400: "badRequest",
    401: "required",
    404: "notFound",
    405: "httpMethodNotAllowed",
    409: "conflict",
    413: "uploadTooLarge",
    500: "internalError",
}


class Refusal(Exception):
    """The sandbox says no: an HTTP status, one sentence why, and headers that belong to it."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers or {}


def fault(status: int, message: str) -> dict[str, Any]:
    """The body of a refused request."""
    detail = {"domain": "global", "reason": REASONS[status], "message": message}
    return {"error": {"code": status, "message": message, "errors": [detail]}}


def encode(value: Any, schema: Schema, schemas: Schemas) -> Any:
    """A value as an answer of that schema spells it.

    Properties the schema does not name are left out, so a record may hold more than an answer shows; where it
    names none, the object may hold anything and stays as it is.
    """
    if isinstance(value, dict):
        known = properties(schema, schemas)
        if not known:
            return value
        return {
            name: encode(value[name], inner, schemas)
            for name, inner in known.items()
            if value.get(name) is not None
        }
    schema = resolve(schema, schemas)
    if isinstance(value, list):
        return [encode(item, schema.get("items", {}), schemas) for item in value]
    if schema.get("format") == "int64" and not isinstance(value, bool):
        return str(value)
    return value


def iso(seconds: float) -> str:
    """A moment, given in seconds since 1970, as ``2026-03-05T17:20:00``."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(timespec="seconds")

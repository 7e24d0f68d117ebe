"""How the service speaks: the spelling of its JSON and its times, and the shape of its errors.

Answers carry 64-bit integers as strings, times in UTC without a zone, and leave unset fields out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.catalog.model import properties, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.catalog.model import Schema, Schemas

# Seen in captured answers: notFound, badRequest; the others follow the scheme of Google's JSON errors.
REASONS = {
    400: "badRequest",
    401: "required",
    403: "forbidden",
    404: "notFound",
    405: "httpMethodNotAllowed",
    409: "conflict",
    413: "uploadTooLarge",
    415: "unsupportedMediaType",
    429: "rateLimitExceeded",
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


def encode(value: Any, schema: Schema, schemas: Schemas, numbers: bool = False) -> Any:
    """A value as an answer of that schema spells it; `numbers` leaves 64-bit integers as they are.

    Properties the schema does not name are left out, so a record may hold more than an answer shows; where it
    names none, the object may hold anything and stays as it is.
    """
    return _shape(schema, schemas, numbers)(value)


# How values of a schema are spelled: made once for each, since schemas are the catalog's and stay.
_SHAPES: dict[tuple[int, bool], tuple[Schema, Callable[[Any], Any]]] = {}


def _shape(schema: Schema, schemas: Schemas, numbers: bool) -> Callable[[Any], Any]:
    known = _SHAPES.get((id(schema), numbers))
    if known is not None and known[0] is schema:
        return known[1]
    inner: dict[str, Callable[[Any], Any] | None] = {}
    fields: dict[str, Schema] = {}
    plain = resolve(schema, schemas)
    wide = plain.get("format") == "int64" and not numbers
    items = plain.get("items", {})
    of_items: list[Callable[[Any], Any] | None] = []

    def spell(value: Any) -> Any:
        if isinstance(value, dict):
            if not fields:
                fields.update(properties(schema, schemas))
                inner.update({name: _way(told, schemas, numbers) for name, told in fields.items()})
            if not fields:
                return value
            return {
                name: found if way is None else way(found)
                for name, way in inner.items()
                if (found := value.get(name)) is not None
            }
        if isinstance(value, list):
            if not of_items:
                of_items.append(_way(items, schemas, numbers))
            way = of_items[0]
            return value if way is None else [way(item) for item in value]
        return str(value) if wide and isinstance(value, int) and not isinstance(value, bool) else value

    _SHAPES[id(schema), numbers] = (schema, spell)
    return spell


def _way(schema: Schema, schemas: Schemas, numbers: bool) -> Callable[[Any], Any] | None:
    """How values of a schema are spelled, None where they stay as they are."""
    plain = resolve(schema, schemas)
    wide = plain.get("format") == "int64" and not numbers
    if not wide and "items" not in plain and not properties(schema, schemas):
        return None
    return _shape(schema, schemas, numbers)


def iso(seconds: float) -> str:
    """A moment, given in seconds since 1970, as ``2026-03-05T17:20:00``."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(timespec="seconds")

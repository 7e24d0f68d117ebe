"""How the service speaks: the spelling of its JSON and its times, and the shape of its errors.

Answers carry 64-bit integers as strings, times in UTC without a zone, and leave unset fields out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dialkit.catalog.model import properties, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.catalog.model import Schema, Schemas

    Way = Callable[[Any], Any]

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

SECONDS = len("2026-03-05T17:20:00")


class Refusal(Exception):
    """The sandbox says no: an HTTP status, one sentence why, and headers that belong to it."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers or {}


def fault(status: int, message: str) -> dict[str, Any]:
    """The body of a refused request."""
    detail = {"domain": "global", "reason": REASONS[status], "message": message}
    return {"error": {"code": status, "message": message, "errors": [detail]}}


def filled(record: dict[str, Any]) -> dict[str, Any]:
    """A record without its unset fields."""
    return {name: value for name, value in record.items() if value is not None}


def encode(value: Any, schema: Schema, schemas: Schemas, numbers: bool = False) -> Any:
    """A value as an answer of that schema spells it; `numbers` leaves 64-bit integers as they are.

    Properties the schema does not name are left out, so a record may hold more than an answer shows; where it
    names none, the object may hold anything and stays as it is.
    """
    return _shape(schema, schemas, numbers)(value)


# How values of a schema are spelled: made once for each, since schemas are the catalog's and stay.
_SHAPES: dict[tuple[int, bool], tuple[Schema, Way]] = {}


def _shape(schema: Schema, schemas: Schemas, numbers: bool) -> Way:
    known = _SHAPES.get((id(schema), numbers))
    if known is not None and known[0] is schema:
        return known[1]
    plain = resolve(schema, schemas)
    wide = plain.get("format") == "int64" and not numbers
    # Made when first used, for a schema may be within itself; whole, for another thread may ask meanwhile.
    fields: list[dict[str, Way | None]] = []
    items: list[Way | None] = []

    def spell(value: Any) -> Any:
        if isinstance(value, dict):
            if not fields:
                told = properties(schema, schemas)
                fields.append({name: _way(inner, schemas, numbers) for name, inner in told.items()})
            if not fields[0]:
                return value
            return {
                name: found if way is None else way(found)
                for name, way in fields[0].items()
                if (found := value.get(name)) is not None
            }
        if isinstance(value, list):
            if not items:
                items.append(_way(plain.get("items", {}), schemas, numbers))
            way = items[0]
            return value if way is None else [way(item) for item in value]
        return _digits(value) if wide else value

    _SHAPES[id(schema), numbers] = (schema, spell)
    return spell


def _way(schema: Schema, schemas: Schemas, numbers: bool) -> Way | None:
    """How values of a schema are spelled, None where they stay as they are."""
    plain = resolve(schema, schemas)
    if "items" in plain or properties(schema, schemas):
        return _shape(schema, schemas, numbers)
    return _digits if plain.get("format") == "int64" and not numbers else None


def _digits(value: Any) -> Any:
    return str(value) if type(value) is int else value


def iso(seconds: float) -> str:
    """A moment, given in seconds since 1970, as ``2026-03-05T17:20:00``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")[:SECONDS]

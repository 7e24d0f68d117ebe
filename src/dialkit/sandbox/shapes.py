"""JSON schemas of what a person gives the sandbox, written short, and values checked by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = dict[str, Any]

TEXT, FLAG, WHOLE = {"type": "string"}, {"type": "boolean"}, {"type": "integer"}
ANYTHING: Schema = {"type": "object"}
NOTHING: Schema = {}


def fields(required: str = "", **properties: Schema) -> Schema:
    """An object with those fields and no others; `required` are names, with spaces between."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required.split()} if required else schema


def told(schema: Schema, about: str) -> Schema:
    """A schema with a word on what it is for."""
    return {**schema, "description": about}


def listed(item: Schema) -> Schema:
    """An answer with a list in it."""
    return fields("items", items={"type": "array", "items": item})


MOMENT = told({"type": ["string", "number"]}, "ISO 8601 in UTC, or epoch seconds")
LENGTH = told({"type": ["string", "number"]}, "seconds, or such as 90s, 3h, 2d, 1h30m")
NUMBER = told({"type": "string", "minLength": 1}, "a phone number in E.164")
USER = told({"type": ["string", "integer"]}, "a user's id or email address")
MEDIA = told({"type": "string", "contentEncoding": "base64"}, "a picture or the like, in base64")


def check(value: Any, schema: Schema, name: str = "") -> None:
    """Raises `Refusal` 400 for a value that does not fit, naming the field; `name` is the value's own."""
    from dialkit.catalog.validate import faults, unknown

    for found in faults(value, schema, {}):
        place = ".".join(part for part in (name, found.path) if part)
        raise Refusal(400, f"{place}: {found.message}" if place else f"The body: {found.message}")
    if schema.get("additionalProperties") is False and (strange := unknown(value, schema, {})):
        known = ", ".join(schema["properties"])
        raise Refusal(400, f"{strange[0][:40]}: is not known here; there are: {known}.")


def read(way: Callable[[Any], float], name: str, value: Any) -> float:
    """A moment or a length of time. Raises `Refusal` 400 with the name of the field."""
    try:
        return way(value)
    except ValueError as error:
        raise Refusal(400, f"{name}: {error}") from None

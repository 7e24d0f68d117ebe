"""64-bit integers that come as text: answers spell them so, and what is read there is often sent back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dialkit.catalog.model import properties, resolve

if TYPE_CHECKING:
    from dialkit.catalog.model import Schema, Schemas

DIGITS = "-?[0-9]{1,19}"
DEEPEST = 64  # levels of a body


def as_numbers(value: Any, schema: Schema, schemas: Schemas, depth: int = 0) -> Any:
    """A value in which texts of digits are numbers, where the schema has an integer of 64 bits."""
    if depth > DEEPEST:
        return value
    plain = resolve(schema, schemas)
    if isinstance(value, str):
        wide = plain.get("format") == "int64" and re.fullmatch(DIGITS, value)
        return int(value) if wide else value
    if isinstance(value, list):
        return [as_numbers(item, plain.get("items", {}), schemas, depth + 1) for item in value]
    if isinstance(value, dict):
        known = properties(plain, schemas)
        return {
            name: as_numbers(inner, known[name], schemas, depth + 1) if name in known else inner
            for name, inner in value.items()
        }
    return value

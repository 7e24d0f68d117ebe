"""Statements and values as PostgreSQL's driver reads them: ``%s`` for ``?``, ``%(name)s`` for ``:name``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dialkit.store.database import Values

# Texts, quoted names, comments and casts are taken whole; placeholders, and `%`, are changed.
TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | :: | \? | :([A-Za-z_]\w*) | %""", re.VERBOSE
)


@lru_cache(maxsize=500)
def translated(sql: str) -> bytes:
    """A statement with ``?`` and ``:name`` for values, with ``%s`` and ``%(name)s`` for them."""
    return TOKEN.sub(_placed, sql).encode()


def _placed(found: re.Match[str]) -> str:
    if found[1]:
        return f"%({found[1]})s"
    return "%s" if found[0] == "?" else found[0].replace("%", "%%")


def kept(values: Values) -> Values:
    """Values as PostgreSQL keeps them: flags as numbers, and U+FFFD for NUL, which no text there can have."""
    if isinstance(values, dict):
        return {name: _one_kept(value) for name, value in values.items()}
    return [_one_kept(value) for value in values]


def _one_kept(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd") if "\0" in value else value
    return int(value) if isinstance(value, bool) else value

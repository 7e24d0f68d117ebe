"""Values as short text for reading, and their width on a terminal."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from dialkit.cli.output.text import show

# What an object goes by, best first.
NAMES = ("name", "display_name", "title", "id", "number", "email", "phone")
LISTED = 3
"""Items of a list that a cell of a table names; the rest are counted."""

# Fields that hold a point in time, as the catalog names them; `talk_time` and the like hold a length.
TIME = re.compile(r"(.*[._])?(date|timestamp|at|started|(start|end|scheduled)_time)|(.*\.)?date_\w+")


def cell(name: str, value: Any, listed: int = LISTED) -> str:
    """A value on one line: a point in time as UTC, an object by its name, a list by its first items."""
    if isinstance(value, dict):
        return _named(value)
    if isinstance(value, list):
        shown = ", ".join(map(_brief, value[:listed]))
        return shown + (f" +{len(value) - listed}" if len(value) > listed else "")
    if TIME.fullmatch(name) and (found := moment(value)):
        return found
    return scalar(value)


def scalar(value: Any) -> str:
    """A value that is not nested: null is empty, the rest as JSON writes it, text without quotes."""
    if value is None:
        return ""
    return show(value) if isinstance(value, str) else json.dumps(value)


def _named(value: dict[str, Any]) -> str:
    found = (value[name] for name in NAMES if isinstance(value.get(name), str | int) and value[name] != "")
    return next((scalar(name) for name in found), _count(value, "field") if value else "")


def _brief(value: Any) -> str:
    if isinstance(value, list):
        return _count(value, "item")
    return _named(value) if isinstance(value, dict) else scalar(value)


def _count(value: dict[str, Any] | list[Any], word: str) -> str:
    return f"{len(value)} {word}" + ("s" if len(value) != 1 else "")


def moment(value: Any) -> str | None:
    """Seconds (10 digits) or milliseconds (13) since 1970 in ISO 8601, UTC; None for anything else."""
    digits = str(value) if isinstance(value, str | int) else ""
    if len(digits) not in (10, 13) or not digits.isdecimal():
        return None
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(digits[:10])))


def width(text: str) -> int:
    """Cells the text takes on a terminal. Only text beyond ASCII needs rich's tables."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def fitted(text: str, size: int, right: bool = False) -> str:
    """The text in exactly `size` cells: padded, or cut with ``…`` at the end."""
    space = size - width(text)
    if space >= 0:
        return " " * space + text if right else text + " " * space
    if text.isascii():
        return text[: size - 1] + "…"
    from rich.cells import set_cell_size

    return set_cell_size(text, size - 1) + "…"

"""CSV files: a line of names, then the rows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


# How values are written that CSV itself does not write well; unset ones are empty.
WAYS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    float: _number,
    list: lambda value: ",".join(map(str, value)),
}


def sheet(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as CSV."""
    import csv

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    ways = WAYS.get
    writer.writerows(
        [way(value) if (way := ways(type(value))) else value for value in map(row.get, columns)]
        for row in rows
    )
    return text.getvalue().encode()


def minutes(milliseconds: float | None) -> float:
    """A length of time as reports tell it, in minutes, as integrators saw it; 0 for an unknown one."""
    return round((milliseconds or 0) / 60_000, 2)

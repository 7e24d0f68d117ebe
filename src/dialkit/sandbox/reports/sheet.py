"""CSV files: a line of names, then the rows."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def sheet(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as CSV. A value that is unset is empty, a boolean is `true` or `false`, a list has commas."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else value


def minutes(milliseconds: float | None) -> float:
    """A length of time as reports tell it, in minutes, as integrators saw it; 0 for an unknown one."""
    return round((milliseconds or 0) / 60_000, 2)

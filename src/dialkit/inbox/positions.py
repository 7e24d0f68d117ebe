"""The order of texts and calls: by time, without ties, and a number to page by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.store import bulk
from dialkit.store.inbox_tables import SLOTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialkit.store import Database

TAKEN = "SELECT position FROM {table} WHERE position {among}"
LAST = "SELECT MAX(position) AS last FROM {table} WHERE position >= ? AND position < ?"
EARLIEST, LATEST = 0.0, 4_000_000_000.0  # seconds since 1970


def of_moment(at: float) -> int:
    """The first position of a moment, in seconds since 1970."""
    return int(min(max(at, EARLIEST), LATEST) * 1000) * SLOTS


def end_of_moment(at: float) -> int:
    """The last position of a moment, in seconds since 1970."""
    return of_moment(at) + SLOTS - 1


def moment_of(position: int) -> float:
    """The moment of a position, in seconds since 1970."""
    return position // SLOTS / 1000


def free(database: Database, table: str, moments: Sequence[float]) -> list[int]:
    """Positions that nothing has yet, for moments in seconds since 1970; at the same one, in their order."""
    asked = [of_moment(at) for at in moments]
    if not asked:
        return []
    among, values = bulk.among(database, asked)
    rows = database.all(TAKEN.format(table=table, among=among), values)
    taken = {row["position"] for row in rows}
    last: dict[int, int] = {}  # by millisecond, of those given here
    found = []
    for start in asked:
        position = start
        if start in taken or start in last:
            position = _next(database, table, start, last)
        last[position - position % SLOTS] = position
        found.append(position)
    return found


def _next(database: Database, table: str, start: int, last: dict[int, int]) -> int:
    """The end of what is taken in the same millisecond, or in the first one after it that has room."""
    while True:
        end = start + SLOTS
        row: Any = database.one(LAST.format(table=table), (start, end))
        kept = row["last"] if row["last"] is not None else start - 1
        position = max(int(kept), last.get(start, start - 1)) + 1
        if position < end:
            return position
        start = end

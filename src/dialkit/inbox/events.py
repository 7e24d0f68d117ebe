"""Events as they were kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.store import Database
    from dialkit.store.database import Row

GET = "SELECT * FROM event WHERE id = ?"
LIST = "SELECT * FROM event WHERE {those} ORDER BY id {order} LIMIT :most"
THOSE = {"kind": "kind = :kind", "after_id": "id > :after_id", "before_id": "id < :before_id"}


def get(database: Database, event_id: int) -> Row | None:
    """One event, a row of the table; None where there is none."""
    return database.one(GET, (event_id,))


def listed(
    database: Database,
    *,
    kind: str | None = None,
    after_id: int | None = None,
    before_id: int | None = None,
    most: int = 100,
) -> list[Row]:
    """Events in the order in which they were kept, at most so many.

    With `after_id` those that follow it, the oldest first, as who follows along wants them; else the newest
    first, those before `before_id` where it is given.
    """
    asked = {"kind": kind, "after_id": after_id, "before_id": before_id}
    given = {name: value for name, value in asked.items() if value is not None}
    those = " AND ".join(THOSE[name] for name in given) or "1 = 1"
    sql = LIST.format(those=those, order="DESC" if after_id is None else "ASC")
    return database.all(sql, {**given, "most": most})

"""Small facts with a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dialkit.store.database import Database

READ = "SELECT value_json, at FROM note WHERE name = ?"
KEEP = """
INSERT INTO note VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET value_json = excluded.value_json, at = excluded.at
"""


def read(database: Database, name: str) -> tuple[Any, float] | None:
    """A fact and when it was kept; None where there is none."""
    row = database.one(READ, (name,))
    return (json.loads(row["value_json"]), row["at"]) if row else None


def keep(database: Database, name: str, value: Any, now: float) -> None:
    """Keep a fact, in place of the one before."""
    with database.write() as connection:
        connection.execute(KEEP, (name, json.dumps(value), now))

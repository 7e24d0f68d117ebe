"""Texts to use again, by name. The API keeps none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.store.database import Database, Row

ALL = "SELECT * FROM template"
BY_NAME = "SELECT * FROM template WHERE name = ?"
ADD = "INSERT INTO template VALUES (:name, :text, :now, :now) ON CONFLICT (name) DO NOTHING RETURNING *"
CHANGE = "UPDATE template SET text = :text, updated_at = :now WHERE name = :name RETURNING *"
REMOVE = "DELETE FROM template WHERE name = ? RETURNING *"


def listed(database: Database) -> list[Row]:
    """All of them, by name."""
    return sorted(database.all(ALL), key=lambda row: (row["name"].lower(), row["name"]))


def get(database: Database, name: str) -> Row | None:
    """One, None where there is none."""
    return database.one(BY_NAME, (name,))


def add(database: Database, name: str, text: str, now: float) -> Row | None:
    """Keep a text; None where the name is taken, and nothing is changed."""
    return _written(database, ADD, {"name": name, "text": text, "now": now})


def change(database: Database, name: str, text: str, now: float) -> Row | None:
    """Put another text in its place; None where there is none."""
    return _written(database, CHANGE, {"name": name, "text": text, "now": now})


def remove(database: Database, name: str) -> Row | None:
    """Forget one; what it was, None where there was none."""
    return _written(database, REMOVE, (name,))


def _written(database: Database, sql: str, values: dict[str, object] | tuple[str, ...]) -> Row | None:
    with database.write():
        row: Row | None = database.execute(sql, values).fetchone()
    return row

"""Colours of disposition lists: the reference promises them, and the API keeps none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.store.database import Database

KEEP = """
INSERT INTO disposition_color VALUES (?, ?, ?)
ON CONFLICT (host, disposition_id) DO UPDATE SET color = excluded.color
"""
FORGET = "DELETE FROM disposition_color WHERE host = ? AND disposition_id = ?"
OF_HOST = "SELECT disposition_id, color FROM disposition_color WHERE host = ?"


def keep(database: Database, host: str, disposition_id: str, color: str) -> None:
    """Keep the colour of a list, ``#RRGGBB``, in place of the one before."""
    with database.write() as connection:
        connection.execute(KEEP, (host, disposition_id, color))


def forget(database: Database, host: str, disposition_id: str) -> None:
    """Keep no colour of a list that is gone."""
    with database.write() as connection:
        connection.execute(FORGET, (host, disposition_id))


def of_host(database: Database, host: str) -> dict[str, str]:
    """All colours by the id of their list."""
    return {row["disposition_id"]: row["color"] for row in database.all(OF_HOST, (host,))}

"""A store that cannot keep one event, as by a bug of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.store import Database

REFUSE = {
    "sqlite": """
        CREATE TRIGGER refused BEFORE INSERT ON event WHEN NEW.payload_json LIKE '%{part}%'
        BEGIN SELECT RAISE(ABORT, 'refused'); END
    """,
    "postgresql": "ALTER TABLE event ADD CONSTRAINT refused CHECK (payload_json NOT LIKE '%{part}%')",
}


def refuse(database: Database, part: str) -> None:
    """From now on no event is kept that has these characters in its JSON."""
    with database.write() as tx:
        tx.execute(REFUSE[database.dialect].format(part=part))

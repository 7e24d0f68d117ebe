"""Who said STOP: what the service lists, kept for a while, and what people answered us."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.store.database import Database

FORGET = "DELETE FROM opt_out WHERE account = ? AND source = 'service'"
KEEP = """
INSERT INTO opt_out (account, number, state, source, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (account, number) DO UPDATE SET state = excluded.state, source = excluded.source, at = excluded.at
WHERE excluded.at >= opt_out.at
"""
FIND = """
SELECT number FROM opt_out
WHERE account = ? AND state = 'opted_out' AND number IN (SELECT value FROM json_each(?))
"""


def replace(database: Database, account: str, numbers: Iterable[str], now: float) -> None:
    """The service's list as it is now."""
    with database.write() as connection:
        connection.execute(FORGET, (account,))
        connection.executemany(KEEP, ((account, number, "opted_out", "service", now) for number in numbers))


def note(database: Database, account: str, number: str, state: str, now: float) -> None:
    """Somebody answered STOP (``opted_out``) or UNSTOP (``opted_in``)."""
    with database.write() as connection:
        connection.execute(KEEP, (account, number, state, "reply", now))


def among(database: Database, account: str, numbers: Iterable[str]) -> list[str]:
    """Those of `numbers` that opted out, in their order."""
    import json

    wanted = list(numbers)
    found = {row["number"] for row in database.all(FIND, (account, json.dumps(wanted)))}
    return [number for number in wanted if number in found]

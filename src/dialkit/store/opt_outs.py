"""Who said STOP: what the service lists, kept for a while, and what people answered us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.store.database import Database

FORGET = "DELETE FROM opt_out WHERE account = ? AND source = 'service'"
KEEP = """
INSERT INTO opt_out (account, number, state, source, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (account, number) DO UPDATE SET state = excluded.state, source = excluded.source, at = excluded.at
WHERE excluded.at >= opt_out.at
"""
ANYONE = ""  # the account of what people texted us: whose line it was, events tell without saying whose key
REREAD = "DELETE FROM note WHERE name LIKE 'opt_outs %'"
FIND = "SELECT number FROM opt_out WHERE account IN (?, '') AND state = 'opted_out' AND number IN ({marks})"
AT_ONCE = 500  # numbers that one statement asks for


def replace(database: Database, account: str, numbers: Iterable[str], now: float) -> None:
    """The service's list as it is now."""
    with database.write(alone="opt_out") as connection:
        connection.execute(FORGET, (account,))
        connection.executemany(KEEP, [(account, one, "opted_out", "service", now) for one in numbers])


def heard(database: Database, number: str, state: str, at: float) -> None:
    """Somebody texted STOP (``opted_out``) or UNSTOP (``opted_in``), to whichever of our lines.

    After an UNSTOP the service's list is read anew, whose word it is who may be texted again.
    """
    with database.write() as connection:
        connection.execute(KEEP, (ANYONE, number, state, "reply", at))
        if state == "opted_in":
            connection.execute(REREAD)


def note(database: Database, account: str, number: str, state: str, now: float) -> None:
    """Somebody answered STOP (``opted_out``) or UNSTOP (``opted_in``)."""
    with database.write() as connection:
        connection.execute(KEEP, (account, number, state, "reply", now))


def among(database: Database, account: str, numbers: Iterable[str]) -> list[str]:
    """Those of `numbers` that opted out, in their order."""
    wanted = list(numbers)
    found: set[str] = set()
    for at in range(0, len(wanted), AT_ONCE):
        some = wanted[at : at + AT_ONCE]
        found |= {row["number"] for row in database.all(FIND.format(marks=marks(some)), (account, *some))}
    return [number for number in wanted if number in found]

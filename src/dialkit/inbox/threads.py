"""Threads: one of our numbers and one of theirs, with what was written between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.inbox.positions import moment_of
from dialkit.store import bulk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dialkit.store import Database
    from dialkit.store.database import Row

NAMES = ("target_type", "target_id", "target_name", "contact_id", "contact_name")
COLUMNS = {
    "id": "BIGINT",
    "ours": "TEXT",
    "theirs": "TEXT",
    **dict.fromkeys(NAMES, "TEXT"),
    "last_position": "BIGINT",
    "messages": "INTEGER",
    "unread": "INTEGER",
}
FIND = "SELECT * FROM thread WHERE theirs {among}"
NEW = {"ours": "TEXT", "theirs": "TEXT", "last_position": "BIGINT"}
CHANGED = (*NAMES, "last_position", "messages", "unread")
CHANGE = f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in CHANGED)}"

Threads = dict[tuple[str, str], "Row"]


def of(database: Database, told: Sequence[Row]) -> Threads:
    """The threads of texts by their two numbers, our own first; those that are missing are made."""
    wanted = dict.fromkeys((fact["ours"], fact["theirs"]) for fact in told)
    theirs = list(dict.fromkeys(number for _, number in wanted))
    among, asked = bulk.among(database, theirs)
    rows = database.all(FIND.format(among=among), asked) if theirs else []
    found = {(row["ours"], row["theirs"]): row for row in rows if (row["ours"], row["theirs"]) in wanted}
    missing = [pair for pair in wanted if pair not in found]
    rows = [{"ours": ours, "theirs": number, "last_position": 0} for ours, number in missing]
    for row in bulk.put(database, "thread", NEW, rows, returning="*"):
        found[row["ours"], row["theirs"]] = row
    for row in found.values():
        row["before"] = {name: row[name] for name in CHANGED}
        row["named_at"] = moment_of(row["last_position"])
    return found


def notice(thread: Row, fact: Row) -> None:
    """Who the two are, by the newest text that says so."""
    newest = fact["at"] >= thread["named_at"]
    for name in NAMES:
        if fact.get(name) and (newest or not thread[name]):
            thread[name] = fact[name]
    if newest and fact.get("contact_name"):
        thread["named_at"] = fact["at"]


def keep(database: Database, found: Iterable[Row], fresh: Sequence[Row]) -> None:
    """Count new texts in their threads, and keep what changed of these."""
    by_id = {row["id"]: row for row in found}
    for text in fresh:
        thread = by_id[text["thread"]]
        thread["messages"] += 1
        thread["unread"] += text["direction"] == "inbound" and text.get("read_at") is None
        thread["last_position"] = max(thread["last_position"], text["position"])
    changed = [row for row in by_id.values() if any(row[name] != was for name, was in row["before"].items())]
    bulk.put(database, "thread", COLUMNS, changed, CHANGE)

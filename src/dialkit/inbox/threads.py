"""Threads: one of our numbers and one of theirs, with what was written between the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.inbox.positions import moment_of
from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dialkit.store import Database
    from dialkit.store.database import Row

NAMES = ("target_type", "target_id", "target_name", "contact_id", "contact_name")
FIND = "SELECT * FROM thread WHERE theirs IN ({marks})"
ADD = "INSERT INTO thread (ours, theirs, last_position) VALUES {rows} RETURNING *"
CHANGE = f"""
UPDATE thread SET {", ".join(f"{name} = :{name}" for name in NAMES)},
                  last_position = :last_position, messages = :messages, unread = :unread
WHERE id = :id
"""  # noqa: S608

Threads = dict[tuple[str, str], "Row"]


def of(database: Database, told: Sequence[Row]) -> Threads:
    """The threads of texts by their two numbers, our own first; those that are missing are made."""
    wanted = dict.fromkeys((fact["ours"], fact["theirs"]) for fact in told)
    theirs = list(dict.fromkeys(number for _, number in wanted))
    rows = database.all(FIND.format(marks=marks(theirs)), theirs)
    found = {(row["ours"], row["theirs"]): row for row in rows if (row["ours"], row["theirs"]) in wanted}
    missing = [pair for pair in wanted if pair not in found]
    if missing:
        cells = [cell for ours, theirs_ in missing for cell in (ours, theirs_, 0)]
        sql = ADD.format(rows=", ".join(["(?, ?, ?)"] * len(missing)))
        for row in database.execute(sql, cells).fetchall():
            found[row["ours"], row["theirs"]] = row
    for row in found.values():
        row["before"] = {name: row[name] for name in (*NAMES, "last_position", "messages", "unread")}
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
    if changed:
        names = (*NAMES, "last_position", "messages", "unread", "id")
        database.executemany(CHANGE, [{name: row[name] for name in names} for row in changed])

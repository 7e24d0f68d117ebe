"""What can still be read of a damaged file goes on: an entry forgotten is a text that may be sent twice."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

# Journals of imports are left out: an import begun anew finds in the directory what it has done.
TABLES = ("outbox", "template", "opt_out", "company", "disposition_color")
GIVE_UP = 1000  # rows one after the other that cannot be read: more than stand on a damaged page


def salvage(damaged: str, connection: sqlite3.Connection) -> int:
    """Copy what can be read of a damaged file into a new one; how many rows that were."""
    import sqlite3
    from urllib.parse import quote

    kept = 0
    # Without a log to read beside it, nothing is to be put beside it either.
    how = "mode=ro" if os.path.exists(f"{damaged}-wal") else "immutable=1"
    try:
        old = sqlite3.connect(f"file:{quote(damaged)}?{how}", uri=True)
    except sqlite3.Error:
        return 0
    try:
        connection.execute("BEGIN IMMEDIATE")
        for table in TABLES:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            marks = ", ".join("?" * len(names))
            for row in _readable(old, table, names):
                done = connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)  # noqa: S608
                kept += done.rowcount
        connection.execute("COMMIT")
    finally:
        old.close()
    return kept


def _readable(old: sqlite3.Connection, table: str, names: list[str]) -> Iterator[tuple[object, ...]]:
    """The rows that can be read, beyond a page that cannot, too."""
    import sqlite3

    sql = f"SELECT rowid, {', '.join(names)} FROM {table} WHERE rowid >= ? ORDER BY rowid LIMIT 1"  # noqa: S608
    wanted = failed = 0
    while failed < GIVE_UP:
        try:
            row = old.execute(sql, (wanted,)).fetchone()
        except sqlite3.Error:
            wanted, failed = wanted + 1, failed + 1
            continue
        if row is None:
            return
        wanted, failed = row[0] + 1, 0
        yield row[1:]

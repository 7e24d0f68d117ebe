"""What can still be read of a damaged file goes on: an entry forgotten is a text that may be sent twice."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from dialkit.config.files import Lock
from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Open = Callable[[str], sqlite3.Connection]

# Journals of imports are left out: an import begun anew finds in the directory what it has done.
TABLES = (
    *("outbox", "template", "opt_out", "company", "disposition_color"),
    *("event", "thread", "message", "message_words", "leg", "leg_tie", "phone_call", "voicemail"),
    *("delivery", "listener"),
)
GIVE_UP = 1000  # rows one after the other that cannot be read: more than stand on a damaged page
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether SQLite says that the file itself is at fault."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def set_aside(path: str, opened: Open) -> str | None:
    """Move a damaged file away, with all that belongs to it, and begin a new one with what can be read of it.

    `opened` opens a file, and makes one. Says what was done; None where another process has done it.
    """
    from time import strftime

    with Lock(path + ".lock"):
        if _sound(path, opened):
            return None
        stamp, number = strftime("%Y%m%d-%H%M%S"), 0
        while os.path.exists(aside := f"{path}.damaged-{stamp}" + (f"-{number}" if number else "")):
            number += 1
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(path + ending):
                os.replace(path + ending, aside + ending)
        with closing(opened(path)) as new:
            kept = salvage(aside, new)
    return (
        f"{path} is damaged; it is kept as {aside}, and a new one is begun with what could be read of it: "
        f"{kept} rows. It knows nothing of others that were sent before"
    )


def _sound(path: str, opened: Open) -> bool:
    try:
        with closing(opened(path)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()["quick_check"] == "ok")
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return False
        raise


def salvage(damaged: str, connection: sqlite3.Connection) -> int:
    """Copy what can be read of a damaged file into a new one; how many rows that were."""
    from urllib.parse import quote

    from dialkit.store.migrations import outbox_keys

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
            names = [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")]
            if table == "message_words":  # an index of words, which are found by their rowid
                names.insert(0, "rowid")
            add = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks(names)})"  # noqa: S608
            if table != "message_words":  # a virtual table knows no conflict
                add += " ON CONFLICT DO NOTHING"
            for row in _readable(old, table, names):
                kept += connection.execute(add, row).rowcount
        outbox_keys(connection.execute, "sqlite")
        connection.execute("COMMIT")
    finally:
        old.close()
    return kept


def _readable(old: sqlite3.Connection, table: str, names: list[str]) -> Iterator[tuple[object, ...]]:
    """The rows that can be read, beyond a page that cannot, too."""
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

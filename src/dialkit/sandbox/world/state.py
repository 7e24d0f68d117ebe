"""A world kept in a file: SQLite, a row for each record, all that a request changed in one transaction.

What was answered is in the file: it is written before the answer goes out. That holds when the process is
killed at any moment. Nothing is forced onto the disk (``synchronous=OFF``), so a failing computer may lose
the last seconds, or the file; a sandbox is no place for what must not be lost.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from dialkit.sandbox.world.table import Record
    from dialkit.sandbox.world.world import Held, World

OURS, VERSION = 0x6469616C, 1  # what marks such a file ("dial"), and the form of what is in it
NOW = "now"  # the world as it is; no snapshot is named so
PATIENCE = 0.2  # seconds to wait for one that is just closing the file
# `ends`: the place after the last of a table, which no record tells when the last one went.
TABLES = """
CREATE TABLE worlds (name TEXT PRIMARY KEY);
CREATE TABLE records (world TEXT, tab TEXT, key TEXT, serial INT, json TEXT, PRIMARY KEY (world, tab, key))
  WITHOUT ROWID;
CREATE TABLE ends (world TEXT, tab TEXT, place INT, PRIMARY KEY (world, tab)) WITHOUT ROWID;
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
# A record that is the same as now is shared, and not read again.
READ = """
SELECT s.tab, s.key, s.serial, CASE WHEN s.world = 'now' OR n.json IS NOT s.json THEN s.json END
FROM records s LEFT JOIN records n ON s.world != 'now' AND n.world = 'now' AND n.tab = s.tab AND n.key = s.key
WHERE s.world = ? ORDER BY s.tab, s.serial
"""

_text = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class BadState(ValueError):
    """A state file that cannot be used. The message names it and says what to do."""


class State:
    """One file. `fresh`: nothing is in it yet, and `begin` is to be called; else `load`.

    Raises `BadState` for a file that is in use, is none of ours, or of a world of another seed.
    """

    def __init__(self, path: str | os.PathLike[str], seed: int) -> None:
        self.path, self.seed = str(path), seed
        self._file: sqlite3.Connection | None = None
        try:
            self._file = sqlite3.connect(
                self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
            self.fresh = self._look()
        except sqlite3.Error as error:
            self.close()
            raise BadState(f"{self.path}: {_told(error)}") from None
        except BadState:
            self.close()
            raise

    def begin(self, world: World) -> None:
        """Write a whole new world."""
        with self._transaction() as file:
            for statement in TABLES.split(";"):
                file.execute(statement)
            file.execute(f"PRAGMA application_id = {OURS}")
            file.execute(f"PRAGMA user_version = {VERSION}")
            file.execute("INSERT INTO about VALUES ('seed', ?)", (str(self.seed),))
            self._write(NOW, world.hold())
        world.watch.take()
        self.fresh = False

    def load(self, world: World) -> dict[str, Held]:
        """Make a world what the file holds; the snapshots that are kept with it."""
        names = [name for (name,) in self._execute("SELECT name FROM worlds ORDER BY rowid")]
        world.restore(self._read(world, NOW))
        world.watch.take()
        return {name: self._read(world, name) for name in names if name != NOW}

    def save(self, world: World, changed: Mapping[tuple[str, str], Record | None]) -> None:
        """Keep what changed, all of it or nothing. Raises `sqlite3.Error`."""
        rows, gone = [], []
        for (table, key), record in changed.items():
            if record is None:
                gone.append((table, key))
            else:
                rows.append((NOW, table, key, world.table(table).place(key), _text(record)))
        ends = [(NOW, table, world.table(table).end) for table in {table for table, _ in gone}]
        with self._transaction() as file:
            file.executemany("REPLACE INTO records VALUES (?, ?, ?, ?, ?)", rows)
            if gone:
                file.executemany("DELETE FROM records WHERE world = 'now' AND tab = ? AND key = ?", gone)
                file.executemany("REPLACE INTO ends VALUES (?, ?, ?)", ends)

    def keep(self, name: str) -> None:
        """Keep the world as it is under a name; an older one of that name goes."""
        self._copy(NOW, name)

    def restore(self, name: str) -> None:
        """Have the world as it was under a name."""
        self._copy(name, NOW)

    def drop(self, name: str) -> None:
        """Forget what is kept under a name."""
        with self._transaction() as file:
            _drop(file, name)

    def check_open(self) -> None:
        """Raises `BadState` once it was closed."""
        self._open()

    def close(self) -> None:
        """Let the file go, for others to use. Again does no harm."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _look(self) -> bool:
        """Take the file for oneself; whether it is new. Raises `BadState`, `sqlite3.Error`."""
        self._execute("PRAGMA locking_mode = EXCLUSIVE")
        mark = self._one("PRAGMA application_id")
        tables = self._one("SELECT count(*) FROM sqlite_master")
        if mark != OURS and (mark or tables):
            raise BadState(
                f"{self.path}: is no state file of a sandbox; name another, or one that is not there"
            )
        self._execute("PRAGMA journal_mode = WAL")
        self._execute("PRAGMA synchronous = OFF")
        with self._transaction():
            pass  # from here on nobody else can have it
        if mark != OURS:
            return True
        version = self._one("PRAGMA user_version")
        if version != VERSION:
            raise self._other_version(f"form {version}, not {VERSION}")
        seed = self._one("SELECT value FROM about WHERE name = 'seed'")
        if seed != str(self.seed):
            raise BadState(
                f"{self.path}: holds a world of seed {seed}, not {self.seed}; "
                f"start with that seed, or name another file"
            )
        return False

    def _copy(self, source: str, target: str) -> None:
        with self._transaction() as file:
            _drop(file, target)
            file.execute("INSERT INTO worlds VALUES (?)", (target,))
            for table, columns in (("records", "tab, key, serial, json"), ("ends", "tab, place")):
                file.execute(
                    f"INSERT INTO {table} SELECT ?, {columns} FROM {table} WHERE world = ?",  # noqa: S608
                    (target, source),
                )

    def _write(self, name: str, held: Held) -> None:
        self._execute("INSERT INTO worlds VALUES (?)", (name,))
        for table, (rows, order, places) in held.items():
            self._many(
                "INSERT INTO records VALUES (?, ?, ?, ?, ?)",
                ((name, table, key, places[key], _text(record)) for key, record in rows.items()),
            )
            self._execute("INSERT INTO ends VALUES (?, ?, ?)", (name, table, len(order)))

    def _read(self, world: World, name: str) -> Held:
        held: Held = {table: ({}, [], {}) for table in world.tables}
        for table, key, serial, text in self._execute(READ, (name,)):
            if table not in held:
                raise self._other_version(f"it has {table}")
            rows, order, places = held[table]
            order += [""] * (serial - len(order))
            order.append(key)
            places[key] = serial
            rows[key] = world.table(table).get(key) if text is None else json.loads(text)
        for table, place in self._execute("SELECT tab, place FROM ends WHERE world = ?", (name,)):
            if table in held:
                order = held[table][1]
                order += [""] * (place - len(order))
        return held

    def _other_version(self, why: str) -> BadState:
        return BadState(f"{self.path}: is of another version of dialkit ({why}); name another file")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        file = self._open()
        file.execute("BEGIN IMMEDIATE")
        try:
            yield file
            file.execute("COMMIT")
        except BaseException:
            if file.in_transaction:  # of a full disk SQLite takes all back by itself
                file.execute("ROLLBACK")
            raise

    def _open(self) -> sqlite3.Connection:
        if self._file is None:
            raise BadState(f"{self.path}: was closed; make a new Sandbox to go on")
        return self._file

    def _execute(self, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        return self._open().execute(statement, values)

    def _many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._open().executemany(statement, rows)

    def _one(self, statement: str) -> Any:
        return self._execute(statement).fetchone()[0]


def _drop(file: sqlite3.Connection, name: str) -> None:
    for table, column in (("worlds", "name"), ("records", "world"), ("ends", "world")):
        file.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))  # noqa: S608


def _told(error: sqlite3.Error) -> str:
    """What is wrong with a file, and what to do, by what SQLite says."""
    text = str(error)
    if "locked" in text:
        return "is used by another sandbox; stop that one, or name another file"
    if "not a database" in text or "malformed" in text:
        return "is no state file of a sandbox; name another, or one that is not there"
    if "unable to open" in text or "readonly" in text:
        return "cannot be opened for writing; name a file in a folder that is there and yours"
    return f"{text}; name another file"

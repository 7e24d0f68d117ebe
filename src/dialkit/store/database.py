"""The file: opened, made, mended. Every write is a transaction that takes the lock at its beginning.

With SQLite's default, two processes that read and then write lose each other's changes: hence `BEGIN
IMMEDIATE`. `synchronous=FULL` has each commit on the disk before it returns: first written, then sent.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Self

from dialkit.config.files import Lock
from dialkit.config.paths import make_private, state_dir
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    Row = dict[str, Any]

NAME = "dialkit.db"
VERSION = 1  # of the schema; a file of a later one is not touched
PATIENCE = 10.0  # seconds another process may hold the file; it takes them milliseconds
HINT = "set DIALKIT_HOME to a folder that can be written"
HINTS = {
    sqlite3.SQLITE_BUSY: "another process holds it; try again",
    sqlite3.SQLITE_FULL: "make room on the disk, or set DIALKIT_HOME to another folder",
    sqlite3.SQLITE_IOERR: "is the disk full? make room, or set DIALKIT_HOME to another folder",
}
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Database:
    """The database of one user. Close it, or use it as a context manager."""

    def __init__(self, path: str, tell: Callable[[str], None] = lambda _line: None) -> None:
        self.path = path
        self._connection = _opened(path, tell)

    @classmethod
    def of(cls, environ: Mapping[str, str], tell: Callable[[str], None] = lambda _line: None) -> Database:
        """The database in the state folder; made where it is missing, mode 0600.

        A damaged file is kept aside under another name, and `tell` says so. Raises `InvalidArgument` where
        the folder cannot be written.
        """
        folder = state_dir(environ)
        make_private(folder)
        return cls(os.path.join(folder, NAME), tell)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it is on the disk at the end, or none of it where an error ends it."""
        with self._faults():
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # the first error has the word
                    self._connection.execute("ROLLBACK")
                raise

    def execute(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> None:
        """Write, within `write`."""
        self._connection.execute(sql, values)

    def one(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Row | None:
        """The first row, None where there is none."""
        with self._reading():
            row = self._connection.execute(sql, values).fetchone()
        return dict(row) if row is not None else None

    def all(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """All rows."""
        with self._reading():
            return [dict(row) for row in self._connection.execute(sql, values)]

    def _reading(self) -> AbstractContextManager[None]:
        """Faults within a transaction are told by `write`, once it has ended."""
        return nullcontext() if self._connection.in_transaction else self._faults()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """What SQLite cannot do, as `InvalidArgument`; a file that turns out to be damaged is kept aside."""
        try:
            yield
        except UnicodeEncodeError:
            raise InvalidArgument("a value given is not UTF-8", hint="write it in UTF-8") from None
        except sqlite3.OperationalError as error:
            raise _fault(self.path, error) from None
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self.close()
            raise InvalidArgument(
                _set_aside(self.path) or f"{self.path} was damaged, and another process has begun a new one",
                hint="run it again",
            ) from None


def _opened(path: str, tell: Callable[[str], None]) -> sqlite3.Connection:
    try:
        try:
            return _patiently(path)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
        done = _set_aside(path)
        if done:
            tell(f"warning: {done}")
        return _patiently(path)
    except sqlite3.OperationalError as error:
        fault = _fault(path, error)
        fault.message += "; nothing was done"
        raise fault from None


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def _fault(path: str, error: sqlite3.OperationalError) -> InvalidArgument:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return InvalidArgument(f"{path}: {error}", hint=HINTS.get(code, HINT))


def _patiently(path: str) -> sqlite3.Connection:
    """Open it; who changes a new file's journal is not waited for by SQLite itself, so it is here."""
    from time import monotonic, sleep

    until = monotonic() + PATIENCE
    while True:
        try:
            return _ready(path)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or monotonic() > until:
                raise
            sleep(0.01)


def _ready(path: str) -> sqlite3.Connection:
    from dialkit.store.schema import SCHEMA

    if not os.path.exists(path):
        # Made here, so that nobody else can read it for even a moment.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise InvalidArgument(
                f"{path} is of a later dialkit", hint="python3 -m pip install --upgrade dialkit"
            )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        if version < VERSION:
            connection.executescript(f"BEGIN IMMEDIATE;\n{SCHEMA}\nPRAGMA user_version={VERSION};\nCOMMIT;")
    except BaseException:
        connection.close()
        raise
    return connection


def _set_aside(path: str) -> str | None:
    """Move a damaged file away, with all that belongs to it, and begin a new one with what can be read of it.

    Says so in words; None where another process has done it.
    """
    from time import strftime

    from dialkit.store.salvage import salvage

    with Lock(path + ".lock"):
        if _sound(path):
            return None
        stamp, number = strftime("%Y%m%d-%H%M%S"), 0
        while os.path.exists(aside := f"{path}.damaged-{stamp}" + (f"-{number}" if number else "")):
            number += 1
        for ending in ("", "-wal", "-shm"):
            if os.path.exists(path + ending):
                os.replace(path + ending, aside + ending)
        new = _patiently(path)
        try:
            kept = salvage(aside, new)
        finally:
            new.close()
    return (
        f"{path} is damaged; it is kept as {aside}, and a new one is begun with what could be read of it: "
        f"{kept} rows. It knows nothing of others that were sent before"
    )


def _sound(path: str) -> bool:
    try:
        connection = _patiently(path)
        try:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if _is_damage(error):
            return False
        raise

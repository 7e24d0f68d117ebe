"""The file: opened, made, mended. Every write is a transaction that takes the lock at its beginning.

With SQLite's default, two processes that read and then write lose each other's changes: hence `BEGIN
IMMEDIATE`. `synchronous=FULL` has each commit on the disk before it returns: first written, then sent.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from _weakrefset import WeakSet  # which `weakref` has it from, a millisecond later
from contextlib import closing, contextmanager, nullcontext, suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from dialkit.config.paths import make_private, state_dir
from dialkit.errors import InvalidArgument
from dialkit.store.database import NAME, PATIENCE, Database
from dialkit.store.salvage import is_damage, set_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from dialkit.store.database import Cursor, Row, Values

MERGE = "INSERT INTO {words} ({words}, rank) VALUES ('merge', ?)"
STEP = 500  # pages that one transaction merges, so that others can write in between
HINT = "set DIALKIT_HOME to a folder that can be written"
HINTS = {
    sqlite3.SQLITE_BUSY: "another process holds it; try again",
    sqlite3.SQLITE_FULL: "make room on the disk, or set DIALKIT_HOME to another folder",
    sqlite3.SQLITE_IOERR: "is the disk full? make room, or set DIALKIT_HOME to another folder",
}


class Sqlite(Database):
    """A file, for processes of one machine."""

    dialect = "sqlite"

    def __init__(self, path: str, tell: Callable[[str], None] = lambda _line: None) -> None:
        super().__init__()
        self.path = self.name = path
        self.folder = os.path.dirname(path)
        with FORK:
            self._connection, self.anew = _opened(path, tell)
            OPEN.add(self)

    @classmethod
    def of(cls, environ: Mapping[str, str], tell: Callable[[str], None] = lambda _line: None) -> Sqlite:
        """The file in the state folder; made where it is missing, mode 0600."""
        folder = state_dir(environ)
        make_private(folder)
        return cls(os.path.join(folder, NAME), tell)

    def close(self) -> None:
        self._connection.close()

    def another(self) -> Sqlite:
        return Sqlite(self.path)

    def scrub(self, words: str) -> None:
        # The index has what was deleted until its parts are merged, and the WAL until it is emptied.
        step = -STEP  # all parts; from then on what is begun
        while True:
            before = self._connection.total_changes
            with self.write():
                self._run(MERGE.format(words=words), (step,))
            if self._connection.total_changes - before < 2:  # as SQLite says that nothing was left to do
                break
            step = STEP
        with self._turn, self._faults():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def _lock(self, alone: str) -> None:
        """Only one process writes."""

    def _commit(self) -> None:
        self._connection.execute("COMMIT")

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")

    def _run(self, sql: str, values: Values) -> Cursor:
        return self._connection.execute(sql, values)

    def _run_many(self, sql: str, rows: Iterable[Values]) -> int:
        return self._connection.executemany(sql, rows).rowcount

    def _first(self, sql: str, values: Values) -> Row | None:
        with self._reading():
            found: Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def _rows(self, sql: str, values: Values) -> list[Row]:
        with self._reading():
            return self._connection.execute(sql, values).fetchall()

    def _reading(self) -> AbstractContextManager[None]:
        """Faults within a transaction are told by `write`, once it has ended."""
        return nullcontext() if self._within else self._faults()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """What SQLite cannot do, as `InvalidArgument`; a file that turns out to be damaged is kept aside."""
        try:
            yield
        except UnicodeEncodeError:
            raise InvalidArgument("a value given is not UTF-8", hint="write it in UTF-8") from None
        except OverflowError:
            raise InvalidArgument("a number given is larger than any that can be kept") from None
        except sqlite3.OperationalError as error:
            raise _fault(self.path, error) from None
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self.close()
            raise InvalidArgument(
                set_aside(self.path, _patiently)
                or f"{self.path} was damaged, and another process has begun a new one",
                hint="run it again",
            ) from None

    @contextmanager
    def hold(self, name: str, number: int) -> Iterator[bool]:
        path = f"{self.path}.{name}"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise InvalidArgument(
                f"{path}: {error.strerror}", hint="set DIALKIT_HOME to another folder"
            ) from None
        try:
            yield _locked(descriptor, number)
        finally:
            os.close(descriptor)


# A forked child inherits what SQLite knows of open files, and not their locks: what it opened then would be
# unlocked, and what it writes removed beneath it. So it closes what it inherits, and nobody is in the middle.
OPEN: WeakSet[Sqlite] = WeakSet()
FORKING: list[Sqlite] = []
FORK = Lock()


def _before_fork() -> None:
    FORK.acquire()
    FORKING[:] = OPEN
    for database in FORKING:
        database._turn.acquire()


def _after_fork(*, child: bool) -> None:
    for database in FORKING:
        if child and not database._within:
            database.close()
        database._turn.release()
    FORKING.clear()
    FORK.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork,
        after_in_parent=lambda: _after_fork(child=False),
        after_in_child=lambda: _after_fork(child=True),
    )


def peek(environ: Mapping[str, str], sql: str) -> list[Row]:
    """Rows of the file in the state folder; none where there is no such file, or it cannot be read."""
    from urllib.parse import quote

    path = quote(os.path.join(state_dir(environ), NAME))
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            connection.row_factory = _named
            return connection.execute(sql).fetchall()
    except sqlite3.Error:
        return []


def _named(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def _locked(descriptor: int, number: int) -> bool:
    """Lock a byte; the system lets go of it with the process. False where another has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, number, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
    except OSError:
        return False
    return True


def _opened(path: str, tell: Callable[[str], None]) -> tuple[sqlite3.Connection, bool]:
    """It, open; and whether it was damaged and is a new one."""
    try:
        try:
            return _patiently(path), False
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
        done = set_aside(path, _patiently)
        if done:
            tell(f"warning: {done}")
        return _patiently(path), done is not None
    except sqlite3.OperationalError as error:
        fault = _fault(path, error)
        fault.message += "; nothing was done"
        raise fault from None


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
    from dialkit.store import schema

    if not os.path.exists(path):
        # Made here, so that nobody else can read it for even a moment.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = _named
        version = _version(connection)
        schema.check(version, path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")  # as on Debian: what is pruned is not left in the file
        if version < schema.VERSION:
            connection.execute("BEGIN IMMEDIATE")
            # Another process may have done it meanwhile.
            schema.make(connection.execute, "sqlite", _version(connection))
            connection.execute(f"PRAGMA user_version={schema.VERSION}")
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()["user_version"])

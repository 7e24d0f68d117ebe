"""The database: a file of SQLite's, or a PostgreSQL that several machines share. One interface for both.

Statements are what both understand: ``?`` or ``:name`` for values, ``ON CONFLICT``, ``RETURNING``. Where they
must differ, a module has a dict of statements by `Database.dialect`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from typing import Protocol, Self

    Row = dict[str, Any]
    Values = Sequence[Any] | Mapping[str, Any]

    class Cursor(Protocol):
        """What came of a statement."""

        @property
        def rowcount(self) -> int:
            """How many rows were written."""
            ...

        def fetchone(self) -> Any:
            """The next row, a dict; None where there is no more."""

        def fetchall(self) -> list[Any]:
            """All rows that are left."""
            ...

        def __iter__(self) -> Iterator[Any]: ...


URL = "DIALKIT_DATABASE_URL"
NAME = "dialkit.db"
PATIENCE = 10.0  # seconds another process may hold what is to be written; it takes them milliseconds


class Database(ABC):
    """The database of one user, or of one business. Close it, or use it as a context manager.

    Threads may share one and take turns: who writes holds it until the end of the transaction. A thread that
    is not to wait for others has one of its own (`another`). Coroutines do not await within `write`.

    Attributes:
        dialect: ``sqlite`` or ``postgresql``.
        name: what it is called to people: a path, or a URL without password.
        folder: the state folder of whoever opened it, which need not exist.
        anew: whether it was found damaged just now, so that it may not know all that was sent.
    """

    dialect: Literal["sqlite", "postgresql"]
    name: str
    folder: str

    def __init__(self) -> None:
        self._turn = RLock()
        self._within = False  # a transaction, which only the thread that has the turn sees
        self.anew = False

    @classmethod
    def of(cls, environ: Mapping[str, str], tell: Callable[[str], None] = lambda _line: None) -> Database:
        """The database that `DIALKIT_DATABASE_URL` names, else the file in the state folder; made if missing.

        `tell` hears of what was noticed, in a line: a damaged file that is kept aside, under another name.
        Raises `InvalidArgument` where the folder cannot be written or the URL is none, `NetworkError` where
        PostgreSQL cannot be reached.
        """
        if url := environ.get(URL, "").strip():
            from dialkit.config.paths import state_dir
            from dialkit.store.postgres import Postgres

            return Postgres(url, state_dir(environ))
        from dialkit.store.sqlite import Sqlite

        return Sqlite.of(environ, tell)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Close it."""

    @abstractmethod
    def another(self) -> Database:
        """One more connection to the same database, for another thread."""

    def steady(self) -> Self:
        """Itself, for a few statements that come again and again and find their rows by an index.

        PostgreSQL then plans each but once, and not by how many rows there were at that moment.
        """
        return self

    @contextmanager
    def write(self, alone: str = "") -> Iterator[Self]:
        """A transaction: all of it is on the disk at the end, or none of it where an error ends it.

        `alone` names what is read and then written, so that nobody else does the same meanwhile. SQLite lets
        only one write in any case; in PostgreSQL others see and write what they like, each row whole. Who
        writes several rows that others write too does so in one order, else the two wait for each other.
        Within another of the same thread it is a part of that one.

        Raises `InvalidArgument` where it cannot be written, `NetworkError` where PostgreSQL is gone and
        nothing was written, `OutcomeUnknown` where it went while all was being committed.
        """
        with self._turn:
            if self._within:
                self._lock(alone)
                yield self
                return
            with self._faults():
                self._begin()
                self._within = True
                try:
                    self._lock(alone)
                    yield self
                    self._commit()
                except BaseException:
                    self._roll_back()
                    raise
                finally:
                    self._within = False

    def execute(self, sql: str, values: Values = ()) -> Cursor:
        """Write, within `write`: rows that are ``RETURNING`` can be fetched, as dicts."""
        assert self._within, "database.write() is where to write"
        return self._run(sql, values)

    def executemany(self, sql: str, rows: Iterable[Values]) -> int:
        """Write with each of `rows`, within `write`; how many rows were written."""
        assert self._within, "database.write() is where to write"
        return self._run_many(sql, rows)

    def one(self, sql: str, values: Values = ()) -> Row | None:
        """The first row, None where there is none."""
        with self._turn:
            return self._first(sql, values)

    def all(self, sql: str, values: Values = ()) -> list[Row]:
        """All rows."""
        with self._turn:
            return self._rows(sql, values)

    @abstractmethod
    def hold(self, name: str, number: int) -> AbstractContextManager[bool]:
        """Whether this process has something for itself, until the end of the block, or until it dies.

        `name` and `number` say what: ``imports``, the id of a job.
        """

    @abstractmethod
    def scrub(self, words: str) -> None:
        """Have what was deleted leave the disk, and the index of words that a table is."""

    @abstractmethod
    def _begin(self) -> None: ...

    @abstractmethod
    def _lock(self, alone: str) -> None: ...

    @abstractmethod
    def _commit(self) -> None: ...

    @abstractmethod
    def _roll_back(self) -> None:
        """End a transaction without it; raises nothing, since the first error has the word."""

    @abstractmethod
    def _run(self, sql: str, values: Values) -> Cursor: ...

    @abstractmethod
    def _run_many(self, sql: str, rows: Iterable[Values]) -> int: ...

    @abstractmethod
    def _first(self, sql: str, values: Values) -> Row | None: ...

    @abstractmethod
    def _rows(self, sql: str, values: Values) -> list[Row]: ...

    @abstractmethod
    def _faults(self) -> AbstractContextManager[None]:
        """What the database cannot do, as an error of ours."""


def peek(environ: Mapping[str, str], sql: str) -> list[Row]:
    """Rows, where there is a database and it can be read at once: makes none, mends none, raises nothing."""
    if url := environ.get(URL, "").strip():
        from dialkit.store import postgres

        return postgres.peek(url, sql)
    from dialkit.store import sqlite

    return sqlite.peek(environ, sql)


def marks(values: Sequence[object]) -> str:
    """As many ``?`` as there are values, for ``IN (…)``; at most some thousands.

    Of none it is ``NULL``, which nothing is in: PostgreSQL knows no ``IN ()``.
    """
    return ", ".join("?" * len(values)) or "NULL"

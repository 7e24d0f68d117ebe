"""PostgreSQL, which several machines share: connected, reconnected, its words in ours.

What reads is asked again once, where a connection was dead before. So is the beginning of a transaction; the
rest of one is never run again: whoever asked for it knows whether that does harm.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from dialkit.errors import DialkitError, InvalidArgument, NetworkError, OutcomeUnknown
from dialkit.store.database import URL, Database

try:
    import psycopg
    from psycopg import errors
except ImportError:
    raise InvalidArgument(
        f"{URL} is set, and the driver of PostgreSQL is missing",
        hint="python3 -m pip install 'dialkit[postgres]'",
    ) from None

from dialkit.store import address
from dialkit.store.connecting import SETTINGS, connect, line, ready
from dialkit.store.placeholders import kept, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Self

    from dialkit.store.database import Cursor, Row, Values

    Connection = psycopg.Connection[Row]

T = TypeVar("T")

BEGIN = "BEGIN READ WRITE"
ALONE = "SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext(%s))"
HOLD = "SELECT pg_try_advisory_lock(hashtext(current_schema() || ' ' || %s), %s) AS held"
LET_GO = "SELECT pg_advisory_unlock(hashtext(current_schema() || ' ' || %s), %s)"
# Planning anew took half of the server's time for a group of events.
STEADY = "SET enable_seqscan TO off; SET plan_cache_mode TO force_generic_plan"
BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure, errors.QueryCanceled)
HINTS: dict[type[psycopg.Error] | tuple[type[psycopg.Error], ...], str] = {
    BUSY: "another process holds it; try again",
    errors.DiskFull: "make room on the disk of the server",
    errors.ReadOnlySqlTransaction: f"it takes no writes: is it a standby? name the primary in {URL}",
    errors.InsufficientPrivilege: "GRANT what is missing to the user that you connect as",
}


class Postgres(Database):
    """A database of a server, in which our tables have a schema of their own."""

    dialect = "postgresql"

    def __init__(self, url: str, folder: str) -> None:
        super().__init__()
        self._url, self.folder = url, folder
        self._address = address.read(url)
        self.name = self._address.shown
        self._steady = False
        self._held: dict[tuple[str, int], None] = {}
        self._connection = self._connected()

    def __repr__(self) -> str:
        return f"<Postgres {self.name}>"

    def close(self) -> None:
        self._connection.close()

    def steady(self) -> Self:
        self._steady = True
        self._again(lambda connection: connection.execute(STEADY))
        return self

    def another(self) -> Postgres:
        return Postgres(self._url, self.folder)

    def scrub(self, words: str) -> None:
        """The server sees to that by itself: `VACUUM`."""

    def _connected(self) -> Connection:
        connection = connect(self._address)
        try:
            with self._faults():
                ready(connection, self._address)
                if self._steady:
                    connection.execute(STEADY)
        except BaseException:
            connection.close()
            raise
        return connection

    def _again(self, ask: Callable[[Connection], T]) -> T:
        """Ask what may be asked twice; once more, where the connection turns out to be dead."""
        with self._faults():
            try:
                return ask(self._connection)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if not self._connection.closed:
                    raise
        self._connection = self._connected()
        with self._faults():
            self._hold_again()
            return ask(self._connection)

    def _begin(self) -> None:
        self._again(lambda connection: connection.execute(BEGIN))

    def _lock(self, alone: str) -> None:
        if alone:
            self._connection.execute(ALONE, (alone,))

    def _commit(self) -> None:
        try:
            done = self._connection.execute("COMMIT").statusmessage
        except (psycopg.OperationalError, psycopg.InterfaceError):
            if not self._connection.closed:
                raise
            raise OutcomeUnknown(
                f"{self.name} went while a change was being committed: nobody knows whether it is there",
                hint="look whether it is, before you do it again",
            ) from None
        if done != "COMMIT":  # which PostgreSQL does not call an error
            raise RuntimeError("an error within a transaction was caught, and with it all of that is undone")

    def _roll_back(self) -> None:
        try:
            self._connection.execute("ROLLBACK")
        except psycopg.Error:
            self._connection.close()  # what it is in the middle of ends with it

    def _run(self, sql: str, values: Values) -> Cursor:
        return self._connection.execute(translated(sql), kept(values))

    def _run_many(self, sql: str, rows: Iterable[Values]) -> int:
        with self._connection.cursor() as cursor:
            cursor.executemany(translated(sql), map(kept, rows))
            return cursor.rowcount

    def _first(self, sql: str, values: Values) -> Row | None:
        return next(iter(self._rows(sql, values)), None)

    def _rows(self, sql: str, values: Values) -> list[Row]:
        def ask(connection: Connection) -> list[Row]:
            return connection.execute(translated(sql), kept(values)).fetchall()

        return ask(self._connection) if self._within else self._again(ask)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """What PostgreSQL cannot do, as an error of ours. What it says of a statement holds no password."""
        try:
            yield
        except UnicodeEncodeError:
            raise InvalidArgument("a value given is not UTF-8", hint="write it in UTF-8") from None
        except psycopg.DataError as error:
            raise InvalidArgument(f"{self.name}: {line(error)}", hint="give another value") from None
        except psycopg.Error as error:
            fault = _fault(self.name, error, gone=self._gone())
            if fault is None:
                raise
            raise fault from None

    def _gone(self) -> bool:
        connection: Connection | None = getattr(self, "_connection", None)
        return connection is not None and connection.closed

    @contextmanager
    def hold(self, name: str, number: int) -> Iterator[bool]:
        with self._turn:
            held = (name, number) not in self._held and self._hold(name, number)
            if held:
                self._held[name, number] = None
        try:
            yield held
        finally:
            if held:
                with self._turn:
                    del self._held[name, number]
                    with suppress(psycopg.Error):
                        self._connection.execute(LET_GO, (name, number))

    def _hold(self, name: str, number: int) -> bool:
        rows = self._again(lambda connection: connection.execute(HOLD, (name, number)).fetchall())
        return bool(rows[0]["held"])

    def _hold_again(self) -> None:
        """Locks went with the connection."""
        for name, number in self._held:
            row = self._connection.execute(HOLD, (name, number)).fetchone()
            if not row or not row["held"]:
                self._connection.close()  # nothing goes on
                raise InvalidArgument(
                    f"{self.name} was gone for a moment, and another process took over what this one did",
                    hint="wait until it has ended",
                )


def peek(url: str, sql: str) -> list[Row]:
    """Rows, where a server answers within two seconds and has our tables; else none."""
    try:
        where = address.read(url)
        where.told["connect_timeout"] = "2"
        with connect(where) as connection:
            connection.execute(SETTINGS.format(schema=where.schema).encode())
            return connection.execute(translated(sql)).fetchall()
    except (DialkitError, psycopg.Error):
        return []


def _fault(name: str, error: psycopg.Error, *, gone: bool) -> DialkitError | None:
    if gone:
        return NetworkError(f"{name} is gone: {line(error)}", hint="try again once it is back")
    for kinds, hint in HINTS.items():
        if isinstance(error, kinds):
            return InvalidArgument(f"{name}: {line(error)}", hint=hint)
    if isinstance(error, psycopg.OperationalError):
        return InvalidArgument(f"{name}: {line(error)}", hint="its log says more")
    return None

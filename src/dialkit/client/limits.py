"""Keeping within Dialpad's limits, together with every other process that uses the same key here.

A small SQLite file holds the times at which requests were, or will be, let go. `reserve` finds the first
moment at which no window of any limit would hold more than its count, writes it down, and says how long
that is from now: exact for every sliding window, first come first served, and bursts may use the whole
count. Once an operation with a limit of its own has its answer, `settle` moves its place to that time, for
Dialpad counts when a request arrives, which is later than when it was let go. A 429 that comes all the same
holds everyone back. (A smooth limiter would delay the second of two texts; one that counts by fixed windows
lets twice the limit through at their border.)
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from dialkit.client.request import Request

T = TypeVar("T")

# Per company, all operations together (Dialpad's developer pages).
COMPANY = ("company", 20, 1.0)
# Requests travel for different times. Windows are kept a little longer so that late ones still fit.
MARGIN = 0.01
MARGIN_AT_LEAST = 0.015
# How long to hold back after a 429 that does not say: seconds, as a share of the limit's window.
UNTOLD_PAUSE = 0.25
# No answer can hold a key back for longer, in seconds: the next request asks again.
LONGEST_PAUSE = 60.0
# Rows are of no use further from now than this, in seconds; no limit has a longer window.
KEPT = 2 * 86_400.0
# How long another process may hold the file, in seconds. It takes them microseconds.
PATIENCE = 5.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS slot (name TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS slot_by_name ON slot (name, at);
CREATE TABLE IF NOT EXISTS pause (name TEXT PRIMARY KEY, until REAL NOT NULL);
"""
COUNT = "SELECT count(*) FROM slot WHERE name = ? AND at > ? AND at <= ?"
NTH = "SELECT at FROM slot WHERE name = ? AND at > ? AND at <= ? ORDER BY at LIMIT 1 OFFSET ?"
PAUSED = "SELECT until FROM pause WHERE name = ?"
RESERVE = "INSERT INTO slot (name, at) VALUES (?, ?)"
SETTLE = "UPDATE slot SET at = max(at, ?) WHERE rowid = ?"
LEAVE = "DELETE FROM slot WHERE rowid = ?"
FORGET = "DELETE FROM slot WHERE name = ? AND at < ?"
# Of names that nobody asks for any more, and of a clock that went wrong.
SWEEP = "DELETE FROM slot WHERE at NOT BETWEEN ? AND ?"
SWEEP_PAUSES = "DELETE FROM pause WHERE until NOT BETWEEN ? AND ?"
PAUSE = """
INSERT INTO pause (name, until) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET until = max(until, excluded.until)
"""


class Place(NamedTuple):
    """A place within the limits: seconds to wait for it, and the rows that hold it."""

    wait: float
    rows: tuple[int, ...] = ()


class Limiter:
    """The limits of one key at one host, shared by all processes that open the same file.

    Parameters:
        path: the file; its folder is made where it is missing. ``:memory:`` counts for this object alone,
            and so does a path that cannot be written.
        owner: names key and host without telling the key (`dialkit.config.keys.fingerprint`).

    `alone` says why the file could not be used, where it could not: other processes are not counted then.
    """

    def __init__(self, path: str, owner: str) -> None:
        self._path = path
        self._owner = owner
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._count = 0
        self.alone: str | None = None

    def reserve(
        self,
        request: Request,
        now: float,
        max_wait: float = float("inf"),
        *,
        instead_of: tuple[int, ...] = (),
    ) -> Place:
        """Take a place for `request`, to be sent after `Place.wait` seconds; then ask again, `instead_of` it.

        Asking again after the wait takes into account what has become known meanwhile: requests of others
        that arrived later than they were let go. Where the wait is more than `max_wait`, no place is taken.
        `now` is in seconds since 1970.
        """
        limits = [(f"{self._owner} {name}", count, padded(window)) for name, count, window in request.limits]
        limits.append((f"{self._owner} {COMPANY[0]}", COMPANY[1], padded(COMPANY[2])))
        self._count += 1
        tidy = self._count % 16 == 1
        if self._count % 1024 == 1:
            self._run(lambda connection: _sweep(connection, now))
        return self._run(lambda connection: _reserve(connection, limits, now, max_wait, tidy, instead_of))

    def settle(self, place: Place, now: float) -> None:
        """The request of `place` was answered, or given up: by now it has arrived, if it ever will."""
        # The last row is the company's: its window is too short for the way there and back to be added.
        own = [(now, row) for row in place.rows[:-1]]
        if own:
            self._run(lambda connection: connection.executemany(SETTLE, own))

    def leave(self, place: Place) -> None:
        """The request of `place` will not be sent: others may have it."""
        self._run(lambda connection: connection.executemany(LEAVE, [(row,) for row in place.rows]))

    def learn(self, request: Request, now: float, retry_after: float | None) -> None:
        """Dialpad said 429: hold back whatever that limit counts, here and in the other processes."""
        name, _, window = request.limits[0] if request.limits else COMPANY
        told = retry_after if retry_after is not None else max(1.0, window * UNTOLD_PAUSE)
        pause = min(LONGEST_PAUSE, told)

        def learn(connection: sqlite3.Connection) -> None:
            connection.execute(SWEEP_PAUSES, (now, now + LONGEST_PAUSE))
            connection.execute(PAUSE, (f"{self._owner} {name}", now + pause))

        self._run(learn)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
            self._connection = None

    def _run(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Do it with the file; where that fails, in memory: a full disk must not decide about a text."""
        import sqlite3

        with self._lock:
            try:
                if self._connection is None or self._process != os.getpid():
                    self._connection = self._open()
                    self._process = os.getpid()
                return action(self._connection)
            except (OSError, sqlite3.Error) as error:
                self.alone = f"{self._path}: {error}"
                if self._connection is not None and self._process == os.getpid():
                    self._connection.close()
                if getattr(error, "sqlite_errorcode", 0) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                    _remove(self._path)  # for the next process
                self._connection = _connect(":memory:")
                self._process = os.getpid()
                return action(self._connection)

    def _open(self) -> sqlite3.Connection:
        """The file; one that is damaged is put aside and begun anew."""
        import sqlite3

        try:
            return _connect(self._path)
        except sqlite3.OperationalError:  # locked, read-only, no such folder
            raise
        except sqlite3.DatabaseError:
            os.replace(self._path, self._path + ".damaged")
            return _connect(self._path)


def padded(window: float) -> float:
    """A window in seconds, kept a little longer than Dialpad counts it."""
    return window + max(window * MARGIN, MARGIN_AT_LEAST)


def _reserve(
    connection: sqlite3.Connection,
    limits: list[tuple[str, int, float]],
    now: float,
    max_wait: float,
    tidy: bool,
    instead_of: tuple[int, ...],
) -> Place:
    rows: list[int] = []
    connection.execute("BEGIN IMMEDIATE")
    try:
        for row in instead_of:
            connection.execute(LEAVE, (row,))
        at = _first_free(connection, limits, now, queued=bool(instead_of))
        if at - now <= max_wait:
            for name, _, window in limits:
                if tidy:
                    connection.execute(FORGET, (name, now - window))
                rows.append(connection.execute(RESERVE, (name, at)).lastrowid or 0)
    finally:
        connection.execute("COMMIT")
    return Place(at - now, tuple(rows))


def _sweep(connection: sqlite3.Connection, now: float) -> None:
    connection.execute(SWEEP, (now - KEPT, now + KEPT))
    connection.execute(SWEEP_PAUSES, (now, now + LONGEST_PAUSE))


def _remove(path: str) -> None:
    for ending in ("", "-wal", "-shm"):
        try:
            os.unlink(path + ending)
        except OSError:
            pass


def _first_free(
    connection: sqlite3.Connection, limits: list[tuple[str, int, float]], now: float, *, queued: bool
) -> float:
    """The first moment at which no window would hold too many.

    Whoever was `queued` already goes before those who came later: they are not counted, and ask again.
    """
    at = now
    for name, _, _ in limits:
        row = connection.execute(PAUSED, (name,)).fetchone()
        # One that lies further ahead than any pause was made by a clock that has been set back since.
        if row is not None and row[0] <= now + LONGEST_PAUSE:
            at = max(at, row[0])
    settled = False
    while not settled:
        settled = True
        for name, count, window in limits:
            end = at if queued else at + window
            taken = connection.execute(COUNT, (name, at - window, end)).fetchone()[0]
            if taken >= count:
                row = connection.execute(NTH, (name, at - window, end, taken - count)).fetchone()
                # Rounding can leave the row within the window; a step further it is not.
                at = max(row[0] + window, at + 1e-6)
                settled = False
    return at


def _connect(path: str) -> sqlite3.Connection:
    import sqlite3

    if path != ":memory:":
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    # Lost at a power cut, which costs a few early requests at most: no need to wait for the disk.
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            connection.executescript(SCHEMA + "PRAGMA user_version = 1;")
    except BaseException:
        connection.close()
        raise
    return connection

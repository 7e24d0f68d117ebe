"""Rows a second that the store takes from 64 writers, on the disk before each is told: SQLite and PostgreSQL.

    bench/store.py                              # SQLite
    tools/postgres.py .venv/bin/python bench/store.py   # and PostgreSQL

One thread commits; the others hand it a row, and wait until that is written. What waits meanwhile is one
transaction: so a commit costs the disk once for all of them.
"""

from __future__ import annotations

import os
import secrets
import statistics
import tempfile
import threading
import time
from queue import SimpleQueue
from typing import Any

from dialkit.store import Database

WRITERS, SECONDS, AT_MOST = 64, 3.0, 500
KEEP = "INSERT INTO note (name, value_json, at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING"
BODY = "x" * 1000


class Row:
    """What a writer waits for."""

    def __init__(self, name: str) -> None:
        self.values = (name, BODY, 1.0)
        self.written = threading.Lock()
        self.written.acquire()


def together(database: Database) -> tuple[float, float]:
    """Rows a second of all writers, and the 99th percentile of what a row took, in milliseconds."""
    queue: SimpleQueue[Row | None] = SimpleQueue()
    took: list[float] = []
    until = time.monotonic() + SECONDS

    def write(writer: int) -> None:
        number = 0
        while (began := time.monotonic()) < until:
            row = Row(f"{writer} {number}")
            queue.put(row)
            row.written.acquire()
            took.append(time.monotonic() - began)
            number += 1

    def commit() -> None:
        while (first := queue.get()) is not None:
            rows = [first]
            while len(rows) < AT_MOST and not queue.empty():
                more = queue.get()
                if more is None:
                    return
                rows.append(more)
            with database.write() as tx:
                tx.executemany(KEEP, [row.values for row in rows])
            for row in rows:
                row.written.release()

    committer = threading.Thread(target=commit)
    committer.start()
    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    queue.put(None)
    committer.join()
    return len(took) / SECONDS, statistics.quantiles(took, n=100)[98] * 1000


def alone(database: Database) -> float:
    """Rows a second, a commit for each."""
    number, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        with database.write() as tx:
            tx.execute(KEEP, (f"alone {number}", BODY, 1.0))
        number += 1
    return number / SECONDS


def in_bulk(database: Database) -> float:
    """Rows a second, 100 in a transaction: what is left of it without the threads of Python."""
    number, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        with database.write() as tx:
            tx.executemany(KEEP, [(f"bulk {n}", BODY, 1.0) for n in range(number, number + 100)])
        number += 100
    return number / SECONDS


def measure(environ: dict[str, Any]) -> None:
    """One line for a database."""
    with Database.of(environ) as database:
        one, (many, slowest), bulk = alone(database), together(database), in_bulk(database)
    print(
        f"{database.dialect:11} a commit each {one:7,.0f} rows/s   64 writers, grouped {many:7,.0f} rows/s, "
        f"p99 {slowest:5.1f} ms   100 a transaction {bulk:8,.0f} rows/s"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        measure({"DIALKIT_HOME": folder})
    if server := os.environ.get("DIALKIT_TEST_POSTGRES"):
        measure({"DIALKIT_DATABASE_URL": f"{server}?schema=bench_{secrets.token_hex(4)}"})

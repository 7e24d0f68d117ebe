"""The journal of an import: what became of each row, so that one that was killed goes on where it was.

Rows are worked off in order, so all up to the last that is written down are done, but for those that are
`sending` (it was killed, and nobody knows) or `unknown` (no answer came).
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from dialkit.store.database import Database

OPEN = "SELECT id, started_at FROM import_job WHERE file_key = ? AND finished_at IS NULL"
STALE = """
SELECT id FROM import_job
WHERE (path = ? AND finished_at IS NOT NULL) OR coalesce(finished_at, started_at) < ?
"""
FORGET_ROWS = "DELETE FROM import_row WHERE job = ?"
FORGET = "DELETE FROM import_job WHERE id = ?"
BEGIN = "INSERT INTO import_job (file_key, path, options_json, started_at) VALUES (?, ?, ?, ?) RETURNING id"
LAST = "SELECT max(row) AS row FROM import_row WHERE job = ?"
DOUBTFUL = "SELECT * FROM import_row WHERE job = ? AND state IN ('sending', 'unknown') ORDER BY row"
COUNTS = "SELECT state, count(*) AS number FROM import_row WHERE job = ? GROUP BY state"
ROWS = "SELECT * FROM import_row WHERE job = ? AND row > ? ORDER BY row LIMIT 1000"
KEEP = """
INSERT INTO import_row VALUES (:job, :row, :state, :contact_id, :reason, :at)
ON CONFLICT (job, row) DO UPDATE
SET state = excluded.state, contact_id = excluded.contact_id, reason = excluded.reason, at = excluded.at
"""
FINISH = "UPDATE import_job SET finished_at = ?, file_key = file_key || ' ' || id WHERE id = ?"
KEPT = 90 * 86_400.0  # seconds that a finished job is remembered; its rows go at once, the report has them


class Entry(NamedTuple):
    """What became of a row. `state`: sending, created, updated, unchanged, written, failed or unknown."""

    row: int
    state: str
    contact_id: str | None
    reason: str | None
    at: float


class Job(NamedTuple):
    """One import: the last row that is written down (0: none), and those of them that are doubtful."""

    id: int
    resumed: bool
    started_at: float
    last: int
    doubtful: dict[int, Entry]


def begin(database: Database, file_key: str, path: str, options: Mapping[str, Any], now: float) -> Job:
    """The unfinished job of that key, or a new one; old jobs of the same file are forgotten."""
    with database.write(alone="import_job") as connection:
        row = connection.execute(OPEN, (file_key,)).fetchone()
        if row is None:
            for stale in connection.execute(STALE, (path, now - KEPT)).fetchall():
                connection.execute(FORGET_ROWS, (stale["id"],))
                connection.execute(FORGET, (stale["id"],))
            made = connection.execute(BEGIN, (file_key, path, json.dumps(options), now)).fetchone()
            return Job(made["id"], False, now, 0, {})
        job = int(row["id"])
        last = connection.execute(LAST, (job,)).fetchone()["row"] or 0
        doubtful = {row["row"]: _entry(row) for row in connection.execute(DOUBTFUL, (job,))}
    return Job(job, last > 0, row["started_at"], last, doubtful)


def keep(database: Database, job: int, entries: Iterable[Entry]) -> None:
    """Write entries down, on the disk before this returns."""
    rows = [{"job": job, **entry._asdict()} for entry in entries]
    if rows:
        with database.write() as connection:
            connection.executemany(KEEP, rows)


def counts(database: Database, job: int) -> dict[str, int]:
    """How many rows are in each state."""
    return {row["state"]: row["number"] for row in database.all(COUNTS, (job,))}


def entries(database: Database, job: int) -> Iterator[Entry]:
    """All entries in the order of their rows, in bounded memory."""
    last = -1
    while rows := database.all(ROWS, (job, last)):
        yield from map(_entry, rows)
        last = rows[-1]["row"]


def finish(database: Database, job: int, now: float) -> None:
    """The job is done: the same file is begun anew the next time. Its rows are forgotten."""
    with database.write() as connection:
        connection.execute(FINISH, (now, job))
        connection.execute(FORGET_ROWS, (job,))


def _entry(row: Any) -> Entry:
    return Entry(row["row"], row["state"], row["contact_id"], row["reason"], row["at"])


@contextmanager
def alone(database: Database, job: int) -> Iterator[None]:
    """Hold a job against other processes, until the end or until this process dies.

    Raises `Conflict` where another has it.
    """
    with database.hold("imports", job) as ours:
        if not ours:
            raise Conflict(
                "this file is being imported by another process", status=None, hint="wait until it has ended"
            )
        yield

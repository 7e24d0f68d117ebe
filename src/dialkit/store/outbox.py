"""The outbox: what goes out to people, written down before it leaves.

    planned ──► sending ──► accepted | refused | unknown

Who finds an entry ``sending`` whose process is gone cannot know whether it left: it becomes ``unknown``. One
that was only ``planned`` certainly did not leave: it becomes ``refused``, and may be sent again.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from dialkit.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.store.database import Database, Row

PLANNED, SENDING, ACCEPTED, REFUSED, UNKNOWN = "planned", "sending", "accepted", "refused", "unknown"
STATES = (PLANNED, SENDING, ACCEPTED, REFUSED, UNKNOWN)
REPEAT = 600.0  # seconds in which the same text to the same people is taken for a slip
LONGEST = 900.0  # seconds after which nobody is still sending, whatever the system says of their process
NOT_SENT = {"code": "not_sent", "message": "the process ended before it was sent", "retryable": True}

ADD = """
INSERT INTO outbox (once, batch, operation, effect_key, sender, recipients_json, text, request_json, state,
                    who, planned_at)
VALUES (:once, :batch, :operation, :effect_key, :sender, :recipients_json, :text, :request_json, 'planned',
        :who, :now)
RETURNING *
"""
AGAIN = """
UPDATE outbox SET state = 'planned', who = :who, planned_at = :now, sending_at = NULL, done_at = NULL,
                  result_json = NULL, note = NULL
WHERE id = :id RETURNING *
"""
BY_ID = "SELECT * FROM outbox WHERE id = ?"
BY_ONCE = "SELECT * FROM outbox WHERE once = ?"
BY_BATCH = "SELECT * FROM outbox WHERE batch = ? ORDER BY id"
ALIKE = """
SELECT * FROM outbox WHERE effect_key = :effect_key AND planned_at > :since AND state <> 'refused'
ORDER BY id DESC LIMIT 1
"""
LEAVES = "UPDATE outbox SET state = 'sending', sending_at = ?, attempts = attempts + 1 WHERE id = ?"
SETTLE = "UPDATE outbox SET state = ?, result_json = ?, note = ?, done_at = ? WHERE id = ?"
OPEN = "SELECT * FROM outbox WHERE state IN ('planned', 'sending')"
LIST = """
SELECT * FROM outbox
WHERE (:state IS NULL OR state = :state) AND (:number IS NULL OR recipients_json LIKE :number)
ORDER BY id DESC LIMIT :most
"""


def me() -> str:
    """Who runs this: user, machine, process, and when the process began, for those who look later."""
    import getpass
    import socket

    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid()) if hasattr(os, "getuid") else "somebody"
    return f"{user}@{socket.gethostname()} {os.getpid()} {_began(os.getpid())}"


def plan(database: Database, entry: Row, *, once: str | None, again: bool, now: float) -> tuple[Row, bool]:
    """Write down what is to go out: the entry, and whether it is new and may be sent now.

    With the caller's own key `once`, the entry of before is given back as it stands, unless that one
    certainly did not leave. Without `again`, the same to the same people within ten minutes is refused.

    Raises `Conflict` for a likely repeat, and where another process is sending it just now.
    """
    told = {**entry, "once": once, "now": now, "who": me()}
    with database.write() as connection:
        _sweep(database, now)
        before = database.one(BY_ONCE, (once,)) if once is not None else None
        if before is not None:
            return _known(database, before, told)
        alike = database.one(ALIKE, {**told, "since": now - REPEAT}) if not again else None
        if alike is not None:
            raise Conflict(
                f"the same was sent {_ago(now - alike['planned_at'])} (outbox {alike['id']}, "
                f"{alike['state']}); nothing was sent now",
                status=None,
                hint=f"dialpad outbox show {alike['id']}; to send it all the same, add --again",
            )
        return dict(connection.execute(ADD, told).fetchone()), True


def _known(database: Database, before: Row, told: Row) -> tuple[Row, bool]:
    if before["effect_key"] != told["effect_key"]:
        raise Conflict(
            f"--once {before['once']}: that key stands for something else (outbox {before['id']})",
            status=None,
            hint=f"dialpad outbox show {before['id']}, or take another key",
        )
    if before["state"] in (PLANNED, SENDING):
        raise Conflict(
            f"--once {before['once']}: another process is sending it (outbox {before['id']})",
            status=None,
            hint=f"dialpad outbox show {before['id']}",
        )
    if before["state"] == REFUSED and json.loads(before["result_json"] or "{}").get("retryable"):
        row = database.one(AGAIN, {"id": before["id"], "who": told["who"], "now": told["now"]})
        assert row is not None
        return row, True
    return before, False


def leaves(database: Database, entry_id: int, now: float) -> None:
    """It leaves now: on the disk before the first byte goes."""
    with database.write() as connection:
        connection.execute(LEAVES, (now, entry_id))


def settle(database: Database, entry_id: int, state: str, result: Any, note: str | None, now: float) -> None:
    """What became of it."""
    with database.write() as connection:
        connection.execute(SETTLE, (state, json.dumps(result), note, now, entry_id))


def sweep(database: Database, now: float) -> None:
    """Decide about entries whose process is gone."""
    with database.write():
        _sweep(database, now)


def _sweep(database: Database, now: float) -> None:
    for row in database.all(OPEN):
        if _alive(row, now):
            continue
        if row["state"] == PLANNED:
            decided: tuple[str, str | None, str] = (REFUSED, json.dumps(NOT_SENT), "the process ended before")
        else:
            decided = (UNKNOWN, None, "the process ended between sending and the answer")
        database.execute(SETTLE, (*decided, now, row["id"]))


def get(database: Database, entry_id: int) -> Row | None:
    """One entry."""
    return database.one(BY_ID, (entry_id,))


def of_once(database: Database, once: str) -> Row | None:
    """The entry of a caller's own key."""
    return database.one(BY_ONCE, (once,))


def of_batch(database: Database, batch: str) -> list[Row]:
    """What was sent together, in order."""
    return database.all(BY_BATCH, (batch,))


def listed(database: Database, *, state: str | None, number: str | None, most: int) -> list[Row]:
    """Entries, the newest first; those of a state, or to a number."""
    like = f'%"{number}"%' if number else None
    return database.all(LIST, {"state": state, "number": like, "most": most})


def shown(row: Row) -> Row:
    """An entry as it is shown: JSON as values, times in ISO 8601 UTC."""
    from datetime import UTC, datetime

    def moment(value: float | None) -> str | None:
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="seconds") if value else None

    return {
        **{name: row[name] for name in ("id", "state", "operation", "sender")},
        "recipients": json.loads(row["recipients_json"]),
        "text": row["text"],
        "result": json.loads(row["result_json"]) if row["result_json"] else None,
        **{name: row[name] for name in ("note", "once", "batch", "attempts", "who")},
        **{name: moment(row[name]) for name in ("planned_at", "sending_at", "done_at")},
        "request": json.loads(row["request_json"]),
    }


def _alive(row: Row, now: float) -> bool:
    """Whether the process of an entry may still be at it."""
    import socket

    began = row["sending_at"] or row["planned_at"]
    who, pid, started = row["who"].rsplit(" ", 2)
    if row["state"] == SENDING and not -LONGEST < now - began < LONGEST:
        return False
    if who.partition("@")[2] != socket.gethostname() or not pid.isdecimal():
        return bool(abs(now - began) < LONGEST)  # on another machine: only time tells
    return bool(_began(int(pid)) == started)


def _began(pid: int) -> str:
    """When a process began, in the system's own measure; empty where there is none of that number."""
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            return file.read().rpartition(")")[2].split()[19]  # proc(5): field 22, starttime
    except OSError:
        pass
    if os.path.isdir("/proc/self"):
        return ""
    return _running(pid)


def _running(pid: int) -> str:
    """Without /proc: whether a process of that number runs at all."""
    if os.name != "posix":
        return "?"  # only time tells
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        pass
    return "?"


def _ago(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min ago" if minutes else f"{max(0, round(seconds))} s ago"


def numbers_of(rows: Iterable[Row]) -> list[str]:
    """All recipients of entries."""
    return [number for row in rows for number in json.loads(row["recipients_json"])]

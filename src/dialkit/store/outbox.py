"""The outbox: what goes out to people, written down before it leaves.

    planned ──► sending ──► accepted | refused | unknown

Who finds an entry ``sending`` whose process is gone cannot know whether it left: it becomes ``unknown``. One
that was only ``planned`` certainly did not leave: it becomes ``refused``, and may be sent again.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from dialkit.errors import Conflict, InvalidArgument, Refused
from dialkit.store.database import marks
from dialkit.store.outbox_keys import ADD_MADE, ADD_RECIPIENT, made_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialkit.store.database import Database, Row

PLANNED, SENDING, ACCEPTED, REFUSED, UNKNOWN = "planned", "sending", "accepted", "refused", "unknown"
STATES = (PLANNED, SENDING, ACCEPTED, REFUSED, UNKNOWN)
REPEAT = 600.0  # seconds in which the same text to the same people is taken for a slip
LONGEST_KEY = 500  # bytes of a caller's own key: PostgreSQL finds none that is much longer
LONGEST = 900.0  # seconds after which nobody is still sending, whatever the system says of their process
NOT_SENT = {"code": "not_sent", "message": "the process ended before it was sent", "retryable": True}
LEFT_BEHIND = {
    PLANNED: (REFUSED, NOT_SENT, "the process ended before"),
    SENDING: (UNKNOWN, None, "the process ended between sending and the answer"),
}

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
FREE = "UPDATE outbox SET once = NULL WHERE once = ? AND state = 'refused'"
ALIKE = """
SELECT * FROM outbox
WHERE effect_key = ? AND planned_at > ? AND state <> 'refused' AND recipients_json = ?
ORDER BY id DESC LIMIT 1
"""
ALIKE_TO = """
SELECT outbox.* FROM outbox JOIN outbox_recipient AS one ON one.entry = outbox.id
WHERE effect_key = ? AND planned_at > ? AND state <> 'refused' AND one.recipient IN ({marks})
ORDER BY outbox.id DESC LIMIT 1
"""
AT_ONCE = 500  # recipients that one statement asks for
# Only who planned it: another process may have found it left behind, and have begun it anew.
LEAVES = """
UPDATE outbox SET state = 'sending', sending_at = :now, attempts = attempts + 1
WHERE id = :id AND who = :who AND state IN ('planned', 'sending')
"""
SETTLE = """
UPDATE outbox SET state = :state, result_json = :result, note = :note, done_at = :now
WHERE id = :id AND who = :who
"""
SENT_AGAIN = "UPDATE outbox SET note = ? WHERE id = ?"
BY_MADE = """
SELECT outbox.* FROM outbox JOIN outbox_made AS one ON one.entry = outbox.id
WHERE one.made = ? AND outbox.state = 'accepted' ORDER BY outbox.id DESC LIMIT 1
"""
OPEN = "SELECT * FROM outbox WHERE state IN ('planned', 'sending') ORDER BY id"
# Whose process is gone; unless it was not, and has settled it by now.
LEFT = """
UPDATE outbox SET state = :state, result_json = :result, note = :note, done_at = :now
WHERE id = :id AND who = :who AND state = :was
"""
LIST = "SELECT * FROM outbox WHERE {those} ORDER BY id DESC LIMIT :most"
THOSE = {
    "state": "state = :state",
    "number": "id IN (SELECT entry FROM outbox_recipient WHERE recipient = :number)",
}
ALONE = "outbox"  # who plans looks first at what is planned already


def me() -> str:
    """Who runs this: user, machine, process, and when the process began, for those who look later."""
    import getpass
    import socket

    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid()) if hasattr(os, "getuid") else "somebody"
    return f"{user}@{socket.gethostname()} {os.getpid()} {_began(os.getpid())}"


def plan(
    database: Database,
    entries: Sequence[Row],
    *,
    once: str | None,
    again: bool,
    now: float,
    anew: bool = False,
) -> list[tuple[Row, bool]]:
    """Write down what is to go out together: each entry, and whether it may be sent now.

    With the caller's own key `once`, the entries of before are given back as they stand, but those that
    certainly did not leave may be sent; with `anew`, also what was refused, in other words. Without `again`,
    the same to one of the same people within ten minutes is refused.

    Raises `Conflict` for a likely repeat, for a key that stands for something else, and where another
    process is sending it just now; `InvalidArgument` for an empty key, which a script gives whose variable is
    not set, and which would stand for one thing only, and for one that is too long.
    """
    if once == "":
        raise InvalidArgument("--once is empty", hint="--once NAME, or leave it out")
    if once is not None and len(once.encode("utf-8", "replace")) > LONGEST_KEY:
        raise InvalidArgument(
            f"--once: the key has {len(once)} characters, and {LONGEST_KEY} bytes are the most",
            hint="take a shorter one, such as the number of an order",
        )
    mine = {"once": once, "batch": None, "now": now, "who": me()}
    with database.write(alone=ALONE):
        _sweep(database, now)
        if anew:
            database.execute(FREE, (once,))
        before = database.one(BY_ONCE, (once,)) if once is not None else None
        if before is not None:
            return _known(database, before, entries, mine)
        for entry in () if again else entries:
            _not_alike(database, entry, now)
        if len(entries) > 1:
            mine["batch"] = f"{entries[0]['operation']} {now:.6f} {os.getpid()}"
        planned = []
        for entry in entries:
            planned.append((_added(database, {**entry, **mine}), True))
            mine["once"] = None  # the others are found by their batch
        return planned


def _added(database: Database, entry: Row) -> Row:
    row: Row = database.execute(ADD, entry).fetchone()
    database.executemany(ADD_RECIPIENT, [(one, row["id"]) for one in sorted(_recipients(entry))])
    return row


def _recipients(row: Row) -> set[str]:
    return set(json.loads(row["recipients_json"]))


def _not_alike(database: Database, entry: Row, now: float) -> None:
    alike = _alike(database, entry, now - REPEAT)
    if alike is not None:
        look = "resolve" if alike["state"] == UNKNOWN else "show"
        raise Conflict(
            f"the same was sent {_ago(now - alike['planned_at'])} (outbox {alike['id']}, "
            f"{alike['state']}); nothing was sent now",
            status=None,
            body={"outbox": alike["id"]},
            hint=f"dialpad outbox {look} {alike['id']}; to send it all the same, add --again",
        )


def _alike(database: Database, entry: Row, since: float) -> Row | None:
    """The last entry of that effect to the same people, or to one of them."""
    what = (entry["effect_key"], since)
    found = database.one(ALIKE, (*what, entry["recipients_json"]))
    people = sorted(_recipients(entry))
    for at in range(0, len(people) if found is None else 0, AT_ONCE):
        some = people[at : at + AT_ONCE]
        found = found or database.one(ALIKE_TO.format(marks=marks(some)), (*what, *some))
    return found


def _known(database: Database, before: Row, entries: Sequence[Row], mine: Row) -> list[tuple[Row, bool]]:
    """What a key stands for, if it is the same: rows of before, those that did not leave planned anew."""
    rows = database.all(BY_BATCH, (before["batch"],)) if before["batch"] else [before]
    busy = any(row["state"] in (PLANNED, SENDING) for row in rows)
    if busy or list(map(_meant, rows)) != list(map(_meant, entries)):
        what = "another process is sending it" if busy else "that key stands for something else"
        raise Conflict(
            f"--once {before['once']}: {what} (outbox {before['id']})",
            status=None,
            hint=f"dialpad outbox show {before['id']}" + ("" if busy else ", or take another key"),
        )
    return [
        (_again(database, row, mine), True)
        if row["state"] == REFUSED and json.loads(row["result_json"] or "{}").get("retryable")
        else (row, False)
        for row in rows
    ]


def _meant(row: Row) -> tuple[str, list[str]]:
    return row["effect_key"], sorted(json.loads(row["recipients_json"]))


def _again(database: Database, row: Row, mine: Row) -> Row:
    planned = database.one(AGAIN, {"id": row["id"], "who": mine["who"], "now": mine["now"]})
    assert planned is not None
    return planned


def plan_again(database: Database, entry_id: int, entry: Row, *, confirmed: bool, now: float) -> Row:
    """Plan an entry of before once more, by a person's decision: what is to be sent now.

    A refused one is planned anew; beside an unknown one stands a new entry, for the doubt remains.

    Raises `Conflict` where it is no longer to be sent, or was sent again already, `Refused` where it may have
    been carried out and that was not `confirmed`.
    """
    mine = {"once": f"retry of {entry_id}", "batch": None, "now": now, "who": me()}
    with database.write(alone=ALONE):
        _sweep(database, now)
        row = database.one(BY_ID, (entry_id,))
        if row is None or row["state"] not in (REFUSED, UNKNOWN):
            state = row["state"] if row else "gone"
            raise Conflict(
                f"outbox {entry_id} is {state}; there is nothing to send again",
                status=None,
                hint=f"dialpad outbox show {entry_id}",
            )
        if _meant(row) != _meant(entry):
            raise Conflict(
                f"outbox {entry_id} was made for another address than this",
                status=None,
                hint="give the --base-url or --account it was made with",
            )
        if not confirmed:
            if row["state"] == UNKNOWN:
                raise Refused(
                    f"outbox {entry_id} may have been carried out, and sending it again may send it twice",
                    hint=f"dialpad outbox resolve {entry_id}; then, to send it all the same, add --confirm",
                )
            _not_alike(database, entry, now)
        if row["state"] == REFUSED:
            return _again(database, row, mine)
        other = database.one(BY_ONCE, (mine["once"],))
        if other is not None and other["state"] != REFUSED:
            raise Conflict(
                f"outbox {entry_id} was sent again already (outbox {other['id']}, {other['state']})",
                status=None,
                hint=f"dialpad outbox show {other['id']}",
            )
        if other is not None:
            return _again(database, other, mine)
        made = _added(database, {**entry, **mine})
        database.execute(SENT_AGAIN, (f"{row['note'] or 'unknown'}; sent again as {made['id']}", entry_id))
        return made


def leaves(database: Database, row: Row, now: float) -> None:
    """It leaves now: on the disk before the first byte goes. Raises `Conflict` where another has taken it."""
    with database.write():
        done = database.execute(LEAVES, {"id": row["id"], "who": row["who"], "now": now}).rowcount
    if done != 1:
        raise Conflict(
            f"outbox {row['id']} was taken for left behind, since this took so long; nothing was sent",
            status=None,
            hint=f"dialpad outbox show {row['id']}",
        )


def settle(database: Database, row: Row, state: str, result: Any, note: str | None, now: float) -> None:
    """What became of it."""
    told = {"state": state, "result": json.dumps(result), "note": note, "now": now}
    with database.write():
        done = database.execute(SETTLE, {"id": row["id"], "who": row["who"], **told}).rowcount
        if done and state == ACCEPTED:
            database.executemany(ADD_MADE, [(made, row["id"]) for made in made_in(result)])


def sweep(database: Database, now: float) -> None:
    """Decide about entries whose process is gone."""
    with database.write(alone=ALONE):
        _sweep(database, now)


def _sweep(database: Database, now: float) -> None:
    for row in database.all(OPEN):
        if _alive(row, now):
            continue
        state, result, note = LEFT_BEHIND[row["state"]]
        told = {"state": state, "result": json.dumps(result), "note": note, "now": now}
        database.execute(LEFT, {"id": row["id"], "who": row["who"], "was": row["state"], **told})


def get(database: Database, entry_id: int) -> Row | None:
    """One entry."""
    return database.one(BY_ID, (entry_id,))


def of_once(database: Database, once: str) -> Row | None:
    """The entry of a caller's own key."""
    return database.one(BY_ONCE, (once,))


def is_result(database: Database, made: object) -> bool:
    """Whether something made, by its id, is what came of an accepted entry: then it is no other's trace."""
    return made is not None and of_result(database, str(made)) is not None


def of_result(database: Database, made: str) -> Row | None:
    """The accepted entry of which something was made, by the id of that; the last of several."""
    return database.one(BY_MADE, (made,))


def listed(database: Database, *, state: str | None, number: str | None, most: int) -> list[Row]:
    """Entries, the newest first; those of a state, or to a number."""
    asked = {name: value for name, value in (("state", state), ("number", number)) if value is not None}
    those = " AND ".join(THOSE[name] for name in asked) or "1 = 1"
    return database.all(LIST.format(those=those), {**asked, "most": most})


def shown(row: Row) -> Row:
    """An entry as it is shown: JSON as values, times in ISO 8601 UTC."""
    from datetime import UTC, datetime

    def moment(value: float | None) -> str | None:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None

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
    recent = bool(abs(now - began) < LONGEST)
    if who.rpartition("@")[2] != socket.gethostname():
        return recent  # on another machine: only time tells
    if _began(int(pid)) != started:
        return False
    return recent or (row["state"] == PLANNED and started != "?")


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

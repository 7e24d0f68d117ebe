"""Texts, from what events and exports tell of them.

A text has one id and several events, in any order: its row is what they come to together. A status never goes
back, words once known are not lost to an event without them (who may not read them gets none), and what was
read stays read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.inbox import positions, replies, threads, words
from dialkit.inbox.facts import better, facts, worth
from dialkit.messaging import told as told_of_ours
from dialkit.store import bulk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialkit.inbox.keeping import Arrival
    from dialkit.store import Database
    from dialkit.store.database import Row

# How far a text has come. A final state is followed by another only if that happened later.
ORDER = {"pending": 1, "queued": 2, "sending": 2, "sent": 3, "delivered": 5, "undelivered": 5, "failed": 5}

COLUMNS = {
    "position": "BIGINT",
    "id": "TEXT",
    "thread": "BIGINT",
    "direction": "TEXT",
    "text": "TEXT",
    "mms": "INTEGER",
    "media_url": "TEXT",
    "status": "TEXT",
    "result": "TEXT",
    "status_at": bulk.REAL,
    "at": bulk.REAL,
    "sender_id": "TEXT",
    "is_internal": "INTEGER",
    "source": "TEXT",
}
SENT = """
SELECT one.made, outbox.text FROM outbox_made AS one JOIN outbox ON outbox.id = one.entry
WHERE one.made {among} AND outbox.state = 'accepted' AND outbox.operation = 'sms.send'
"""
FIND = "SELECT * FROM message WHERE id {among}"
# By the export alone, which may have its own id for a text that an event tells of.
STRAYS = """
SELECT * FROM message
WHERE source = 'export' AND thread {among} AND position >= ? AND position <= ?
"""
NEAR = 2.0  # seconds
CHANGED = ("id", "text", "mms", "media_url", "status", "result", "status_at", "sender_id", "source")
CHANGE = f"ON CONFLICT (position) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in CHANGED)}"


def project(database: Database, arrivals: Sequence[Arrival]) -> None:
    """Make texts of events, within the transaction that keeps them."""
    told = [fact for one in arrivals for fact in facts(one.payload, one.received_at)]
    if told:
        _remember(database, told)
        merge(database, told)
        replies.hear(database, told)
        told_of_ours.resolve(database, told, arrivals[-1].received_at)


def _remember(database: Database, told: Sequence[Row]) -> None:
    """The words of texts that went out from here, where an event is not allowed to tell them."""
    silent = list(
        {fact["id"] for fact in told if fact["direction"] == "outbound" and not worth(fact["text"])}
    )
    if silent:
        among, asked = bulk.among(database, silent)
        rows = database.all(SENT.format(among=among), asked)
        ours = {row["made"]: row["text"] for row in rows}
        for fact in told:
            fact["text"] = better(fact["text"], ours.get(fact["id"]))


def merge(database: Database, told: Sequence[Row]) -> None:
    """Put facts into the rows of their texts, and of their threads."""
    ids = list(dict.fromkeys(fact["id"] for fact in told))
    among, asked = bulk.among(database, ids)
    rows = database.all(FIND.format(among=among), asked)
    known: dict[tuple[str, int], Row] = {(row["id"], row["thread"]): row for row in rows}
    told = [fact for fact in told if fact["theirs"]]  # without a number there is nobody it was written with
    found = threads.of(database, told)
    strays = _strays(database, told, known, found)
    fresh: list[Row] = []
    changed: dict[int, Row] = {}
    spoken: dict[int, Row] = {}
    for fact in told:
        thread = found[fact["ours"], fact["theirs"]]
        key = fact["id"], thread["id"]
        row: Row | None = known.get(key) or _stray(strays, fact, thread["id"])
        if row is None:
            row = {**fact, "thread": thread["id"], "redacted": 0, "position": None}
            fresh.append(row)
        else:
            had = row["text"]
            if _merge(row, fact) and row["position"] is not None:  # else it is new, and kept below
                changed[row["position"]] = row
                if row["text"] != had:
                    spoken[row["position"]] = row
        known[key] = row
        threads.notice(thread, fact)
    free = positions.free(database, "message", [row["at"] for row in fresh])
    for row, position in zip(fresh, free, strict=True):
        row["position"] = position
    bulk.put(database, "message", COLUMNS, fresh)
    bulk.put(database, "message", COLUMNS, list(changed.values()), CHANGE)
    words.put(database, [row for row in fresh if row["text"]], list(spoken.values()))
    threads.keep(database, found.values(), fresh)


def _strays(
    database: Database, told: Sequence[Row], known: dict[tuple[str, int], Row], found: threads.Threads
) -> list[Row]:
    """Texts known by the export alone, near those that events tell of and that are not known by their id."""
    events = [fact for fact in told if fact["source"] == "event"]
    keys = [(fact["id"], found[fact["ours"], fact["theirs"]]["id"], fact["at"]) for fact in events]
    unknown = [(thread, at) for name, thread, at in keys if (name, thread) not in known]
    if not unknown:
        return []
    some = list({thread for thread, _ in unknown})
    first = positions.of_moment(min(at for _, at in unknown) - NEAR)
    last = positions.of_moment(max(at for _, at in unknown) + NEAR)
    among, asked = bulk.among(database, some)
    return database.all(STRAYS.format(among=among), (*asked, first, last))


def _stray(strays: list[Row], fact: Row, thread: int) -> Row | None:
    """The one of the strays that a fact is about, if there is just one; it is a stray no more."""
    fits = [
        row
        for row in strays
        if row["thread"] == thread
        and row["direction"] == fact["direction"]
        and abs(row["at"] - fact["at"]) <= NEAR
    ]
    if len(fits) != 1:
        return None
    strays.remove(fits[0])
    fits[0]["id"] = fact["id"]
    return fits[0]


def _only(names: Sequence[str], row: Row) -> Row:
    return {name: row[name] for name in names}


def _merge(row: Row, fact: Row) -> bool:
    """Put what a fact knows better into a row; whether that changed anything."""
    before = _only(CHANGED, row)
    if _place(fact) > _place(row):
        for name in ("status", "status_at"):
            row[name] = fact[name]
        row["result"] = fact["result"] or (row["result"] if fact["status"] == before["status"] else None)
    elif fact["status"] == row["status"]:
        row["result"] = row["result"] or fact["result"]
    if not row["redacted"]:
        row["text"] = better(row["text"], fact["text"])
        row["media_url"] = row["media_url"] or fact["media_url"]
    row["mms"] = row["mms"] or fact["mms"]
    row["sender_id"] = row["sender_id"] or fact["sender_id"]
    if fact["source"] == "event":
        row["source"] = "event"
    return before != _only(CHANGED, row)


def _place(row: Row) -> tuple[int, float, str]:
    return ORDER.get(row["status"], 0), row["status_at"], row["status"] or ""

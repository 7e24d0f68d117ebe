"""Keeping events: as they came, and what they make of texts and calls, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.inbox import values
from dialkit.inbox.identity import identity
from dialkit.store import bulk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialkit.store import Database

ALONE = "inbox"  # who keeps reads first what is kept already
AT_ONCE = 256  # events that one statement keeps
LONGEST = 1 << 22  # characters of a body; who receives takes no more than a megabyte
# Where an event says when it happened, the best first.
MOMENTS = ("event_timestamp", "date", "created_date")

COLUMNS = {
    "kind": "TEXT",
    "identity": "TEXT",
    "happened_at": bulk.REAL,
    "received_at": bulk.REAL,
    "body": "TEXT",
    "payload_json": "TEXT",
    "source": "TEXT",
    "duplicates": "INTEGER",
}
AGAIN = "ON CONFLICT (identity) DO UPDATE SET duplicates = event.duplicates + 1 + excluded.duplicates"


class Arrival(NamedTuple):
    """One event that came.

    Attributes:
        kind: ``sms``, ``call``, ``contact``, ``agent_status``, ``changelog``, ``channel``, ``fax`` or
            ``unknown``, as `dialkit.webhooks.kinds.kind_of` finds it.
        payload: what it says, verified by whoever received it.
        body: exactly what was posted: JSON, or a signed token.
        received_at: when, in seconds since 1970.
        source: ``serve``, ``listen``, ``sync`` or ``trigger``.
    """

    kind: str
    payload: dict[str, Any]
    body: str
    received_at: float
    source: str


class Kept(NamedTuple):
    """What became of an arrival: its id in the store, and whether it had been there before."""

    event_id: int
    duplicate: bool


def keep(database: Database, arrivals: Sequence[Arrival]) -> list[Kept]:
    """Keep events, in one transaction: all of them are on the disk when this returns, or none.

    A redelivery is counted with the first of its kind (column ``duplicates``) and changes nothing else, but
    that it may bring words that the first lacked. Order does not matter. Nothing that an event may say makes
    this fail. Within a `database.write()` of the caller it is part of that transaction.

    Returns one `Kept` for each arrival, in their order. Raises what `Database.write` does.
    """
    from dialkit.inbox import calls, texts

    kept: list[Kept] = []
    with database.write(alone=ALONE):
        for start in range(0, len(arrivals), AT_ONCE):
            some = arrivals[start : start + AT_ONCE]
            kept += _keep(database, some)
            texts.project(database, [one for one in some if one.kind == "sms"])
            calls.project(database, [one for one in some if one.kind == "call"])
    return kept


def _keep(database: Database, arrivals: Sequence[Arrival]) -> list[Kept]:
    names = [identity(one.kind, one.payload) for one in arrivals]
    first: dict[str, Arrival] = {}
    again: dict[str, int] = {}  # the same twice in one statement is an error in PostgreSQL
    for name, one in zip(names, arrivals, strict=True):
        if name in first:
            again[name] = again.get(name, 0) + 1
        else:
            first[name] = one
    rows = [
        {
            "kind": values.name(one.kind) or "unknown",
            "identity": name,
            "happened_at": _happened(one.payload),
            "received_at": one.received_at,
            "body": values.text(one.body, LONGEST) or "",
            "payload_json": _json(one.payload),
            "source": one.source,
            "duplicates": again.get(name, 0),
        }
        for name, one in first.items()
    ]
    added = bulk.put(database, "event", COLUMNS, rows, AGAIN, returning="id, identity, duplicates")
    found = {row["identity"]: row for row in added}
    fresh = {name for name, row in found.items() if row["duplicates"] == again.get(name, 0)}
    kept = []
    for name in names:
        kept.append(Kept(found[name]["id"], name not in fresh))
        fresh.discard(name)  # the second of a batch is a redelivery of the first
    return kept


def _happened(payload: Mapping[str, Any]) -> float | None:
    for name in MOMENTS:
        moment = values.seconds(payload.get(name))
        if moment is not None:
            return moment
    return None


def _json(payload: Mapping[str, Any]) -> str:
    import json

    import msgspec

    try:
        return msgspec.json.encode(payload).decode()
    except (ValueError, TypeError, OverflowError):
        return json.dumps(payload, default=str)

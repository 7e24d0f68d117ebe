"""What events told of texts that went out: delivered or not, and proof that an unknown one went out.

Events carry Dialpad's id of a text, and so does the answer to who sent it. Where that answer was lost, the
sender, the people, the words and the time are what the two have in common.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.store import outbox
from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dialkit.store import Database
    from dialkit.store.database import Row

BEFORE, AFTER = 120.0, 600.0  # seconds by which a text's time may differ from when its request left
FAILED = ("failed", "undelivered")
AT_ONCE = 500

OF_IDS = """
SELECT message.id, message.status, message.result, thread.theirs
FROM message JOIN thread ON thread.id = message.thread
WHERE message.direction = 'outbound' AND message.id IN ({marks}) ORDER BY thread.theirs
"""
ALIKE = """
SELECT message.id, message.sender_id, thread.ours, thread.theirs, thread.target_type, thread.target_id
FROM message JOIN thread ON thread.id = message.thread
WHERE thread.theirs IN ({marks}) AND message.direction = 'outbound' AND message.text = ?
  AND message.at >= ? AND message.at <= ?
"""
PEOPLE = """
SELECT thread.theirs FROM message JOIN thread ON thread.id = message.thread
WHERE message.id = ? AND message.direction = 'outbound'
"""
# By when they left: of many that were planned at once, the last may leave hours after the first.
IN_DOUBT = """
SELECT * FROM outbox
WHERE state IN ('unknown', 'sending') AND operation = 'sms.send'
  AND COALESCE(sending_at, planned_at) >= ? AND planned_at <= ?
"""


def shown(database: Database, rows: Sequence[Row]) -> list[Row]:
    """Entries of the outbox as `outbox.shown` shows them, the note saying what became of their delivery.

    One that is unknown is accepted first where an event proves it, which may have come before the answer was
    lost.
    """
    entries = [outbox.shown(_looked_at(database, row)) for row in rows]
    ids = {entry["id"]: found for entry in entries if (found := _made(entry))}
    told: dict[str, list[Row]] = {}
    wanted = list(dict.fromkeys(ids.values()))
    for at in range(0, len(wanted), AT_ONCE):
        some = wanted[at : at + AT_ONCE]
        for row in database.all(OF_IDS.format(marks=marks(some)), some):
            told.setdefault(row["id"], []).append(row)
    for entry in entries:
        texts = told.get(ids.get(entry["id"], ""))
        if texts:
            entry["note"] = "; ".join(
                filter(None, (_kept(entry["note"]), delivery(entry["recipients"], texts)))
            )
    return entries


def delivery(recipients: Sequence[str], texts: Sequence[Row]) -> str:
    """What became of a text, in words: such as ``delivered``, or ``not delivered to +1…: no_route``."""
    failed = [row for row in texts if row["status"] in FAILED]
    arrived = sum(row["status"] == "delivered" for row in texts)
    several = max(len(recipients), len(texts))
    parts = []
    if arrived:
        parts.append("delivered" if arrived == several else f"delivered to {arrived} of {several}")
    for row in failed[:3]:
        whom = f" to {row['theirs']}" if several > 1 else ""
        parts.append(f"not delivered{whom}: {row['result'] or row['status']}")
    if len(failed) > 3:
        parts.append(f"and {len(failed) - 3} more")
    return "; ".join(parts) or "sent, delivery pending"


def proof(database: Database, entry: Row) -> str | None:
    """The id of the text that an unknown entry surely became; None where there is no proof.

    Strict: of all texts known, one alone has its sender, people, words and time, that text is no other
    entry's, and there is no other entry in doubt that it would fit as well.
    """
    found = _fitting(database, entry)
    if len(found) != 1:
        return None
    left = _left(entry)
    others = database.all(IN_DOUBT, (left - BEFORE - AFTER, left + BEFORE + AFTER))
    rivals = [row for row in others if row["id"] != entry["id"] and found[0] in _fitting(database, row)]
    return None if rivals else found[0]


def settle(database: Database, entry: Row, message: str, now: float) -> None:
    """An unknown entry is accepted, by what an event told of its text."""
    body = {"id": message, "message_status": "pending"}
    outbox.settle(
        database, entry, outbox.ACCEPTED, {"status": 200, "body": body}, "found by evidence: an event", now
    )


def _looked_at(database: Database, entry: Row) -> Row:
    from time import time

    if entry["state"] != outbox.UNKNOWN or (message := proof(database, entry)) is None:
        return entry
    settle(database, entry, message, time())
    return outbox.get(database, entry["id"]) or entry


def resolve(database: Database, told: Iterable[Row], now: float) -> None:
    """Look which entries in doubt the texts of some events prove; `told` are rows with `text` and `at`."""
    spoken = [one for one in told if one["direction"] == "outbound" and one["text"]]
    if not spoken:
        return
    moments = [one["at"] for one in spoken]
    texts = {one["text"] for one in spoken}
    for entry in database.all(IN_DOUBT, (min(moments) - 2 * AFTER, max(moments) + BEFORE)):
        if entry["state"] == outbox.UNKNOWN and entry["text"] in texts:
            message = proof(database, entry)
            if message is not None:
                settle(database, entry, message, now)


def _fitting(database: Database, entry: Row) -> list[str]:
    """The ids of texts that an entry may have become, and that are no other's."""
    people = json.loads(entry["recipients_json"])
    if not people or not entry["text"]:
        return []
    left = _left(entry)
    some = people[:AT_ONCE]
    rows = database.all(ALIKE.format(marks=marks(some)), (*some, entry["text"], left - BEFORE, left + AFTER))
    body = json.loads(entry["request_json"]).get("body") or {}
    ids = dict.fromkeys(row["id"] for row in rows if _from(row, body))
    return [
        one
        for one in ids
        if {row["theirs"] for row in database.all(PEOPLE, (one,))} == set(people)
        and not outbox.is_result(database, one)
    ]


def _from(text: Row, body: Any) -> bool:
    """Whether a text is of the sender that a request names; one that names none may be of anybody."""
    if body.get("from_number"):
        return bool(text["ours"] == body["from_number"])
    if body.get("sender_group_id"):
        return str(text["target_id"]) == str(body["sender_group_id"])
    user = str(body.get("user_id") or "")
    return bool(user) and user in (
        text["sender_id"],
        text["target_id"] if text["target_type"] == "user" else "",
    )


def _left(entry: Row) -> float:
    return float(entry["sending_at"] or entry["planned_at"])


def _made(entry: Row) -> str | None:
    """The id of the text that an accepted entry became."""
    if entry["state"] != outbox.ACCEPTED or entry["operation"] != "sms.send":
        return None
    body = (entry["result"] or {}).get("body")
    found = body.get("id") if isinstance(body, dict) else None
    return str(found) if isinstance(found, str | int) else None


def _kept(note: str | None) -> str | None:
    """A note without what is known better by now."""
    return None if note == "delivery pending" else note

"""Texts, from what events and exports tell of them.

A text has one id and several events, in any order: its row is what they come to together. A status never goes
back, words once known are not lost to an event without them (who may not read them gets none), and what was
read stays read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.inbox import positions, replies, threads, values, words
from dialkit.store.database import marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialkit.inbox.keeping import Arrival
    from dialkit.store import Database
    from dialkit.store.database import Row

MOST = 100  # recipients of a text that are looked at; Dialpad takes 10
# How far a text has come. A final state is followed by another only if that happened later.
ORDER = {"pending": 1, "queued": 2, "sending": 2, "sent": 3, "delivered": 5, "undelivered": 5, "failed": 5}
WORDS = {"success": "delivered", "deliver": "delivered"}  # what the API's answers say instead
HIDDEN = frozenset("*█■•xX ")  # a text of nothing else was hidden from us

COLUMNS = (
    "position", "id", "thread", "direction", "text", "mms", "media_url", "status", "result", "status_at",
    "at", "sender_id", "is_internal", "source",
)  # fmt: skip
FIND = "SELECT * FROM message WHERE id IN ({marks})"
ADD = f"INSERT INTO message ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})"  # noqa: S608
CHANGE = """
UPDATE message SET text = :text, mms = :mms, media_url = :media_url, status = :status, result = :result,
                   status_at = :status_at, sender_id = :sender_id, source = :source
WHERE position = :position
"""


def project(database: Database, arrivals: Sequence[Arrival]) -> None:
    """Make texts of events, within the transaction that keeps them."""
    told = [fact for one in arrivals for fact in facts(one.payload, one.received_at)]
    if told:
        merge(database, told)
        replies.hear(database, told)


def facts(payload: Mapping[str, Any], received_at: float) -> list[Row]:
    """What an event tells of a text: one row for each thread that it is in; none where it has no id."""
    message = values.id_of(payload.get("id"))
    if message is None:
        return []
    at = values.seconds(payload.get("created_date")) or values.seconds(payload.get("event_timestamp"))
    status = (values.name(payload.get("message_status")) or "").lower()
    text = better(values.text(payload.get("text")), values.text(payload.get("text_content")))
    url = values.name(payload.get("mms_url"))
    common = {
        "id": message,
        "direction": _direction(payload),
        "text": text,
        "mms": int(bool(payload.get("mms") or url)),
        "media_url": url,
        "status": WORDS.get(status, status) or None,
        "result": values.name(payload.get("message_delivery_result")),
        "at": at or received_at,
        "status_at": values.seconds(payload.get("event_timestamp")) or at or received_at,
        "sender_id": values.id_of(payload.get("sender_id")),
        "is_internal": int(payload.get("is_internal") is True),
        "source": "event",
        **_line(payload),
    }
    person = values.phone(values.party(payload.get("contact")).get("phone_number"))
    pairs = _numbers(payload, common, person)
    return [
        {
            **common,
            **(_contact(payload) if len(pairs) == 1 or theirs == person else {}),
            "ours": ours,
            "theirs": theirs,
        }
        for ours, theirs in pairs
    ]


def better(one: str | None, other: str | None) -> str | None:
    """The text that says more: the first, unless it is empty or hidden and the other is not."""
    return other if other and _worth(other) > _worth(one) else one


def _worth(text: str | None) -> int:
    if not text or text.isspace():
        return 0
    return 1 if HIDDEN.issuperset(text) and len(text) > 2 else 2


def merge(database: Database, told: Sequence[Row]) -> None:
    """Put facts into the rows of their texts, and of their threads."""
    known: dict[tuple[str, int], Row] = {}
    ids = list(dict.fromkeys(fact["id"] for fact in told))
    for kept in database.all(FIND.format(marks=marks(ids)), ids):
        known[kept["id"], kept["thread"]] = kept
    found = threads.of(database, told)
    fresh: list[Row] = []
    changed: dict[int, Row] = {}
    spoken: dict[int, Row] = {}
    for fact in told:
        thread = found[fact["ours"], fact["theirs"]]
        row: Row | None = known.get((fact["id"], thread["id"]))
        if row is None:
            row = {**{name: fact.get(name) for name in COLUMNS}, "thread": thread["id"], "redacted": 0}
            known[fact["id"], thread["id"]] = row
            fresh.append(row)
        else:
            had = row["text"]
            if _merge(row, fact) and row["position"] is not None:  # else it is new, and kept below
                changed[row["position"]] = row
                if row["text"] != had:
                    spoken[row["position"]] = row
        threads.notice(thread, row, fact)
    free = positions.free(database, "message", [row["at"] for row in fresh])
    for row, position in zip(fresh, free, strict=True):
        row["position"] = position
    if fresh:
        database.executemany(ADD, [{name: row[name] for name in COLUMNS} for row in fresh])
    if changed:
        database.executemany(CHANGE, [_only(CHANGED, row) for row in changed.values()])
    words.put(database, [row for row in fresh if row["text"]], list(spoken.values()))
    threads.keep(database, found.values(), fresh)


CHANGED = ("text", "mms", "media_url", "status", "result", "status_at", "sender_id", "source", "position")


def _only(names: Sequence[str], row: Row) -> Row:
    return {name: row[name] for name in names}


def _merge(row: Row, fact: Row) -> bool:
    """Put what a fact knows better into a row; whether that changed anything."""
    before = _only(CHANGED[:-1], row)
    if (ORDER.get(fact["status"], 0), fact["status_at"]) > (ORDER.get(row["status"], 0), row["status_at"]):
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
    return before != _only(CHANGED[:-1], row)


def _direction(payload: Mapping[str, Any]) -> str:
    said = payload.get("direction")
    if said in ("inbound", "outbound"):
        return str(said)
    theirs = values.phone(values.party(payload.get("contact")).get("phone_number"))
    return "inbound" if theirs and theirs == values.phone(payload.get("from_number")) else "outbound"


def _line(payload: Mapping[str, Any]) -> Row:
    target = values.party(payload.get("target"))
    return {
        "target_type": values.name(target.get("type")),
        "target_id": values.id_of(target.get("id")),
        "target_name": values.name(target.get("name")),
    }


def _contact(payload: Mapping[str, Any]) -> Row:
    contact = values.party(payload.get("contact"))
    return {"contact_id": values.id_of(contact.get("id")), "contact_name": values.name(contact.get("name"))}


def _numbers(payload: Mapping[str, Any], told_of: Row, person: str | None) -> list[tuple[str, str]]:
    """Our number and theirs, for each thread that a text is in."""
    told = payload.get("to_number")
    to = [values.phone(one) for one in (told[:MOST] if isinstance(told, list) else [told])]
    to_numbers = list(dict.fromkeys(number for number in to if number))
    from_number = values.phone(payload.get("from_number"))
    line = values.phone(values.party(payload.get("target")).get("phone_number"))
    nameless = f"{told_of['target_type']}:{told_of['target_id']}" if told_of["target_id"] else ""
    if told_of["direction"] == "inbound":
        ours = line if line in to_numbers or not to_numbers else to_numbers[0]
        return [(ours or nameless, from_number or person or "")]
    ours = from_number or line or nameless
    return [(ours, theirs) for theirs in to_numbers or [person or ""]]

"""Events of the store, as the command line shows them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.errors import InvalidArgument, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialkit.cli.workflows.events.filtering import Filter
    from dialkit.store import Database
    from dialkit.store.database import Row

PAGE = 500  # rows that are read at a time
SHOWN = 200  # characters of a summary
# What `brief` has.
BRIEF = (
    "id", "kind", "event", "happened_at", "from", "to", "text", "received_at", "source", "duplicates",
)  # fmt: skip


def number(text: str, flag: str = "ID", hint: str = "dialpad events list shows them") -> int:
    """An id, or another number, as it was typed. Raises `InvalidArgument`."""
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return int(text)
    raise InvalidArgument(f"{flag}: {text[:40]!r} is not a number", hint=hint)


def one(database: Database, text: str) -> Row:
    """An event by its id as it was typed. Raises `NotFound`."""
    from dialkit.inbox import events

    event_id = number(text)
    row = events.get(database, event_id)
    if row is None:
        raise NotFound(f"no event {event_id} is kept here", status=None, hint="dialpad events list")
    return row


def before(
    database: Database, before_id: int | None, kind: str | None, wanted: Filter | None, most: int
) -> Iterator[Row]:
    """The newest first, those before an id where it is given, at most so many."""
    from dialkit.inbox import events

    left = most
    while left > 0:
        rows = events.listed(
            database, kind=kind, before_id=before_id, most=PAGE if wanted else min(left, PAGE)
        )
        for row in rows:
            if left > 0 and (wanted is None or wanted.takes(row["kind"], row["payload_json"])):
                left -= 1
                yield row
        if len(rows) < PAGE:
            return
        before_id = rows[-1]["id"]


def payload_of(row: Row) -> dict[str, Any]:
    """What an event says."""
    found: dict[str, Any] = json.loads(row["payload_json"])
    return found


def brief(row: Row) -> dict[str, Any]:
    """An event in a line: its name, when, who, and the words of it."""
    from dialkit.events.names import name_of
    from dialkit.inbox.reading import moment

    payload = payload_of(row)
    return {
        "id": row["id"],
        "kind": row["kind"],
        "event": name_of(row["kind"], payload),
        "happened_at": moment(row["happened_at"]),
        "from": _side(payload, "from_number", "external_number", "internal_number"),
        "to": _side(payload, "to_number", "internal_number", "external_number"),
        "text": _text(payload),
        "received_at": moment(row["received_at"]),
        "source": row["source"],
        "duplicates": row["duplicates"],
    }


def whole(row: Row) -> dict[str, Any]:
    """An event with all there is of it."""
    from dialkit.events.names import name_of
    from dialkit.inbox.reading import moment

    payload = payload_of(row)
    return {
        "id": row["id"],
        "event": name_of(row["kind"], payload),
        "kind": row["kind"],
        "identity": row["identity"],
        "happened_at": moment(row["happened_at"]),
        "received_at": moment(row["received_at"]),
        "source": row["source"],
        "duplicates": row["duplicates"],
        "payload": payload,
        "body": row["body"],
    }


def _side(payload: dict[str, Any], plain: str, inbound: str, outbound: str) -> str | None:
    """A number of one side: as the event names it, or by the direction of a call."""
    found = payload.get(plain, payload.get(outbound if payload.get("direction") == "outbound" else inbound))
    if isinstance(found, list):
        found = ", ".join(map(str, found))
    return found[:SHOWN] if isinstance(found, str) else None


def _text(payload: dict[str, Any]) -> str | None:
    names = ("text", "text_content", "transcription_text", "note", "on_duty_status")
    found = next((payload[name] for name in names if payload.get(name)), None)
    return found[:SHOWN] if isinstance(found, str) else None

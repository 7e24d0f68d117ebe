"""What the tests of the inbox share: events as the sandbox tells them, and such as are made by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.inbox.keeping import Arrival, keep
from dialkit.webhooks.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dialkit.inbox.keeping import Kept
    from dialkit.sandbox import Sandbox
    from dialkit.store import Database

MARA, THEO, ADA, BO = "+15035550142", "+15035550143", "+14155550123", "+14155550124"
AT = 1_772_730_000_000  # ms: 2026-03-05T17:00Z


def arrival(payload: Mapping[str, Any], received_at: float = AT / 1000) -> Arrival:
    return Arrival(kind_of(payload).kind, dict(payload), json.dumps(payload), received_at, "serve")


def arrive(database: Database, *payloads: Mapping[str, Any]) -> list[Kept]:
    return keep(database, [arrival(one) for one in payloads])


def told(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The events of texts and calls since the start, whole, in order."""
    return [event["payload"] for event in sandbox.world.events if event["kind"] in ("sms", "call")]


def text(number: int, words: str | None = "Hello", **more: Any) -> dict[str, Any]:
    """The event of a text that Ada wrote to Mara, as many seconds after `AT` as its number."""
    return {
        "id": 5_000_000_000_000_000 + number,
        "created_date": AT + number * 1000,
        "event_timestamp": AT + number * 1000 + 50,
        "direction": "inbound",
        "target": {"id": 5391827364501928, "type": "user", "name": "Mara", "phone_number": "(503) 555-0142"},
        "contact": {"id": "c-1", "name": "Ada Byron", "phone_number": ADA},
        "from_number": ADA,
        "to_number": [MARA],
        "message_status": "pending",
        "message_delivery_result": None,
        "text": words,
        "text_content": words,
        **more,
    }


def sent(number: int, words: str | None = "Hello", status: str = "sent", **more: Any) -> dict[str, Any]:
    """The event of a text that Mara wrote to Ada."""
    late = {"sent": 100, "delivered": 900, "failed": 950, "undelivered": 950}[status]
    there = {"from_number": MARA, "to_number": [ADA], "direction": "outbound", "message_status": status}
    return {**text(number, words), **there, "event_timestamp": AT + number * 1000 + late, **more}


def call(leg: int, state: str, at: int, **more: Any) -> dict[str, Any]:
    """The event of a leg of a call from Ada, `at` seconds after `AT`."""
    return {
        "call_id": leg,
        "state": state,
        "direction": "inbound",
        "external_number": ADA,
        "internal_number": MARA,
        "date_started": AT,
        "event_timestamp": AT + at * 1000,
        "contact": {"id": "c-1", "name": "Ada Byron", "phone": ADA},
        "target": {"id": 5391827364501928, "type": "user", "name": "Mara", "phone": MARA},
        **more,
    }


def tables(
    database: Database, names: Iterable[str] = ("thread", "message", "phone_call", "leg", "voicemail")
) -> Any:
    """All that was made of events, but for numbers that follow from the order in which they came."""
    hidden = ("id", "position", "last_position", "thread", "whole")
    found = {}
    for name in names:
        keep_id = name != "thread"
        found[name] = sorted(
            json.dumps(
                {key: value for key, value in row.items() if key not in hidden or (key == "id" and keep_id)}
            )
            for row in database.all(f"SELECT * FROM {name}")
        )
    return found

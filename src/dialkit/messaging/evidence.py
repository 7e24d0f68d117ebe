"""What became of a request whose answer was lost: what Dialpad shows of it, and what it does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.errors import DialkitError, InvalidArgument
from dialkit.messaging.outgoing import carry_out
from dialkit.store import outbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.client import Dialpad
    from dialkit.store import Database
    from dialkit.store.database import Row

LATEST = 100_000_000_000  # a moment in seconds is below, one in milliseconds above
SLACK = 120.0  # seconds that two clocks may differ, and that an answer may have been on its way


def look(client: Dialpad, database: Database, row: Row) -> list[str]:
    """Look for evidence; what was found, in words. An unknown one with proof becomes accepted."""
    if row["state"] != outbox.UNKNOWN:
        return [f"it is {row['state']}; there is no doubt about it"]
    search = SEARCHES.get(row["operation"])
    if search is None:
        return ["Dialpad offers no way to read it back; ask whoever it was for, or look in the app"]
    try:
        proof = search(client, row)
    except DialkitError as error:
        return [f"looking for it failed: {error.message}"]
    if proof is None:
        return [
            f"{WHERE[row['operation']]} shows no trace of it; that is a sign that it did not go out, no proof"
        ]
    outbox.settle(
        database,
        row["id"],
        outbox.ACCEPTED,
        {"status": 200, "body": proof},
        "found by evidence",
        client.clock.now(),
    )
    return [f"{WHERE[row['operation']]} shows it: it went out; the entry is accepted now"]


def send_again(client: Dialpad, database: Database, row: Row) -> Any:
    """Send the request of an entry once more, as an entry of its own."""
    kept = json.loads(row["request_json"])
    body = kept["body"]
    if isinstance(body, dict) and str(body.get("media", "")).startswith("("):
        raise InvalidArgument(
            "its picture was not kept; send it anew", hint="dialpad sms send --media FILE …"
        )
    operation = client.operation(row["operation"])
    request = client.prepare_raw(kept["method"], kept["path"], body=body)
    request.operation, request.effect, request.repeatable = operation, operation.effect, operation.repeatable
    return carry_out(client, database, request, again=True).json()


def _bulk(client: Dialpad, row: Row) -> Any:
    """A bulk message of that text and these people, made about then."""
    body = json.loads(row["request_json"])["body"] or {}
    for made in client.items("bulk_messages.list"):
        if (
            made.get("text") == body.get("text")
            and made.get("title") == body.get("title")
            and _then(made, row)
        ):
            return made
    return None


def _schedule(client: Dialpad, row: Row) -> Any:
    """A scheduled message of that text, to these people."""
    body = json.loads(row["request_json"])["body"] or {}
    for made in client.items("schedules.list"):
        same = made.get("text") == body.get("text")
        if same and sorted(made.get("to_numbers") or ()) == sorted(body.get("to_numbers") or ()):
            return made
    return None


def _then(made: dict[str, Any], row: Row) -> bool:
    """Whether something was made no earlier than the request left; what says no time is taken for it."""
    told = str(made.get("created_date") or made.get("date_created") or "")
    at: float | None = int(told) if told.isdecimal() else None
    if at is not None and at > LATEST:
        at /= 1000  # milliseconds
    return at is None or at >= float(row["sending_at"] or row["planned_at"]) - SLACK


SEARCHES: dict[str, Callable[[Dialpad, Row], Any]] = {
    "bulk_messages.send": _bulk,
    "schedules.create": _schedule,
}
WHERE = {
    "bulk_messages.send": "the list of bulk messages",
    "schedules.create": "the list of scheduled messages",
}

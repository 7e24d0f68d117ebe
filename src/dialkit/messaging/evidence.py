"""What became of a request whose answer was lost: what Dialpad shows of it, and what it does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.client.request import limits_of
from dialkit.errors import DialkitError, InvalidArgument
from dialkit.messaging import told
from dialkit.messaging.outgoing import carry_out_again, silent
from dialkit.store import outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialkit.client import Dialpad, Request
    from dialkit.store import Database
    from dialkit.store.database import Row

    # Finds texts to numbers about a moment in Dialpad's export: `dialkit.reports.traces.texts_to`.
    TextsTo = Callable[[Dialpad, Sequence[str], float], list[dict[str, Any]]]

LATEST = 100_000_000_000  # a moment in seconds is below, one in milliseconds above
SLACK = 120.0  # seconds that two clocks may differ, and that an answer may have been on its way


def look(client: Dialpad, database: Database, row: Row, texts_to: TextsTo) -> list[str]:
    """Look for evidence; what was found, in words. An unknown one with proof becomes accepted.

    Of a text, events that were kept here are proof. The export that `texts_to` reads has no words of texts in
    it: it shows a sign, and a person has to decide.
    """
    if row["state"] != outbox.UNKNOWN:
        return [f"it is {row['state']}; there is no doubt about it"]
    try:
        if row["operation"] == "sms.send":
            if (message := told.proof(database, row)) is not None:
                told.settle(database, row, message, client.clock.now())
                return [f"an event tells of it (text {message}): it went out; the entry is accepted now"]
            found = texts_to(client, json.loads(row["recipients_json"]), _left(row))
            return _signs(row, [one for one in found if not _of_others(database, row, one)])
        search = SEARCHES.get(row["operation"])
        if search is None:
            return ["Dialpad offers no way to read it back; ask whoever it was for, or look in the app"]
        proof = _proof(client, database, row, search)
    except DialkitError as error:
        return [f"looking for it failed: {error.message}"]
    if proof is None:
        said = f"{search.where} shows no trace of it; that is a sign that it did not go out, no proof"
        return [said, _how_to_send(row)]
    result = {"status": 200, "body": proof}
    outbox.settle(database, row, outbox.ACCEPTED, result, "found by evidence", client.clock.now())
    return [f"{search.where} shows it: it went out; the entry is accepted now"]


def send_again(
    client: Dialpad,
    database: Database,
    row: Row,
    *,
    confirmed: bool = False,
    tell: Callable[[str], None] = silent,
) -> Any:
    """Send the request of an entry once more; the answer. What it raises: see `outgoing.carry_out_again`."""
    request = request_of(client, row)
    return carry_out_again(client, database, row, request, confirmed=confirmed, tell=tell).json()


def request_of(client: Dialpad, row: Row) -> Request:
    """The request of an entry, as it would be sent once more. Raises `InvalidArgument` for a picture."""
    kept = json.loads(row["request_json"])
    body = kept["body"]
    if isinstance(body, dict) and str(body.get("media", "")).startswith("("):
        raise InvalidArgument(
            "its picture was not kept; send it anew", hint="dialpad sms send --media FILE …"
        )
    operation = client.operation(row["operation"])
    request = client.prepare_raw(kept["method"], kept["path"], body=body)
    request.operation, request.effect, request.repeatable = operation, operation.effect, operation.repeatable
    request.limits = limits_of(operation, {}, body, client.settings.tier)
    return request


def _of_others(database: Database, row: Row, text: dict[str, Any]) -> bool:
    """Whether a text is from another number, or what came of another entry."""
    numbers = (row["sender"] or "", text.get("from_number") or "")
    other = numbers[0] != numbers[1] and all(number.startswith("+") for number in numbers)
    return other or outbox.is_result(database, text.get("message_id"))


def _signs(row: Row, found: list[dict[str, Any]]) -> list[str]:
    if not found:
        said = "the export of texts has no other to these numbers about then: a sign that it did not go out"
        return [said, _how_to_send(row)]
    return [
        f"the export of texts has one to {one.get('to_number')} from {one.get('from_number')} at "
        f"{one.get('date')} ({one.get('message_status')}): a sign that it went out; the export has no words"
        for one in found
    ]


def _how_to_send(row: Row) -> str:
    return f"to send it: dialpad outbox retry {row['id']} --confirm"


def _left(row: Row) -> float:
    return float(row["sending_at"] or row["planned_at"])


class Search(NamedTuple):
    """Where a request would show: the operation that lists such things, in words, their id, and the test."""

    operation: str
    where: str
    key: str
    same: Callable[[dict[str, Any], dict[str, Any]], bool]


def _proof(client: Dialpad, database: Database, row: Row, search: Search) -> Any:
    """What was made of the request, and of no other in the outbox."""
    body = json.loads(row["request_json"])["body"] or {}
    for made in client.items(search.operation):
        if (
            search.same(made, body)
            and _then(made, row)
            and not outbox.is_result(database, made.get(search.key))
        ):
            return made
    return None


def _is_bulk(made: dict[str, Any], body: dict[str, Any]) -> bool:
    """Whether a bulk message is of that text and title, to these people."""
    people = sorted(str(one.get("phone_number")) for one in made.get("recipients") or ())
    told = (made.get("text"), made.get("title"), people)
    return told == (body.get("text"), body.get("title"), sorted(body.get("to_numbers") or ()))


def _is_schedule(made: dict[str, Any], body: dict[str, Any]) -> bool:
    """Whether a scheduled message is of that text, to these people, for that time."""
    told = (made.get("text"), sorted(made.get("to_numbers") or ()), str(made.get("scheduled_time")))
    return told == (body.get("text"), sorted(body.get("to_numbers") or ()), str(body.get("start_date")))


def _then(made: dict[str, Any], row: Row) -> bool:
    """Whether something was made no earlier than the request left; what says no time is taken for it."""
    told = str(made.get("created_date") or made.get("date_created") or "")
    at: float | None = int(told) if told.isdecimal() else None
    if at is not None and at > LATEST:
        at /= 1000  # milliseconds
    return at is None or at >= _left(row) - SLACK


SEARCHES = {
    "bulk_messages.send": Search(
        "bulk_messages.list", "the list of bulk messages", "bulk_message_id", _is_bulk
    ),
    "schedules.create": Search(
        "schedules.list", "the list of scheduled messages", "schedule_id", _is_schedule
    ),
}

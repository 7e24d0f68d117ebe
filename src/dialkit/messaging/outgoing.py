"""Sending what reaches people: written down first, sent once, and accounted for."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from dialkit.client.response import Response
from dialkit.errors import DialkitError, OutcomeUnknown, UpstreamError
from dialkit.store import outbox

if TYPE_CHECKING:
    from dialkit.client import Dialpad, Request
    from dialkit.store import Database
    from dialkit.store.database import Row

# Fields of a request that name who sends, to whom, and what is said, by what they hold.
SENDERS = ("from_number", "outbound_caller_id", "sender_group_id", "user_id", "target_id")
RECIPIENTS = ("to_numbers", "phone_number", "to_number", "channel_hashtag")
HOW = "dialpad outbox resolve {id} looks for evidence; do not send it again before you know"


def carry_out(
    client: Dialpad,
    database: Database,
    request: Request,
    *,
    once: str | None = None,
    again: bool = False,
    batch: str | None = None,
) -> Response:
    """Send a request that reaches people, by way of the outbox. The answer; of before, where `once` says so.

    Raises `Conflict` for a likely repeat (see `outbox.plan`), `OutcomeUnknown` where nobody knows whether it
    was carried out, now or the first time, and what the client raises. `error.entry` is the outbox entry.
    """
    now = client.clock.now
    row, fresh = outbox.plan(database, entry_of(client, request, batch), once=once, again=again, now=now())
    if not fresh:
        return _first_result(row, request)
    entry_id = row["id"]
    try:
        response = client.send(request, before=lambda: outbox.leaves(database, entry_id, now()))
    except OutcomeUnknown as error:
        outbox.settle(database, entry_id, outbox.UNKNOWN, error.as_dict(), error.message, now())
        error.hint = HOW.format(id=entry_id)
        raise
    except DialkitError as error:
        # A 5xx is Dialpad's own word that it failed, and no word on how far it had come.
        failed = isinstance(error, UpstreamError)
        state = outbox.UNKNOWN if failed else outbox.REFUSED
        outbox.settle(database, entry_id, state, _told(error), error.message, now())
        if failed:
            error.hint = HOW.format(id=entry_id)
        raise
    except BaseException:
        # Ctrl-C before it left: the client says `OutcomeUnknown` for what was under way.
        kept = outbox.get(database, entry_id)
        state = outbox.UNKNOWN if kept and kept["state"] == outbox.SENDING else outbox.REFUSED
        outbox.settle(database, entry_id, state, dict(outbox.NOT_SENT), "interrupted", now())
        raise
    outbox.settle(database, entry_id, outbox.ACCEPTED, _answer(response), None, now())
    return response


def entry_of(client: Dialpad, request: Request, batch: str | None = None) -> Row:
    """What the outbox keeps of a request: who, to whom, what, and the request without its key."""
    body = request.body if isinstance(request.body, dict) else {}
    path = request.url.removeprefix(client.settings.base_url)
    sender = next((str(body[name]) for name in SENDERS if name in body), None)
    recipients: list[str] = []
    for name in RECIPIENTS:
        value = body.get(name, [])
        recipients += [str(one) for one in (value if isinstance(value, list) else [value])]
    text = body.get("text")
    same = {name: value for name, value in body.items() if name not in RECIPIENTS}
    effect = json.dumps(
        [client.settings.owner, request.method, path, sorted(recipients), same], sort_keys=True
    )
    kept = {
        name: value if name != "media" else f"({len(str(value))} characters)" for name, value in body.items()
    }
    return {
        "batch": batch,
        "operation": request.name,
        "effect_key": hashlib.sha256(effect.encode()).hexdigest(),
        "sender": sender,
        "recipients_json": json.dumps(recipients),
        "text": text if isinstance(text, str) else None,
        "request_json": json.dumps({"method": request.method, "path": path, "body": kept}),
    }


def _first_result(row: Row, request: Request) -> Response:
    """What became of an entry of before, as if it were now."""
    result = json.loads(row["result_json"]) if row["result_json"] else {}
    if row["state"] == outbox.UNKNOWN:
        raise OutcomeUnknown(
            f"{request.name}: sent before (outbox {row['id']}), and nobody knows what became of it",
            operation=request.name,
            hint=HOW.format(id=row["id"]),
        )
    if row["state"] == outbox.REFUSED:
        from dialkit.errors import Refused

        raise Refused(
            f"{request.name}: refused before (outbox {row['id']}): {row['note'] or result.get('message')}",
            hint=f"correct it and take another key; dialpad outbox show {row['id']}",
        )
    return Response(int(result.get("status", 200)), {}, json.dumps(result.get("body")).encode(), request)


def _answer(response: Response) -> Any:
    return {"status": response.status, "body": response.json()}


def _told(error: DialkitError) -> dict[str, Any]:
    return error.as_dict()

"""Sending what reaches people: written down first, sent once, and accounted for."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from dialkit.client.response import Response
from dialkit.errors import (
    KINDS,
    APIError,
    DialkitError,
    InvalidArgument,
    NetworkError,
    OutcomeUnknown,
    PartialSuccess,
    Refused,
    UpstreamError,
)
from dialkit.messaging import consent, delivery
from dialkit.store import outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dialkit.client import Dialpad, Request
    from dialkit.store import Database
    from dialkit.store.database import Row

# Fields of a request that name who sends, to whom, and what is said, by what they hold.
SENDERS = ("from_number", "outbound_caller_id", "sender_group_id", "user_id", "target_id")
RECIPIENTS = ("to_numbers", "phone_number", "to_number", "channel_hashtag")
HOW = "dialpad outbox resolve {id} looks for evidence; do not send it again before you know"


def silent(_line: str) -> None:
    """Tell nobody."""


def carry_out(
    client: Dialpad,
    database: Database,
    request: Request,
    *,
    once: str | None = None,
    again: bool = False,
    tell: Callable[[str], None] = silent,
) -> Response:
    """Send one request that reaches people; see `carry_out_all`."""
    (response,) = carry_out_all(client, database, [request], once=once, again=again, tell=tell)
    return response


def carry_out_all(
    client: Dialpad,
    database: Database,
    requests: Sequence[Request],
    *,
    once: str | None = None,
    again: bool = False,
    anew: bool = False,
    tell: Callable[[str], None] = silent,
) -> Iterator[Response]:
    """Send requests that reach people, by way of the outbox, one by one as the answers are asked for.

    All are written down before the first leaves; those that are not sent, since one before failed, are
    refused in the outbox. `once`, `again` and `anew` are those of `outbox.plan`; the answer of before is
    given where `once` says so.

    Raises `Refused` where a rule forbids it, `Conflict` for a likely repeat, `OutcomeUnknown` where nobody
    knows whether it was carried out, now or the first time, `UpstreamError` where delivery failed,
    `PartialSuccess` where it was carried out and that could not be written down, and what the client raises.
    """
    entries = [entry_of(client, request) for request in requests]
    now = client.clock.now
    with _nothing_sent():
        _remembers(database)
        consent.check_requests(client, database, requests, tell)
        planned = outbox.plan(database, entries, once=once, again=again, anew=anew, now=now())
    waiting = [row for row, fresh in planned if fresh]
    try:
        for (row, fresh), request in zip(planned, requests, strict=True):
            if fresh:
                waiting.remove(row)
                yield _sent(client, database, request, row)
            else:
                yield _first_result(row, request)
    finally:
        with suppress(DialkitError):  # who finds them later decides the same
            for row in waiting:
                outbox.settle(database, row, outbox.REFUSED, outbox.NOT_SENT, "one before it failed", now())


def carry_out_again(
    client: Dialpad,
    database: Database,
    row: Row,
    request: Request,
    *,
    confirmed: bool,
    tell: Callable[[str], None] = silent,
) -> Response:
    """Send the request of an entry once more; see `outbox.plan_again`. Raises what `carry_out_all` does."""
    entry, now = entry_of(client, request), client.clock.now()
    with _nothing_sent():
        _remembers(database)
        consent.check_requests(client, database, [request], tell)
        planned = outbox.plan_again(database, row["id"], entry, confirmed=confirmed, now=now)
    return _sent(client, database, request, planned)


def _remembers(database: Database) -> None:
    """Raises `InvalidArgument`, once, where what was sent before may be forgotten: a person decides."""
    if database.anew:
        database.anew = False
        raise InvalidArgument(
            f"{database.name} was damaged, so what was sent before may not be known",
            hint="dialpad stats run --type texts --days 1 tells what Dialpad sent; then run it again",
        )


@contextmanager
def _nothing_sent() -> Iterator[None]:
    """What cannot be written down is not sent; say so."""
    try:
        yield
    except (InvalidArgument, NetworkError) as error:
        consent.unsent(error)
        raise
    except OutcomeUnknown as error:  # whether it was written down; that it was not sent is certain
        raise NetworkError(error.message + consent.UNSENT, hint="try again") from None


def _sent(client: Dialpad, database: Database, request: Request, row: Row) -> Response:
    """The answer to what is planned; what became of it is in the outbox, whatever is raised."""
    now = client.clock.now
    left, lost = False, list[str]()

    def settle(state: str, result: Any, note: str | None) -> bool:
        """Whether it could be written down. What was sent stays sent, and its error the error."""
        try:
            outbox.settle(database, row, state, result, note, now())
        except DialkitError as error:
            lost.append(error.message)
            return False
        return True

    def leaving(leaves: bool) -> None:
        nonlocal left
        if leaves:
            with _nothing_sent():
                outbox.leaves(database, row, now())
        left = leaves

    try:
        response = client.send(request, leaving)
    except DialkitError as error:
        # A 5xx is Dialpad's own word that it failed, and no word on how far it had come.
        doubtful = left and isinstance(error, OutcomeUnknown | UpstreamError)
        if doubtful:
            error.hint = HOW.format(id=row["id"])
        told = {**error.as_dict(), "retryable": error.retryable or not left}
        settle(outbox.UNKNOWN if doubtful else outbox.REFUSED, told, error.message)
        raise
    except BaseException:
        # Ctrl-C: the client says `OutcomeUnknown` for what was under way. This came before, between or after.
        if left:
            settle(outbox.UNKNOWN, None, "interrupted")
        else:
            settle(outbox.REFUSED, outbox.NOT_SENT, "interrupted before it was sent")
        raise
    answer = response.json()
    failed = delivery.failure(request.name, answer)
    told = {"status": response.status, "body": answer}
    if failed is not None:
        certain = delivery.certain(failed, len(json.loads(row["recipients_json"])))
        told = {**failed.as_dict(), **told}
        settle(outbox.REFUSED if certain else outbox.UNKNOWN, told, failed.message)
        raise failed
    pending = isinstance(answer, dict) and answer.get("message_status") == "pending"
    if not settle(outbox.ACCEPTED, told, "delivery pending" if pending else None):
        raise PartialSuccess(
            f"{request.name} was carried out ({response.status}); writing that down failed: {lost[0]}",
            done=answer,
            status=response.status,
            operation=request.name,
            hint="do not send it again; the outbox will say unknown of it",
        )
    return response


def entry_of(client: Dialpad, request: Request) -> Row:
    """What the outbox keeps of a request: who, to whom, what, and the request without its key."""
    from dialkit.config.digest import digest

    body = request.body if isinstance(request.body, dict) else {}
    path = request.url.removeprefix(client.settings.base_url)
    sender = next((str(body[name]) for name in SENDERS if name in body), None)
    recipients: list[str] = []
    for name in RECIPIENTS:
        value = body.get(name, [])
        recipients += [str(one) for one in (value if isinstance(value, list) else [value])]
    text = body.get("text")
    same = {name: value for name, value in body.items() if name not in RECIPIENTS}
    effect = json.dumps([client.settings.base_url, request.method, path, same], sort_keys=True)
    kept = {
        name: value if name != "media" else f"({len(str(value))} characters)" for name, value in body.items()
    }
    return {
        "operation": request.name,
        "effect_key": digest(effect.encode()),
        "sender": sender,
        "recipients_json": json.dumps(recipients),
        "text": text if isinstance(text, str) else None,
        "request_json": json.dumps({"method": request.method, "path": path, "body": kept}),
    }


def _first_result(row: Row, request: Request) -> Response:
    """What became of an entry of before, as if it were now."""
    if row["state"] == outbox.UNKNOWN:
        raise OutcomeUnknown(
            f"{request.name}: sent before (outbox {row['id']}), and nobody knows what became of it",
            operation=request.name,
            hint=HOW.format(id=row["id"]),
        )
    result = json.loads(row["result_json"] or "null") or {}
    if row["state"] == outbox.REFUSED:
        raise _as_before(
            result,
            f"refused before (outbox {row['id']}): {row['note']}",
            hint=f"correct it and take another key; dialpad outbox show {row['id']}",
        )
    return Response(int(result.get("status", 200)), {}, json.dumps(result.get("body")).encode(), request)


def _as_before(told: Row, message: str, *, hint: str) -> DialkitError:
    """An error of before, from what its `as_dict` told, in other words: of the same code and exit code."""
    code = told.get("code")
    kind = next((kind for kind, (known, _) in KINDS.items() if known == code), Refused)
    error = kind.__new__(kind, message)
    DialkitError.__init__(error, message, hint=hint)
    error.status, error.operation = told.get("status"), told.get("operation")
    if isinstance(error, APIError):
        error.text, error.body = "", None
    return error

"""Calling somebody for a user: whose devices ring, which number is shown, what is spoken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dialkit.client.phones import e164
from dialkit.errors import InvalidArgument, ValidationFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.client import Dialpad, Request
    from dialkit.store import Database

    Row = dict[str, Any]

USER_MAP = "DIALPAD_USER_MAP"
MAP_EXAMPLE = USER_MAP + """='{"+15035550142": "5391827364501928"}'"""
NEEDED = "user_id required: Dialpad rings the devices of a user, and then dials for them"


def mapped_user(environ: Mapping[str, str], sender: str) -> int | None:
    """The user that `DIALPAD_USER_MAP` names for a number of the company; None where it names none.

    Raises `InvalidArgument` for a map that is no JSON object of numbers and ids.
    """
    text = environ.get(USER_MAP, "").strip()
    if not text:
        return None
    try:
        table = json.loads(text)
        rows = {e164(str(key)) or key: str(value) for key, value in table.items()}
    except (ValueError, AttributeError, RecursionError):
        raise InvalidArgument(
            f"{USER_MAP} is not a JSON object", hint=f"write it like {MAP_EXAMPLE}"
        ) from None
    found = rows.get(sender)
    if found is not None and not (found.isascii() and found.isdecimal()):
        raise InvalidArgument(
            f"{USER_MAP}: {found[:40]!r} for {sender} is not a user's id", hint=f"write it like {MAP_EXAMPLE}"
        )
    return int(found) if found else None


def owner(client: Dialpad, sender: str) -> int:
    """The id of the user who has a number, from the list of the company's numbers.

    Raises `InvalidArgument` where the number is not the company's, or not a user's.
    """
    for row in client.items("numbers.list"):
        if row.get("number") != sender:
            continue
        if row.get("target_type") == "user" and row.get("target_id"):
            return int(row["target_id"])
        kind = row.get("target_type")
        whose = f"is the {kind} {row.get('target_id')}'s" if kind else "is nobody's"
        raise InvalidArgument(
            f"{NEEDED}; {sender} {whose}, and a user's number tells the user",
            hint="add --user-id ID (dialpad users list), or set "
            + MAP_EXAMPLE.replace("+15035550142", sender),
        )
    raise InvalidArgument(
        f"{NEEDED}; {sender} is not a number of your company",
        hint="dialpad numbers list shows those there are; or add --user-id ID",
    )


def user_of(client: Dialpad, environ: Mapping[str, str], sender: str) -> int:
    """The id of the user who has a number: `DIALPAD_USER_MAP` says whose it is, else the company's list.

    Raises `InvalidArgument`.
    """
    return mapped_user(environ, sender) or owner(client, sender)


def spoken(text: str) -> Row:
    """The part of a body that has a text spoken. It is not in Dialpad's document: integrators report it.

    Raises `InvalidArgument` for an empty text, and one that cannot be written in UTF-8.
    """
    if not text.strip():
        raise InvalidArgument("--text is empty", hint="--text 'Your table is ready.'")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidArgument("--text is not UTF-8", hint="write it in UTF-8") from None
    return {"command": json.dumps({"actions": [{"say": text}]}, ensure_ascii=False)}


def make(
    client: Dialpad, database: Database, request: Request, *, once: str | None = None, again: bool = False
) -> Row:
    """Place the call, by way of the outbox, once; the answer, with `call_id` and `status`.

    `once` is a key of the caller's: the same again calls nobody, and gives the first answer. Raises
    `Conflict` for a call like one of a few minutes ago, unless `again`; `OutcomeUnknown` where nobody knows
    whether it was placed.
    """
    from dialkit.messaging.outgoing import carry_out

    try:
        answer: Row = carry_out(client, database, request, once=once, again=again).json() or {}
    except ValidationFailed as error:
        if "outbound_caller_id" in error.text:
            error.hint = (
                "a user shows their own number; for that of a group, name the group as well: "
                "--group-type office --group-id ID"
            )
        raise
    # An answer without a state still says one thing: the user's devices ring.
    return {**answer, "call_id": answer.get("call_id"), "status": answer.get("state") or "ringing"}

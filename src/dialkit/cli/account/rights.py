"""``dialpad auth can``: what an operation needs, and whether the key has it, as far as that can be known.

Dialpad tells nobody which scopes a key has. What can be known without changing anything is whether the key
is taken, and whether its user is a company admin; more only by trying an operation that reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.cli.subcommands import ASKING, SHOWING, parse, showing
from dialkit.errors import (
    KINDS,
    AuthenticationFailed,
    InvalidArgument,
    KeyMissing,
    NotFound,
    PermissionDenied,
    ValidationFailed,
)

if TYPE_CHECKING:
    from dialkit.catalog import Operation
    from dialkit.cli.account.identity import Identity
    from dialkit.cli.app import App
    from dialkit.client import Dialpad
    from dialkit.errors import DialkitError


class Verdict(NamedTuple):
    """``yes`` (it was tried), ``likely``, ``unknown`` or ``no``; the reason; the error behind a ``no``."""

    can: str
    why: str
    error: DialkitError | None = None


def can(app: App, argv: list[str]) -> int:
    """Show what the operation needs and the verdict; exit code 3 where the key certainly cannot."""
    options, found = parse(
        app,
        "auth can",
        argv,
        (("words",), {"nargs": "+", "metavar": "OPERATION"}),
        (("--try",), {"dest": "attempt", "action": "store_true"}),
        takes=(*SHOWING, *ASKING),
    )
    view = showing(app, options)
    operation = _operation(app, found.words)
    if found.attempt:
        _check_harmless(operation)
    from dialkit.cli.session import open_client

    with open_client(app, app.options or options) as client:
        verdict = _verdict(client, operation, attempt=found.attempt)
    view.data({**_needs(operation), "can": verdict.can, "why": verdict.why})
    if verdict.error:
        raise verdict.error
    return KINDS[PermissionDenied][1] if verdict.can == "no" else 0


def judge(operation: Operation, whose: Identity) -> Verdict:
    """What follows from who the key belongs to."""
    always = [row["scope"] for row in operation.scopes if "when" not in row]
    if operation.admin and whose.admin is False:
        return Verdict("no", f"it needs the key of a {operation.admin} admin, and {whose.name} is none")
    if operation.admin and whose.admin is None:
        return Verdict(
            "unknown", f"it needs the key of a {operation.admin} admin; whether it is one is not told"
        )
    if always:
        scopes = " and ".join(always)
        return Verdict(
            "unknown", f"it needs scope {scopes}, and Dialpad does not tell which scopes a key has"
        )
    return Verdict("likely", f"the key is {whose.name}'s, and nothing that is known to be needed is missing")


def _operation(app: App, words: list[str]) -> Operation:
    summary, used = app.catalog.find(words)
    if summary is None or used != len(words):
        from dialkit.catalog.model import nearest

        near = nearest(".".join(words), app.catalog.ids)
        raise InvalidArgument(
            f"there is no operation {' '.join(words)!r}",
            hint=f"did you mean {' or '.join(near)}?" if near else f"dialpad search {words[0]}",
        )
    return app.catalog.operation(summary.id)


def _check_harmless(operation: Operation) -> None:
    needed = [field.flag for field in operation.fields if field.required]
    if operation.effect != "read" or needed:
        why = f"it needs {', '.join(needed)}" if operation.effect == "read" else "it does more than read"
        raise InvalidArgument(f"--try: {operation.id} cannot be tried, since {why}", hint="leave out --try")


def _needs(operation: Operation) -> dict[str, Any]:
    from dialkit.cli.help import limit_text

    return {
        "operation": operation.id,
        "effect": operation.effect,
        "scopes": [
            row["scope"] + (f" where {row['when']}" if "when" in row else "") for row in operation.scopes
        ],
        "admin": operation.admin,
        "limit": limit_text(operation),
    }


def _verdict(client: Dialpad, operation: Operation, *, attempt: bool) -> Verdict:
    from dialkit.cli.account.identity import whoami

    if not operation.needs_key:
        return Verdict("yes", "it goes without a key")
    try:
        return _attempt(client, operation) if attempt else judge(operation, whoami(client))
    except (KeyMissing, AuthenticationFailed, PermissionDenied) as error:
        return Verdict("no", error.message, error)


def _attempt(client: Dialpad, operation: Operation) -> Verdict:
    """Ask it for as little as it gives."""
    params = {"limit": 1} if operation.pages and operation.field("limit") else {}
    try:
        response = client.request(operation, params)
    except (NotFound, ValidationFailed) as error:
        return Verdict("unknown", f"Dialpad took the key but not the request: {error.message}")
    return Verdict("yes", f"it was tried, and Dialpad answered {response.status}")

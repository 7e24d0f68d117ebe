"""What to do about a refusal: one table of hints, the nearest first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dialkit.client.request import Request

UNKNOWN_KEY = (
    "the key is unknown to this host; one of Dialpad's own sandbox accounts needs "
    "DIALPAD_BASE_URL=https://sandbox.dialpad.com; see: dialpad auth status"
)

# (status or None for any, words in the API's text, what to do). First match wins.
TABLE: list[tuple[int | None, str, str]] = [
    (None, r"invalid_destination|invalid destination", "check the recipient: E.164, such as +14155550123"),
    (None, r"invalid_source|invalid source", "the sender must be a number of yours: dialpad numbers list"),
    (None, r"no_route|no route", "the carrier cannot reach this number; check it, or try another sender"),
    (None, r"user_id.{0,20}required|required.{0,20}user_id", "say who sends: --from-number or --user-id"),
    (
        401,
        r"expire",
        "the key has expired; make a new one in Dialpad's admin portal, then: dialpad auth login",
    ),
    (401, r"scope", "the key lacks a scope; see: dialpad auth can {operation}"),
    (401, r"required|missing", "Dialpad saw no key; see where it comes from: dialpad auth status"),
    (401, r"", UNKNOWN_KEY),
    (404, r"", "check the id; a key of another company or office cannot see it: dialpad auth status"),
    (410, r"", "it was there once and is no more; list what there is"),
    (409, r"", "it exists already, or its state does not allow this; read it first"),
    (413, r"", "at most 1 MB in one request, attachments included"),
    (400, r"cursor", "cursors do not last; start the list again without --cursor"),
    (None, r"", "see what it takes: dialpad {operation} --help"),
]


def hint_for(status: int, text: str, request: Request) -> str:
    """What to do about this refusal."""
    if status == 403:
        return _rights(request)
    if status >= 500:
        if request.repeatable:
            return "Dialpad failed; try again in a moment"
        return "Dialpad failed; it may still have been carried out, so look before repeating it"
    if 300 <= status < 400:
        return "redirects to another host are not followed; check DIALPAD_BASE_URL"
    hint = next(
        hint
        for wanted, words, hint in TABLE
        if wanted in (None, status) and re.search(words, text, re.IGNORECASE)
    )
    return hint.format(operation=request.operation.id if request.operation else "search")


def _rights(request: Request) -> str:
    """Which scope or admin right the catalog knows the operation to need."""
    operation = request.operation
    if operation is None:
        return "the key may not do this; see: dialpad auth status"
    needs = [f"scope {row['scope']}" for row in operation.scopes if "when" not in row]
    if operation.admin:
        needs.append(f"the key of a {operation.admin} admin")
    if needs:
        return f"{operation.id} needs {' and '.join(needs)}; see: dialpad auth can {operation.id}"
    maybe = [f"scope {row['scope']} where {row['when']}" for row in operation.scopes]
    if maybe:
        return f"{operation.id} needs {'; '.join(maybe)}"
    return f"the key's user may not do this, or the key lacks a scope; see: dialpad auth can {operation.id}"

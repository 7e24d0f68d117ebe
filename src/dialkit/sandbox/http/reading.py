"""From what comes over a connection to values: a body, the query's fields, all that a request holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from dialkit.sandbox.control import Request

    Receive = Callable[[], Awaitable[dict[str, Any]]]

TRANSPORT = "dialkit.transport"  # the connection, among the extensions of an ASGI scope
MOST_BODY = 1 << 20  # bytes; the service refuses requests above 1 MB
MOST_QUERY = 1000  # fields
BOM = "\ufeff"  # some Windows programs begin a text with it


def pairs(query: str) -> list[tuple[str, str]]:
    """The query's fields, decoded, in order; those of a query with too many are not read."""
    return parse_qsl(query, keep_blank_values=True) if query and query.count("&") < MOST_QUERY else []


def values_of(request: Request) -> Iterator[Any]:
    """All that a request holds: in its path, its query, its body."""
    yield from map(unquote, request.path.split("/"))
    yield from (value for _, value in request.query)
    try:
        body = decode(request.body)
    except Refusal:
        return
    yield from body.values() if isinstance(body, dict) else ()


def sent_cursor(request: Request) -> str:
    """The cursor that was sent, in the query or, as some lists want it, in the body; empty for none."""
    sent = dict(request.query).get("cursor", "")
    if sent:
        return sent
    try:
        body = decode(request.body)
    except Refusal:
        return ""
    return str(body.get("cursor") or "") if isinstance(body, dict) else ""


async def read_body(receive: Receive) -> bytes | None:
    """The body, None where it is larger than allowed: it is then read to its end, and not kept.

    Raises `ConnectionError` where the client left before the end.
    """
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        size += len(message.get("body", b""))
        if size <= MOST_BODY:
            parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts) if size <= MOST_BODY else None


def decode(body: bytes) -> Any:
    """The body's JSON, None where there is none. Raises `Refusal` 400; NaN and infinity are no JSON."""
    if not body:
        return None
    try:
        return _decoder.decode(body.decode().removeprefix(BOM))
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is not JSON.") from None


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):  # 1e999 would be answered as Infinity
        raise ValueError(digits)
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


_decoder = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)

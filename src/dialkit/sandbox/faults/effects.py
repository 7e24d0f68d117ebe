"""What a fault does to the answer of a request, or to its connection."""

from __future__ import annotations

import json
import struct
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.sandbox.wire import REASONS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dialkit.sandbox.world import Record

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

EMPTY = (204, 304)  # answers that have no body, whatever else is said
BEAT = 0.05  # seconds between two pieces of a slow body
LIMIT = "rate_limit_exceeded: too many requests, says a fault rule."  # what old clients look for is in it


class Reply(NamedTuple):
    """What goes out: status, headers by name in lower case, and the body's bytes."""

    status: int
    headers: dict[str, str]
    body: bytes
    operation_id: str = ""


def instead(effects: Record) -> Reply | None:
    """The answer that stands in place of the real one, None where that one is given."""
    status = int(effects.get("status") or effects.get("storm") or 0)
    if not status:
        return None
    message = effects.get("message", LIMIT if "storm" in effects else _phrase(status))
    reason = effects.get("reason", "rateLimitExceeded" if "storm" in effects else REASONS.get(status))
    detail = {"domain": "global", "reason": reason or "backendError", "message": message}
    body = {"error": {"code": status, "message": message, "errors": [detail]}}
    headers = {"content-type": "application/json"}
    if "retry_after" in effects:
        headers["retry-after"] = f"{effects['retry_after']:g}"
    return Reply(status, headers, json.dumps(body, separators=(",", ":")).encode())


def carries_out(effects: Record) -> bool:
    """Whether the request is carried out at all."""
    held_up = effects.get("reset") == "before" or "refuse" in effects
    refused = ("status" in effects or "storm" in effects) and "carried_out" not in effects
    return not held_up and not refused


def changed(reply: Reply, effects: Record, cursor: tuple[str, str]) -> Reply:
    """An answer with what the effects change in it. `cursor`: its name in the answer, and what was sent."""
    body, headers = reply.body, reply.headers
    if "repeat_cursor" in effects and all(cursor) and reply.status == 200:
        body = json.dumps({**json.loads(body), cursor[0]: cursor[1]}, separators=(",", ":")).encode()
    if "body" in effects:
        body = effects["body"].encode("utf-8", "surrogateescape")
    if "content_type" in effects:
        headers = {**headers, "content-type": effects["content_type"]}
    return reply._replace(body=body, headers=headers)


async def send_reply(reply: Reply, effects: Record, transport: Any, receive: Receive, send: Send) -> int:
    """Send an answer as the effects say; how many bytes of its body went."""
    import asyncio

    await send({"type": "http.response.start", "status": reply.status, "headers": head(reply)})
    body = b"" if reply.status in EMPTY else reply.body
    kept = body[: effects.get("truncate", len(body))]
    whole = len(kept) == len(body)
    if "slow_body" in effects:
        size = max(1, int(effects["slow_body"] * BEAT))
        for place in range(0, len(kept), size):
            if transport.is_closing():
                return place
            await send({"type": "http.response.body", "body": kept[place : place + size], "more_body": True})
            await asyncio.sleep(min(size, len(kept) - place) / effects["slow_body"])
        kept_last = b""
    else:
        kept_last = kept
    await send({"type": "http.response.body", "body": kept_last, "more_body": not whole})
    if not whole:
        transport.close()
        await _gone(receive)
    return len(kept)


def head(reply: Reply) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, its length among them."""
    headers = reply.headers
    if reply.status not in EMPTY:
        headers = {**headers, "content-length": str(len(reply.body))}
    return [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()]


async def reset(transport: Any, receive: Receive) -> None:
    """End a connection at once: its other end sees that it was reset."""
    cut(transport)
    await _gone(receive)


def cut(transport: Any) -> None:
    """Have a connection reset; what was written and not sent is lost."""
    import os
    import socket

    held = transport.get_extra_info("socket")
    if held is not None and held.fileno() >= 0:
        form = "ii" if os.name == "posix" else "hh"
        held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
    transport.abort()


async def _gone(receive: Receive) -> None:
    """Return when the connection has ended; before that, the server would say that no answer was given."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"

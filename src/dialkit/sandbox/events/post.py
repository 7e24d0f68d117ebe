"""Posting an event to a webhook, over HTTP/1.1. Only this machine is reached, and hosts that are named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from dialkit.sandbox.events import tokens
from dialkit.sandbox.events.deliveries import Outcome

if TYPE_CHECKING:
    from collections.abc import Container
    from urllib.parse import SplitResult

    from dialkit.sandbox.world import Record, World

MOST_READ = 64 << 10  # bytes of an answer; nothing of it matters but the status
CHUNK = 16 << 10


def parts_of(url: str) -> SplitResult:
    """The parts of a web address. Raises `ValueError` for what is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError(url)
    return parts


def fault_of_host(url: str, allowed: Container[str]) -> str | None:
    """Why a webhook is not posted to, None where it may be: its host is this machine, or is named."""
    try:
        host = parts_of(url).hostname or ""
    except ValueError:
        return f"{url[:80]!r} is not a web address."
    if host in allowed or _is_loopback(host):
        return None
    return (
        f"{host[:80]} is not this machine: the sandbox posts to localhost, 127.0.0.0/8 and ::1 only, "
        "and to hosts that it was told to allow."
    )


def body_of(world: World, payload: Record, secret: str | None) -> tuple[bytes, str]:
    """An event as it is sent, and its content type: JSON, or with a secret one JWT that is the whole body."""
    if not secret:
        return json.dumps(payload, separators=(",", ":")).encode(), "application/json"
    kind = "application/jwt" if world.switch("signed-event-type") == "jwt" else "application/json"
    return tokens.sign(payload, secret).encode(), kind


async def post(url: str, body: bytes, content_type: str, within: float) -> Outcome:
    """Send once, and wait for a status, so many seconds. Never raises: what went wrong is in the outcome.

    Redirects are not followed, no proxy is used.
    """
    import asyncio
    from ssl import SSLError

    try:
        async with asyncio.timeout(within):
            return Outcome(await _exchange(parts_of(url), body, content_type))
    except TimeoutError:
        return Outcome(error=f"No answer within {within:g} seconds.")
    except SSLError as error:
        return Outcome(error=f"No secure connection: {error.reason or error}.")
    except OSError as error:
        return Outcome(error=f"No connection: {str(error.strerror or error)[:200]}.")
    except ValueError as error:
        return Outcome(error=f"The answer is not HTTP: {str(error)[:200]}.")


async def _exchange(parts: SplitResult, body: bytes, content_type: str) -> int:
    """The status of the answer. Raises `OSError` without one, `ValueError` for what is not HTTP."""
    import asyncio

    import h11

    context: Any = None
    if parts.scheme == "https":
        import ssl

        context = ssl.create_default_context()
    port = parts.port or (443 if context else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
    try:
        connection = h11.Connection(h11.CLIENT)
        whole = (_request(parts, body, content_type), h11.Data(body), h11.EndOfMessage())
        writer.write(b"".join(connection.send(part) or b"" for part in whole))
        await writer.drain()
        status, read = 0, 0
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                data = await reader.read(CHUNK) if read < MOST_READ else b""
                read += len(data)
                if status and not data:
                    return status
                if not data:
                    raise ConnectionResetError(None, "the connection was closed without an answer")
                connection.receive_data(data)
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.EndOfMessage):
                return status
    except h11.ProtocolError as error:
        raise ValueError(str(error)) from None
    finally:
        writer.close()


def _request(parts: SplitResult, body: bytes, content_type: str) -> Any:
    import h11

    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + ("?" if parts.query else "")
    target += quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    host = parts.netloc.rpartition("@")[2]
    headers = [
        ("host", host.encode("idna").decode() if not host.isascii() else host),
        ("content-type", content_type),
        ("content-length", str(len(body))),
        ("user-agent", "dialkit-sandbox"),
        ("accept", "*/*"),
        ("connection", "close"),
    ]
    return h11.Request(method="POST", target=target, headers=headers)


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

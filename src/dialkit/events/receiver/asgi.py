"""The receiver as an ASGI application, for a server or a framework that is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.events.receiver.reception import WITHIN
from dialkit.webhooks.unwrapping import MOST

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from dialkit.events.receiver.answers import Answer
    from dialkit.events.receiver.reception import Reception

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]


class ReceiverApp:
    """An ASGI application. It begins with the first request, or at the start of the server (lifespan)."""

    def __init__(self, reception: Reception) -> None:
        self.reception = reception

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            answer = await self._answer(scope, receive)
            if answer is not None:
                await _say(answer, scope["method"], send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    self.reception.start(opened=True)
                except Exception as error:
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.reception.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive) -> Answer | None:
        """The answer; None where nobody waits for it any more."""
        import asyncio

        reception, method = self.reception, scope["method"]
        # Mounted beneath a path, the whole of it counts for some servers, and the rest for others.
        root, path = scope.get("root_path", ""), scope["path"]
        path = path.removeprefix(root) if root and path.startswith(root + "/") else path
        client = scope.get("client")
        loop = asyncio.get_running_loop()
        until = loop.time() + WITHIN
        refused = reception.screen(method, path, list(scope["headers"]), client[0] if client else None)
        if refused is not None:
            return refused
        try:
            async with asyncio.timeout_at(until):
                body = await _body(receive)
        except TimeoutError:
            return reception.refuse("slow")
        if body is None:
            return None
        if len(body) > MOST:
            return reception.refuse("too_large")
        future: asyncio.Future[Answer] = loop.create_future()
        reception.take(path, body, lambda told: None if future.done() else future.set_result(told), until)
        return await future


async def _body(receive: Receive) -> bytes | None:
    """The body, a byte more than is allowed at the most; None where the sender has left."""
    body = bytearray()
    while len(body) <= MOST:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)


async def _say(answer: Answer, method: str, send: Send) -> None:
    headers = list(answer.headers)
    if answer.status != 204:
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})

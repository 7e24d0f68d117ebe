"""The receiver as an ASGI application that can be mounted anywhere, with handlers beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from dialkit.events.receiver.asgi import Receive, ReceiverApp, Scope, Send
    from dialkit.events.receiver.reception import Reception

ENDS = ("lifespan.startup.failed", "lifespan.shutdown.complete")


class Everywhere(dict[str, "str | None"]):
    """All paths, each for all kinds: whoever mounts the application has chosen one."""

    def __contains__(self, path: object) -> bool:
        return True


class Mounted:
    """An ASGI application. An object, since servers ask it, not a method, whether it is async.

    Parameters:
        made: makes the reception, which belongs to one event loop.
        running: whether handlers work.
        start, stop: begin and end that; `start` is told the server's event loop.
    """

    def __init__(
        self,
        made: Callable[[], Reception],
        running: Callable[[], bool],
        start: Callable[[asyncio.AbstractEventLoop], None],
        stop: Callable[[], None],
    ) -> None:
        self._made, self._running, self._start, self._stop = made, running, start, stop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._receiver: ReceiverApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the server."""
        import asyncio

        receiver = await self._here()
        if scope["type"] != "lifespan":
            await receiver(scope, receive, send)
            return

        async def tell(message: dict[str, Any]) -> None:
            if message["type"] in ENDS:  # after which the server may end the process
                await asyncio.to_thread(self._stop)
            await send(message)

        await receiver(scope, receive, tell)
        self._loop = self._receiver = None  # it has ended

    async def close(self) -> None:
        """Store and answer what waits, and end; within the server's event loop. A request begins anew."""
        import asyncio

        if self._receiver is not None and self._loop is asyncio.get_running_loop():
            ended, self._loop, self._receiver = self._receiver, None, None
            await ended.reception.stop()

    async def _here(self) -> ReceiverApp:
        """The receiver of this event loop, with handlers beside it."""
        import asyncio

        from dialkit.events.receiver.asgi import ReceiverApp

        loop, receiver = asyncio.get_running_loop(), self._receiver
        if receiver is not None and self._loop is loop and self._running():
            return receiver
        if receiver is None or self._loop is not loop:
            last, receiver = receiver, ReceiverApp(self._made())
            self._loop, self._receiver = loop, receiver
            if last is not None:  # its loop has gone without a word
                await last.reception.stop()
        await asyncio.to_thread(self._start, loop)
        return receiver

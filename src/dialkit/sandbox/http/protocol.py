"""The server of a sandbox: an event loop, a port that can be closed for a while, and the connections.

Importing this imports `asyncio`, so it is left to the moment a sandbox starts.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.faults.effects import cut
from dialkit.sandbox.http.connection import Connection
from dialkit.sandbox.http.date import Date

if TYPE_CHECKING:
    import socket
    import threading

    from dialkit.sandbox.http.app import App

GRACE = 1  # seconds a request under way may take when the server stops
AGAIN = 0.1  # seconds until a port that somebody else took meanwhile is tried again
BACKLOG = 2048  # connections that may wait to be accepted


class Server:
    """The server of one sandbox; `ready` is set once it answers, or has failed to start."""

    def __init__(self, app: App, ready: threading.Event) -> None:
        self.app, self._ready = app, ready
        self.date = Date(app.world.clock_time)
        self.connections: set[Connection] = set()
        self.stopping = self.started = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._listener: asyncio.Server | None = None
        self._opening: asyncio.Task[None] | None = None
        self._websockets: Any = None

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens: a number, and the port."""
        assert self._listener is not None
        host, port = self._listener.sockets[0].getsockname()[:2]
        return host, port

    def run(self, listening: socket.socket) -> None:
        """Answer on a socket that listens, until `stop`."""
        try:
            asyncio.run(self._serve(listening))
        finally:
            self._ready.set()

    def stop(self) -> None:
        """Have it end; from any thread, and again does no harm."""
        if self._loop is not None and self._stop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)

    async def _serve(self, listening: socket.socket) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        engine = self.app.engine
        engine.loop = self._loop
        engine.commit()
        self.app.refuse = self.refuse
        await self._listen(listening)
        self.started = True
        self._ready.set()
        await self._stop.wait()
        await self._shut_down()

    async def _listen(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: Connection(self), sock=listening, backlog=BACKLOG)

    async def _shut_down(self) -> None:
        """Stop answering: requests under way may end, whoever a fault lets wait is let go."""
        self.stopping = True
        if self._opening is not None:
            self._opening.cancel()
        if self._listener is not None:
            self._listener.close()
        self.app.let_go()
        for connection in list(self.connections):
            connection.end()
        tasks = [connection.task for connection in self.connections if connection.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)
        if self._websockets is not None:
            await self._websockets.end()
        for connection in list(self.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # the transports say that they are closed

    def refuse(self, seconds: float) -> None:
        """Refuse every connection for a while, as if nothing ran here; those there are end."""
        if self._opening is not None and not self._opening.done():
            return
        assert self._listener is not None
        address = self.address
        self._listener.close()
        for connection in list(self.connections):
            cut(connection.transport)
        self._opening = asyncio.get_running_loop().create_task(self._open(seconds, address))

    async def _open(self, seconds: float, address: tuple[str, int]) -> None:
        from dialkit.sandbox.http.port import listen

        await asyncio.sleep(seconds)
        while True:
            try:
                listening = listen(*address)
            except OSError:
                await asyncio.sleep(AGAIN)
                continue
            await self._listen(listening)
            return

    def websocket(self) -> asyncio.Protocol:
        """A protocol for one websocket."""
        if self._websockets is None:
            from dialkit.sandbox.http.websocket import Websockets

            self._websockets = Websockets(self.app)
        protocol: asyncio.Protocol = self._websockets.protocol()
        return protocol

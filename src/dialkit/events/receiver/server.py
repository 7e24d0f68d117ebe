"""The server: a port, its connections and their limits, until it is told to stop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dialkit.events.receiver.connection import Connection

if TYPE_CHECKING:
    import socket

    from dialkit.events.receiver.reception import Reception

MOST_CONNECTIONS = 1000
SPARE = 64  # files that the process needs for other things
MOST_HELD = 32 << 20  # bytes of large bodies that are on their way, of all connections together
SMALL = 16 << 10  # bytes of a body that are not counted: with all connections, half as much again
LOOK = 0.25  # seconds between looks for connections whose time is over
GRACE = 5.0  # seconds in which requests under way may finish when it ends
BACKLOG = 1024
AT_ONCE = 64 << 10  # bytes that are read at once


class Server:
    """Answers on one port. Make it, and `run` it, within an event loop."""

    def __init__(self, reception: Reception) -> None:
        self.reception = reception
        self.stopping = False
        self.time = asyncio.get_running_loop().time
        self._connections: set[Connection] = set()
        self._most = min(MOST_CONNECTIONS, _files() - SPARE)
        # asyncio's own would be a quarter of a megabyte for each read, which takes 30 µs to get and to free.
        self.buffer = memoryview(bytearray(AT_ONCE))
        self._held = 0
        self._empty = asyncio.Event()

    async def run(self, listening: socket.socket, stop: asyncio.Event) -> None:
        """Answer on a socket that listens until `stop`; then finish what is under way."""
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(lambda: Connection(self), sock=listening, backlog=BACKLOG)
        looking = loop.create_task(self._look())
        try:
            await stop.wait()
            self.stopping = True
            listener.close()
            for connection in list(self._connections):
                connection.wind_down()
            if any(connection.busy for connection in self._connections):
                self._empty.clear()
                try:
                    await asyncio.wait_for(self._empty.wait(), GRACE)
                except TimeoutError:
                    pass
        finally:
            looking.cancel()
            await self.reception.stop()
            for connection in list(self._connections):
                connection.transport.close()
            await asyncio.sleep(0)  # the transports say that they are closed

    def enter(self, connection: Connection) -> None:
        """A connection is there; where there are too many, the oldest to which no answer is owed goes."""
        if len(self._connections) >= self._most:
            owed_none = [each for each in self._connections if not each.waits]
            if owed_none:
                oldest = min(owed_none, key=lambda each: each.began)
                oldest.transport.abort()
                self._connections.discard(oldest)
            else:
                connection.transport.abort()
                return
        self._connections.add(connection)
        self.reception.metrics.connections = len(self._connections)

    def leave(self, connection: Connection) -> None:
        """A connection is gone."""
        self._connections.discard(connection)
        self.reception.metrics.connections = len(self._connections)
        if not self._connections:
            self._empty.set()

    def hold(self, before: int, after: int) -> bool:
        """A body on its way had so many bytes and now has others; False where all would be too many.

        Small ones always have a place: events are small, and whoever sends large bodies on and on, which he
        need not sign, could shut them out.
        """
        more = max(after, SMALL) - max(before, SMALL)
        if more > 0 and self._held + more > MOST_HELD:
            return False
        self._held += more
        return True

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            now = self.time()
            for connection in [each for each in self._connections if each.until < now]:
                connection.expire()


def _files() -> int:
    """How many files this process may have open."""
    try:
        import resource
    except ImportError:  # Windows, where sockets are not files
        return MOST_CONNECTIONS + SPARE
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST_CONNECTIONS + SPARE if limit == resource.RLIM_INFINITY else max(limit, SPARE + 16)

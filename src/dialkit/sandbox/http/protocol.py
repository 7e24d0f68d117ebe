"""The server: uvicorn's, with each request's connection within reach, and a port that can be closed a while.

Importing this imports uvicorn, so it is left to the moment a sandbox starts.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dialkit.sandbox.faults.effects import cut
from dialkit.sandbox.http.app import TRANSPORT

if TYPE_CHECKING:
    import socket
    import threading

    from dialkit.sandbox.http.app import App

GRACE = 1  # seconds a request under way may take when the server stops
AGAIN = 0.1  # seconds until a port that somebody else took meanwhile is tried again


class Protocol(HttpToolsProtocol):
    """One connection. The application finds it in the scope, and can end it as no server would."""

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]


class Server(uvicorn.Server):
    """The server of one sandbox; `ready` is set once it answers."""

    def __init__(self, app: App, ready: threading.Event) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Protocol,
                loop="asyncio",
                ws=_websocket,  # type: ignore[arg-type]  # makes a protocol, as the class would
                lifespan="off",
                interface="asgi3",
                access_log=False,
                log_config=None,  # logging belongs to the program around it
                server_header=False,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self.app, self._ready = app, ready
        self._address: tuple[str, int] = ("", 0)
        self._opening: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer on sockets that listen."""
        engine = self.app.engine
        engine.loop = asyncio.get_running_loop()
        engine.commit()
        self.app.refuse = self.refuse
        self._address = sockets[0].getsockname()[:2] if sockets else self._address
        await super().startup(sockets)
        self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop answering; whoever a fault lets wait is let go."""
        if self._opening is not None:
            self._opening.cancel()
        self.app.let_go()
        await super().shutdown(sockets)

    def refuse(self, seconds: float) -> None:
        """Refuse every connection for a while, as if nothing ran here; those there are end."""
        if self._opening is not None and not self._opening.done():
            return
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            cut(connection.transport)
        self._opening = asyncio.get_running_loop().create_task(self._open(seconds))

    async def _open(self, seconds: float) -> None:
        from dialkit.sandbox.http.port import listen

        await asyncio.sleep(seconds)
        while True:
            try:
                listening = listen(*self._address)
            except OSError:
                await asyncio.sleep(AGAIN)
                continue
            make = partial(Protocol, self.config, self.server_state, self.lifespan.state)
            self.servers = [await asyncio.get_running_loop().create_server(make, sock=listening)]
            return


def _websocket(**given: Any) -> Any:
    """The protocol of one websocket; the library is read when the first one is opened."""
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    return WebSocketsSansIOProtocol(**given)

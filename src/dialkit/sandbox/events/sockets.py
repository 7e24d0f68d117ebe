"""Websockets that are open: who listens to which, and until when."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.events.deliveries import Outcome
from dialkit.sandbox.events.endpoints import check_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialkit.sandbox.engine import Engine

REFUSED, GOING_AWAY, RESTART, NORMAL = 1008, 1001, 1012, 1000  # codes of closing, as RFC 6455 has them
TAKE_WITHIN = 5.0  # seconds, of real time, that a listener may take to take an event
DEAF = Outcome(error="Nobody was connected to the websocket; what is sent then is not kept.", state="lost")


class Socket:
    """One connection of a listener."""

    def __init__(self, websocket_id: int, until: float, send: Callable[[dict[str, Any]], Any]) -> None:
        self.websocket_id, self.until, self._send = websocket_id, until, send
        self.closing: asyncio.Task[None] | None = None

    async def push(self, text: str) -> bool:
        """Send an event; whether the listener took it."""
        try:
            async with asyncio.timeout(TAKE_WITHIN):
                await self._send({"type": "websocket.send", "text": text})
        except (OSError, RuntimeError):  # it went, or was closed, in the meantime
            return False
        return True

    async def close(self, code: int, reason: str) -> None:
        """End it; that it has ended already does no harm."""
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except (OSError, RuntimeError):
            pass


class Sockets:
    """All that are open."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.world = engine, engine.world
        self._open: dict[Socket, None] = {}

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one, from its opening to its end."""
        await receive()
        with self.engine.moment():
            told = check_token(self.world, scope["path"])
            if not isinstance(told, str):
                self.world.at(told[1], "websockets.expire", websocket_id=told[0])
        await send({"type": "websocket.accept"})
        if isinstance(told, str):
            refused = Socket(0, 0.0, send)
            await refused.push(told)
            await refused.close(REFUSED, told)
            return
        socket = Socket(*told, send)
        self._open[socket] = None
        try:
            while (await receive())["type"] != "websocket.disconnect":
                pass  # listeners have nothing to say
        finally:
            self._open.pop(socket, None)

    async def push(self, websocket_id: int, text: str) -> Outcome:
        """Send an event to all who listen."""
        sockets = [socket for socket in self._open if socket.websocket_id == websocket_id]
        taken = [await socket.push(text) for socket in sockets]
        return Outcome(state="delivered") if any(taken) else DEAF

    def close_ended(self) -> None:
        """Close those whose hour has passed, or whose websocket is gone."""
        for socket in [*self._open]:
            if socket.websocket_id not in self.world.websockets:
                self._close(socket, GOING_AWAY, "The websocket was deleted.")
            elif socket.until <= self.world.clock_time():
                self._close(socket, NORMAL, "The hour is over; read the websocket again for a new URL.")

    def close_all(self) -> None:
        """Close them all: the world is about to become another."""
        for socket in [*self._open]:
            self._close(socket, RESTART, "The sandbox was set back.")

    def _close(self, socket: Socket, code: int, reason: str) -> None:
        del self._open[socket]
        if self.engine.loop is not None:
            socket.closing = self.engine.loop.create_task(socket.close(code, reason))

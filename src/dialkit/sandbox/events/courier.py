"""Bringing events to where they are wanted, over HTTP and websockets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dialkit.sandbox.engine import Engine


class Courier:
    """What brings deliveries to their endpoints."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def flush(self) -> None:
        """Start what is to be sent now."""

    async def idle(self) -> None:
        """Return when nothing is under way."""

    async def serve_websocket(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one websocket, from its opening to its end."""
        del scope, receive
        await send({"type": "websocket.close", "code": 1000})

    def forget(self) -> None:
        """Drop what is under way: the world is about to become another."""

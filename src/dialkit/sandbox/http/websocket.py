"""Websockets, by uvicorn's protocol for them; imported when the first one is opened."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

if TYPE_CHECKING:
    from dialkit.sandbox.http.app import App


class Websockets:
    """What the websockets of one server share."""

    def __init__(self, app: App) -> None:
        self._config = Config(
            app,
            ws="websockets-sansio",
            lifespan="off",
            interface="asgi3",
            access_log=False,
            log_config=None,  # logging belongs to the program around it
        )
        self._config.load()
        self._state = ServerState()

    def protocol(self) -> asyncio.Protocol:
        """A protocol for one of them."""
        return WebSocketsSansIOProtocol(config=self._config, server_state=self._state, app_state={})

    async def end(self) -> None:
        """Close those that are open: the server stops."""
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=1)

"""Websockets: where events go without a server of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.endpoints import show_websocket, signed
from dialkit.sandbox.resource import Resource

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def settle_websocket(world: World, websocket: Record, before: Record | None) -> Record:
    """Complete a websocket: its signature holds the secret, and a new one's URL is of now."""
    return signed(websocket if before else {**websocket, "issued_at": world.now})


def get_websocket(world: World, call: Call) -> Record:
    """One websocket, with a new URL that is good for an hour."""
    return show_websocket(world, world.websockets.change(call.path["id"], issued_at=world.now))


def expire(world: World, websocket_id: int) -> None:
    """The job: the hour of a connection is over. The courier, woken by it, closes what has ended."""
    del world, websocket_id


WEBSOCKETS = Resource(
    "websockets",
    lists=("websockets.list",),
    makes="websockets.create",
    changes=("websockets.update",),
    deletes="websockets.delete",
    settle=settle_websocket,
    show=show_websocket,
)
HANDLERS = {**WEBSOCKETS.handlers(), "websockets.get": get_websocket}
JOBS = {"websockets.expire": expire}

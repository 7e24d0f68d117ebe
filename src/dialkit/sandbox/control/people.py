"""Actions of people, asked for over HTTP; and what arrived at a number, came in and was sent out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.operations.messages import texts
from dialkit.sandbox.people import ACTS, number_of
from dialkit.sandbox.wire import filled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dialkit.sandbox.control.asked import Asked
    from dialkit.sandbox.control.service import Control


def act(name: str) -> Callable[[Control, Asked], Awaitable[Any]]:
    """The action of that name; one on a call is told which by the path."""
    do = ACTS[name].do

    async def carried_out(control: Control, asked: Asked) -> Any:
        given = dict(asked.body)
        if "id" in asked.path:
            given["call"] = int(asked.path["id"])
        with control.engine.moment():
            return do(control.world, given)

    carried_out.__name__ = do.__name__  # its operation id
    return carried_out


async def inbox(control: Control, asked: Asked) -> Any:
    """The texts that arrived at an outside number, the newest last."""
    with control.engine.moment():
        return {"items": texts.inbox(control.world, number_of("number", asked.path["number"]))}


async def forget_requests(control: Control, _asked: Asked) -> Any:
    """Forget the requests that came in."""
    control.log.clear()
    return {"items": []}


async def requests(control: Control, asked: Asked) -> Any:
    """The requests that came in, the newest last."""
    since = asked.query.get("since", 0)
    return {"items": [request.as_dict() for request in control.log if request.id > since]}


async def deliveries(control: Control, asked: Asked) -> Any:
    """What was sent, or is to be sent, to webhooks and websockets, the newest last."""
    since = asked.query.get("since", 0)
    with control.engine.moment():
        return {"items": [filled(row) for row in control.world.deliveries if int(row["id"]) > since]}

"""Screen pops: addresses opened on a user's device."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dialkit.sandbox.operations.calls.callers import device_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def initiate(world: World, call: Call) -> Record:
    """Open an address on a user's device; what was opened is kept.

    Raises `Refusal` 400 for what is no address or holds a user name, and where the user has no device.
    """
    user, uri = world.users.get(call.path["id"]), call.body["screen_pop_uri"]
    try:
        parts = urlsplit(uri)
    except ValueError:
        raise Refusal(400, f"screen_pop_uri: {uri[:80]!r} is not an address.") from None
    if not parts.scheme:
        raise Refusal(400, f"screen_pop_uri: {uri[:80]!r} has no scheme such as https.")
    if parts.username is not None:
        raise Refusal(400, "screen_pop_uri: must have no user name or password before the host.")
    device = device_of(world, user)
    if device is None:
        raise Refusal(400, f"id: the user {user['id']} has no device.")
    world.screen_pops.put(
        {
            "id": world.new_id(),
            "user_id": user["id"],
            "device_id": device["id"],
            "screen_pop_uri": uri,
            "date": world.milliseconds(),
        }
    )
    return {"device": device}


HANDLERS = {"screen_pop.initiate": initiate}

"""Channels: where colleagues write to each other, and who takes part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.resource import Resource, equal, page_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def by_name(world: World, hashtag: str) -> Record | None:
    """The channel of that name, with or without its hash sign; the oldest where there are several."""
    return next(iter(world.channels.where("name", hashtag.removeprefix("#"))), None)


def sees(world: World, call: Call, channel: Record) -> bool:
    """Whether a key may know of a channel: of a private one only its members' and admins' keys may."""
    if channel["privacy_type"] == "public" or call.key.get("admin"):
        return True
    return _member(world, channel["id"], call.user_id) is not None


def create(world: World, call: Call) -> Record:
    """Open a channel; whoever owns it is its first member. A user's key stands for its own user."""
    body = call.body
    name = body["name"].strip().removeprefix("#")
    if not name:
        raise Refusal(400, "name: must not be empty.")
    if world.switch("channel-names") == "unique" and world.channels.where("name", name):
        raise Refusal(409, f"name: a channel is named {name[:80]!r} already.")
    owner_id = body.get("user_id", call.user_id) if call.key.get("admin") else call.user_id
    owner = _active(world, owner_id)
    channel = world.channels.put(
        {
            "id": world.new_id(),
            "name": name,
            "description": body["description"],
            "privacy_type": body["privacy_type"],
            "owner_id": owner["id"],
            "state": "active",
            "date_created": world.stamp(),
        }
    )
    join(world, channel["id"], owner["id"])
    return channel


def join(world: World, channel_id: int, user_id: int) -> Record:
    """Make a user a member of a channel."""
    return world.channel_members.put(
        {
            "id": world.new_id(),
            "channel_id": channel_id,
            "user_id": user_id,
            "date_added": world.stamp(),
        }
    )


def get(world: World, call: Call) -> Record:
    """One channel."""
    return _channel(world, call)


def delete(world: World, call: Call) -> None:
    """Delete a channel for all its members."""
    channel = _channel(world, call)
    for member in world.channel_members.where("channel", channel["id"]):
        world.channel_members.remove(member["id"])
    world.channels.remove(channel["id"])


def list_members(world: World, call: Call) -> Record:
    """The users of a channel, in the order in which they joined."""
    members = world.channel_members.where("channel", _channel(world, call)["id"])
    users = [user for member in members if (user := world.users.find(member["user_id"]))]
    return page_of(world, call, "channel_members", users, show=_shown)


def add_member(world: World, call: Call) -> Record:
    """Make a user a member of a channel."""
    channel, user = _channel(world, call), _active(world, call.body["user_id"])
    if _member(world, channel["id"], user["id"]) is None:
        join(world, channel["id"], user["id"])
    elif world.switch("added-again") == "refused":
        raise Refusal(409, f"user_id: the user {user['id']} is a member of this channel already.")
    return _shown(world, user)


def remove_member(world: World, call: Call) -> None:
    """End a membership; a channel lives on without members. Raises `Refusal` 404 for somebody who is none."""
    user_id = call.body["user_id"]
    member = _member(world, _channel(world, call)["id"], user_id)
    if member is None:
        raise Refusal(404, f"user_id: the user {user_id} is no member of this channel.")
    world.channel_members.remove(member["id"])


def _channel(world: World, call: Call) -> Record:
    channel = world.channels.get(call.path["id"])
    if not sees(world, call, channel):
        raise Refusal(404, f"No channel has the id {call.path['id']}.")
    return channel


def _member(world: World, channel_id: int, user_id: int) -> Record | None:
    found = world.channel_members.where("user", user_id)
    return next((one for one in found if one["channel_id"] == channel_id), None)


def _active(world: World, user_id: int) -> Record:
    user = world.users.find(user_id)
    if user is None:
        raise Refusal(404, f"user_id: no user has the id {user_id}.")
    if user.get("state", "active") != "active":
        raise Refusal(400, f"user_id: the user {user_id} is {user['state']}, not active.")
    return user


def _shown(_world: World, user: Record) -> Record:
    return {"id": user["id"], "name": user["display_name"]}


CHANNELS = Resource("channels", lists=("channels.list",), filters={"state": equal("state")}, wanted=sees)
HANDLERS = {
    **CHANNELS.handlers(),
    "channels.get": get,
    "channels.post": create,
    "channels.delete": delete,
    "channels.members.list": list_members,
    "channels.members.post": add_member,
    "channels.members.delete": remove_member,
}

"""Rooms: phones that belong to a place rather than to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.operations.company import numbers
from dialkit.sandbox.operations.people.devices import remove_devices
from dialkit.sandbox.operations.people.members import leave_groups
from dialkit.sandbox.resource import Resource, equal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def settle_room(world: World, room: Record, before: Record | None) -> Record:
    """Complete a room: a new one gets what every room has; the lists of others are checked by `update`."""
    if before is not None:
        return room
    office = world.offices.get(room["office_id"])
    return {
        "company_id": world.company_id,
        "country": str(office.get("country") or "US").lower(),
        "is_free": False,
        "phone_numbers": [],
        "state": "active",
        **room,
    }


def show_room(world: World, room: Record) -> Record:
    """What answers show: it is on duty while it takes calls of a group."""
    return {**room, "is_on_duty": bool(world.operators.count("member", ("room", room["id"])))}


def create(world: World, call: Call) -> Record:
    """A new room, without a number."""
    room = ROOMS.make(world, call)
    changelog(world, call, "room.create", "room", room["id"], room["name"])
    return room


def update(world: World, call: Call) -> Record:
    """Rename a room, or drop or reorder its numbers."""
    room = world.rooms.get(call.path["id"])
    if "phone_numbers" in call.body:
        numbers.check_kept(room, call.body["phone_numbers"])
        room = numbers.arrange(world, "room", room, call.body["phone_numbers"], "phone_numbers")
    if "name" in call.body:
        room = world.rooms.change(room["id"], name=call.body["name"])
    changelog(world, call, "room.update", "room", room["id"], ", ".join(sorted(call.body)))
    return show_room(world, room)


def delete(world: World, call: Call) -> Record:
    """Delete a room: its numbers are free, its phones gone, and no group rings there."""
    room = numbers.arrange(world, "room", world.rooms.get(call.path["id"]), [])
    remove_devices(world, "room", room["id"])
    leave_groups(world, "room", room["id"])
    world.rooms.remove(room["id"])
    changelog(world, call, "room.delete", "room", room["id"], room["name"])
    return {**show_room(world, room), "state": "deleted"}


ROOMS = Resource(
    "rooms",
    lists=("rooms.list",),
    gets="rooms.get",
    makes="rooms.post",
    refs={"office_id": "offices"},
    settle=settle_room,
    show=show_room,
    filters={"office_id": equal("office_id")},
)
HANDLERS = {
    **ROOMS.handlers(),
    "rooms.post": create,
    "rooms.patch": update,
    "rooms.delete": delete,
}

"""Devices that ring: apps and desk phones of users, desk phones of rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.resource import Resource, page, page_of
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

MOBILE = ("android", "iphone", "ipad")  # these never tell when they reported in
PIN_LASTS = 86_400.0  # seconds; the example of the document gives a day
NAMES = {
    "native": "Dialpad for Mac",
    "web": "Dialpad in Chrome",
    "iphone": "Dialpad for iPhone",
    "android": "Dialpad for Android",
}


def sign_in(world: World, user: Record, kind: str = "native", created: str = "") -> Record:
    """A user takes an app into use. Its id has the number of that moment, and keeps it."""
    number = next(iter(user.get("phone_numbers") or ()), None)
    created = created or world.stamp()
    return world.devices.put(
        {
            "id": f"{number + '-' if number else ''}user-{user['id']}-client-{kind}",
            "user_id": user["id"],
            "phone_number": number,
            "type": kind,
            "display_name": NAMES[kind],
            "app_version": "2603.1.2",
            "date_created": created,
            "date_updated": created,
            "deskphone_id": None,
        }
    )


def put_deskphone(world: World, phone: Record) -> Record:
    """Set a desk phone up; one of a user is among the user's devices as well."""
    if phone["owner_type"] == "user":
        created = phone.get("date_created") or world.stamp()
        address = phone["mac_address"].replace(":", "").lower()
        world.devices.put(
            {
                "id": f"{address}-user-{phone['owner_id']}-{phone['type']}",
                "user_id": phone["owner_id"],
                "phone_number": phone.get("phone_number"),
                "type": phone["type"],
                "display_name": phone["name"],
                "app_version": phone["firmware_version"],
                "date_created": created,
                "date_updated": created,
                "deskphone_id": phone["id"],
            }
        )
    return world.deskphones.put(phone)


def remove_devices(world: World, kind: str, target_id: int) -> None:
    """Take all devices from a user or room that goes."""
    for phone in world.deskphones.where("owner", (kind, target_id)):
        world.deskphones.remove(phone["id"])
    for device in world.devices.where("user", target_id) if kind == "user" else ():
        world.devices.remove(device["id"])


def show_device(world: World, device: Record) -> Record:
    """What answers show: a device in use reports in about every hour, each at a minute of its own."""
    user = world.users.find(device["user_id"]) or {}
    if device["type"] in MOBILE or user.get("state") != "active":
        return device
    reported = world.now - (world.now + world.draw(3600, "reports", device["id"])) % 3600
    return {**device, "date_registered": max(device["date_created"], world.stamp(reported))}


def list_devices(world: World, call: Call) -> Any:
    """The devices of a user; where none is named, whose the switch says."""
    wanted = call.query.get("user_id")
    if wanted is None and world.switch("devices-without-user") == "company":
        return page(world, call, "devices", show=show_device)
    user = world.users.get(call.user_id if wanted in (None, "me") else wanted)
    return page_of(world, call, "devices of a user", world.devices.where("user", user["id"]), show_device)


def list_deskphones(world: World, call: Call) -> Record:
    """The desk phones of a user or room, all at once."""
    return {"items": world.deskphones.where("owner", (_kind(call), call.path["parent_id"]))}


def get_deskphone(world: World, call: Call) -> Record:
    """One desk phone of a user or room. Raises `Refusal` 404 for another's."""
    phone = world.deskphones.get(call.path["id"])
    if (phone["owner_type"], phone["owner_id"]) != (_kind(call), call.path["parent_id"]):
        owner = f"{_kind(call)} {call.path['parent_id']}"
        raise Refusal(404, f"id: the {owner} has no desk phone {phone['id']}.")
    return phone


def delete_deskphone(world: World, call: Call) -> None:
    """Take a desk phone from a user or room."""
    phone = world.deskphones.remove(get_deskphone(world, call)["id"])
    for device in world.devices.where("user", phone["owner_id"]):
        if device["deskphone_id"] == phone["id"]:
            world.devices.remove(device["id"])
    changelog(world, call, "deskphone.delete", phone["owner_type"], phone["owner_id"], phone["id"])


def create_pin(world: World, call: Call) -> Record:
    """A PIN for calls abroad from rooms; each request gives another one."""
    pin_id = world.new_id()
    changelog(world, call, "international_pin.create", "company", world.company_id)
    return world.pins.put(
        {
            "id": pin_id,
            "pin": f"{world.draw(1_000_000, 'pin', pin_id):06}",
            "customer_ref": call.body.get("customer_ref"),
            "expires_on": world.stamp(world.now + PIN_LASTS),
        }
    )


def _kind(call: Call) -> str:
    return "room" if ".rooms." in call.operation.id else "user"


HANDLERS = {
    **Resource("devices", gets="userdevices.get", show=show_device).handlers(),
    "userdevices.list": list_devices,
    "deskphones.rooms.create_international_pin": create_pin,
    **{
        f"deskphones.{owner}.{name}": handler
        for owner in ("rooms", "users")
        for name, handler in (("list", list_deskphones), ("get", get_deskphone), ("delete", delete_deskphone))
    },
}

"""Desk phones of the start: who has one, and how it signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.operations.people.devices import put_deskphone
from dialkit.sandbox.seed.names import MARA, ROOM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.sandbox.seed import Maker
    from dialkit.sandbox.world import Record, World

PHONES = (("VVX 250", "polycom", "6.4.3.5156"), ("T46U", "yealink", "108.86.0.90"))
EVERY = 4  # one in so many people has a phone on the desk
# Those of the document's examples.
KNOWN = {
    MARA: {"id": "5947382910564738", "mac_address": "00:00:5E:00:53:1A", "name": "Mara's desk"},
    ROOM: {"id": "5904857261038472"},
}


def fill(world: World, maker: Maker) -> None:
    """Set up a phone in every room, and on some people's desks."""
    like = maker.example("deskphones.users.get")
    people = (
        user for place, user in enumerate(world.users) if place % EVERY == 0 and user["state"] != "pending"
    )
    for kind, owners in (("user", people), ("room", iter(world.rooms))):
        _set_up(world, like, kind, owners)


def _set_up(world: World, like: Record, kind: str, owners: Iterable[Record]) -> None:
    for owner in owners:
        number = len(world.deskphones)
        model, make, firmware = PHONES[number % len(PHONES)]
        serial = f"{number:06X}"
        phone = {
            **like,
            "id": str(world.new_id()),
            "device_model": model,
            "type": make,
            "firmware_version": firmware,
            # Of the range that is kept for documents.
            "mac_address": f"00:00:5E:{serial[:2]}:{serial[2:4]}:{serial[4:]}",
            "password": f"example-only-{world.draw(10**6, 'sip', number):06}",
            "name": f"{owner.get('first_name') or owner.get('name')}'s phone",
            "byod": False,
            "owner_id": owner["id"],
            "owner_type": kind,
            "phone_number": next(iter(owner["phone_numbers"]), None),
            "date_created": owner.get("date_first_login"),
        }
        put_deskphone(world, {**phone, **KNOWN.get(owner["id"], {})})

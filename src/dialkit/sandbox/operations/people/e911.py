"""Emergency addresses: of an office, and of users who have one of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dialkit.sandbox.events.changelog import changelog
from dialkit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

FIELDS = ("address", "address2", "city", "state", "zip", "country")
NEEDED = ("address", "city", "state", "zip", "country")
POST_BOX = re.compile(r"\bp\.?\s?o\.?\s*box\b", re.IGNORECASE)
ZIPS = {"US": r"[0-9]{5}(-[0-9]{4})?", "CA": r"[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]"}


def address_of(world: World, kind: str, owner_id: int) -> Record | None:
    """The emergency address of an office or a user; a user without one has the office's."""
    found = world.e911.find(f"{kind}:{owner_id}")
    if found is None and kind == "user":
        return address_of(world, "office", world.users.get(owner_id)["office_id"])
    return found


def keep(world: World, kind: str, owner_id: int, address: Record) -> Record:
    """Keep the address of an office or a user, in place of the one before."""
    held = {name: address.get(name) or "" for name in FIELDS}
    return world.e911.put({"owner": f"{kind}:{owner_id}", **held})


def checked(address: Record, validated: bool = False, field: str = "") -> Record:
    """An address where help can be sent; `validated` brings it into the form that post offices use.

    Raises `Refusal` 400, naming what is wrong under `field`.
    """
    address = {name: address.get(name, "") for name in FIELDS}
    for name in NEEDED:
        if not address[name].strip():
            raise Refusal(400, f"{field}{name}: must not be empty.")
    if POST_BOX.search(address["address"]):
        raise Refusal(400, f"{field}address: help cannot be sent to a post box.")
    country = address["country"].upper()
    if not re.fullmatch(ZIPS.get(country, ".+"), address["zip"].strip().upper()):
        raise Refusal(400, f"{field}zip: {address['zip'][:20]!r} is not a postal code of {country[:20]}.")
    if not validated:
        return address
    tidy = {name: " ".join(text.split()) for name, text in address.items()}
    return {**tidy, "country": country, "state": tidy["state"].upper(), "zip": tidy["zip"].upper()}


def get(world: World, call: Call) -> Any:
    """Read an address; an empty object where there is none."""
    kind = _kind(call)
    return address_of(world, kind, world.table(f"{kind}s").get(call.path["id"])["id"]) or {}


def update(world: World, call: Call) -> Record:
    """Replace an address as a whole; with `update_all`, that of all users of the office as well."""
    kind = _kind(call)
    owner = world.table(f"{kind}s").get(call.path["id"])
    address = checked(call.body, bool(call.body.get("use_validated_option")))
    kept = keep(world, kind, owner["id"], address)
    if call.body.get("update_all"):
        for user in world.users.where("office", owner["id"]):
            keep(world, "user", user["id"], address)
    changelog(world, call, f"{kind}.e911", kind, owner["id"])
    return kept


def _kind(call: Call) -> str:
    return "office" if call.operation.id.startswith("offices.") else "user"


HANDLERS = {
    f"{owner}.e911.{name}": way
    for owner in ("offices", "users")
    for name, way in (("get", get), ("update", update))
}

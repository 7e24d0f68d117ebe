"""Contacts: shared by the company, or one user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.resource import Resource

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World


def settle_contact(world: World, contact: Record, before: Record | None) -> Record:
    """Complete a contact: shared where it has no owner; the first phone and e-mail are the primary ones."""
    company = str(world.company_id)
    owner = contact.get("owner_id") or company
    if owner != company and before is None:
        world.users.get(owner)
    return {
        **contact,
        "id": str(contact["id"]),
        "owner_id": owner,
        "type": "shared" if owner == company else "local",
        "display_name": f"{contact['first_name']} {contact['last_name']}",
        "primary_phone": next(iter(contact.get("phones", ())), None),
        "primary_email": next(iter(contact.get("emails", ())), None),
    }


def wanted_contact(_world: World, call: Call, contact: Record) -> bool:
    """Shared contacts; with an owner, that user's own; with `include_local`, all."""
    if "owner_id" in call.query:
        return bool(contact["owner_id"] == call.query["owner_id"])
    return bool(contact["type"] == "shared" or call.query.get("include_local"))


def upsert_contact(world: World, call: Call) -> Record:
    """Write the shared contact of a uid: change it where it is known, make it where it is new."""
    key = f"shared_{world.company_id}_{call.body['uid']}"
    before = world.contacts.find(key)
    return world.contacts.put(settle_contact(world, {**(before or {}), **call.body, "id": key}, before))


CONTACTS = Resource(
    "contacts",
    lists=("contacts.list",),
    gets="contacts.get",
    makes="contacts.create",
    changes=("contacts.update",),
    deletes="contacts.delete",
    settle=settle_contact,
    wanted=wanted_contact,
)
HANDLERS = {**CONTACTS.handlers(), "contacts.create_with_uid": upsert_contact}

"""Contacts: shared by the company, or one user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.sandbox.events.emit import emit
from dialkit.sandbox.resource import Resource, page_of
from dialkit.sandbox.wire import Refusal
from dialkit.sandbox.world.phones import plain

if TYPE_CHECKING:
    from dialkit.sandbox.http.call import Call
    from dialkit.sandbox.world import Record, World

# What an event tells of a contact. Its shape is not public: this is the contact as answers show it.
TOLD = (
    "id",
    "type",
    "first_name",
    "last_name",
    "display_name",
    "company_name",
    "job_title",
    "extension",
    "phones",
    "primary_phone",
    "emails",
    "primary_email",
    "urls",
    "trunk_group",
)


def settle_contact(world: World, contact: Record, before: Record | None) -> Record:
    """Complete a contact: shared where it has no owner; the first phone and e-mail are the primary ones."""
    company = str(world.company_id)
    owner = contact.get("owner_id") or company
    if owner != company and before is None:
        world.users.get(owner)
    phones, emails = contact.get("phones"), contact.get("emails")
    return {
        **contact,
        "id": str(contact["id"]),
        "owner_id": owner,
        "type": "shared" if owner == company else "local",
        "display_name": f"{contact['first_name']} {contact['last_name']}".strip(),
        "primary_phone": phones[0] if phones else None,
        "primary_email": emails[0] if emails else None,
    }


def contact_of(world: World, number: str | None, user_id: int | None = None) -> Record | None:
    """The contact that has a number, however it is written there: the user's own, else a shared one."""
    found = world.contacts.where("digits", plain(number) if number else None)
    own = str(user_id) if user_id is not None else None
    theirs = [contact for contact in found if contact["owner_id"] == own]
    shared = [contact for contact in found if contact["type"] == "shared"]
    return next(iter(theirs + shared), None)


def list_contacts(world: World, call: Call) -> Record:
    """Shared contacts; with an owner, that user's own; with `include_local`, everybody's.

    Raises `Refusal` 404 for an owner who is no user.
    """
    if "owner_id" not in call.query:
        return CONTACTS.list_page(world, call)
    owner = call.query["owner_id"]
    if owner != str(world.company_id):
        owner = str(world.users.get(call.user_id if owner == "me" else owner)["id"])
    return page_of(world, call, "contacts.owned", world.contacts.where("owner", owner))


def wanted_contact(_world: World, call: Call, contact: Record) -> bool:
    """Local contacts are left out unless they were asked for."""
    return bool(contact["type"] == "shared" or call.query.get("include_local"))


def create(world: World, call: Call) -> Record:
    """Make a contact; nobody looks whether there is one like it."""
    return tell(world, CONTACTS.make(world, call), "Created")


def upsert(world: World, call: Call) -> Record:
    """Write the shared contact of a uid: change it where it is known, make it where it is new."""
    if not call.body["uid"]:
        raise Refusal(400, "uid: must not be empty.")
    key = f"shared_{world.company_id}_{call.body['uid']}"
    before = world.contacts.find(key)
    contact = settle_contact(world, {**(before or {}), **call.body, "id": key}, before)
    return tell(world, world.contacts.put(contact), "Updated" if before else "Created")


def update(world: World, call: Call) -> Record:
    """Change what was sent of a contact; its lists are replaced whole."""
    return tell(world, CONTACTS.change(world, call), "Updated")


def delete(world: World, call: Call) -> Record:
    """Delete a contact, and answer what it held."""
    return tell(world, CONTACTS.delete(world, call), "Deleted")


def tell(world: World, contact: Record, action: str) -> Record:
    """Have subscribers told that a contact was ``Created``, ``Updated`` or ``Deleted``, as documented."""
    payload = {"event": action, "contact": {name: contact.get(name) for name in TOLD}}
    targets = [("user", int(contact["owner_id"]))] if contact["type"] == "local" else []
    emit(
        world,
        "contact",
        payload,
        targets,
        contact_type=contact["type"],
    )
    return contact


CONTACTS = Resource(
    "contacts",
    gets="contacts.get",
    makes="contacts.create",
    changes=("contacts.update",),
    deletes="contacts.delete",
    settle=settle_contact,
    wanted=wanted_contact,
)
HANDLERS = {
    **CONTACTS.handlers(),
    "contacts.list": list_contacts,
    "contacts.create": create,
    "contacts.create_with_uid": upsert,
    "contacts.update": update,
    "contacts.delete": delete,
}

"""What has to be done so that the directory says what a row says; looked up in an index of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dialkit.directory import scan
from dialkit.directory.fields import LISTS, NEEDED, called, changes, check_new, merged
from dialkit.directory.index import Index
from dialkit.errors import Conflict, InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.client import Dialpad, Request
    from dialkit.directory.fields import Contact, Given
    from dialkit.directory.rows import Wanted
    from dialkit.directory.scan import Progress


class Todo(NamedTuple):
    """What is to be done: ``create``, ``update``, ``write`` (under a uid) or ``unchanged``; and with what."""

    action: str
    contact: Contact | None
    params: Given

    @property
    def contact_id(self) -> str | None:
        """The id of the contact that it is about, None where there is none yet."""
        return str(self.contact["id"]) if self.contact else None

    def request(self, client: Dialpad) -> Request | None:
        """The request that does it. Raises `InvalidArgument` where it is too large."""
        return client.prepare(OPERATIONS[self.action], self.params) if self.action in OPERATIONS else None


OPERATIONS = {
    "create": "contacts.create",
    "update": "contacts.update",
    "write": "contacts.create_with_uid",
}


class Planner:
    """Knows the directory as it was read, and what was written since. Close it when done."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._index = Index(region)

    def close(self) -> None:
        """Forget the directory."""
        self._index.close()

    def read(self, client: Dialpad, params: Given, progress: Progress | None = None) -> None:
        """Read the directory, once; `params` are those of ``contacts.list``."""
        for contact in scan.contacts(client, params, progress=progress):
            self._index.put(contact)

    def learn(self, contact: Contact) -> None:
        """A contact is now as it is here."""
        self._index.put(contact)

    def plan(self, wanted: Wanted) -> Todo:
        """What has to be done for a row without a uid.

        The contact is the one with its id, else the one of the book that has one of its numbers or
        addresses. Raises `Conflict` where several have, `InvalidArgument` for what cannot be written.
        """
        given = wanted.given
        contact = self._index.get(wanted.id) if wanted.id else None
        if contact is None:
            found = self._index.find(given, wanted.owner_id)
            if len(found) > 1:
                names = ", ".join(called(self._index.get(one) or {"id": one}) for one in found)
                raise Conflict(f"{len(found)} contacts match: {names}", status=None)
            contact = self._index.get(found[0]) if found else None
        check_new(contact or {}, given, self._region)
        if contact is None:
            owner = {"owner_id": wanted.owner_id} if wanted.owner_id else {}
            return Todo("create", None, {**new(given, self._region), **owner})
        body = changes(contact, given, self._region)
        return (
            Todo("update", contact, {"id": contact["id"], **body}) if body else Todo("unchanged", contact, {})
        )


def by_uid(wanted: Wanted, region: str) -> Todo:
    """What has to be done for a row with a uid: it is written, whatever is there. `InvalidArgument`."""
    if not wanted.uid:
        raise InvalidArgument("it has no uid, and the others have")
    if wanted.owner_id:
        raise InvalidArgument("it has an owner, and contacts with a uid are shared")
    check_new({}, wanted.given, region)
    return Todo("write", None, {"uid": wanted.uid, **new(wanted.given, region)})


def new(given: Given, region: str) -> Given:
    """The body of a new contact. Raises `InvalidArgument` where it has no name."""
    if not any(given.get(name) for name in NEEDED):
        raise InvalidArgument("it has no name, and no contact matches")
    lists = {name: merged(name, [], given[name], region) for name in LISTS if given.get(name)}
    return {**dict.fromkeys(NEEDED, ""), **given, **lists}


def params_for(fields: Iterable[str], owner_id: str) -> dict[str, Any]:
    """Which contacts have to be known for columns that mean these fields: those of ``contacts.list``."""
    if {"id", "type", "owner_id"} & set(fields):
        return {"include_local": True}
    return {"owner_id": owner_id} if owner_id else {}

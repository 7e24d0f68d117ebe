"""What has to be done so that the directory says what a row says; looked up in an index of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.directory import scan
from dialkit.directory.fields import called, check_new
from dialkit.directory.index import Index
from dialkit.directory.todo import Todo, decide, new
from dialkit.errors import Conflict, InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dialkit.client import Dialpad
    from dialkit.directory.fields import Contact, Given
    from dialkit.directory.rows import Wanted
    from dialkit.directory.scan import Progress


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
        return decide(contact, given, wanted.owner_id, self._region)


def by_uid(wanted: Wanted, region: str) -> Todo:
    """What has to be done for a row with a uid: it is written, whatever is there. `InvalidArgument`."""
    if not wanted.uid:
        raise InvalidArgument("it has no uid, and the others have")
    if wanted.owner_id:
        raise InvalidArgument("it has an owner, and contacts with a uid are shared")
    check_new({}, wanted.given, region)
    return Todo("write", None, {"uid": wanted.uid, **new(wanted.given, region)})


def params_for(fields: Iterable[str], owner_id: str) -> dict[str, Any]:
    """Which contacts have to be known for columns that mean these fields: those of ``contacts.list``."""
    if {"id", "type", "owner_id"} & set(fields):
        return {"include_local": True}
    return {"owner_id": owner_id} if owner_id else {}

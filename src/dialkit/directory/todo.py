"""What has to be done with one contact: decided, asked for, and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialkit.directory.fields import LISTS, NEEDED, changes, check_new, merged
from dialkit.errors import InvalidArgument, OutcomeUnknown, UpstreamError

if TYPE_CHECKING:
    from dialkit.client import Dialpad, Request
    from dialkit.directory.fields import Contact, Given
    from dialkit.errors import DialkitError

OPERATIONS = {
    "create": "contacts.create",
    "update": "contacts.update",
    "write": "contacts.create_with_uid",
}
DONE = {"create": "created", "update": "updated", "write": "written", "unchanged": "unchanged"}


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


def decide(contact: Contact | None, given: Given, owner_id: str, region: str) -> Todo:
    """What has to be done so that `contact`, or a new one where it is None, says what is `given`.

    `owner_id` is whose a new one is, empty for a shared one. Raises `InvalidArgument` for what cannot be
    written.
    """
    check_new(contact or {}, given, region)
    if contact is None:
        owner = {"owner_id": owner_id} if owner_id else {}
        return Todo("create", None, {**new(given, region), **owner})
    return update(contact, changes(contact, given, region))


def update(contact: Contact, body: Given) -> Todo:
    """`contact` is to say what is in `body`; nothing has to be done where that is empty."""
    if not body:
        return Todo("unchanged", contact, {})
    return Todo("update", contact, {"id": contact["id"], **body})


def new(given: Given, region: str) -> Given:
    """The body of a new contact. Raises `InvalidArgument` where it has no name."""
    if not any(given.get(name) for name in NEEDED):
        raise InvalidArgument("it has no name, and no contact matches")
    lists = {name: merged(name, [], given[name], region) for name in LISTS if given.get(name)}
    texts = {name: value for name, value in given.items() if value and name not in LISTS}
    return {**dict.fromkeys(NEEDED, ""), **texts, **lists}


def doubtful(error: DialkitError) -> bool:
    """Whether what failed may have been done all the same."""
    return isinstance(error, OutcomeUnknown | UpstreamError)

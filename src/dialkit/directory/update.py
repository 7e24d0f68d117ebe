"""Change one contact: only what is given; numbers and addresses can be added and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dialkit.directory.fields import LISTS, TEXTS, called, check, listed, merged, normal
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.client import Dialpad
    from dialkit.directory.fields import Contact, Given

    # Of each list what is added and what is removed.
    Edits = Mapping[str, tuple[list[str], list[str]]]

FLAGS = {"phones": "phone", "emails": "email", "urls": "url"}


def replaced(given: Given, region: str) -> Given:
    """The body that sets fields and replaces lists; an empty text or list clears. `InvalidArgument`."""
    body: Given = {name: given[name] for name in TEXTS if name in given}
    for name in LISTS:
        if name in given:
            values = [text for text in given[name] if text.strip()]
            for text in values:
                check(name, text, region)
            body[name] = merged(name, [], values, region)
    return body


def edited(contact: Contact, edits: Edits, region: str) -> Given:
    """The lists of a contact after additions and removals, those that change.

    Raises `InvalidArgument` for a value to remove that the contact does not have.
    """
    body: Given = {}
    for name, (add, remove) in edits.items():
        has = listed(contact, name)
        known = {normal(name, text, region): text for text in has}
        for text in (*add, *(text for text in remove if normal(name, text, region) not in known)):
            check(name, text, region)
        gone = {normal(name, text, region) for text in remove}
        for text in remove:
            if normal(name, text, region) not in known:
                raise InvalidArgument(
                    f"--remove-{FLAGS[name]}: {called(contact)} does not have {text}; nothing was written",
                    hint=f"it has {', '.join(has)}" if has else "it has none",
                )
        kept = [text for key, text in known.items() if key not in gone]
        after = merged(name, kept, add, region)
        if gone or len(after) > len(known):
            body[name] = after
    return body


def read(client: Dialpad, contact_id: str) -> dict[str, Any]:
    """A contact as it is. Raises `NotFound`."""
    found: dict[str, Any] = client.request("contacts.get", {"id": contact_id}).json()
    return found

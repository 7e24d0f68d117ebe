"""Change one contact: only what is given; numbers and addresses can be added and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dialkit.directory import todo
from dialkit.directory.fields import LISTS, TEXTS, called, check, checked, listed, merged, normal, quoted
from dialkit.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dialkit.client import Dialpad
    from dialkit.directory.fields import Contact, Given
    from dialkit.directory.todo import Todo

    # Of each list what is added and what is removed.
    Edits = Mapping[str, tuple[list[str], list[str]]]

FLAGS = {"phones": "phone", "emails": "email", "urls": "url"}


def plan(client: Dialpad, contact_id: str, given: Given, edits: Edits, region: str) -> Todo:
    """What is to be done so that a contact has what is `given`, and its lists are edited. Writes nothing.

    Of `given` an empty text or list clears. The contact is only read where there are `edits`. Raises
    `InvalidArgument`, and `NotFound`.
    """
    body = _replaced(given, region)
    _check(given, edits, region)
    contact: Contact = {"id": contact_id}
    if edits:
        contact = client.request("contacts.get", {"id": contact_id}).record()
        body |= _edited(contact, edits, region)
    found = todo.update(contact, body)
    found.request(client)  # what cannot be sent is found before anything is
    return found


def _replaced(given: Given, region: str) -> Given:
    texts = {name: given[name] for name in TEXTS if name in given}
    lists = {name: [text for text in given[name] if text.strip()] for name in LISTS if name in given}
    return checked({**texts, **lists}, region)


def _check(given: Given, edits: Edits, region: str) -> None:
    """Raise `InvalidArgument` for edits that do not go together, or with what is `given`."""
    if not given and not edits:
        raise InvalidArgument("there is nothing to change", hint="dialpad contact update --help")
    for name, (add, remove) in edits.items():
        flag = FLAGS[name]
        if name in given:
            verb = "add" if add else "remove"
            raise InvalidArgument(
                f"--{flag} replaces all there are, and --{verb}-{flag} is given too", hint="give one of them"
            )
        for text in add:
            check(name, text, region)
        gone = {normal(name, text, region) for text in remove}
        for text in add:
            if normal(name, text, region) in gone:
                raise InvalidArgument(
                    f"{quoted(text)} is given to --add-{flag} and to --remove-{flag}", hint="give one of them"
                )


def _edited(contact: Contact, edits: Edits, region: str) -> Given:
    """The lists of a contact after additions and removals, those that change."""
    body: Given = {}
    for name, (add, remove) in edits.items():
        has = listed(contact, name)
        known = {normal(name, text, region): text for text in has}
        gone = {normal(name, text, region) for text in remove}
        for text in remove:
            if normal(name, text, region) not in known:
                check(name, text, region)
                raise InvalidArgument(
                    f"--remove-{FLAGS[name]}: {called(contact)} does not have {text}; nothing was written",
                    hint=f"it has {', '.join(has)}" if has else "it has none",
                )
        kept = [text for key, text in known.items() if key not in gone]
        after = merged(name, kept, add, region)
        if gone or len(after) > len(known):
            body[name] = after
    return body
